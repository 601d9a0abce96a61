"""Archives of VOC that the tests make, on a web server of this machine."""

import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from torchvision.datasets.voc import DATASET_YEAR_DICT

from tests.helpers.file_server import FileServer


def packed(folder: Path) -> bytes:
    """An archive of the ``VOCdevkit`` in ``folder``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder / "VOCdevkit", "VOCdevkit")
    return buffer.getvalue()


@contextmanager
def serving(
    contents: Mapping[str, bytes], patch: pytest.MonkeyPatch
) -> Iterator[dict[str, FileServer]]:
    """Serve archives, by their names at torchvision, which takes their checksums for right."""
    with ExitStack() as stack:
        patch.setenv("no_proxy", "127.0.0.1")
        servers = {name: stack.enter_context(FileServer(all_)) for name, all_ in contents.items()}
        for name, server in servers.items():
            md5 = hashlib.md5(server.content).hexdigest()
            change = {"url": server.url, "md5": md5}
            patch.setitem(DATASET_YEAR_DICT, name, DATASET_YEAR_DICT[name] | change)
        yield servers
