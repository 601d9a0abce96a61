"""WAV files in a zip or tar archive, wherever in it they lie, unpacked side by side once."""

import gzip
import lzma
import os
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from course_utils.data.sounds.kept_sounds import checksum_of
from course_utils.files import DamagedFileError, free_disk, size_text

ENDING = ".wav"
CHUNK_BYTES = 1 << 20
DIGITS = 16  # of a checksum in a folder's name
# What the two libraries raise for damaged bytes; RuntimeError where a password is asked for.
DAMAGES = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, lzma.LZMAError, zlib.error),
    *(EOFError, RuntimeError),
)


def unpack_wavs(archive: Path, place: Path) -> Path:
    """The folder with all WAV files of ``archive``, which is read only, without its folders.

    Args:
        archive: A zip, or a tar that may be packed by gzip, bzip2 or xz.
        place: Where the folder is made. It is called after the archive's checksum, so another
            archive has another one, and what was unpacked once is found again.

    Raises:
        DamagedFileError: If ``archive`` is no such file, or a damaged one.
        ValueError: If it holds no WAV file or two of one name, or there is no room for them.
    """
    folder = place / f"recordings_{checksum_of([archive])[:DIGITS]}"
    with _damage_named(archive):
        sizes = _wav_sizes(archive)
        if folder.is_dir() and set(sizes) <= set(os.listdir(folder)):
            return folder
        place.mkdir(parents=True, exist_ok=True)
        needed, free = sum(sizes.values()), free_disk(place)
        if needed > free:
            raise ValueError(
                f"unpacking {archive.name} takes {size_text(needed)} and {place} has "
                f"{size_text(free)} free: make room, or set data_dir to a folder on another disk"
            )
        _unpack(archive, folder)
    return folder


@contextmanager
def _damage_named(archive: Path) -> Iterator[None]:
    try:
        yield
    except DAMAGES as error:
        raise DamagedFileError(
            f"{archive} ({archive.stat().st_size:,} bytes) cannot be unpacked ({error}): get it "
            "again, or name a folder with the WAV files"
        ) from error


def _wav_sizes(archive: Path) -> dict[str, int]:
    """Bytes of each WAV file by its name without folders."""
    names, sizes = [], {}
    for name, num_bytes, _ in _members(archive):
        names.append(name)
        sizes[name] = num_bytes
    if not names:
        raise ValueError(f"{archive} holds no WAV file: name an archive or folder that does")
    name, count = Counter(names).most_common(1)[0]
    if count > 1:
        raise ValueError(
            f"{archive} holds {count} files called {name}: leave one of each name in it"
        )
    return sizes


def _unpack(archive: Path, folder: Path) -> None:
    """Under another name first, so that half an archive never passes for all of it."""
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=folder.parent) as unfinished:
        whole = Path(unfinished) / folder.name
        whole.mkdir()
        for name, _, file in _members(archive):
            with (whole / name).open("wb") as copy:
                shutil.copyfileobj(file, copy)
        if folder.exists():  # something is missing in it, or another process was quicker
            os.replace(folder, Path(unfinished) / "old")
        os.replace(whole, folder)


def _members(archive: Path) -> Iterator[tuple[str, int, BinaryIO]]:
    """Name, bytes and content of each WAV file; names have no folder, so none can lead out."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                if not entry.is_dir() and (name := wav_name(entry.filename)):
                    with zipped.open(entry) as file:
                        yield name, entry.file_size, file
    elif tarfile.is_tarfile(archive):
        with tarfile.open(archive) as packed:
            for entry in packed:
                if entry.isfile() and (name := wav_name(entry.name)):
                    yield name, entry.size, packed.extractfile(entry)
            while packed.fileobj.read(CHUNK_BYTES):  # to the end, where its checksum stands:
                pass  # where a tar is damaged, tarfile takes what is before for all of it
    else:
        raise DamagedFileError(
            f"{archive} ({archive.stat().st_size:,} bytes) is neither a zip nor a tar archive: "
            "name an archive of WAV files, or the folder that holds them"
        )


def wav_name(path: str) -> str:
    """The last part of ``path`` where it is a WAV file; an empty text where it is not.

    Hidden files, such as those with which macOS goes with every file in a zip, are none.
    """
    name = PurePosixPath(path.replace("\\", "/")).name
    return name if name.lower().endswith(ENDING) and not name.startswith(".") else ""
