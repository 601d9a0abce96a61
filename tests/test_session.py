"""The start of a lesson: parameters are checked before any work."""

import math
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from course_utils import session
from course_utils.session import Session, find_device, seed_everything, start_session

PROJECT_FOLDER = Path(__file__).resolve().parents[1]


def start(**changes: Any) -> Session:
    """Start with parameters that fit, but for ``changes``."""
    usual = {"profile": "cpu", "device": "cpu", "seed": 0, "data_dir": "data"}
    return start_session(**usual | changes)


def pretend_papermill(monkeypatch: pytest.MonkeyPatch, *cells: str) -> None:
    """Make the session believe that it runs in a notebook with these executed cells."""
    shell = SimpleNamespace(user_ns={"In": ["", *cells]})
    monkeypatch.setattr(session, "get_ipython", lambda: shell)


def test_a_session_knows_device_folder_and_seed() -> None:
    started = start(seed=3)
    assert started == Session(torch.device("cpu"), PROJECT_FOLDER / "data", 3)


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
    ("group", "good"),
    [
        ("counts", [1, 500]),
        ("positives", [0.001, 3, 1e9]),
        ("fractions", [0.5, 1e-9]),
        ("count_lists", [[1], [1, 5, 20]]),
        ("positive_lists", [[0.1, 1]]),
        ("texts", ["", "folder:pictures"]),
    ],
)
def test_values_that_fit_are_accepted(group: str, good: list[object]) -> None:
    for value in good:
        start(**{group: {"setting": value}})


@pytest.mark.parametrize(
    ("group", "bad"),
    [
        ("counts", [0, -1, 2.0, "3", True, None, [3]]),
        ("positives", [0, -0.1, "1e-3", True, None, math.inf, math.nan]),
        ("fractions", [0, 1, 0.0, 1.0, -0.5, "half", None, math.nan]),
        ("count_lists", [[], 5, "[1, 5]", [0], [1, 2.0], [True], (1, 5), None]),
        ("positive_lists", [[], 0.1, [0.1, 0], ["0.1"], [math.nan]]),
        ("texts", [1, None, ["folder"]]),
    ],
)
def test_values_that_do_not_fit_are_named_with_their_parameter(
    group: str, bad: list[object]
) -> None:
    for value in bad:
        with pytest.raises(ValueError, match=r"^setting must be .*, got ") as error:
            start(**{group: {"setting": value}})
        assert repr(value) in str(error.value)


@pytest.mark.parametrize("changes", [{"profile": "gpu2"}, {"profile": 1}, {"device": "tpu"}])
def test_a_wrong_choice_is_refused_with_the_right_ones(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r'must be one of .*"cpu"'):
        start(**changes)


def test_a_data_folder_must_be_text() -> None:
    with pytest.raises(ValueError, match="data_dir must be text, got None"):
        start(data_dir=None)


def test_nothing_is_seeded_when_a_parameter_does_not_fit() -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    with pytest.raises(ValueError, match="num_steps"):
        start(seed=2, counts={"num_steps": 0})
    assert torch.equal(torch.get_rng_state(), state)


def test_an_injected_parameter_that_the_lesson_lacks_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_papermill(monkeypatch, "epochs = 1", "# Parameters\nseed = 1\nepcohs = 3\n")
    with pytest.raises(ValueError, match=r"unknown parameter 'epcohs'. Did you mean 'epochs'\?"):
        start(counts={"epochs": 1})


def test_an_unlike_parameter_is_refused_without_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_papermill(monkeypatch, "# Parameters\nxyz = 3\n")
    with pytest.raises(ValueError, match=r"'xyz'. This lesson has: data_dir, device, epochs"):
        start(counts={"epochs": 1})


def test_parameters_that_the_lesson_has_may_be_injected(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_papermill(monkeypatch, "# Parameters\nseed = 1\nepochs = 3\n", "other = 5")
    start(counts={"epochs": 3})


def test_a_gpu_that_is_not_there_is_an_error_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match='set device = "auto"'):
        find_device("cuda")


@pytest.mark.parametrize(
    ("cuda", "mps", "found"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_device_there_is(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, found: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert find_device("auto") == torch.device(found)
