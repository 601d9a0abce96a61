"""Answer of ``suppress``: of boxes of one class on one object, only the surest stays."""

from collections.abc import Callable

from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.object_detection.exercise_cases import found_boxes
from course_utils.lessons.object_detection.exercises import observe_suppress

# Of all IoUs (n, n) and which places share a class: the places to go through, in order, are given.
Removes = Callable[[Tensor, list[int], int, float], bool]  # ious, kept, place, most_iou


def ious_of(boxes: Tensor) -> Tensor:
    """The IoU of each box with each, (n, n)."""
    from torchvision.ops import box_iou  # here: it takes a second to import

    return box_iou(boxes, boxes)


def surest_first(boxes: Tensor, scores: Tensor) -> list[int]:
    """Places from the highest score to the lowest."""
    return scores.argsort(descending=True).tolist()


def overlaps(ious: Tensor, others: list[int], place: int, most: float) -> bool:
    """Whether one of the others overlaps the box at ``place`` by more than ``most``."""
    return any(ious[place, other] > most for other in others)


def nms(
    order: Callable[[Tensor, Tensor], list[int]] = surest_first,
    removes: Removes = overlaps,
    by_class: bool = True,
    chain: bool = False,
    give: Callable[[list[int], list[int]], list[int]] = lambda kept, order: kept,
) -> Callable[[Tensor, Tensor, Tensor, float], list[int]]:
    """Non-maximum suppression, right unless something is said.

    Args:
        order: In which the boxes are gone through.
        removes: Whether a box goes because of those that are asked.
        by_class: Whether only boxes of its class are asked.
        chain: Whether boxes that went are asked, too.
        give: Makes what is returned of the places kept and of the order.
    """

    def answer(boxes: Tensor, labels: Tensor, scores: Tensor, most_iou: float) -> list[int]:
        ious, kept, seen = ious_of(boxes), [], []
        places = order(boxes, scores)
        for place in places:
            asked = [
                other
                for other in (seen if chain else kept)
                if not by_class or labels[other] == labels[place]
            ]
            if not removes(ious, asked, place, most_iou):
                kept.append(place)
            seen.append(place)
        return give(kept, places)

    return answer


def largest_first(boxes: Tensor, scores: Tensor) -> list[int]:
    """Places from the largest box to the smallest."""
    return (boxes[:, 2:] - boxes[:, :2]).prod(dim=1).argsort(descending=True, stable=True).tolist()


def where_it_differs(difference: Difference) -> str:
    """The example, written out if it is short."""
    boxes, labels, scores, most = found_boxes(difference.seed)[difference.place]
    told = f"For {len(boxes)} boxes"
    if len(boxes) <= 3:
        told = (
            f"For boxes {boxes.int().tolist()} with labels {labels.tolist()} and scores "
            f"{[round(score, 2) for score in scores.tolist()]}"
        )
    return (
        f"{told} and most_iou {most:g} the places that stay are {difference.truth}; yours are "
        f"{difference.found}."
    )


ANSWER = Table(
    observe_suppress,
    right=nms(),
    praise="One box an object and class, the surest of those that lie on it.",
    wrong={
        "keeps-weaker": nms(order=lambda boxes, scores: scores.argsort().tolist()),
        "in-given-order": nms(order=lambda boxes, scores: list(range(len(boxes)))),
        "by-area": [
            nms(order=largest_first),
            nms(order=lambda boxes, scores: largest_first(boxes, scores)[::-1]),
        ],
        "across-classes": nms(by_class=False),
        "by-chain": nms(chain=True),
        "at-equal": nms(
            removes=lambda ious, asked, k, most: any(ious[k, j] >= most for j in asked)
        ),
        "only-the-last": nms(
            removes=lambda ious, asked, k, most: overlaps(ious, asked[-1:], k, most)
        ),
        "one-a-class": nms(removes=lambda ious, asked, k, most: bool(asked)),
        "turned-round": nms(
            removes=lambda ious, asked, k, most: any(ious[k, j] <= most for j in asked)
        ),
        "those-removed": nms(give=lambda kept, order: sorted(set(order) - set(kept))),
        "places-in-order": nms(give=lambda kept, order: [order.index(k) for k in kept]),
        "nothing-removed": nms(give=lambda kept, order: order),
    },
    messages={
        "keeps-weaker": "The least sure box of each object stays here. Begin with the surest.",
        "in-given-order": "The boxes are gone through as they stand in the list, so whichever "
        "comes first stays. Sort them by score.",
        "by-area": "The size of a box decides which one stays. The score is to decide.",
        "across-classes": "A 3 and a 5 on one place are two answers: a box is removed only by one "
        "of its own class.",
        "by-chain": "A box is gone that only overlaps one that was removed itself. Ask those that "
        "were kept, and no others.",
        "at-equal": "An overlap of exactly most_iou is not more than most_iou.",
        "only-the-last": "Each box is compared with the one kept last. Any that was kept may "
        "overlap it.",
        "one-a-class": "Of each class only one box stays, and a scene may hold two of a class. "
        "Look at the overlap.",
        "turned-round": "Boxes that lie apart from one that was kept are removed, and its doubles "
        "stay.",
        "those-removed": "These are the places of the boxes that go.",
        "places-in-order": "These are places in the sorted order. Return places in the lists as "
        "they were given.",
        "nothing-removed": "All boxes stay.",
        "mask": "Return the places that are kept, such as [4, 0], not True and False.",
        "boxes": "Return the places of the boxes, such as [4, 0], not the boxes.",
    },
    otherwise=where_it_differs,
)
