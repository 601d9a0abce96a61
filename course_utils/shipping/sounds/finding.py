"""Which sounds are meant: files, folders and patterns."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from course_utils.data.damaged_pictures import listed
from course_utils.data.picture_tree import CONVERTIBLE as PICTURES_TO_CONVERT
from course_utils.data.picture_tree import Reason, picture_endings, scan
from course_utils.data.plain_text import counted
from course_utils.data.sounds.converting import CONVERTIBLE, WAVS, command_for, is_converted
from course_utils.shipping.finding import dataset_in, find_files, tell_passed_over

FORMS = ("sounds",)  # of data sets to learn from
ENDINGS = WAVS | CONVERTIBLE  # others than WAV get their own line and the way out
NO_SOUNDS = {Reason.CONVERT: "pictures", Reason.OTHER: "no sounds, by their endings"}
OF_PICTURES = picture_endings() | PICTURES_TO_CONVERT


def sounds_to_answer(asked: Sequence[str]) -> list[Path]:
    """The files that ``asked`` means; what was passed over in folders is printed.

    Args:
        asked: Files, folders, or patterns.

    Raises:
        ValueError: If there is no sound in what was asked for.
        FileNotFoundError: If something is not there.
    """
    if dataset := dataset_in(asked, FORMS):
        raise ValueError(
            f"{dataset} names a data set to learn from; give its folder alone, without sounds: "
            "before it, and if it has a folder for each class, there is a report"
        )
    found = find_files(asked, ENDINGS, NO_SOUNDS)
    if found.files and all(file.suffix.lower() in OF_PICTURES for file in found.files):
        raise ValueError(
            f"{listed(list(map(str, found.files)))}: that is no sound but "
            f"{counted(len(found.files), 'picture')}; ask a model of lessons 07 to 09"
        )
    tell_passed_over(found)
    if not found.files:
        raise ValueError(f"there are no sounds in {', '.join(asked)}{_instead(asked)}")
    files = [file for file in found.files if file.suffix.lower() in WAVS or not is_converted(file)]
    if stood_for := len(found.files) - len(files):
        print(f"passed over: {stood_for:,} that a WAV file of the same name stands for")
    if not files:
        raise ValueError(f"{', '.join(asked)}: WAV files of the same names lie beside; give those")
    return files


def refuse_sounds(options: argparse.Namespace) -> None:
    """Raise ValueError if sounds, and nothing else, are asked for of a model of pictures."""
    way_out = f"and {options.model} is a model of pictures; lesson 11 makes models of sounds"
    if dataset := dataset_in(options.asked, FORMS):
        raise ValueError(f"{dataset} is a data set of sounds, {way_out}")
    if all(Path(each).suffix.lower() in ENDINGS for each in options.asked):
        raise ValueError(f"{', '.join(options.asked)}: that is sound, {way_out}")


def conversion(files: Sequence[Path]) -> list[str]:
    """Lines with the one command that makes WAV files of those in other formats, if there are any.

    Args:
        files: Those that were asked for.
    """
    others = [file.absolute() for file in files if file.suffix.lower() in CONVERTIBLE]
    lines = []
    for drive in sorted({file.drive for file in others}):  # more than one only on Windows
        there = [file for file in others if file.drive == drive]
        folder = Path(os.path.commonpath([file.parent for file in there]))
        lines += ["This line in a terminal makes WAV files beside them (needs ffmpeg):"]
        lines += [command_for(folder, there)]
    return lines


def _instead(asked: Sequence[str]) -> str:
    """How many pictures lie in the folders asked for, which may explain that there is no sound."""
    folders = [Path(place).expanduser() for place in asked if Path(place).expanduser().is_dir()]
    number = sum(scan(folder)[0].num_pictures for folder in folders)
    if not number:
        return f"; files of sound end in {', '.join(sorted(WAVS))}, and other files are to be named"
    return f", but {counted(number, 'picture')}; ask a model of lessons 07 to 09 about them"
