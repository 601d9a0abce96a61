"""Target data sets by name: ``"digits"``, or ``"folder:PATH"`` for the learner's own pictures."""

from pathlib import Path

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.folder import load_folder
from course_utils.session import PROJECT_FOLDER


def load_examples(dataset: str, image_size: int) -> LabelledImages:
    """The data set called ``dataset``.

    Args:
        dataset: ``"digits"``; or ``"folder:PATH"`` for a folder with one sub-folder of pictures
            per class, where a relative path starts at the project.
        image_size: Pixels a side that pictures from a folder are scaled to; digits are 8x8.

    Raises:
        ValueError: If there is no such data set, or the folder is not usable.
    """
    if dataset == "digits":
        return load_digits()
    kind, _, path = dataset.partition(":")
    if kind != "folder" or not path:
        raise ValueError(f'dataset must be "digits" or "folder:PATH", got {dataset!r}')
    return load_folder(PROJECT_FOLDER / Path(path).expanduser(), image_size)
