"""AG News: tables made here, fetched from a server here, checked, kept, and words when it fails."""

import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from course_utils.data.texts import ag_news
from course_utils.data.texts.ag_news import load_ag_news
from course_utils.data.texts.catalogue import open_texts
from course_utils.download import OfflineError
from course_utils.files import DamagedFileError
from tests.helpers.file_server import FileServer, closed_port_url

TITLES = ("Peace talks, again", 'The "cup" is won', "Shares fall\\by half", "A probe lands")


def table(num_of_each: int, part: str) -> bytes:
    """Rows as the published files have them: all quoted, a backslash for an end of line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for place in range(4 * num_of_each):
        text = f"News item number {place} of the {part} table\\was told in the town today."
        writer.writerow([place % 4 + 1, f"{TITLES[place % 4]} {place}", text])
    return buffer.getvalue().encode()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, FileServer]]:
    """Serve both tables under addresses and checksums that pass for the usual ones."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ExitStack() as stack:
        content = {"train": table(10, "train"), "test": table(3, "test")}
        servers = {p: stack.enter_context(FileServer(all_)) for p, all_ in content.items()}
        for part, server in servers.items():
            monkeypatch.setitem(ag_news.ADDRESSES, part, server.url)
            md5 = hashlib.md5(server.content).hexdigest()
            monkeypatch.setitem(ag_news.CHECKSUMS, part, f"md5:{md5}")
        yield servers


def asked(servers: dict[str, FileServer]) -> list[int]:
    return [len(server.ranges) for server in servers.values()]


def test_texts_classes_and_official_parts_come_out(
    servers: dict[str, FileServer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    news = load_ag_news(tmp_path)
    assert news.class_names == ("World", "Sports", "Business", "Sci/Tech")
    assert news.parts.bincount().tolist() == [40, 0, 12]
    assert news.labels[news.parts == 0].bincount().tolist() == [10] * 4
    text = "Shares fall by half 2 News item number 2 of the train table was told in the town today."
    assert news.labels[news.texts.index(text)] == 2
    assert f"{TITLES[1]} 1 News" in news.texts[1]
    said = capsys.readouterr().out
    assert f"kept in {tmp_path / 'ag_news'}: train.csv (29 MB) and test.csv (1.9 MB)" in said
    assert load_ag_news(tmp_path, download=False).texts == news.texts
    assert asked(servers) == [1, 1] and capsys.readouterr().out == ""


def test_validation_is_drawn_and_the_test_is_kept(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    split = open_texts("ag_news", tmp_path, val_fraction=0.1, test_fraction=0.2, seed=0)
    assert (len(split.train), len(split.val), len(split.test)) == (36, 4, 12)


def test_another_file_than_the_published_one_is_refused(
    servers: dict[str, FileServer], tmp_path: Path
) -> None:
    servers["test"].content = b"<html>log in</html>"
    with pytest.raises(DamagedFileError, match="perhaps a page that asks you to log in"):
        load_ag_news(tmp_path)
    assert not (tmp_path / "ag_news" / "test.csv").exists()
    (tmp_path / "ag_news" / "train.csv").write_bytes(b"changed")
    with pytest.raises(DamagedFileError, match=r"train\.csv \(7 bytes\)"):
        load_ag_news(tmp_path)
    assert (tmp_path / "ag_news" / "train.csv").read_bytes() == b"changed"


def test_a_broken_download_is_gone_on_with(servers: dict[str, FileServer], tmp_path: Path) -> None:
    servers["train"].stops_after = 1000
    with pytest.raises(OfflineError, match="1,000 bytes are kept"):
        load_ag_news(tmp_path)
    servers["train"].stops_after = None
    assert len(load_ag_news(tmp_path)) == 52
    assert servers["train"].ranges == [None, "bytes=1000-"]


def test_offline_one_message_says_what_where_how_and_which_setting(
    servers: dict[str, FileServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = closed_port_url()
    monkeypatch.setitem(ag_news.ADDRESSES, "train", url)
    with pytest.raises(OfflineError) as caught:
        load_ag_news(tmp_path)
    place = tmp_path / "ag_news" / "train.csv"
    for said in ("AG News for train (29 MB)", f"looked for {place}", url, 'dataset = "roles"'):
        assert said in str(caught.value)
    with pytest.raises(OfflineError, match="download=False forbids"):
        load_ag_news(tmp_path, download=False)


def test_the_usual_address_and_checksums_are_those_of_torchtext() -> None:
    for part, url in ag_news.ADDRESSES.items():
        assert url.startswith("https://") and url.endswith(f"/ag_news_csv/{part}.csv")
    assert ag_news.CHECKSUMS == {
        "train": "md5:b1a00f826fdfbd249f79597b59e1dc12",
        "test": "md5:d52ea96a97a2d943681189a97654912d",
    }
