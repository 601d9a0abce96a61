"""Target data sets by name: built-in digits, published photographs, the learner's own pictures."""

from dataclasses import replace
from pathlib import Path

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.folder import load_folder
from course_utils.data.pictures import load_pictures
from course_utils.files import PROJECT_FOLDER
from course_utils.session.memory import check_memory

# Source: Barz and Denzler, "Do we train on test data? Purging CIFAR of near-duplicates" (2020),
#     Journal of Imaging 6(6).
CIFAR10_COPIES = (
    "CIFAR-10 is used as it was published, copies included: 3.3 % of its test pictures are nearly "
    "among the training pictures, so scores are a little too good."
)
IMAGENET_COPIES = "ImageNet is used as it was published: copies were not looked for."
NAMES = '"digits", "cifar10", "imagenet", "imagenet:PATH" or "folder:PATH"'


def load_examples(
    dataset: str,
    image_size: int,
    data_dir: Path,
    *,
    skip_unreadable: bool = False,
    split_anew: bool = False,
    near_copies: bool = False,
    memory_copies: float | None = None,
) -> LabelledImages:
    """The data set called ``dataset``.

    Of a folder is printed what was found and what will be done, before any picture is opened, and
    then which pictures are copies of others. Published sets are used as they are, and that is said.

    Args:
        dataset: ``"digits"``; ``"cifar10"``, which is downloaded if need be; ``"imagenet"`` for the
            learner's own copy in ``data_dir``, or ``"imagenet:PATH"`` for one elsewhere; or
            ``"folder:PATH"`` for a folder with one sub-folder of pictures per class, or
            ``"folder:PATH/*"`` if every sub-folder is a class, whatever its name and content. A
            relative path starts at the project.
        image_size: Pixels a side that pictures from files are scaled to; digits are 8x8, and
            CIFAR-10's pictures 32x32.
        data_dir: Folder for downloads and decoded pictures.
        skip_unreadable: Whether to go on without pictures that cannot be read, saying which.
        split_anew: Whether to forget the parts that the data set brings, so that it can be split
            anew into training, validation and test.
        near_copies: Whether near copies are looked for in a folder too large for memory, too, for
            which each picture is read once more; in others they are looked for anyway.
        memory_copies: How often the pictures must fit into memory, at a byte a number, so that
            they can be worked on; None streams pictures from files where they do not fit.

    Raises:
        ValueError: If there is no such data set, or the folder is not usable.
        MemoryError: If the ``memory_copies`` asked for do not fit; before any work.
        OSError: If a file is missing and cannot be had; it says how to get it.
    """
    kind, colon, path = dataset.partition(":")
    place = PROJECT_FOLDER / Path(path).expanduser()
    keep = {
        "skip_unreadable": skip_unreadable,
        "cache_dir": data_dir / "pictures",
        "memory_copies": memory_copies,
    }
    if dataset == "digits":
        return load_digits()
    if dataset == "cifar10":
        from course_utils.data.cifar10 import (
            CIFAR10_BYTES,
            load_cifar10,
        )  # here: it takes a second to import

        check_memory((memory_copies or 0) * CIFAR10_BYTES, "CIFAR-10", 'set dataset = "digits"')
        examples = load_cifar10(data_dir)
        print(CIFAR10_COPIES)
        return _joined(examples, split_anew)
    if kind == "imagenet" and bool(colon) == bool(path):
        from course_utils.data.imagenet import find_imagenet

        found = find_imagenet(place if path else data_dir / "imagenet")
        print(IMAGENET_COPIES)
        return _joined(load_pictures(found, image_size, **keep), split_anew)
    if kind == "folder" and path:
        return load_folder(
            place,
            image_size,
            split_anew=split_anew,
            near_copies=near_copies or None,
            report=print,
            **keep,
        )
    raise ValueError(f"dataset must be {NAMES}, got {dataset!r}")


def _joined(examples: LabelledImages, split_anew: bool) -> LabelledImages:
    return replace(examples, parts=None) if split_anew else examples
