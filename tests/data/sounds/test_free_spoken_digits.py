"""Spoken digits: archives made here, fetched from a server here, and words when it fails."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.data.sounds import free_spoken_digits, kept_sounds
from course_utils.data.sounds.free_spoken_digits import load_free_spoken_digits
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.wav_files import read_wav
from course_utils.download import OfflineError
from course_utils.files import PROJECT_FOLDER, DamagedFileError
from tests.helpers.file_server import FileServer, closed_port_url
from tests.helpers.sound_files import wav, word

ALL = PROJECT_FOLDER.parent / "shared" / "data" / "free_spoken_digits.zip"
PUBLISHED = "free-spoken-digit-dataset-1.0.10"
SPEAKERS = ("anna", "mary_lou")


def recordings(digits: int = 10, takes: int = 2) -> dict[str, bytes]:
    """WAV files by name, all different."""
    names = [
        f"{digit}_{speaker}_{take}.wav"
        for digit in range(digits)
        for speaker in SPEAKERS
        for take in range(takes)
    ]
    return {name: wav(word(number)) for number, name in enumerate(names)}


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def as_published(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """With the folders and the other files that the release has."""
    others = {f"{PUBLISHED}/README.md": b"# FSDD", f"{PUBLISHED}/utils/trimmer.py": b"import os"}
    return others | {f"{PUBLISHED}/recordings/{name}": all_ for name, all_ in files.items()}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Serves a small release under an address and a checksum that pass for the usual ones."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FileServer(zipped(as_published(recordings()))) as server:
        checksum = hashlib.sha256(server.content).hexdigest()
        monkeypatch.setattr(free_spoken_digits, "ADDRESS", server.url)
        monkeypatch.setattr(free_spoken_digits, "CHECKSUM", f"sha256:{checksum}")
        yield server


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_the_release_is_fetched_once_and_all_of_it_comes_out(
    server: FileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sounds = load_free_spoken_digits(tmp_path)
    said = capsys.readouterr().out
    assert said.startswith(f"Fetched once, and kept in {tmp_path / 'free_spoken_digits'}: the Free")
    assert sounds.images.shape == (40, 1, 16, 16) and sounds.images.dtype == torch.uint8
    assert sounds.class_names == tuple("0123456789") and sounds.speaker_names == SPEAKERS
    assert sounds.labels.dtype == sounds.speakers.dtype == sounds.takes.dtype == torch.int64
    for place, file in enumerate(sounds.files):
        name = f"{sounds.labels[place]}_{SPEAKERS[sounds.speakers[place]]}_{sounds.takes[place]}"
        assert Path(file).name == f"{name}.wav"
        assert torch.equal(sounds.images[place], sound_picture(read_wav(Path(file))))
    assert torch.equal(sounds.groups, sounds.speakers) and sounds.parts is None
    again = load_free_spoken_digits(tmp_path, download=False)
    assert torch.equal(again.images, sounds.images) and again.files == sounds.files
    assert len(server.ranges) == 1 and capsys.readouterr().out == ""


@pytest.mark.parametrize("form", ["forge", "flat", "macos", "tar", "folder"])
def test_recordings_are_found_wherever_they_lie(tmp_path: Path, form: str) -> None:
    files = recordings(digits=3)
    expected = [read_wav(files[name]) for name in sorted(files, key=order)]
    odd = {f"__MACOSX/._{name}": b"\0\5\x16\7" for name in files}
    if form == "folder":
        path = tmp_path / "mine"
        for name, content in files.items():
            (path / name[2:6]).mkdir(parents=True, exist_ok=True)
            written(path / name[2:6] / name, content)
    elif form == "tar":
        path = written(tmp_path / "mine.tar.gz", tarred(as_published(files)))
    else:
        inside = {"forge": as_published(files), "flat": files, "macos": files | odd}[form]
        path = written(tmp_path / "mine.zip", zipped(inside))
    sounds = load_free_spoken_digits(tmp_path / "data", path, size=12)
    assert torch.equal(sounds.images, torch.stack([sound_picture(s, 12) for s in expected]))
    assert [Path(file).name for file in sounds.files] == sorted(files, key=order)


def order(name: str) -> list[str]:
    """The loader's order: by speaker, digit and take."""
    digit, rest = name.split("_", 1)
    return [rest.rpartition("_")[0], digit, rest]


def test_pictures_are_kept_until_the_recordings_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "mine.zip", zipped(recordings(2)))
    before = load_free_spoken_digits(tmp_path, path)
    with monkeypatch.context() as patch:
        patch.setattr(kept_sounds, "read_wav", None)  # whoever calls it, fails
        assert torch.equal(load_free_spoken_digits(tmp_path, path).images, before.images)
    written(path, zipped({**recordings(2), "0_anna_0.wav": wav(word(99))}))
    after = load_free_spoken_digits(tmp_path, path)
    differs = (after.images != before.images).flatten(1).any(dim=1)
    assert differs.nonzero().flatten().tolist() == [0]


def test_a_folder_with_a_changed_recording_is_read_anew(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in recordings(2).items():
        written(folder / name, content)
    before = load_free_spoken_digits(tmp_path, folder)
    written(folder / "1_mary_lou_1.wav", wav(word(99)))
    after = load_free_spoken_digits(tmp_path, folder)
    assert not torch.equal(after.images[-1], before.images[-1])


def test_what_was_unpacked_and_then_lost_is_unpacked_again(tmp_path: Path) -> None:
    path = written(tmp_path / "mine.zip", zipped(recordings(2)))
    sounds = load_free_spoken_digits(tmp_path, path)
    Path(sounds.files[3]).unlink()
    again = load_free_spoken_digits(tmp_path, path)
    assert Path(again.files[3]).exists() and again.files == sounds.files


def test_names_in_an_archive_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    files = {"../../0_anna_0.wav": wav(word(0)), "/tmp/1_anna_0.wav": wav(word(1))}
    path = written(tmp_path / "mine.tar.gz", tarred(files))
    sounds = load_free_spoken_digits(tmp_path / "data" / "deep", path)
    folders = {Path(file).parent for file in sounds.files}
    assert len(folders) == 1 and folders.pop().parent == tmp_path / "data/deep/free_spoken_digits"
    assert not list((tmp_path / "data").glob("*.wav"))


def test_a_silent_recording_is_left_out_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {**recordings(2), "1_anna_0.wav": wav(np.zeros(2000))}
    path = written(tmp_path / "mine.zip", zipped(files))
    for _ in range(2):  # made, and kept
        sounds = load_free_spoken_digits(tmp_path, path)
        assert len(sounds) == len(sounds.files) == 7
        assert not any(file.endswith("1_anna_0.wav") for file in sounds.files)
        said = capsys.readouterr().out
        assert said == "1 recording without any sound left out: 1_anna_0.wav\n"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"readme.txt": b"digits"}, "holds no WAV file"),
        ({"yes/1.wav": b"", "0_anna_0.wav": b""}, "1 of 2 WAV files .* other names: 1.wav; such"),
        ({"a/0_anna_0.wav": b"1", "b/0_anna_0.wav": b"2"}, "holds 2 files called 0_anna_0.wav"),
        ({"0_anna_0.wav": b"", "0_anna_00.wav": b""}, "the same take of the same digit twice"),
        ({"0_anna_0.wav": b"seven"}, "0_anna_0.wav is a text, no sound; put these right in"),
    ],
)
def test_wrong_recordings_are_named_with_the_way_out(
    tmp_path: Path, files: Mapping[str, bytes], said: str
) -> None:
    path = written(tmp_path / "mine.zip", zipped(files))
    with pytest.raises(ValueError, match=said):
        load_free_spoken_digits(tmp_path, path)
    kept = list((tmp_path / "free_spoken_digits").glob("pictures*"))
    assert kept == []


def test_files_of_another_form_say_which_data_set_takes_them(tmp_path: Path) -> None:
    path = written(tmp_path / "mine.zip", zipped({"yes/1.wav": b""}))
    with pytest.raises(ValueError, match='take dataset = "sounds:PATH"'):
        load_free_spoken_digits(tmp_path, path)


@pytest.mark.parametrize("content", [b"seven", b"", zipped(recordings(1))[:900]])
def test_what_is_no_archive_is_named(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "mine.zip", content)
    with pytest.raises(DamagedFileError, match=r"mine\.zip \([\d,]+ bytes\) is neither a zip"):
        load_free_spoken_digits(tmp_path, path)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_damaged_archive_is_named_and_nothing_half_is_left(tmp_path: Path, pack: object) -> None:
    content = bytearray(pack(recordings()))
    middle = len(content) // 2
    content[middle : middle + 200] = bytes(200)
    path = written(tmp_path / "mine.zip", bytes(content))
    with pytest.raises(DamagedFileError, match=r"mine\.zip \([\d,]+ bytes\) cannot be unpacked"):
        load_free_spoken_digits(tmp_path, path)
    assert list(tmp_path.glob("free_spoken_digits/*")) == []


def test_a_disk_without_room_is_told_before_anything_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "mine.zip", zipped(recordings(2)))
    module = "course_utils.data.sounds.recording_archives"
    monkeypatch.setattr(f"{module}.free_disk", lambda place: 1000)
    with pytest.raises(ValueError, match=r"takes 38\.75 KB and .* has 1\.00 KB free: make room"):
        load_free_spoken_digits(tmp_path, path)
    assert list(tmp_path.glob("free_spoken_digits/*")) == []


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"there is no file or folder .*nowhere\.zip"):
        load_free_spoken_digits(tmp_path, tmp_path / "nowhere.zip")


def test_another_archive_than_the_published_one_is_refused(
    server: FileServer, tmp_path: Path
) -> None:
    server.content = b"<html>log in</html>"
    with pytest.raises(DamagedFileError, match=r"log in, .* can be named by its path"):
        load_free_spoken_digits(tmp_path)
    assert list(tmp_path.glob("free_spoken_digits/*")) == []


def test_a_broken_download_is_gone_on_with(server: FileServer, tmp_path: Path) -> None:
    server.stops_after = 1000
    with pytest.raises(OfflineError, match="1,000 bytes are kept"):
        load_free_spoken_digits(tmp_path)
    server.stops_after = None
    assert len(load_free_spoken_digits(tmp_path)) == 40
    assert server.ranges == [None, "bytes=1000-"]


def test_offline_one_message_says_what_where_how_and_which_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = closed_port_url()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(free_spoken_digits, "ADDRESS", url)
    with pytest.raises(OfflineError) as caught:
        load_free_spoken_digits(tmp_path)
    place = tmp_path / "free_spoken_digits" / f"{PUBLISHED}.zip"
    for said in ("Dataset 1.0.10 (16 MB)", f"looked for {place}", url, '"synthetic_digits"'):
        assert said in str(caught.value)
    with pytest.raises(OfflineError, match="download=False forbids"):
        load_free_spoken_digits(tmp_path, download=False)


def test_the_usual_address_names_a_release() -> None:
    assert free_spoken_digits.ADDRESS.endswith(
        "/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.zip"
    )
    assert free_spoken_digits.CHECKSUM.startswith("sha256:c680098f5d2355ba")


@pytest.mark.slow
def test_real_recordings_six_speakers_thirty_takes(tmp_path: Path) -> None:
    if not ALL.exists():
        pytest.skip(f"no ../shared/data/{ALL.name} beside the project")
    sounds = load_free_spoken_digits(tmp_path, ALL)
    assert len(sounds) == 1800 == len(set(sounds.files))
    assert sounds.speaker_names == ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
    cells = (sounds.speakers * 10 + sounds.labels) * 30 + sounds.takes
    assert torch.equal(cells.sort().values, torch.arange(1800))
    means = torch.stack([sounds.images[sounds.labels == k].float().mean(0) for k in range(10)])
    assert float(means.std(dim=0).mean()) > 5  # digits look different
