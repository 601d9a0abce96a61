"""Whether maps are as good as they were at the test, over all classes or class by class."""

import math
from collections.abc import Iterator

from course_utils.data.damaged_pictures import listed
from course_utils.data.plain_text import counted
from course_utils.evaluation.draws import ends_text
from course_utils.evaluation.proportions import compare_estimates
from course_utils.evaluation.segmentation.over_pictures import ScoresOverPictures
from course_utils.shipping.world import told, untested


def verdict(here: ScoresOverPictures, test: ScoresOverPictures | None) -> Iterator[str]:
    """Lines that say whether the world has changed since the test.

    A mean over other classes is another number: where they are not the same, each is compared by
    itself.

    Args:
        here: On the pictures that are asked about.
        test: On those of the test, with the same class names; None if there was none.
    """
    if test is None:
        yield untested("segmenter")
        return
    of_here, of_test = set(_shown(here)), set(_shown(test))
    if of_here != of_test:
        yield from _other_classes("here", here, of_test - of_here)
        yield from _other_classes("at the test", test, of_here - of_test)
        yield from _class_by_class(here, test, sorted(of_here & of_test))
        return
    estimates = ((each.mean_iou, *each.mean_iou_ends) for each in (here, test))
    texts = (
        f"mean IoU {each.mean_iou:.3f} {ends_text(each.mean_iou_ends)} on "
        f"{counted(each.num_units, each.unit)}"
        for each in (here, test)
    )
    yield from told(compare_estimates(*estimates, *texts), "segmenter", "labelled")


def _shown(score: ScoresOverPictures) -> list[int]:
    """The classes that truth or prediction show somewhere."""
    return [k for k, number in enumerate(score.class_units) if number]


def _other_classes(where: str, score: ScoresOverPictures, missing: set[int]) -> Iterator[str]:
    if missing:
        names = [score.class_names[k] for k in sorted(missing)]
        yield f"Nothing {where} shows {listed(names)}."


def _class_by_class(
    here: ScoresOverPictures, test: ScoresOverPictures, classes: list[int]
) -> Iterator[str]:
    """A line for each class on both sides that has an interval there."""
    yield (
        "So the means are over other classes and cannot be compared; class by class, of which one "
        "in twenty differs by chance alone:"
    )
    for k in classes:
        name = here.class_names[k]
        both = [(each.class_iou[k], each.class_iou_ends[k]) for each in (here, test)]
        texts = [f"{iou:.3f} {ends_text(ends)}" for iou, ends in both]
        if any(math.isnan(ends[0]) for _, ends in both):
            yield f"  {name}: here {texts[0]}; test {texts[1]}"
            continue
        found = compare_estimates(*((iou, *ends) for iou, ends in both), *texts)
        yield f"  {name}: here {found.text_a}; test {found.text_b}: {found.verdict}"
