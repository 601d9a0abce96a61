"""Which sounds are meant: files, folders and patterns."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from course_utils.data.damaged_pictures import listed
from course_utils.data.picture_tree import CONVERTIBLE as PICTURES_TO_CONVERT
from course_utils.data.picture_tree import Reason, picture_endings, scan
from course_utils.data.plain_text import counted
from course_utils.shipping.finding import dataset_in, find_files, tell_passed_over

FORMS = ("sounds",)  # of data sets to learn from
WAV = {".wav", ".wave"}
CONVERTIBLE = {
    *(".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wma"),
    *(".aif", ".aiff", ".caf", ".amr", ".3gp", ".au", ".webm", ".mp4", ".mov"),
}
ENDINGS = WAV | CONVERTIBLE  # others than WAV get their own line and the way out
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
    return found.files


def refuse_sounds(options: argparse.Namespace) -> None:
    """Raise ValueError if sounds, and nothing else, are asked for of a model of pictures."""
    way_out = f"and {options.model} is a model of pictures; lesson 11 makes models of sounds"
    if dataset := dataset_in(options.asked, FORMS):
        raise ValueError(f"{dataset} is a data set of sounds, {way_out}")
    if all(Path(each).suffix.lower() in ENDINGS for each in options.asked):
        raise ValueError(f"{', '.join(options.asked)}: that is sound, {way_out}")


def conversion(file: Path) -> str:
    """The way out for a file of another format: the command that makes a WAV file of it."""
    name = f"{file.stem}.wav" if file.suffix.lower() not in WAV else f"{file.stem} converted.wav"
    return f'convert it: ffmpeg -i "{file.name}" "{name}"'


def _instead(asked: Sequence[str]) -> str:
    """How many pictures lie in the folders asked for, which may explain that there is no sound."""
    folders = [Path(place).expanduser() for place in asked if Path(place).expanduser().is_dir()]
    number = sum(scan(folder)[0].num_pictures for folder in folders)
    if not number:
        return f"; files of sound end in {', '.join(sorted(WAV))}, and other files are to be named"
    return f", but {counted(number, 'picture')}; ask a model of lessons 07 to 09 about them"
