"""What several test files use, and a guard: no unit test may reach for the network."""

import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from xdist import is_xdist_controller
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import torch
    from playwright.sync_api import Browser, BrowserContext, Page
    from torch import nn

    from tests.helpers.browser.lab import Lab


# What takes long comes first, so that at the end no process waits for the other. The tests of a
# file stay together, since they share what is slow to make, but those of SPREAD: a lesson each.
SPREAD = (
    "lessons/test_in_browser.py",
    "lessons/test_other_sizes.py",
    "lessons/test_profiles.py",
    "lessons/resnet50_on_cifar10/test_real_photographs.py",
    "lessons/fine_tuning/test_own_pictures.py",
)
LONGEST_FIRST = (
    *SPREAD,
    "classroom/test_hostile.py",
    "classroom/test_class.py",
    "website/test_in_browser.py",
    "website/test_website.py",
    "exercises/test_both_ways.py",
    "widgets/test_in_browser.py",
    "05_validation.ipynb",
    ".ipynb",
    "notebooks/test_refresh.py",
    "tests/test_console.py",
)
WINDOW = {"width": 1280, "height": 800}  # pixels
HAS_PASSED = pytest.StashKey[bool]()  # of a test that has run


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--lesson``, for those who work on one, and ``--screenshots``, for those who look."""
    parser.addoption("--lesson", help="only what belongs to this lesson, such as 05", default=None)
    parser.addoption("--screenshots", action="store_true", help="keep what browsers show in build/")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests of ``--lesson``, and put the longest first."""
    if wanted := config.getoption("--lesson"):
        from tests.helpers.one_lesson import keep_those_of

        keep_those_of(wanted, config, items)
    items.sort(key=lambda item: place_of(item.path))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Give out tests by what they share."""
    return BySharing(config, log)


class BySharing(LoadScopeScheduling):
    """Tests with the same ``group_of`` go to the same process, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where kernels will be started, have them begin in a process that has imported torch."""
    starts_kernels = any(
        item.path.suffix == ".ipynb" or {"lessons", "browser"} & names_of_marks(item)
        for item in session.items
    )
    is_at_work = not session.config.option.collectonly and not is_xdist_controller(session)
    if starts_kernels and is_at_work and hasattr(os, "fork"):
        from tests.helpers.kernel_server import kernels_by_forking

        until_the_end = ExitStack()
        folder = until_the_end.enter_context(TemporaryDirectory(prefix="kernels-"))
        until_the_end.enter_context(kernels_by_forking(Path(folder)))
        session.config.add_cleanup(until_the_end.close)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note of a test whether it passed, for the fixtures that it used."""
    report = yield
    if call.when == "call":
        item.stash[HAS_PASSED] = report.passed
    return report


def names_of_marks(item: pytest.Item) -> set[str]:
    """Such as ``lessons``."""
    return {mark.name for mark in item.iter_markers()}


def group_of(nodeid: str) -> str:
    """Tests that stay together: those of a file, and all that look at the one website."""
    file = nodeid.partition("::")[0]
    if file.endswith(SPREAD):
        return nodeid
    return "website" if "tests/website/" in file else file


def place_of(path: Path) -> int:
    """Place of a file of tests among those that come first; behind them all others."""
    named = (place for place, end in enumerate(LONGEST_FIRST) if str(path).endswith(end))
    return next(named, len(LONGEST_FIRST))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make every connection and name look-up beyond this machine an error."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(self: socket.socket, address: object) -> None:
        refuse_beyond_this_machine(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        refuse_beyond_this_machine(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: str | None, *rest: object, **options: object) -> list:
        refuse_beyond_this_machine(socket.AF_INET, (host,))
        return look_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield


def refuse_beyond_this_machine(family: int, address: object) -> None:
    """Raise RuntimeError unless ``address`` is on this machine."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0]
    try:
        is_here = host in (None, "", "localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise RuntimeError(f"a unit test reached for the network: {host}")


@pytest.fixture
def tiny_images_labels() -> "tuple[torch.Tensor, torch.Tensor]":
    """12 images (12, 3, 8, 8) with values in 0-1, and their labels (12,), three classes of four."""
    import torch  # takes seconds, and many tests here do without it

    generator = torch.Generator().manual_seed(0)
    images = torch.rand(12, 3, 8, 8, generator=generator)
    labels = torch.arange(12) % 3
    # One colour per class is brighter, so that there is something to learn.
    images[torch.arange(12), labels] = images[torch.arange(12), labels] / 2 + 0.5
    return images, labels


@pytest.fixture
def small_model() -> "nn.Module":
    """Batch norm and dropout, so that train and eval mode differ; 4 features, 3 classes."""
    import torch
    from torch import nn

    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.5), nn.Linear(8, 3))


@pytest.fixture
def examples() -> "tuple[torch.Tensor, torch.Tensor]":
    """Seven examples (7, 4), so that batches of 3 leave a last batch of 1, and labels (7,)."""
    import torch

    images = torch.randn(7, 4, generator=torch.Generator().manual_seed(1))
    return images, torch.tensor([0, 1, 2, 0, 1, 2, 0])


@pytest.fixture
def own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A learner's file of the test's own."""
    from course_utils.session import learner

    monkeypatch.setattr(learner, "_folder", tmp_path)


@pytest.fixture
def live(own_file: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody in front of the notebook, with a file of their own."""
    from course_utils.session import learner

    monkeypatch.setattr(learner, "is_live", lambda: True)


@pytest.fixture(scope="session")
def keeps_screenshots(request: pytest.FixtureRequest) -> bool:
    """Whether somebody will look at what browsers showed."""
    return request.config.getoption("--screenshots")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website of the committed lessons, built once for all that look at it."""
    from tests.helpers.site_files import build_real_site

    return build_real_site(tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """One browser for a file of tests."""
    from tests.helpers.browser.chromium import open_browser

    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Lab]":
    """One JupyterLab for a file of tests."""
    from tests.helpers.browser.lab import running_lab

    with running_lab(tmp_path_factory.mktemp("jupyter") / "lab") as running:
        yield running


@pytest.fixture(scope="module")
def window(browser: "Browser") -> "Iterator[BrowserContext]":
    """One window for a file of tests: JupyterLab loads faster into one that has seen it before."""
    with browser.new_context(viewport=WINDOW) as context:
        yield context


@pytest.fixture
def page(request: pytest.FixtureRequest, lab: "Lab", window: "BrowserContext") -> "Iterator[Page]":
    """A page without a notebook; the kernels of what was opened on it end with the test.

    To load JupyterLab takes a browser seconds. So the page of a test that passed is the next one's.
    """
    from tests.helpers.browser.lab import PATIENCE
    from tests.helpers.browser.notebook_page import close_notebooks

    opened = window.pages[0] if window.pages else window.new_page()
    opened.set_default_timeout(1000 * PATIENCE)
    opened.set_viewport_size(WINDOW)
    yield opened
    if not (request.node.stash.get(HAS_PASSED, False) and close_notebooks(opened)):
        opened.close()
    lab.end_kernels()
