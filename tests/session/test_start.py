"""The start of a lesson: parameters are checked before any work, then seed and device are set."""

import os
import random
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.session import devices, parameters
from course_utils.session.start import Session, seed_everything, start_session, unless_given
from tests.helpers.groups import write_groups

PROJECT_FOLDER = Path(__file__).resolve().parents[2]


def start(**changes: Any) -> Session:
    """Start with parameters that fit, but for ``changes``."""
    usual = {"profile": "cpu", "device": "cpu", "seed": 0, "data_dir": "data"}
    return start_session(**usual | changes)


def pretend_papermill(monkeypatch: pytest.MonkeyPatch, cell: str) -> None:
    """Make the session believe that papermill injected ``cell``."""
    shell = SimpleNamespace(user_ns={"In": ["", cell]})
    monkeypatch.setattr(parameters, "get_ipython", lambda: shell)


def test_a_session_knows_device_folder_and_seed() -> None:
    started = start(seed=3)
    assert started == Session(torch.device("cpu"), PROJECT_FOLDER / "data", 3)


def test_without_a_word_lessons_compute_in_float32_and_compile_nothing() -> None:
    started = start()
    assert started.precision == torch.float32 and started.compiled is False


def test_precision_and_compiling_are_set_where_the_lesson_has_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CXX", sys.executable)  # any program: nothing is compiled here
    started = start(precision="bfloat16", compile_model=True)
    assert started.precision == torch.bfloat16 and started.compiled is True
    assert start(precision="float32", compile_model=False) == start()
    assert start(precision="auto").precision in (torch.float32, torch.bfloat16)


@pytest.mark.parametrize(
    "changes",
    [
        {"precision": "float16"},
        {"precision": ""},
        {"precision": 32},
        {"compile_model": "no"},
        {"compile_model": 0},
        {"compile_model": ""},
    ],
)
def test_a_wrong_precision_or_flag_is_refused(changes: dict[str, object]) -> None:
    (name,) = changes
    with pytest.raises(ValueError, match=f"^{name} must be "):
        start(**changes)


def test_no_more_threads_compute_than_a_container_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(4)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
        write_groups(tmp_path, monkeypatch, cpu_max="max 100000")
        start()
        assert torch.get_num_threads() == 4
        write_groups(tmp_path, monkeypatch, cpu_max="200000 100000")
        start()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_folder_of_the_user_is_taken_as_it_is(tmp_path: Path) -> None:
    assert start(data_dir=str(tmp_path)).data_dir == tmp_path
    assert start(data_dir="~/pictures").data_dir == Path.home() / "pictures"


def test_the_same_seed_gives_the_same_numbers_from_every_generator() -> None:
    def draws() -> tuple[float, float, float]:
        return random.random(), np.random.random(), torch.rand(1).item()

    seed_everything(7)
    first = draws()
    second = draws()
    start(seed=7)
    assert draws() == first
    assert all(a != b for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True, None])
def test_a_seed_that_numpy_could_not_take_is_refused(seed: object) -> None:
    with pytest.raises(ValueError, match="seed must be a whole number from 0"):
        start(seed=seed)


@pytest.mark.parametrize(
    ("group", "good", "bad"),
    [
        ("counts", 3, 0),
        ("optional_counts", None, 0),
        ("optional_texts", None, 3),
        ("optional_texts", "folder", ["folder"]),
        ("optional_count_lists", None, []),
        ("optional_count_lists", [1, 2], [2, 1]),
        ("optional_positive_lists", None, [0.0]),
        ("optional_positive_lists", [0.1], 0.1),
        ("positives", 0.1, -1),
        ("fractions", 0.5, 1),
        ("shares", 1, 1.5),
        ("shares", 0.0, -0.1),
        ("count_lists", [1, 5], [0]),
        ("positive_lists", [0.1], 0.1),
        ("texts", "letters", 1),
        ("text_lists", ["numpy"], "numpy"),
        ("text_lists", ["numpy", "scipy"], []),
        ("text_lists", ["numpy"], [1]),
        ("optional_columns", None, 0),
        ("optional_columns", "review", 1.5),
        ("optional_columns", 2, []),
        ("optional_columns", ["title", 3], ["title", -3]),
        ("flags", True, 1),
    ],
)
def test_each_group_is_checked_as_its_kind(group: str, good: object, bad: object) -> None:
    start(**{group: {"first": good, "setting": good}})
    with pytest.raises(ValueError, match=r"^setting must be .*, got "):
        start(**{group: {"first": good, "setting": bad}})


@pytest.mark.parametrize(
    "changes", [{"profile": "gpu2"}, {"profile": 1}, {"profile": "auto"}, {"device": "tpu"}]
)
def test_a_wrong_choice_is_refused_with_the_right_ones(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r'must be one of .*"cpu"'):
        start(**changes)


@pytest.mark.parametrize("profile", ["cpu", "gpu"])
def test_a_profile_is_for_sizes_and_needs_no_device(profile: str) -> None:
    assert start(profile=profile).device == torch.device("cpu")


def test_a_data_folder_must_be_text() -> None:
    with pytest.raises(ValueError, match="data_dir must be text, got None"):
        start(data_dir=None)


def test_nothing_is_seeded_when_a_parameter_does_not_fit() -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    for changes in ({"counts": {"num_steps": 0}}, {"precision": "half"}, {"device": "tpu"}):
        with pytest.raises(ValueError, match=r"num_steps|precision|device"):
            start(seed=2, **changes)
    assert torch.equal(torch.get_rng_state(), state)


def test_an_injected_parameter_that_the_lesson_lacks_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_papermill(monkeypatch, "# Parameters\nseed = 1\nepcohs = 3\n")
    with pytest.raises(ValueError, match=r"unknown parameter 'epcohs'. Did you mean 'epochs'\?"):
        start(counts={"epochs": 1})
    with pytest.raises(ValueError, match=r"'epcohs'. This lesson has: data_dir, device, profile"):
        start()


def test_parameters_of_every_kind_may_be_injected(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = "# Parameters\nseed = 1\nprofile = 'gpu'\nepochs = 3\nshow = True\nprecision = 'auto'\n"
    pretend_papermill(monkeypatch, cell + "compile_model = False\ndevice = 'cpu'\ndata_dir = ''\n")
    start(counts={"epochs": 3}, flags={"show": True}, precision="float32", compile_model=False)


@pytest.mark.parametrize("name", ["precision", "compile_model"])
def test_precision_and_compiling_are_unknown_to_a_lesson_without_them(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pretend_papermill(monkeypatch, f"# Parameters\n{name} = 1\n")
    with pytest.raises(ValueError, match=f"unknown parameter {name!r}"):
        start()


def test_a_profile_sets_only_what_was_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"epochs": 10, "sizes": [4], "num_steps": 100}
    assert unless_given(**values) == values
    pretend_papermill(monkeypatch, "# Parameters\nepochs = 3\nsizes = [1, 2]\n")
    assert unless_given(**values) == {"num_steps": 100}


def test_compiling_without_a_compiler_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    way_out = "install it, or set compile_model = False"
    with pytest.raises(ValueError, match=rf"needs a C\+\+ compiler \(\S+\).*lacks: {way_out}"):
        start(compile_model=True)
    start(compile_model=False)
    monkeypatch.setenv("CXX", "/nowhere/g++-99")
    with pytest.raises(ValueError, match=r"compiler \(/nowhere/g\+\+-99\)"):
        start(compile_model=True)


def test_compiling_without_pythons_headers_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CXX", sys.executable)
    monkeypatch.setattr(devices.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(ValueError, match=r"needs Python's header files \(.*Python\.h\)"):
        start(compile_model=True)
