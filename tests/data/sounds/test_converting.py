"""The command that converts sounds, run by a real shell with a stand-in that copies for ffmpeg."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.data.sounds.converting import command_for, is_converted

STAND_IN = """#!/bin/sh
# ffmpeg -nostdin -n -i IN -ac 1 -ar 16000 OUT: overwrites nothing
[ "$1 $2 $3 $5 $6 $7 $8" = "-nostdin -n -i -ac 1 -ar 16000" ] || exit 9
[ -e "$9" ] || cp "$4" "$9"
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has another terminal")
def test_the_line_puts_a_wav_file_beside_each_sound_and_loses_none(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    folder = tmp_path / "it's my $HOME folder"
    names = ("yes/a b.mp3", "yes/deep/c.d.M4A", "no/it's; $(here).mp3", "no/-n.mp3")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "yes" / "kept.mp3").write_text("new")
    (folder / "yes" / "kept.wav").write_text("old")
    (folder / "yes" / "other.txt").write_text("no sound")
    files = [folder / name for name in names]
    line = command_for(folder, files, "linux")
    assert "\n" not in line and "-iname '*.m4a' -o -iname '*.mp3'" in line
    shell = shutil.which("sh")
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([shell, "-c", line], check=True, env={**os.environ, "PATH": path})
    for file in files:
        assert is_converted(file)
        assert file.with_suffix(".wav").read_text() == file.read_text()
    assert (folder / "yes" / "kept.wav").read_text() == "old"
    assert not (folder / "yes" / "other.wav").exists()
    assert not is_converted(folder / "yes" / "other.txt")


def test_windows_has_a_line_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "it's mine"
    line = command_for(folder, [folder / "a.MP3", folder / "b.flac"], "win32")
    assert "it''s mine' -Recurse -Include *.flac,*.mp3 | ForEach-Object { ffmpeg" in line
    assert line.endswith("-ac 1 -ar 16000 ([IO.Path]::ChangeExtension($_.FullName, '.wav')) }")
