"""The versions that the lessons were executed with, as pip takes them."""

from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

from course_utils.notebooks.constraints import write_constraints


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that needs torch, of which builds have names of their own, and jupyterlab."""
    (tmp_path / "requirements.txt").write_text(
        "# Two.\ntorch>=2.4,<3\njupyterlab>=4.2,<5\n-e .\n", encoding="utf-8"
    )
    return tmp_path


def pins_of(project: Path) -> dict[str, str]:
    """What the project's constraints.txt pins."""
    lines = (project / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_what_is_needed_is_pinned_to_what_is_installed(project: Path) -> None:
    assert write_constraints(project)
    pins = pins_of(project)
    assert list(pins) == sorted(pins)
    # Asked for, needed by that, needed for an extra that jupyter-events asks jsonschema for.
    assert {"torch", "sympy", "mpmath", "jupyterlab", "jinja2", "webcolors"} <= set(pins)
    assert not {"scipy", "pretrain-finetune-validate", "pip"} & set(pins)
    for name, pinned in pins.items():
        assert pinned == Version(version(name)).public


def test_what_only_some_systems_need_is_left_out(project: Path) -> None:
    write_constraints(project)
    some = ("nvidia-", "cuda-", "triton", "pexpect", "ptyprocess", "appnope", "pywinpty")
    assert [name for name in pins_of(project) if name.startswith(some)] == []


def test_a_second_time_changes_no_byte(project: Path) -> None:
    write_constraints(project)
    first = (project / "constraints.txt").read_bytes()
    assert not write_constraints(project)
    assert (project / "constraints.txt").read_bytes() == first
