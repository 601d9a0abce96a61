"""Whether a detector does on pictures with boxes what it did at its test."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from tqdm.auto import tqdm

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.survey import BoxSurvey
from course_utils.data.damaged_pictures import listed
from course_utils.data.plain_text import counted
from course_utils.evaluation.proportions import compare_estimates
from course_utils.models.detection.answering import detect_on
from course_utils.models.detection.detector import Detections
from course_utils.shipping.boxes.loading import ShippedDetector
from course_utils.shipping.boxes.score import BoxScore
from course_utils.shipping.boxes.scoring import score_boxes
from course_utils.shipping.fingerprint import are_new
from course_utils.shipping.world import told, untested

FORMS = ("coco", "voc", "yolo", "masks")


def report_on(model: ShippedDetector, dataset: str, batch_size: int) -> Iterator[str]:
    """Lines with the score on a data set and a verdict against the test, with a progress bar.

    Pictures that the detector learned from do not count.

    Raises:
        ValueError: If the data set cannot be read, or holds classes that the detector does not
            know; it says what to do.
    """
    is_unnamed = dataset.startswith("masks:") and len(model.class_names) == 1
    names = model.class_names if is_unnamed else None
    how = {"near_copies": False, "class_names": names, "report": _warn}
    pictures = read_boxes(dataset, model.image_size, model.channels, **how)
    pictures = with_labels_of(model.class_names, pictures)
    is_new = are_new(pictures.images, model.learned_digests())
    if not is_new.all():
        said = counted(int((~is_new).sum()), "picture")
        yield f"{said} that the detector learned from: they do not count"
    if not is_new.any():
        yield "No picture is left, so there is no report."
        return
    pictures = pictures[is_new]
    here = score_boxes(_detect(model, pictures, batch_size), pictures)
    yield str(here)
    yield from verdict(here, model.test)


def _warn(found: BoxSurvey | str) -> None:
    """Print what looks odd in the data set: it may be why the score is low."""
    if isinstance(found, BoxSurvey) and found.suspicions:
        print(*found.suspicions, sep="\n")


def with_labels_of(class_names: Sequence[str], pictures: BoxedPictures) -> BoxedPictures:
    """``pictures`` with the labels of ``class_names``, which must hold all names of theirs."""
    strange = [name for name in pictures.class_names if name not in class_names]
    if strange:
        raise ValueError(
            f"the detector knows {listed(list(class_names))}, and the data set has "
            f"{listed(strange)}: name the classes alike"
        )
    places = torch.tensor([class_names.index(name) for name in pictures.class_names])
    labels = tuple(places[labels] for labels in pictures.labels)
    return replace(pictures, labels=labels, class_names=tuple(class_names))


def _detect(model: ShippedDetector, pictures: BoxedPictures, batch_size: int) -> list[Detections]:
    found: list[Detections] = []
    with tqdm(total=len(pictures), unit="picture") as bar:
        for start in range(0, len(pictures), batch_size):
            places = range(start, min(start + batch_size, len(pictures)))
            some = detect_on(model.network, [pictures.images[place] for place in places])
            found += some
            bar.update(len(some))
    return found


def verdict(here: BoxScore, test: BoxScore | None) -> Iterator[str]:
    """Lines that say whether the world has changed since the test."""
    if test is None:
        yield untested("detector")
        return
    texts = (f"mAP {each.mean_ap} on {each.tested_on}" for each in (here, test))
    yield from told(compare_estimates(here.mean_ap, test.mean_ap, *texts), "detector", "boxed")
