"""Answer of ``gradient_by_parts``: the gradient of the mean over a batch, from its parts."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.scaling_up.exercise_cases import batches_in_parts
from course_utils.lessons.scaling_up.exercises import observe_gradient_by_parts

Answer = Callable[[nn.Module, Tensor, Tensor, int], list[Tensor]]
Share = Callable[[int, int, int], float]  # of a part's mean: its size, the batch, the part size


def num_parts(size: int, part_size: int) -> int:
    """Of a batch, the last and smaller one among them."""
    return -(-size // part_size)


def by_examples(part: int, size: int, part_size: int) -> float:
    """As it should be."""
    return part / size


def by_parts(part: int, size: int, part_size: int) -> float:
    """Each part counts the same."""
    return 1 / num_parts(size, part_size)


def all_of(number: int) -> range:
    """All parts."""
    return range(number)


def gradient_of(
    share: Share = by_examples,
    chosen: Callable[[int], Sequence[int]] = all_of,
    *,
    keep_old: bool = False,
) -> Answer:
    """The gradient with another share for each part, of some parts only, or with an old one.

    Args:
        share: What the mean over a part is multiplied by.
        chosen: Which parts count, by their number.
        keep_old: Whether what stood in ``.grad`` before is added.
    """

    def answer(model: nn.Module, images: Tensor, labels: Tensor, part_size: int) -> list[Tensor]:
        if not keep_old:
            model.zero_grad()
        parts = list(zip(images.split(part_size), labels.split(part_size), strict=True))
        for number in chosen(len(parts)):
            some, wanted = parts[number]
            loss = F.cross_entropy(model(some), wanted)
            (share(len(some), len(images), part_size) * loss).backward()
        return [torch.zeros_like(w) if w.grad is None else w.grad for w in model.parameters()]

    return answer


def without_rest(*, by_all: bool) -> Answer:
    """The examples of full parts, the batch where there is none; divided by those, or by all."""

    def answer(model: nn.Module, images: Tensor, labels: Tensor, part_size: int) -> list[Tensor]:
        kept = len(images) // part_size * part_size or len(images)
        below = len(images) if by_all else kept
        of_full = gradient_of(lambda part, *_: part / below)
        return of_full(model, images[:kept], labels[:kept], part_size)

    return answer


def at_once(model: nn.Module, images: Tensor, labels: Tensor, part_size: int) -> list[Tensor]:
    """The whole batch in one piece."""
    return gradient_of()(model, images, labels, len(images))


def last(number: int) -> list[int]:
    """The last part alone."""
    return [number - 1]


def shape_of(difference: Difference) -> str:
    """The first batch that is wrong."""
    _, images, _, part_size = batches_in_parts(difference.seed)[difference.place]
    return (
        f"For a batch of {len(images)} in parts of {part_size} the gradient is another one. "
        "Compare it with that of the whole batch in one piece."
    )


gradient_of_batch = gradient_of()
ANSWER = Table(
    observe_gradient_by_parts,
    right=gradient_of_batch,
    praise="The gradient of the whole batch, and the model never saw more than a part at once.",
    wrong={
        "not-divided": gradient_of(lambda *_: 1.0),
        "mean-of-means": gradient_of(by_parts),
        "divided-twice": [
            gradient_of(lambda *sizes: by_examples(*sizes) * by_parts(*sizes)),
            gradient_of(lambda *sizes: by_parts(*sizes) ** 2),
            gradient_of(lambda part, size, _: 1 / size),
        ],
        "by-the-part-size": gradient_of(
            lambda part, size, part_size: part / part_size / num_parts(size, part_size)
        ),
        "a-sum": gradient_of(lambda part, *_: part),
        "cleared-in-every-part": [gradient_of(by_examples, last), gradient_of(by_parts, last)],
        "last-part": gradient_of(lambda *_: 1.0, last),
        "rest-lost": [without_rest(by_all=False), without_rest(by_all=True)],
        "old-kept": [gradient_of(keep_old=True), gradient_of(by_parts, keep_old=True)],
        "all-at-once": at_once,
    },
    messages={
        "not-divided": "These are the gradients of the parts' mean losses, added up: too large by "
        "about the number of parts.",
        "mean-of-means": "Each part counts the same here. In a smaller last part each example then "
        "counts more than elsewhere.",
        "divided-twice": "This is divided twice. F.cross_entropy divides by the size of a part "
        "already.",
        "by-the-part-size": "This is right where all parts are full. The last part has fewer "
        "examples, and the sum is divided as if it had as many.",
        "a-sum": "This is the gradient of the sum over all examples. A mean is wanted: a step must "
        "not grow with the batch.",
        "cleared-in-every-part": "Only the last part is left: each part clears what those before "
        "it added to .grad. Clear once, before the first.",
        "last-part": "This is the gradient of the last part's loss. Does backward stand inside the "
        "loop, and zero_grad before it?",
        "rest-lost": "The last examples are missing, where the part size does not divide the "
        "batch.",
        "old-kept": "What stood in .grad before the call is still in there.",
        "all-at-once": "The gradient is right. But the model was given more than part_size "
        "examples at once, for which there may be no memory.",
    },
    otherwise=shape_of,
)  # fmt: skip
