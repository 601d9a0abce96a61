"""Sounds in other formats than WAV: by their endings, with the one command that converts them."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

WAVS = {".wav", ".wave"}
CONVERTIBLE = {
    *(".mp3", ".m4a", ".aac", ".ogg", ".oga", ".opus", ".flac", ".wma", ".amr", ".au"),
    *(".aif", ".aiff", ".aifc", ".caf", ".webm", ".mp4", ".3gp", ".wv", ".ape", ".mka"),
}
TO_WAV = "-ac 1 -ar 16000"  # one channel, 16,000 samples a second: enough for words


def is_converted(file: Path) -> bool:
    """Whether a WAV file of the same name lies beside ``file``."""
    return any(file.with_suffix(ending).exists() for ending in (".wav", ".WAV", ".wave"))


def command_for(folder: Path, files: Sequence[Path], system: str = sys.platform) -> str:
    """One line for the terminal that puts a WAV file beside each of ``files``, and loses none.

    Args:
        folder: All of them are in it, or below.
        files: At least one.
        system: As ``sys.platform`` calls it; Windows has another terminal than the rest.

    Source: the documentation of ffmpeg, ffmpeg.org, options -ac (channels), -ar (rate) and -n
        (overwrite nothing).
    """
    endings = sorted({file.suffix.lower() for file in files})
    if system == "win32":
        place = str(folder.absolute()).replace("'", "''")
        names = ",".join(f"*{ending}" for ending in endings)
        return (
            f"Get-ChildItem -LiteralPath '{place}' -Recurse -Include {names} | ForEach-Object {{ "
            f"ffmpeg -nostdin -n -i $_.FullName {TO_WAV} "
            "([IO.Path]::ChangeExtension($_.FullName, '.wav')) }"
        )
    names = " -o ".join(f"-iname '*{ending}'" for ending in endings)
    each = f'for f; do ffmpeg -nostdin -n -i "$f" {TO_WAV} "${{f%.*}}.wav"; done'
    place = shlex.quote(str(folder.absolute()))
    return f"find -L {place} -type f \\( {names} \\) -exec sh -c '{each}' sh {{}} +"
