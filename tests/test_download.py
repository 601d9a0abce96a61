"""Files from the network: checked, resumed, never overwritten, and a clear word when offline."""

import hashlib
import os
import random
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_utils import download
from course_utils.download import OfflineError, download_file
from course_utils.files import DamagedFileError
from tests.helpers.file_server import FileServer, closed_port_url

CONTENT = random.Random(0).randbytes(1_000_000)
MD5 = "md5:" + hashlib.md5(CONTENT).hexdigest()
SHA256 = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with FileServer(CONTENT) as server:
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "file.bin"


def get(url: str, path: Path, checksum: str = MD5) -> None:
    """Download with the words that the messages are to repeat."""
    download_file(url, path, checksum=checksum, what="The thing", instead='dataset = "digits"')


def part_of(path: Path, content: bytes) -> Path:
    """The unfinished download of ``path``, made to hold ``content``."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    return part


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.parent.iterdir())


@pytest.mark.parametrize("checksum", [MD5, SHA256, SHA256[:15], SHA256.upper()])
def test_a_file_is_fetched_whole_into_a_new_folder(
    server: FileServer, path: Path, checksum: str
) -> None:
    get(server.url, path, checksum)
    assert path.read_bytes() == CONTENT and names(path) == ["file.bin"]
    assert server.ranges == [None]


def test_a_quick_download_prints_nothing(
    server: FileServer, path: Path, capfd: pytest.CaptureFixture
) -> None:
    get(server.url, path)
    assert capfd.readouterr() == ("", "")


def test_a_slow_download_shows_how_far_it_is(
    server: FileServer,
    path: Path,
    capfd: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(download, "SECONDS_BEFORE_PROGRESS", 0.05)
    server.pause = 0.05
    get(server.url, path)
    assert re.search(r"file\.bin: +\d+%.*/1\.00M", capfd.readouterr().err)


def test_a_server_that_does_not_tell_the_length_is_enough(server: FileServer, path: Path) -> None:
    server.tells_length = False
    get(server.url, path)
    assert path.read_bytes() == CONTENT


def test_what_is_there_already_is_not_fetched(server: FileServer, path: Path) -> None:
    get(server.url, path)
    get(server.url, path)
    assert len(server.ranges) == 1


@pytest.mark.parametrize("content", [CONTENT[:1234], b"", b"the user's own notes"])
def test_a_wrong_file_that_is_there_is_named_and_left_alone(
    server: FileServer, path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    found = hashlib.md5(content).hexdigest()[:16]
    message = rf"file\.bin \({len(content):,} bytes\) has MD5 {found}.*expected {MD5[4:20]}.*delete"
    with pytest.raises(DamagedFileError, match=message):
        get(server.url, path)
    assert path.read_bytes() == content and names(path) == ["file.bin"]
    assert server.ranges == []


def test_after_a_break_only_the_rest_is_transferred(server: FileServer, path: Path) -> None:
    server.stops_after = 300_000
    with pytest.raises(OfflineError, match="700,000 bytes before the end; 300,000 bytes are kept"):
        get(server.url, path)
    assert names(path) == ["file.bin.part"]
    server.stops_after = None
    get(server.url, path)
    assert server.ranges == [None, "bytes=300000-"]
    assert path.read_bytes() == CONTENT and names(path) == ["file.bin"]


def test_a_download_stopped_by_the_user_goes_on_too(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            get(server.url, path)
    get(server.url, path)
    assert path.read_bytes() == CONTENT and server.ranges == [None]  # it was all there


def test_a_server_that_cannot_resume_sends_all_again(server: FileServer, path: Path) -> None:
    server.knows_ranges = False
    part_of(path, b"wrong from the start")
    get(server.url, path)
    assert server.ranges == ["bytes=20-"] and path.read_bytes() == CONTENT


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_part_longer_than_the_file_is_fetched_again(
    server: FileServer, path: Path, knows_ranges: bool
) -> None:
    server.knows_ranges = knows_ranges
    part_of(path, bytes(1_000_001))
    get(server.url, path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("start", [b"", b"wrong from the start"])
def test_wrong_content_is_removed_and_the_next_run_starts_over(
    server: FileServer, path: Path, start: bytes
) -> None:
    server.content = CONTENT if start else b"<title>Log in</title>"
    part_of(path, start)
    with pytest.raises(DamagedFileError, match=r"bytes with MD5 .*, expected .*It was removed"):
        get(server.url, path)
    assert names(path) == []
    server.content = CONTENT
    get(server.url, path)
    assert path.read_bytes() == CONTENT


def test_those_that_fetch_the_same_file_at_once_all_get_it(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pause, errors, part = 0.05, [], path.with_name("file.bin.part")
    monkeypatch.setattr(download, "CHUNK_BYTES", 10_000)

    def fetch() -> None:
        try:
            get(server.url, path)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=fetch) for _ in range(3)]
    for thread in threads:
        thread.start()
        while thread.is_alive() and not (part.exists() and part.stat().st_size):
            time.sleep(0.005)
    for thread in threads:
        thread.join()
    assert errors == [] and path.read_bytes() == CONTENT and names(path) == ["file.bin"]
    assert server.ranges[0] is None and None not in server.ranges[1:]


@pytest.mark.parametrize("moment", ["before the check", "after the check"])
def test_another_process_that_finishes_first_does_no_harm(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    check, replace = download._difference, os.replace

    def check_late(file: Path, checksum: str) -> str:
        if file != path:
            replace(file, path)
        return check(file, checksum)

    def replace_late(source: Path, target: Path) -> None:
        replace(source, target)
        replace(source, target)

    if moment == "before the check":
        monkeypatch.setattr(download, "_difference", check_late)
    else:
        monkeypatch.setattr(os, "replace", replace_late)
    get(server.url, path)
    assert path.read_bytes() == CONTENT and names(path) == ["file.bin"]


@pytest.mark.parametrize("is_there", [True, False])
def test_where_a_file_in_use_cannot_be_renamed_the_other_one_counts_or_it_is_said(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool
) -> None:
    def refuse(source: Path, target: Path) -> None:  # as Windows does
        if is_there:
            target.write_bytes(source.read_bytes())
        raise PermissionError(13, "used by another process", str(source))

    monkeypatch.setattr(os, "replace", refuse)
    if is_there:
        get(server.url, path)
    else:
        with pytest.raises(ValueError, match="part is complete and could not be renamed"):
            get(server.url, path)


@pytest.mark.parametrize("code", [404, 503])
def test_an_error_of_the_server_is_told_with_its_number(
    server: FileServer, path: Path, code: int
) -> None:
    server.status = code
    with pytest.raises(OfflineError, match=f"HTTP {code} "):
        get(server.url, path)
    assert not path.parent.exists()


def test_without_a_network_one_message_says_what_where_how_and_instead(path: Path) -> None:
    url = closed_port_url()
    with pytest.raises(OfflineError) as caught:
        get(url, path)
    message = str(caught.value)
    assert message.startswith(f"The thing is not on this machine: looked for {path}, and ")
    assert "refused" in message
    assert f"download {url} on a machine with a network and put the file at {path}" in message
    assert message.endswith('run without it: dataset = "digits"')
    assert caught.value.__cause__ is None and caught.value.__suppress_context__  # no other stack
    assert not path.parent.exists()


def test_a_host_that_is_not_found_is_offline_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(OfflineError, match="Name or service not known"):
        get("http://no-such-host.test/file.bin", path)


def test_a_server_that_falls_silent_is_given_up_and_what_came_is_kept(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(download, "CHUNK_BYTES", 1000)
    server.pause = 2.0
    with pytest.raises(OfflineError, match="timed out; 100,000 bytes are kept"):
        get(server.url, path)
    server.pause = 0.0
    get(server.url, path)
    assert server.ranges == [None, "bytes=100000-"] and path.read_bytes() == CONTENT


def test_a_disk_too_small_is_told_before_anything_is_written(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = part_of(path, CONTENT[:100])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5000))
    with pytest.raises(ValueError, match=r"5\.00 KB free and file\.bin needs 999\.90 KB.*data_dir"):
        get(server.url, path)
    assert part.read_bytes() == CONTENT[:100]


def test_only_the_rest_has_to_fit_on_the_disk(
    server: FileServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part_of(path, CONTENT[:300_000])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=700_000))
    get(server.url, path)
    assert path.read_bytes() == CONTENT


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_told_in_bytes(server: FileServer, path: Path) -> None:
    path.parent.mkdir()
    path.with_name("file.bin.part").symlink_to("/dev/full")
    with pytest.raises(ValueError, match=r"cannot write 1\.00 MB.*[Nn]o space.*data_dir"):
        download._fetch(server.url, path.with_name("file.bin.part"))


def test_a_folder_that_cannot_be_made_is_told(server: FileServer, path: Path) -> None:
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(ValueError, match=r"cannot write 1\.00 MB to .*set data_dir"):
        get(server.url, path)


@pytest.mark.parametrize("checksum", ["sha256:", "sha256:1234567", "crc:12345678", MD5[4:]])
def test_a_checksum_that_would_check_nothing_is_refused(
    server: FileServer, path: Path, checksum: str
) -> None:
    with pytest.raises(ValueError, match=f"checksum must be .*, got '{checksum}'"):
        get(server.url, path, checksum)
    assert server.ranges == []
