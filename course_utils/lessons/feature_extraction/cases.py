"""Pairs of learning curves from which lesson 03 reads labels saved."""

import random

Curves = tuple[list[int], list[float], list[float], int]  # sizes, letters, pixels, few
END, BEYOND = "end", "beyond"


def learning_curves(seed: int) -> list[Curves]:
    """Sizes, the rising accuracies of letters and of pixels, and one of the sizes.

    Pixels reach what letters have there between two sizes, beyond the last one, just at it, or
    before it: then they are the better ones there.
    """
    rng = random.Random(seed)
    cases = ((1, 3), (0, 2), (0, 1), (1, BEYOND), (0, END), (2, 2), (1, 1))
    return [_curves(rng, place, reached) for place, reached in cases]


def _curves(rng: random.Random, place: int, reached: int | str) -> Curves:
    sizes, pixels = [rng.randint(2, 4)], [rng.uniform(0.3, 0.45)]
    for _ in range(3):
        sizes.append(sizes[-1] * rng.randint(3, 8))
        pixels.append(pixels[-1] + rng.uniform(0.08, 0.15))
    pixels = [round(accuracy, 3) for accuracy in pixels]
    height = pixels[-1] + 0.03 * (reached == BEYOND)
    if isinstance(reached, int):
        below, above = pixels[reached - 1 : reached + 1]
        height = round(below + rng.uniform(0.3, 0.7) * (above - below), 3)
    letters = [height - 0.04 * steps for steps in range(place, -1, -1)]
    for accuracy in pixels[place + 1 :]:
        letters.append(max(accuracy, letters[-1]) + 0.02)
    return sizes, letters, pixels, sizes[place]
