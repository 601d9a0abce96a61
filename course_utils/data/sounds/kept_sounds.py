"""Pictures of recordings, made once and kept: later runs only read them."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.damaged_pictures import listed
from course_utils.data.plain_text import counted
from course_utils.data.sounds.log_mel import RATE, sound_picture
from course_utils.data.sounds.outcomes import SoundError, SoundOutcome
from course_utils.data.sounds.wav_files import read_wav
from course_utils.files import DamagedFileError
from course_utils.session.cores import usable_cores
from course_utils.session.memory import check_memory
from course_utils.tensor_files import keep_if_possible, load_tensors

NOTHING = (SoundOutcome.EMPTY, SoundOutcome.SILENT)  # in a recording
MADE_BY = ("log_mel", "wav_chunks", "wav_files")  # modules
SECONDS_BEFORE_PROGRESS = 10  # no bar for quick loads, so lessons and batch runs stay clean
CHUNK_BYTES = 1 << 20


def pictures_of(
    files: Sequence[Path], size: int, cache_dir: Path, key: str, way_out: str
) -> tuple[Tensor, Tensor]:
    """What a network sees of N recordings, from ``cache_dir`` where an earlier run kept it.

    Args:
        files: N WAV files.
        size: Bands, and steps of time, of a picture.
        cache_dir: Folder that keeps the pictures.
        key: Letters and digits that stand for the files; others must have others.
        way_out: What to do where some cannot be read, for the message.

    Returns:
        Pictures (N, 1, size, size), uint8, and of which recordings they are (N,), bool; the others
        hold no sound at all, and their pictures are 0.

    Raises:
        DamagedFileError: If recordings cannot be read; it names them.
        MemoryError: If the pictures do not fit into memory; before any work.
    """
    file = cache_dir / f"pictures_{size}_{_recipe()}_{key}.pt"
    try:
        return load_tensors(file)
    except (OSError, DamagedFileError):
        pass  # not made yet, or to be made again
    shape = torch.Size((len(files), 1, size, size))
    smaller = f"lower the size (now {size}), or take a data set of fewer recordings"
    check_memory(shape.numel(), f"the pictures of {len(files):,} recordings", smaller)
    images, is_heard = torch.zeros(shape, dtype=torch.uint8), torch.ones(len(files)).bool()
    _draw_all(files, images, is_heard, way_out)
    keep_if_possible((images, is_heard), file)
    return images, is_heard


def _draw_all(files: Sequence[Path], images: Tensor, is_heard: Tensor, way_out: str) -> None:
    faults = {}

    def draw(place: int) -> None:
        try:
            images[place] = sound_picture(read_wav(files[place], RATE), images.shape[-1])
        except SoundError as error:
            if error.outcome in NOTHING:
                is_heard[place] = False
            else:
                faults[place] = f"{files[place].name} {error}"

    with ThreadPoolExecutor(usable_cores()) as pool:
        bar = {"total": len(files), "delay": SECONDS_BEFORE_PROGRESS, "unit": "recording"}
        list(tqdm(pool.map(draw, range(len(files))), leave=False, **bar))
    if faults:
        said = listed([faults[place] for place in sorted(faults)])
        raise DamagedFileError(
            f"{counted(len(faults), 'recording')} of {len(files):,} in {files[0].parent} cannot be "
            f"read: {said}; {way_out}"
        )


def say_unheard(files: Sequence[Path], is_heard: Tensor) -> None:
    """Print which of the ``files`` are left out as they hold no sound, if any are."""
    names = [files[place].name for place in (~is_heard).nonzero().flatten().tolist()]
    if names:
        print(f"{counted(len(names), 'recording')} without any sound left out: {listed(names)}")


def checksum_of(files: Sequence[Path]) -> str:
    """SHA-256 of the names and the bytes of ``files``, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name} {file.stat().st_size} ".encode())
        with file.open("rb") as opened:
            while chunk := opened.read(CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


@cache
def _recipe() -> str:
    """What stands for the code that makes pictures: after a change of it they are made again."""
    code = (Path(__file__).with_name(f"{name}.py").read_bytes() for name in MADE_BY)
    return hashlib.sha256(b"".join(code)).hexdigest()[:8]
