"""Is this machine ready for the lessons? Each check that fails names the next step."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from packaging.requirements import Requirement

from course_utils.costs.steps import measure_step
from course_utils.data.digits import load_digits
from course_utils.files import PROJECT_FOLDER, free_disk, size_text
from course_utils.models.classifier import Classifier
from course_utils.models.pretrained import load_backbone
from course_utils.models.residual import Backbone

MIN_PYTHON, FIRST_UNTRIED_PYTHON = (3, 10), (3, 14)
MIN_FREE_DISK = 1e9  # bytes; the lessons write far less, a full disk breaks everything
INSTALL_AGAIN = "run `make lessons` again, or `pip install -r requirements.txt`"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; ``next_step`` says what to do when it is not ``ok``."""

    name: str
    ok: bool
    found: str
    next_step: str

    def __str__(self) -> str:
        line = f"[{' ok ' if self.ok else 'FAIL'}] {self.name}: {self.found}"
        return line if self.ok else f"{line}\n       next step: {self.next_step}"


def check_machine(data_dir: Path) -> list[Check]:
    """Look at Python, packages, pictures, backbone, disk and device; every check is made."""
    return [
        _check_python(),
        _check_packages(),
        _attempt(
            "real digits", lambda: f"{len(load_digits()):,} pictures", "reinstall scikit-learn"
        ),
        _attempt(
            "pretrained backbone",
            lambda: (
                f"{sum(p.numel() for p in load_backbone('letters').parameters()):,} weights, "
                "checksum correct"
            ),
            "get course_utils/models/weights again (`git checkout course_utils/models/weights`) or "
            "make it with `make backbone`",
        ),
        _check_folder(data_dir),
        Check("processor", True, f"torch threads: {torch.get_num_threads()}", ""),
        Check("GPU", True, _describe_gpu(), ""),
    ]


def training_speed(seconds: float = 1.0) -> float:
    """Optimizer steps per second on this machine: batches of 32 digits, the lessons' network."""
    digits = (32, 1, 8, 8)
    step = measure_step(
        Classifier(Backbone(), 10), digits, optimizer="sgd", clock="wall", seconds=seconds
    )
    return 1 / step


def _check_python() -> Check:
    found = sys.version.split()[0]
    return Check(
        "Python",
        MIN_PYTHON <= sys.version_info[:2] < FIRST_UNTRIED_PYTHON,
        found,
        "install Python 3.10 to 3.13, delete the .venv folder and run `make lessons` again",
    )


def _check_packages() -> Check:
    lines = (PROJECT_FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line[:1].isalpha()]
    wrong = []
    for requirement in wanted:
        try:
            if not requirement.specifier.contains(version(requirement.name), prereleases=True):
                wrong.append(f"{requirement.name} {version(requirement.name)}")
        except PackageNotFoundError:
            wrong.append(f"no {requirement.name}")
    found = ", ".join(wrong) if wrong else f"{len(wanted)} installed, torch {version('torch')}"
    return Check("packages", not wrong, found, INSTALL_AGAIN)


def _check_folder(data_dir: Path) -> Check:
    there = next(folder for folder in [data_dir, *data_dir.parents] if folder.exists())
    free = free_disk(data_dir)
    room = size_text(free) if free < MIN_FREE_DISK else f"{free / 1e9:.0f} GB"
    ok = os.access(there, os.W_OK) and free >= MIN_FREE_DISK
    return Check(
        "folder for files",
        ok,
        f"{room} free, {'writable' if os.access(there, os.W_OK) else 'read-only'}",
        'free some disk space, or set data_dir = "~/workbook_data" in the parameters',
    )


def _attempt(name: str, action: Callable[[], str], next_step: str) -> Check:
    try:
        return Check(name, True, action(), next_step)
    except Exception as error:  # any failure is what this check is here to find
        return Check(name, False, f"{type(error).__name__}: {error}", next_step)


def _describe_gpu() -> str:
    if torch.cuda.is_available():
        return f'{torch.cuda.get_device_name()} (use it with device = "cuda")'
    if torch.backends.mps.is_available():
        return 'Apple GPU (use it with device = "mps")'
    return "none found; no lesson needs one"
