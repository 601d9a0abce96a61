"""Pictures with boxes by the name of their data set, in three parts."""

from collections.abc import Sequence
from pathlib import Path

import torch

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.boxes.splitting import BoxSplit, split_boxed
from course_utils.data.places import check_part_fractions
from course_utils.data.survey_text import tell_missing
from course_utils.data.unknown_dataset import unknown_dataset
from course_utils.data.voc2007 import load_voc2007
from course_utils.files import PROJECT_FOLDER

FORMS = ("coco", "voc", "yolo", "masks")


def open_boxed(
    dataset: str,
    image_size: int | None,
    data_dir: Path,
    *,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    skip_faulty: bool = False,
    near_copies: bool = False,
    built_in: Sequence[str] = (),
    **how: object,
) -> BoxSplit:
    """The data set called ``dataset`` in three parts; those that it brings are kept.

    What was found and what will be done is printed before any picture is decoded, and then which
    pictures are near copies of others; such stay in one part.

    Args:
        dataset: ``"coco:PATH"``, ``"voc:PATH"``, ``"yolo:PATH"`` or ``"masks:PATH"``, as of
            ``read_boxes``, but that a relative path starts at the project; or ``"voc2007"``, which
            is downloaded if need be.
        image_size: Pixels of the longer side; None for pictures as they are.
        data_dir: Folder for downloads.
        val_fraction: Share for validation, where the data set brings none.
        test_fraction: Share for the sealed test set, where the data set brings none.
        seed: Same seed, same split.
        skip_faulty: Whether to go on without pictures that cannot be used, saying which.
        near_copies: Whether near copies are looked for among many pictures, too; among few they
            are anyway.
        built_in: Names of data sets that the caller has besides, for the message.
        how: What ``survey_boxes`` takes.

    Raises:
        ValueError: If there is no such data set, it cannot be used as it is, or it has too few
            pictures or boxes for three parts; it says what to do.
        OSError: If a file is missing and cannot be had; it says how to get it.
    """
    check_part_fractions(val_fraction, test_fraction)
    form, _, path = dataset.partition(":")
    options = {"skip_faulty": skip_faulty, "near_copies": near_copies or None, "report": print}
    if dataset == "voc2007":
        pictures = load_voc2007(data_dir, image_size, **options, **how)
    elif form in FORMS and path:
        place = PROJECT_FOLDER / Path(path).expanduser()
        pictures = read_boxes(f"{form}:{place}", image_size, **options, **how)
    else:
        names = (*built_in, "voc2007")
        raise unknown_dataset(dataset, names, FORMS, "file of boxes that the workbook knows")
    split = split_boxed(pictures, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed)
    _tell_missing(split.train, "training", "no detector learns to find them")
    _tell_missing(split.val, "validation", "what is chosen on it says nothing about them")
    return split


def _tell_missing(part: BoxedPictures, word: str, so: str) -> None:
    """Say of which classes a part has no box that counts."""
    counted = [labels[some] for labels, some in zip(part.labels, part.counts, strict=True)]
    number = torch.cat(counted).bincount(minlength=part.num_classes)
    names = [part.class_names[k] for k in (number == 0).nonzero().flatten().tolist()]
    tell_missing(names, f"The {word} part has no box that counts of", so)
