"""Pictures with maps by the name of their data set, in three parts."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.data.maps.examples import MappedPictures, classes_in
from course_utils.data.maps.mask_folders import FOLDERS
from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.splitting import MapSplit, split_mapped
from course_utils.data.maps.surveying import FORMS
from course_utils.data.places import check_part_fractions
from course_utils.data.survey_text import tell_missing
from course_utils.data.unknown_dataset import unknown_dataset
from course_utils.data.voc2012 import load_voc2012
from course_utils.files import PROJECT_FOLDER

# Words in names of folders that are of masks only: labels are those of boxes, too.
IN_NAMES = (*FOLDERS[0], *FOLDERS[1])


def open_mapped(
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
) -> MapSplit:
    """The data set called ``dataset`` in three parts; those that it brings are kept.

    What was found and what will be done is printed before any picture is decoded, and then which
    pictures are near copies of others; such stay in one part.

    Args:
        dataset: ``"masks:PATH"`` or ``"coco:PATH"``, as of ``read_maps``, but that a relative path
            starts at the project; or ``"voc2012"``, which is downloaded if need be, and whose
            official validation part is the sealed test: no other has public masks.
        image_size: Pixels of the longer side; None for pictures as they are.
        data_dir: Folder for downloads.
        val_fraction: Share for validation, where the data set brings none.
        test_fraction: Share for the sealed test set, where the data set brings none.
        seed: Same seed, same split.
        skip_faulty: Whether to go on without pictures that cannot be used, saying which.
        near_copies: Whether near copies are looked for among many pictures, too; among few they
            are anyway.
        built_in: Names of data sets that the caller has besides, for the message.
        how: What ``survey_maps`` takes.

    Raises:
        ValueError: If there is no such data set, it cannot be used as it is, or it has too few
            pictures for three parts; it says what to do.
        OSError: If a file is missing and cannot be had; it says how to get it.
    """
    check_part_fractions(val_fraction, test_fraction)
    form, _, path = dataset.partition(":")
    options = {"skip_faulty": skip_faulty, "near_copies": near_copies or None, "report": print}
    if dataset == "voc2012":
        pictures = load_voc2012(data_dir, image_size, **options, **how)
    elif form in FORMS and path:
        place = PROJECT_FOLDER / Path(path).expanduser()
        pictures = read_maps(f"{form}:{place}", image_size, **options, **how)
    else:
        names = (*built_in, "voc2012")
        raise unknown_dataset(dataset, names, FORMS, "folder of masks and no COCO file", IN_NAMES)
    split = split_mapped(
        pictures, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
    )
    _tell_missing(split.train, "training", "no model learns to find it")
    _tell_missing(split.val, "validation", "what is chosen on it says nothing about it")
    return split


def _tell_missing(part: MappedPictures, word: str, so: str) -> None:
    """Say which classes no map of a part holds."""
    is_there = classes_in(part).any(dim=0).tolist()
    both = zip(part.class_names, is_there, strict=True)
    names = [name for name, there in both if not there]
    tell_missing(names, f"No map of the {word} part holds", so)
