"""The start of a lesson: check every parameter before any work, then set seed and device."""

import ast
import difflib
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from IPython import get_ipython

PROJECT_FOLDER = Path(__file__).resolve().parents[1]
PROFILES = ("cpu",)
DEVICES = ("cpu", "cuda", "mps", "auto")


@dataclass(frozen=True)
class Session:
    """What every later cell of a lesson may need: where to compute, where to write, which seed."""

    device: torch.device
    data_dir: Path
    seed: int


def start_session(
    *,
    profile: str,
    device: str,
    seed: int,
    data_dir: str,
    counts: Mapping[str, Any] | None = None,
    positives: Mapping[str, Any] | None = None,
    fractions: Mapping[str, Any] | None = None,
    count_lists: Mapping[str, Any] | None = None,
    positive_lists: Mapping[str, Any] | None = None,
    texts: Mapping[str, Any] | None = None,
) -> Session:
    """Check all parameters of a lesson, seed every random generator, and find the device.

    A parameter that papermill injected and that is not named in this call is refused, because
    papermill itself only warns about a misspelt name and then runs with the default.

    Args:
        profile: Which sizes the lesson runs with; one of ``PROFILES``.
        device: One of ``DEVICES``; ``"auto"`` takes a GPU where there is one.
        seed: Whole number from 0.
        data_dir: Folder for files that lessons write; a relative path starts at the project.
        counts: Parameters that must be whole numbers from 1.
        positives: Parameters that must be numbers above 0.
        fractions: Parameters that must be numbers strictly between 0 and 1.
        count_lists: Parameters that must be non-empty lists of whole numbers from 1.
        positive_lists: Parameters that must be non-empty lists of numbers above 0.
        texts: Parameters that must be text; what the text means is checked where it is used.

    Raises:
        ValueError: If a value does not fit, or a parameter is unknown; it names both.
    """
    groups = {
        _check_count: counts,
        _check_positive: positives,
        _check_fraction: fractions,
        _check_count_list: count_lists,
        _check_positive_list: positive_lists,
        _check_text: texts,
    }
    known = {"profile", "device", "seed", "data_dir"}.union(
        *(group or {} for group in groups.values())
    )
    _refuse_unknown_parameters(known)
    for check, group in groups.items():
        for name, value in (group or {}).items():
            check(name, value)
    _check_choice("profile", profile, PROFILES)
    _check_text("data_dir", data_dir)
    if not _is_whole(seed) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 2**32 - 1, got {seed!r}")
    found = find_device(device)
    seed_everything(seed)
    return Session(found, PROJECT_FOLDER / Path(data_dir).expanduser(), seed)


def find_device(name: str) -> torch.device:
    """The torch device called ``name``, checked to be usable here.

    Raises:
        ValueError: If ``name`` is unknown, or the machine has no such device.
    """
    _check_choice("device", name, DEVICES)
    usable = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(kind for kind, is_there in usable.items() if is_there)
    if not usable[name]:
        raise ValueError(
            f'device is "{name}", but torch finds no {name} device on this machine; '
            'set device = "auto" to take what there is'
        )
    return torch.device(name)


def seed_everything(seed: int) -> None:
    """Set the global random generators of Python, NumPy and torch."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _refuse_unknown_parameters(known: set[str]) -> None:
    unknown = _injected_names() - known
    if unknown:
        name = sorted(unknown)[0]
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise ValueError(
            f"unknown parameter {name!r}. {hint}This lesson has: {', '.join(sorted(known))}"
        )


def _injected_names() -> set[str]:
    """Names that papermill's injected cell assigns in the running notebook, if there is one."""
    shell = get_ipython()  # None in a script
    cells = shell.user_ns.get("In", []) if shell is not None else []
    injected = [cell for cell in cells if cell.startswith("# Parameters\n")]
    return {
        target.id
        for cell in injected
        for statement in ast.parse(cell).body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    is_real = isinstance(value, int | float) and not isinstance(value, bool)
    return is_real and math.isfinite(value)


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        allowed = ", ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} must be one of {allowed}, got {value!r}")


def _check_count(name: str, value: object) -> None:
    if not _is_whole(value) or value < 1:
        raise ValueError(f"{name} must be a whole number from 1, got {value!r}")


def _check_positive(name: str, value: object) -> None:
    if not _is_number(value) or value <= 0:
        raise ValueError(f"{name} must be a number above 0, got {value!r}")


def _check_fraction(name: str, value: object) -> None:
    if not _is_number(value) or not 0 < value < 1:
        raise ValueError(f"{name} must be a number strictly between 0 and 1, got {value!r}")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, got {value!r}")


def _check_count_list(name: str, value: object) -> None:
    if not isinstance(value, list) or not value or not all(_is_whole(v) and v >= 1 for v in value):
        raise ValueError(
            f"{name} must be a list of whole numbers from 1, such as [1, 5, 20], got {value!r}; "
            f"papermill takes lists with -y '{name}: [1, 5, 20]'"
        )


def _check_positive_list(name: str, value: object) -> None:
    if not isinstance(value, list) or not value or not all(_is_number(v) and v > 0 for v in value):
        raise ValueError(
            f"{name} must be a list of numbers above 0, such as [0.1, 1], got {value!r}; "
            f"papermill takes lists with -y '{name}: [0.1, 1]'"
        )
