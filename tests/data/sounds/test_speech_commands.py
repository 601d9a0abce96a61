"""Speech Commands: a small archive of the same layout, fetched from a server here."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.data.sounds import kept_sounds, speech_commands
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.speech_commands import load_speech_commands
from course_utils.data.sounds.wav_files import read_wav
from course_utils.download import OfflineError
from course_utils.files import DamagedFileError
from tests.helpers.file_server import FileServer, closed_port_url
from tests.helpers.sound_files import wav, word

RATE = 16_000
SPEAKERS = {"train": "0a7c2a8d", "val": "1b4c9b89", "test": "c53b335a"}
WORDS = ("bed", "wow", "yes")
FOLDER = "speech_commands_v0.02"


def spoken() -> dict[str, bytes]:
    """Two takes of each word by each speaker, as the archive names them."""
    names = [
        f"{label}/{speaker}_nohash_{take}.wav"
        for label in WORDS
        for speaker in SPEAKERS.values()
        for take in range(2)
    ]
    return {name: wav(word(number, 0.4, RATE), RATE) for number, name in enumerate(names)}


def archive_of(recordings: Mapping[str, bytes]) -> bytes:
    """All at the top of the archive, with lists, noise and other files."""
    lists = {
        f"{list_name}_list.txt": "".join(
            f"{name}\n" for name in recordings if SPEAKERS[part] in name
        ).encode()
        for part, list_name in (("val", "validation"), ("test", "testing"))
    }
    others = {
        "README.md": b"## Speech Commands",
        "bed/.DS_Store": b"\0",
        "_background_noise_/running_tap.wav": wav(np.ones(RATE) / 2, RATE),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in {**lists, **others, **recordings}.items():
            entry = tarfile.TarInfo(f"./{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """Serves a small archive whose address, checksum and numbers pass for the usual ones."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FileServer(b"") as server:
        serve(server, spoken(), monkeypatch)
        yield server


def serve(server: FileServer, recordings: Mapping[str, bytes], patch: pytest.MonkeyPatch) -> None:
    server.content = archive_of(recordings)
    checksum = hashlib.sha256(server.content).hexdigest()
    patch.setattr(speech_commands, "ADDRESS", server.url)
    patch.setattr(speech_commands, "CHECKSUM", f"sha256:{checksum}")
    patch.setattr(speech_commands, "NUM_RECORDINGS", len(recordings))
    patch.setattr(speech_commands, "ARCHIVE_BYTES", len(server.content))
    patch.setattr(speech_commands, "UNPACKED_BYTES", sum(map(len, recordings.values())))


def place(tmp_path: Path) -> Path:
    return tmp_path / "speech_commands"


def test_words_speakers_takes_and_official_parts_come_out(
    server: FileServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sounds = load_speech_commands(tmp_path)
    said = capsys.readouterr().out
    assert f"Fetched once, and kept in {place(tmp_path)}: Speech Commands 2 (2.4 GB)" in said
    assert "Unpacking speech_commands_v0.02.tar.gz once" in said
    assert sounds.class_names == WORDS and sounds.speaker_names == tuple(SPEAKERS.values())
    assert sounds.images.shape == (18, 1, 16, 16) and sounds.images.dtype == torch.uint8
    recordings = spoken()
    for row, file in enumerate(sounds.files):
        speaker = SPEAKERS[("train", "val", "test")[sounds.parts[row]]]
        assert sounds.speaker_names[sounds.speakers[row]] == speaker
        name = f"{WORDS[sounds.labels[row]]}/{speaker}_nohash_{sounds.takes[row]}.wav"
        assert Path(file) == place(tmp_path) / FOLDER / name
        assert torch.equal(sounds.images[row], sound_picture(read_wav(recordings[name])))
    assert torch.equal(sounds.groups, sounds.speakers)
    assert sounds.takes[:4].tolist() == [0, 1, 0, 1]


def test_the_second_call_fetches_unpacks_and_reads_nothing(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_speech_commands(tmp_path)
    (place(tmp_path) / "speech_commands_v0.02.tar.gz").unlink()
    monkeypatch.setattr(kept_sounds, "read_wav", None)  # whoever calls it, fails
    again = load_speech_commands(tmp_path, download=False)
    assert torch.equal(again.images, first.images) and again.files == first.files
    assert len(server.ranges) == 1
    with pytest.raises(TypeError):  # of another size they are read
        load_speech_commands(tmp_path, size=20)


def test_recordings_without_a_sound_are_left_out_of_all_that_belongs_together(
    server: FileServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recordings = spoken()
    name = "wow/1b4c9b89_nohash_1.wav"
    serve(server, {**recordings, name: wav(np.zeros(RATE), RATE)}, monkeypatch)
    for _ in range(2):  # made, and kept
        sounds = load_speech_commands(tmp_path)
        assert len(sounds) == len(sounds.files) == len(sounds.parts) == len(sounds.takes) == 17
        assert sounds.parts.bincount().tolist() == [6, 5, 6]
        assert not any(file.endswith(name) for file in sounds.files)
        said = capsys.readouterr().out
        assert "1 recording without any sound left out: 1b4c9b89_nohash_1.wav" in said


def test_the_first_lines_of_the_lists_are_not_lost_on_other_systems(
    server: FileServer, tmp_path: Path
) -> None:
    load_speech_commands(tmp_path)
    for name in ("validation_list.txt", "testing_list.txt"):
        path = place(tmp_path) / FOLDER / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_speech_commands(tmp_path).parts.bincount().tolist() == [6, 6, 6]


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("yes/0a7c2a8d_nohash_0.wav", "holds 17 recordings instead of 18"),
        ("testing_list.txt", "lacks testing_list.txt"),
    ],
)
def test_what_is_missing_in_the_folder_is_named_with_the_way_out(
    server: FileServer, tmp_path: Path, lost: str, said: str
) -> None:
    load_speech_commands(tmp_path)
    folder = place(tmp_path) / FOLDER
    (folder / lost).unlink()
    with pytest.raises(DamagedFileError, match=f"{said}: delete that folder and run again"):
        load_speech_commands(tmp_path)


def test_a_listed_recording_under_another_name_is_named(server: FileServer, tmp_path: Path) -> None:
    load_speech_commands(tmp_path)
    file = place(tmp_path) / FOLDER / "yes" / "c53b335a_nohash_1.wav"
    file.rename(file.with_name("c53b335a_nohash_7.wav"))
    with pytest.raises(DamagedFileError, match=r"lacks yes/c53b335a_nohash_1\.wav: delete"):
        load_speech_commands(tmp_path)


def test_a_damaged_recording_is_named_and_nothing_is_kept(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = spoken()
    name = "bed/0a7c2a8d_nohash_0.wav"
    serve(server, {**recordings, name: recordings[name][:500]}, monkeypatch)
    with pytest.raises(
        DamagedFileError, match=r"1 recording of 18 .*0a7c2a8d_nohash_0\.wav is cut"
    ):
        load_speech_commands(tmp_path)
    assert not list(place(tmp_path).glob("*.pt"))


@pytest.mark.parametrize(("there", "needed"), [(False, 5.9e9), (True, 3.5e9)])
def test_a_disk_without_room_is_told_before_anything_is_fetched(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, needed: float
) -> None:
    monkeypatch.setattr(speech_commands, "ARCHIVE_BYTES", 2.4e9)
    monkeypatch.setattr(speech_commands, "UNPACKED_BYTES", 3.5e9)
    monkeypatch.setattr(speech_commands, "free_disk", lambda folder: needed - 1e8)
    if there:
        place(tmp_path).mkdir()
        (place(tmp_path) / "speech_commands_v0.02.tar.gz").write_bytes(server.content)
    said = (
        rf"takes {needed / 1e9:.2f} GB more in .* {needed / 1e9 - 0.1:.2f} GB are free: make room"
    )
    with pytest.raises(ValueError, match=said):
        load_speech_commands(tmp_path)
    assert server.ranges == [] and not (place(tmp_path) / FOLDER).exists()


def test_pictures_that_do_not_fit_into_memory_are_told_before_they_are_made(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_utils.session.memory.WORTH_ASKING", 0)
    monkeypatch.setattr("course_utils.session.memory.free_memory", lambda: 100)
    with pytest.raises(MemoryError, match=r"pictures of 18 recordings .*lower the size \(now 16\)"):
        load_speech_commands(tmp_path)


def test_half_an_unpacked_archive_is_never_used(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "makefile", interrupt)
        with pytest.raises(KeyboardInterrupt):
            load_speech_commands(tmp_path)
    names = [path.name for path in place(tmp_path).iterdir()]
    assert names == ["speech_commands_v0.02.tar.gz"]
    assert len(load_speech_commands(tmp_path)) == 18


def test_another_archive_than_the_published_one_is_refused(
    server: FileServer, tmp_path: Path
) -> None:
    server.content = b"<html>log in</html>"
    with pytest.raises(DamagedFileError, match="perhaps a page that asks you to log in"):
        load_speech_commands(tmp_path)
    assert list(place(tmp_path).iterdir()) == []


def test_offline_one_message_says_what_where_how_and_which_setting(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = closed_port_url()
    monkeypatch.setattr(speech_commands, "ADDRESS", url)
    with pytest.raises(OfflineError) as caught:
        load_speech_commands(tmp_path)
    archive = place(tmp_path) / "speech_commands_v0.02.tar.gz"
    for said in ("Speech Commands 2 (2.4 GB)", f"looked for {archive}", url, '"synthetic_digits"'):
        assert said in str(caught.value)
    with pytest.raises(OfflineError, match="download=False forbids"):
        load_speech_commands(tmp_path, download=False)


def test_the_usual_address_and_checksum_are_those_of_torchaudio() -> None:
    assert speech_commands.ADDRESS == (
        "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz"
    )
    assert speech_commands.CHECKSUM == (
        "sha256:af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58"
    )
    assert speech_commands.NUM_RECORDINGS == 105_829
