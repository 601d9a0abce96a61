"""Scenes: real handwritten digits, or drawn letters, on paper, with exact boxes and masks."""

from collections.abc import Sequence

from course_utils.data.boxes.splitting import BoxSplit
from course_utils.data.digits import load_digits
from course_utils.data.letters import draw_letters
from course_utils.data.maps.examples import scene_maps
from course_utils.data.maps.splitting import MapSplit
from course_utils.data.places import places_of_parts
from course_utils.data.scene_drawing import Scenes, draw_scenes
from course_utils.data.splits import SealedTestSet


def digit_scenes(
    num_train: int,
    num_val: int,
    num_test: int,
    seed: int,
    *,
    val_fraction: float = 0.2,
    test_fraction: float = 0.35,
    **looks: object,
) -> BoxSplit:
    """Scenes of the 1,797 real digits for training, for validation and, sealed, for the test.

    The digits are split first, each into one part, and the scenes of a part are made of its own:
    two scenes that share a digit are never in two parts.

    Args:
        num_train: Scenes to train on.
        num_val: Scenes to choose on.
        num_test: Scenes in the sealed test set.
        seed: Same seed, same digits in the parts, and same scenes.
        val_fraction: Share of the digits that are kept for validation.
        test_fraction: Share of the digits that are kept for the test.
        looks: What ``draw_scenes`` takes, such as ``paper``.

    Raises:
        ValueError: As of ``draw_scenes`` and ``places_of_parts``.
    """
    numbers = (num_train, num_val, num_test)
    train, val, test = _digit_parts(numbers, seed, val_fraction, test_fraction, **looks)
    return BoxSplit(train, val, SealedTestSet(test))


def digit_scene_maps(
    num_train: int,
    num_val: int,
    num_test: int,
    seed: int,
    *,
    val_fraction: float = 0.2,
    test_fraction: float = 0.35,
    **looks: object,
) -> MapSplit:
    """The same scenes as ``digit_scenes`` draws, with a class for every pixel; all else as there.

    Paper is class 0, ``background``; a pixel of ink is of its digit's class.
    """
    numbers = (num_train, num_val, num_test)
    drawn = _digit_parts(numbers, seed, val_fraction, test_fraction, **looks)
    train, val, test = map(scene_maps, drawn)
    return MapSplit(train, val, SealedTestSet(test))


def _digit_parts(
    numbers: Sequence[int], seed: int, val_fraction: float, test_fraction: float, **looks: object
) -> list[Scenes]:
    """Scenes of three parts, each of its own digits."""
    digits = load_digits()
    parts = places_of_parts(
        digits, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
    )
    return [
        draw_scenes(digits, number, (seed, part), places=places, **looks)
        for part, (places, number) in enumerate(zip(parts, numbers, strict=True))
    ]


def letter_scenes(
    num_scenes: int, seed: int, *, num_letters: int = 12_000, **looks: object
) -> Scenes:
    """Scenes of drawn letters: as many labels as one likes, to pretrain on.

    Args:
        num_scenes: Scenes to draw.
        seed: Same seed, same scenes.
        num_letters: Letters that are drawn first, and then used in turn.
        looks: What ``draw_scenes`` takes, such as ``paper``.
    """
    return draw_scenes(draw_letters(num_letters, seed), num_scenes, (seed,), **looks)
