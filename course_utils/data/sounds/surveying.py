"""A folder of sounds looked through: files opened one by one, faults, copies, speakers found."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_cleaning import without_copies, without_few
from course_utils.data.class_files import (
    ClassFile,
    find_passed_over,
    list_files,
    say_folders,
    scan_classes,
    sorted_names,
)
from course_utils.data.in_threads import for_each
from course_utils.data.layout import read_layout
from course_utils.data.name_groups import BY_FOLDER
from course_utils.data.picture_tree import Folder, PassedOver, Reason
from course_utils.data.sounds.converting import CONVERTIBLE, WAVS, command_for, is_converted
from course_utils.data.sounds.outcomes import SoundError, SoundOutcome
from course_utils.data.sounds.survey import FoundSound, SoundSurvey
from course_utils.data.sounds.wav_files import LONGEST, open_wav

FORMS = ("sounds",)
OUTCOMES = {  # of what is passed over; for the rest nobody needs to care
    **dict.fromkeys((Reason.CLOSED, Reason.DANGLING), SoundOutcome.CLOSED),
    **dict.fromkeys((Reason.BESIDE, Reason.UNLABELLED), SoundOutcome.BESIDE),
    Reason.CONVERT: SoundOutcome.CONVERT,
    Reason.OTHER: SoundOutcome.OTHER,
}


def survey_sounds(
    dataset: str,
    *,
    group_by: str | None = None,
    split_anew: bool = False,
    longest: float = LONGEST,
    smallest: int | None = None,
) -> SoundSurvey:
    """What a folder of sounds holds and what ``read_sounds`` does with it; all files are opened.

    Args:
        dataset: As of ``read_sounds``.
        group_by: What says who speaks, as of ``keys_by_name``; None where nothing does.
        split_anew: Whether to forget the folder's own parts.
        longest: Seconds that a sound may take at most.
        smallest: Sounds that a class needs; None for as many as parts will be drawn.

    Raises:
        ValueError: If an argument does not fit, or nothing is laid out as classes of sounds.
    """
    form, _, place = dataset.partition(":")
    if not place or form not in FORMS:
        raise ValueError(f'a data set of sounds must be "sounds:PATH", got {dataset!r}')
    if not longest > 0:
        raise ValueError(f"longest must be above 0 seconds, got {longest}")
    root, parts, names, passed_over = _open(place, group_by, split_anew)
    files = list_files(parts, root, group_by, "sound")
    if split_anew:
        files = [replace(file, part="") for file in files]
    looked = for_each(partial(_look, root=root, group_by=group_by, longest=longest), files, "sound")
    sounds = [sound for sound, _ in looked if sound is not None]
    has_parts = any(sound.part for sound in sounds)
    digests = [sound.digest for sound in sounds]
    used, copies = without_copies(sounds, digests, SoundOutcome.COPY, SoundOutcome.TWO_CLASSES)
    used, few = without_few(used, names, SoundOutcome.FEW, has_parts=has_parts, smallest=smallest)
    left = {sound.name for sound in used}
    found = [finding for sound, some in looked for finding in some if not _is_gone(sound, left)]
    command = _set_converted_apart(passed_over, root)
    return SoundSurvey(
        dataset,
        sorted_names([sound.label for sound in used]),
        tuple(used),
        (*found, *find_passed_over(passed_over, root, OUTCOMES), *copies, *few),
        (say_folders(parts, "sound"),),
        has_parts,
        group_by,
        command,
    )


def _open(
    place: str, group_by: str | None, split_anew: bool
) -> tuple[Path, dict[str, Folder], tuple[str, ...], PassedOver]:
    """The folder, in it those that hold the classes of each part, and the names of classes."""
    root, tree, passed_over, all_classes = scan_classes(place, WAVS, CONVERTIBLE)
    parts, names = read_layout(
        tree,
        passed_over,
        split_anew=split_anew,
        all_classes=all_classes,
        what="sound",
        ending="wav",
        deeper_are_groups=group_by == BY_FOLDER,
    )
    return root, parts, sorted_names(names), passed_over


def _look(
    file: ClassFile, root: Path, group_by: str | None, longest: float
) -> tuple[FoundSound | None, list[Finding]]:
    """What a file holds, None where it is of no use; and what is not plain about it."""
    name = file.path.relative_to(root).as_posix()
    if group_by is not None and not file.group:
        return None, [Finding(SoundOutcome.NO_SPEAKER, name)]
    try:
        recording = open_wav(file.path, longest)
    except SoundError as error:
        return None, [Finding(error.outcome, name, str(error))]
    sound = FoundSound(
        file.path,
        name,
        file.label,
        file.part,
        file.group,
        recording.seconds,
        recording.rate,
        recording.form.channels,
        str(recording.form),
        recording.digest,
    )
    return sound, [Finding(outcome, name) for outcome in recording.notes]


def _is_gone(sound: FoundSound | None, left: set[str]) -> bool:
    """Whether a sound could be read, but is not used: what is odd about it concerns nobody."""
    return sound is not None and sound.name not in left


def _set_converted_apart(passed_over: PassedOver, root: Path) -> str:
    """Count sounds with a WAV file beside them as other files; the command for all the rest."""
    there = passed_over[Reason.CONVERT]
    passed_over[Reason.OTHER] += [file for file in there if is_converted(file)]
    passed_over[Reason.CONVERT] = left = [file for file in there if not is_converted(file)]
    return command_for(root, left) if left else ""
