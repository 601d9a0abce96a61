"""The built-in digits as somebody would keep pictures of their own: PNG files, a folder a class."""

import os
from contextlib import suppress
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from course_utils.data.digits import load_digits
from course_utils.files import folder_of_this_run

NAME = "digits_as_pictures"
GROUP_BY = r"block\d+"  # finds in a file's name which block the digit is from
RUN = torch.arange(20) % 10  # 0 to 9, twice: so each form that was filled in begins


def write_digits(data_dir: Path) -> Path:
    """The folder ``digits_as_pictures`` in ``data_dir``; it is made once, whole or not at all.

    Each file is called ``blockBB_NNNN.png`` by the place of the digit in scikit-learn's file and
    the block that it stands in (lesson 05: very probably one writer's form).
    """
    folder = data_dir / NAME
    if folder.is_dir():
        return folder
    digits = load_digits()
    pixels = (255 * digits.images).round().byte().squeeze(1).numpy()
    blocks = find_blocks(digits.labels).tolist()
    with folder_of_this_run(data_dir) as made:
        unfinished = Path(made, NAME)
        for name in digits.class_names:
            (unfinished / name).mkdir(parents=True)
        for place, (picture, label) in enumerate(zip(pixels, digits.labels.tolist(), strict=True)):
            file = (
                unfinished / digits.class_names[label] / f"block{blocks[place]:02}_{place:04}.png"
            )
            Image.fromarray(picture).save(file)
        with suppress(OSError):  # another run may have put its own there meanwhile
            os.replace(unfinished, folder)
    if not folder.is_dir():
        raise OSError(f"{folder} could not be made; set data_dir to a folder that can be written")
    return folder


def find_blocks(labels: Tensor) -> Tensor:
    """The block of each digit (N,), int64, from 0: a new one begins where 0 to 9 comes twice."""
    windows = labels.unfold(0, len(RUN), 1)  # (N - 19, 20)
    runs = (windows == RUN).all(dim=1).nonzero().flatten()
    starts = runs[~torch.isin(runs - 10, runs)]  # not where a third 0 to 9 follows
    return torch.bucketize(torch.arange(len(labels)), starts, right=True) - 1
