"""Speech Commands 2: 105,829 recordings of 35 short words, said by 2,618 people."""

import os
import re
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.archives import unpack
from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.kept_sounds import pictures_of, say_unheard
from course_utils.data.sounds.log_mel import SIZE
from course_utils.download import download_file, offline_error
from course_utils.files import DamagedFileError, free_disk, size_text

WHAT = "Speech Commands 2 (2.4 GB)"
NAME = "speech_commands_v0.02.tar.gz"
ADDRESS = f"https://storage.googleapis.com/download.tensorflow.org/data/{NAME}"
# As torchaudio has it, in torchaudio/datasets/speechcommands.py.
CHECKSUM = "sha256:af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58"
NUM_RECORDINGS = 105_829
DIGITS = 16  # of the checksum in the name of the pictures' file
ARCHIVE_BYTES, UNPACKED_BYTES = 2.43e9, 3.5e9  # the second on a disk of 4 KB blocks
LISTS = {"val": "validation_list.txt", "test": "testing_list.txt"}
NO_WORDS = "_background_noise_"  # long recordings of taps, bikes and cats
FORM = re.compile(r"([0-9a-f]+)_nohash_(\d+)\.wav")  # speaker, take
INSTEAD = 'dataset = "synthetic_digits"'


def load_speech_commands(data_dir: Path, size: int = SIZE, download: bool = True) -> LabelledSounds:
    """Words of a second each, with the official parts; of no speaker are sounds in two of them.

    The first time takes minutes, the pictures are kept in ``data_dir``. Recordings without any
    sound are left out, and that is said.

    Args:
        data_dir: Folder of data sets; archive, recordings and pictures lie in its
            ``speech_commands``, 5.9 GB in all.
        size: Bands, and steps of time, of a picture.
        download: Whether to fetch the archive where it is not there.

    Returns:
        105,829 sounds, sorted by word, speaker and take. ``speaker_names`` are the hashes that
        stand for speakers in the names of the files.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        DamagedFileError: If the archive is damaged or an unpacked file is missing; it names it.
        ValueError: If the disk has no room, or the folder is not writable.
        MemoryError: If the pictures do not fit into memory.

    Source: Warden, "Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition" (2018),
        https://arxiv.org/abs/1804.03209
    """
    place = data_dir / "speech_commands"
    folder = _get_folder(place, download)
    words, names = _find(folder)
    parts, files = _parts(folder, names), [folder / name for name in names]
    key = CHECKSUM.removeprefix("sha256:")[:DIGITS]
    images, is_heard = pictures_of(files, size, place, key, _way_out(folder))
    say_unheard(files, is_heard)
    said = [FORM.fullmatch(file.name).groups() for file in files]
    speakers = tuple(sorted({speaker for speaker, _ in said}))
    places = {speaker: number for number, speaker in enumerate(speakers)}
    numbers = torch.tensor([places[speaker] for speaker, _ in said])
    return LabelledSounds(
        images=images,
        labels=torch.tensor([words.index(file.parent.name) for file in files]),
        class_names=words,
        parts=parts,
        groups=numbers,
        speakers=numbers,
        speaker_names=speakers,
        takes=torch.tensor([int(take) for _, take in said]),
        files=tuple(map(str, files)),
    )[is_heard]


def _get_folder(place: Path, download: bool) -> Path:
    """The folder with a folder for each word; archive and disk are looked at before any work."""
    folder, archive = place / NAME.removesuffix(".tar.gz"), place / NAME
    if folder.exists():
        return folder
    if not archive.exists() and not download:
        raise offline_error(WHAT, archive, ADDRESS, INSTEAD, "download=False forbids to fetch it")
    needed, free = UNPACKED_BYTES + (not archive.exists()) * ARCHIVE_BYTES, free_disk(place)
    if needed > free:
        raise ValueError(
            f"{WHAT} takes {size_text(needed)} more in {place}, and {size_text(free)} are free: "
            "make room, or set data_dir to a folder on another disk"
        )
    if not archive.exists():
        print(f"Fetched once, and kept in {place}: {WHAT}")
    download_file(ADDRESS, archive, checksum=CHECKSUM, what=WHAT, instead=INSTEAD)
    print(f"Unpacking {NAME} once, to {size_text(UNPACKED_BYTES)}")
    unpack([archive], folder, bare=True)
    return folder


def _find(folder: Path) -> tuple[tuple[str, ...], list[str]]:
    """The words, and the recordings as the lists name them: by word, speaker and take."""
    with os.scandir(folder) as entries:
        words = sorted(entry.name for entry in entries if entry.is_dir())
    words = tuple(word for word in words if word != NO_WORDS)
    found = []
    for word in words:
        said = (FORM.fullmatch(name) for name in os.listdir(folder / word))
        found += sorted((word, form[1], int(form[2]), form[0]) for form in said if form)
    names = [f"{word}/{name}" for word, _, _, name in found]
    if len(names) != NUM_RECORDINGS:
        raise DamagedFileError(
            f"{folder} holds {len(names):,} recordings instead of {NUM_RECORDINGS:,}: "
            f"{_way_out(folder)}"
        )
    return words, names


def _parts(folder: Path, names: list[str]) -> Tensor:
    """The official part of each recording (N,), a place in ``PARTS``; all not listed train."""
    places = {name: place for place, name in enumerate(names)}
    parts = torch.full((len(names),), PARTS.index("train"))
    for part, list_name in LISTS.items():
        try:
            listed_names = (folder / list_name).read_text(encoding="utf-8").split()
        except OSError:
            raise DamagedFileError(f"{folder} lacks {list_name}: {_way_out(folder)}") from None
        missing = [name for name in listed_names if name not in places]
        if missing:
            raise DamagedFileError(f"{folder} lacks {listed(missing)}: {_way_out(folder)}")
        parts[[places[name] for name in listed_names]] = PARTS.index(part)
    return parts


def _way_out(folder: Path) -> str:
    return (
        f"delete that folder and run again; it is unpacked again from {NAME}, fetched where that "
        f"is not in {folder.parent}"
    )
