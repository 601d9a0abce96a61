"""Labelled sounds by the name of their data set, in three parts."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.data.places import check_part_fractions
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import SIZE
from course_utils.data.sounds.reading import read_sounds
from course_utils.data.sounds.splitting import SoundSplit, split_sounds
from course_utils.data.sounds.surveying import FORMS
from course_utils.data.unknown_dataset import unknown_dataset
from course_utils.files import PROJECT_FOLDER

NAMES = ("synthetic_digits", "free_spoken_digits", "speech_commands")


def open_sounds(
    dataset: str,
    data_dir: Path,
    *,
    size: int = SIZE,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    built_in: Sequence[str] = (),
    **how: object,
) -> SoundSplit:
    """The data set called ``dataset`` in three parts; those that it brings are kept.

    Of one's own sounds is printed what was found and what will be done, and then which sounds look
    alike; such stay in one part, as all sounds of one speaker do where speakers are known.

    Args:
        dataset: ``"synthetic_digits"``, ten digits by eighteen synthetic voices;
            ``"free_spoken_digits"``, six people, or ``"speech_commands"``, thousands, both of
            which are downloaded if need be; or ``"sounds:PATH"``, as of ``read_sounds``, but that
            a relative path starts at the project.
        data_dir: Folder for downloads and for what is made once.
        size: Bands and steps of time of a picture.
        val_fraction: Share for validation, where the data set brings none.
        test_fraction: Share for the sealed test set, where the data set brings none.
        seed: Same seed, same split.
        built_in: Names of data sets that the caller has besides, for the message.
        how: Of ``sounds:PATH``, what ``read_sounds`` takes.

    Raises:
        ValueError: If there is no such data set, it cannot be used as it is, or it has too few
            sounds or speakers for three parts; it says what to do.
        OSError: If a file is missing and cannot be had; it says how to get it.
    """
    check_part_fractions(val_fraction, test_fraction)
    form, _, path = dataset.partition(":")
    if dataset in NAMES:
        sounds = _load(dataset, data_dir, size)
    elif form in FORMS and path:
        place = PROJECT_FOLDER / Path(path).expanduser()
        sounds = read_sounds(f"{form}:{place}", size=size, report=print, **how)
    else:
        raise unknown_dataset(
            dataset, (*built_in, *NAMES), FORMS, "sounds in a form that the workbook knows"
        )
    return split_sounds(sounds, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed)


def _load(dataset: str, data_dir: Path, size: int) -> LabelledSounds:
    """The data set that has this name."""
    if dataset == "free_spoken_digits":
        from course_utils.data.sounds.free_spoken_digits import load_free_spoken_digits

        return load_free_spoken_digits(data_dir, size=size)
    if dataset == "speech_commands":
        from course_utils.data.sounds.speech_commands import load_speech_commands

        return load_speech_commands(data_dir, size)
    from course_utils.data.sounds.synthetic_digits import load_synthetic_digits

    if size != SIZE:
        raise ValueError(
            f"the synthetic digits are shipped as pictures of {SIZE} bands, got size = {size}; "
            f"set it to {SIZE}"
        )
    return load_synthetic_digits()
