"""Checks of the machine, each broken on purpose once."""

from pathlib import Path

import pytest

from course_utils.learning import machine
from course_utils.learning.machine import Check, check_machine, training_speed


def by_name(checks: list[Check]) -> dict[str, Check]:
    """The checks under their names."""
    return {check.name: check for check in checks}


def test_a_machine_that_can_run_these_tests_passes_every_check(tmp_path: Path) -> None:
    assert all(check.ok for check in check_machine(tmp_path)), check_machine(tmp_path)


def test_a_folder_that_is_not_there_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    assert by_name(check_machine(tmp_path / "new" / "data"))["folder for files"].ok


def test_an_old_python_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "MIN_PYTHON", (9, 0))
    check = by_name(check_machine(tmp_path))["Python"]
    assert not check.ok
    assert str(check).startswith("[FAIL] Python")
    assert "next step: install Python" in str(check)


def test_missing_and_too_old_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "requirements.txt").write_text("# a list\ntorch>=99\nno-such-package>=1\n-e .\n")
    monkeypatch.setattr(machine, "PROJECT_FOLDER", tmp_path)
    check = by_name(check_machine(tmp_path))["packages"]
    assert not check.ok
    assert "torch" in check.found
    assert "no no-such-package" in check.found
    assert "make lessons" in check.next_step


def test_a_missing_backbone_is_a_failed_check_not_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course_utils.models.pretrained.SHIPPED_FOLDER", tmp_path)
    check = by_name(check_machine(tmp_path))["pretrained backbone"]
    assert not check.ok
    assert "FileNotFoundError" in check.found


def test_a_full_disk_is_a_failed_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MIN_FREE_DISK", 1e18)
    assert not by_name(check_machine(tmp_path))["folder for files"].ok


def test_training_speed_is_a_number_of_steps_per_second() -> None:
    assert 0.5 < training_speed(seconds=0.2) < 1e5
