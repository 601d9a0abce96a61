"""The guard against the network, the tiny data set, and which tests run, together and when."""

import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from tests.conftest import LONGEST_FIRST, SPREAD, group_of, place_of, refuse_beyond_this_machine
from tests.helpers.notebook_files import LESSONS, NOTEBOOKS_FOLDER
from tests.helpers.one_lesson import belongs_to, keep_those_of


@pytest.mark.parametrize("host", ["192.0.2.1", "8.8.8.8", "example.org"])
def test_unit_tests_cannot_reach_beyond_this_machine(host: str) -> None:
    with pytest.raises(RuntimeError, match=f"reached for the network: {host}"):
        socket.create_connection((host, 80), timeout=1)
    with socket.socket() as client, pytest.raises(RuntimeError, match="reached for the network"):
        client.connect((host, 80))
    with socket.socket() as client, pytest.raises(RuntimeError, match="reached for the network"):
        client.connect_ex((host, 80))


def test_the_guard_reads_addresses_of_the_longer_kind_too() -> None:
    refuse_beyond_this_machine(socket.AF_INET6, ("::1", 80, 0, 0))
    with pytest.raises(RuntimeError, match="reached for the network: 2001:db8::1"):
        refuse_beyond_this_machine(socket.AF_INET6, ("2001:db8::1", 80, 0, 0))


def test_unit_tests_can_talk_to_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
        thread.join()


def test_the_tiny_data_set_is_as_it_says(
    tiny_images_labels: tuple[torch.Tensor, torch.Tensor],
) -> None:
    images, labels = tiny_images_labels
    assert (images.shape, images.dtype) == ((12, 3, 8, 8), torch.float32)
    assert 0 <= images.min() < images.max() <= 1
    assert labels.bincount().tolist() == [4, 4, 4]


def item_at(path: str, /, **given: object) -> SimpleNamespace:
    """What pytest knows of a test: its file, and the parameters it is given."""
    callspec = {"callspec": SimpleNamespace(params=given)} if given else {}
    return SimpleNamespace(path=NOTEBOOKS_FOLDER.parent / path, **callspec)


OF_LESSON_05 = [
    item_at("tests/lessons/validation/test_widgets.py"),
    item_at("notebooks/05_validation.ipynb"),
    item_at("notebooks/exercises/05_validation.ipynb"),
    item_at("tests/lessons/test_form.py", path=LESSONS[5]),
    item_at("tests/exercises/test_both_ways.py", lesson="validation", seed=0),
    item_at("tests/lessons/test_solutions.py", exercise=SimpleNamespace(lesson=LESSONS[5])),
]
OF_NO_LESSON = [
    item_at("tests/data/test_splits.py"),
    item_at("tests/data/test_splits.py", seed=5),
    item_at("tests/lessons/pretraining/test_widgets.py"),
    item_at("tests/lessons/test_form.py", path=LESSONS[2]),
    item_at("notebooks/02_pretraining.ipynb"),
]


def test_tests_of_a_lesson_are_those_of_its_room_its_notebooks_and_those_given_it() -> None:
    assert all(belongs_to(LESSONS[5], item) for item in OF_LESSON_05)
    assert not any(belongs_to(LESSONS[5], item) for item in OF_NO_LESSON)


def test_what_does_not_belong_to_the_lesson_is_left_out(
    request: pytest.FixtureRequest,
) -> None:
    left_out = []
    hook = SimpleNamespace(pytest_deselected=lambda items: left_out.extend(items))
    items = [*OF_NO_LESSON, *OF_LESSON_05]
    keep_those_of("05", SimpleNamespace(hook=hook), items)
    assert (items, left_out) == (OF_LESSON_05, OF_NO_LESSON)
    with pytest.raises(pytest.UsageError, match=r"no lesson .99.\. There are: 00_start_here"):
        keep_those_of("99", SimpleNamespace(hook=hook), items)


def test_long_tests_come_first_and_files_that_share_something_stay_together() -> None:
    tests = Path("tests")
    order = ["lessons/test_in_browser.py", "classroom/test_hostile.py", "data/test_splits.py"]
    places = [place_of(tests / name) for name in order]
    assert places == sorted(set(places))
    assert place_of(Path("notebooks/02_pretraining.ipynb")) < places[-1]
    one, another = (f"tests/website/test_{name}.py::test_a" for name in ("in_browser", "website"))
    assert group_of(one) == group_of(another) != group_of("tests/test_readme.py::test_a")
    cells = [f"notebooks/02_pretraining.ipynb::Cell {number}" for number in (1, 2)]
    assert group_of(cells[0]) == group_of(cells[1])
    lessons = [f"tests/lessons/test_profiles.py::test_a[{lesson.stem}]" for lesson in LESSONS]
    assert len({group_of(lesson) for lesson in lessons}) == len(LESSONS)
    photographs = "tests/lessons/resnet50_on_cifar10/test_real_photographs.py::test_a"
    assert group_of(f"{photographs}[resnet18]") != group_of(f"{photographs}[resnet50]")


def test_each_file_with_a_place_of_its_own_is_there() -> None:
    there = [*Path(__file__).parent.rglob("test_*.py"), *NOTEBOOKS_FOLDER.glob("*.ipynb")]
    for end in (*SPREAD, *LONGEST_FIRST):
        assert any(path.as_posix().endswith(end) for path in there), end
