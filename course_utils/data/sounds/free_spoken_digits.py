"""The Free Spoken Digit Dataset: six people say the digits 0 to 9, fifty times each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import torch

from course_utils.data.damaged_pictures import listed
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.kept_sounds import checksum_of, pictures_of, say_unheard
from course_utils.data.sounds.log_mel import SIZE
from course_utils.data.sounds.recording_archives import DIGITS, unpack_wavs, wav_name
from course_utils.download import download_file, offline_error
from course_utils.files import PROJECT_FOLDER, DamagedFileError

WHAT = "the Free Spoken Digit Dataset 1.0.10 (16 MB)"
NAME = "free-spoken-digit-dataset-1.0.10.zip"
ADDRESS = "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip"
# No checksum comes with the data. This one is that of an audit of the release: R. Voitiskis,
# lossytrace, research/sources/evidence/fsdd-v1.0.10-observed-20260802.json (16,419,872 bytes).
CHECKSUM = "sha256:c680098f5d2355ba7cc4bd8b0ca9e0a24c00ebe3b4c552208889a4d28d4fbc2b"
INSTEAD = 'dataset = "synthetic_digits"'
FORM = re.compile(r"(\d)_(.+)_(\d+)\.wav", re.IGNORECASE)  # digit, speaker, take
OWN_FORM = (
    "such recordings are called DIGIT_SPEAKER_TAKE.wav, as 7_theo_12.wav. For files of other names "
    'put those of each word in a folder of its own and take dataset = "sounds:PATH"'
)


@dataclass(frozen=True, order=True)
class Recording:
    """What the name of a file says of it.

    Args:
        speaker: Who spoke.
        digit: From 0 to 9.
        take: Which time.
        file: Where it lies.
    """

    speaker: str
    digit: int
    take: int
    file: Path


def load_free_spoken_digits(
    data_dir: Path, path: str | Path | None = None, size: int = SIZE, download: bool = True
) -> LabelledSounds:
    """Digits as real people spoke them; sounds of one speaker are one group.

    As published there are 3,000: six speakers, 10 digits, takes 0 to 49. A part of them, or other
    recordings with names of that form, do as well. Pictures are kept in ``data_dir``.

    Args:
        data_dir: Folder of data sets; archive, recordings and pictures lie in its
            ``free_spoken_digits``.
        path: A zip or tar archive with the recordings, or their folder, which are only read; from
            the project on where it is relative. None for the published archive.
        size: Bands, and steps of time, of a picture.
        download: Whether to fetch the published archive where it is not there.

    Returns:
        N sounds, sorted by speaker, digit and take. ``files`` are places in the folder, or in
        ``data_dir``, where they were unpacked.

    Raises:
        OfflineError: If the archive is not there and cannot, or must not, be fetched.
        DamagedFileError: If an archive or a recording is damaged; it names the file.
        ValueError: If there are no recordings at ``path``, or not of such names.
        OSError: If there is nothing at ``path``.

    Source: Z. Jackson and others, "Free Spoken Digit Dataset" (2016 to 2020),
        https://github.com/Jakobovski/free-spoken-digit-dataset, CC BY-SA 4.0
    """
    place = data_dir / "free_spoken_digits"
    if path is None:
        source = _get_archive(place, download)
    else:
        source = PROJECT_FOLDER / Path(path).expanduser()
    if not source.exists():
        raise FileNotFoundError(f"there is no file or folder {source}")
    folder = source if source.is_dir() else unpack_wavs(source, place)
    recordings = find_recordings(folder, source)
    files = [recording.file for recording in recordings]
    key = checksum_of(files if source.is_dir() else [source])[:DIGITS]
    way_out = f"put these right in {source}, or take them out of it"
    images, is_heard = pictures_of(files, size, place, key, way_out)
    say_unheard(files, is_heard)
    speakers = tuple(sorted({recording.speaker for recording in recordings}))
    numbers = torch.tensor([speakers.index(recording.speaker) for recording in recordings])
    return LabelledSounds(
        images=images,
        labels=torch.tensor([recording.digit for recording in recordings]),
        class_names=tuple(map(str, range(10))),
        groups=numbers,
        speakers=numbers,
        speaker_names=speakers,
        takes=torch.tensor([recording.take for recording in recordings]),
        files=tuple(map(str, files)),
    )[is_heard]


def find_recordings(folder: Path, source: Path) -> list[Recording]:
    """The recordings in ``folder`` and its folders, sorted.

    Args:
        folder: It is looked through.
        source: What the user knows it by, for messages.

    Raises:
        ValueError: If there are none, two of one name, or WAV files of other names.
    """
    files = sorted(file for file in folder.rglob("*") if wav_name(file.name) and file.is_file())
    if not files:
        raise ValueError(f"{source} holds no WAV file; {OWN_FORM}")
    others = [file.name for file in files if not FORM.fullmatch(file.name)]
    if others:
        raise ValueError(
            f"{len(others):,} of {len(files):,} WAV files in {source} have other names: "
            f"{listed(others)}; {OWN_FORM}"
        )
    recordings = sorted(_read_name(file) for file in files)
    _refuse_twice(recordings, source)
    return recordings


def _read_name(file: Path) -> Recording:
    digit, speaker, take = FORM.fullmatch(file.name).groups()
    return Recording(speaker, int(digit), int(take), file)


def _refuse_twice(recordings: Sequence[Recording], source: Path) -> None:
    for one, other in pairwise(recordings):
        if (one.speaker, one.digit, one.take) == (other.speaker, other.digit, other.take):
            raise ValueError(
                f"{source} holds the same take of the same digit twice, {one.file} and "
                f"{other.file}: leave one of them"
            )


def _get_archive(place: Path, download: bool) -> Path:
    archive = place / NAME
    if not archive.exists():
        if not download:
            reason = "download=False forbids to fetch it"
            raise offline_error(WHAT, archive, ADDRESS, INSTEAD, reason)
        print(f"Fetched once, and kept in {place}: {WHAT}")
    try:
        download_file(ADDRESS, archive, checksum=CHECKSUM, what=WHAT, instead=INSTEAD)
    except DamagedFileError as error:
        raise DamagedFileError(
            f"{error}. The server packs this archive when it is asked for, and may one day pack it "
            "in another way: an archive that you trust can be named by its path"
        ) from None
    return archive
