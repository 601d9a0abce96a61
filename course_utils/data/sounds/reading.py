"""Your own recordings with their classes, and who speaks, to pictures of sound."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from course_utils.data.class_cleaning import join_groups_by_name
from course_utils.data.damaged_pictures import listed
from course_utils.data.families import families_of, groups_of_pairs
from course_utils.data.in_threads import for_each
from course_utils.data.plain_text import counted, wrap
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.log_mel import SIZE, sound_picture
from course_utils.data.sounds.near_sounds import find_near_sounds
from course_utils.data.sounds.outcomes import SoundError, SoundOutcome
from course_utils.data.sounds.speakers import check_speakers
from course_utils.data.sounds.survey import FoundSound, SoundSurvey
from course_utils.data.sounds.surveying import survey_sounds
from course_utils.data.sounds.wav_files import LONGEST, read_wav
from course_utils.data.survey_text import COLUMNS
from course_utils.session.memory import check_memory


def read_sounds(
    dataset: str,
    *,
    size: int = SIZE,
    group_by: str | None = None,
    skip_faulty: bool = False,
    split_anew: bool = False,
    longest: float = LONGEST,
    smallest: int | None = None,
    report: Callable[[SoundSurvey | str], object] | None = None,
) -> LabelledSounds:
    """Read a class-per-folder tree of WAV files, each to a picture of sound.

    What was found and what will be done is reported before work starts; where something is there
    that cannot be used, work does not start. Nothing is written. Of all sounds only the pictures
    are in memory together.

    Args:
        dataset: ``"sounds:PATH"``: a folder with a folder of WAV files for each class, or with the
            folders train, val and test (or two of them, train among them) that each hold such.
            ``"sounds:PATH/*"`` takes every folder in it for a class. A relative path starts at the
            working folder.
        size: Bands and steps of time of a picture.
        group_by: What says who speaks, as of ``keys_by_name``; None where nothing does.
        skip_faulty: Whether to go on without what cannot be used, saying what.
        split_anew: Whether to forget the folder's own parts.
        longest: Seconds that a sound may take at most.
        smallest: Sounds that a class needs; None for as many as parts will be drawn, and for as
            many speakers.
        report: Called with what was found, and then with what was found of near copies; such as
            ``print``.

    Raises:
        ValueError: If an argument does not fit, the folder is not laid out as classes, or
            something must be mended; it says what to do.
        MemoryError: If there are more pictures than fit into memory.
    """
    if size < 2:
        raise ValueError(f"size must be at least 2 bands, got {size}")
    survey = survey_sounds(
        dataset, group_by=group_by, split_anew=split_anew, longest=longest, smallest=smallest
    )
    if report is not None:
        report(survey)
    _refuse(survey, skip_faulty)
    labels, parts = survey.labels, survey.places_of_parts
    if survey.speakers is not None and smallest is None:
        check_speakers(labels, survey.speakers, parts, survey.class_names)
    check_memory(len(labels) * size**2, "these pictures of sound", "take a part of them")
    work = partial(_picture, size=size, longest=longest)
    images = torch.stack(for_each(work, survey.used, "sound"))  # (N, 1, size, size)
    near = groups_of_pairs(find_near_sounds(images), labels)
    groups = join_groups_by_name(near, survey.used)
    if report is not None:
        report("\n".join(wrap(_describe(near, groups, survey), COLUMNS)))
    return LabelledSounds(
        images,
        labels,
        survey.class_names,
        parts,
        groups,
        survey.speakers,
        survey.speaker_names,
        files=tuple(sound.name for sound in survey.used),
    )


def _refuse(survey: SoundSurvey, skip_faulty: bool) -> None:
    wrong = survey.lines_to_stop()
    if survey.of(SoundOutcome.FEW):  # whose sounds may all be in another part, too
        wrong += survey.about((SoundOutcome.COPY, SoundOutcome.TWO_CLASSES))
    convert = f"; convert sounds of other formats by: {survey.command}" if survey.command else ""
    if wrong and not skip_faulty:
        raise ValueError(
            f"{survey.name} must be mended: {'; '.join(wrong)}; then run again, or go on without "
            f"these files by skip_faulty = True{convert}"
        )
    if wrong:
        print("\n".join(wrap(f"Went on without {'; '.join(wrong)}", COLUMNS)))
    if len(survey.class_names) < 2:
        found = ", ".join(survey.class_names) or "none"
        why = f" ({'; '.join(wrong)})" if wrong else ""
        raise ValueError(
            f"{survey.name} has fewer than two classes of sounds that can be used: {found}{why}; "
            f"telling apart takes two, so check the path{convert}"
        )


def _picture(sound: FoundSound, size: int, longest: float) -> Tensor:
    """Picture (1, size, size), uint8."""
    try:
        return sound_picture(read_wav(sound.path, longest=longest), size)
    except SoundError as error:
        raise ValueError(f"{sound.path} was changed and {error}; run again") from error


def _describe(near: Tensor, groups: Tensor, survey: SoundSurvey) -> str:
    """What was found of near copies and of speakers in two parts, in sentences."""
    used = survey.used
    if families := families_of(near):
        shown = [" ~ ".join(used[place].name for place in family[:2]) for family in families]
        said = (
            f"{sum(map(len, families)):,} sounds are nearly the same as others (another loudness, "
            f"rate or depth), in {counted(len(families), 'set')}: {listed(shown)}."
        )
    else:
        said = f"No near copies among {len(used):,} sounds."
    if not survey.has_parts:  # how speakers are dealt out was told before
        return f"{said} {survey.across(near)}".strip()
    alike = "Sounds whose speaker is in training, too" if survey.speaker_names else ""
    return f"{said} {survey.across(groups, alike)}".strip()
