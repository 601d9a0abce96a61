"""Memory and cores that are really there: the machine's, or those that a container leaves."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from course_utils.session import memory
from course_utils.session.cores import usable_cores
from course_utils.session.memory import check_memory, free_memory, free_shared_memory
from tests.helpers.groups import write_groups


def have(monkeypatch: pytest.MonkeyPatch, available: float) -> None:
    """Let the machine have so many bytes of memory available."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=available))


def test_free_memory_is_the_least_of_machine_and_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    have(monkeypatch, 16e9)
    write_groups(tmp_path, monkeypatch, memory_max="max")
    assert free_memory() == 16e9
    write_groups(tmp_path, monkeypatch, memory_max="2000000000", memory_current="500000000")
    assert free_memory() == 1.5e9
    have(monkeypatch, 1e9)
    assert free_memory() == 1e9


def test_what_does_not_fit_is_refused_with_both_sizes_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    have(monkeypatch, 2e9)
    write_groups(tmp_path, monkeypatch)
    check_memory(1.9e9, "it", "")
    message = r"^it would need 2\.10 GB of memory, and 2\.00 GB are free; lower image_size$"
    with pytest.raises(MemoryError, match=message):
        check_memory(2.1e9, "it", "lower image_size")


def test_shared_memory_is_what_its_folder_has_free_and_the_container_allows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    have(monkeypatch, 2e9)
    write_groups(tmp_path, monkeypatch)
    monkeypatch.setattr(memory, "SHARED_MEMORY", tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=64e6))
    assert free_shared_memory() == 64e6
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=64e9))
    assert free_shared_memory() == 2e9
    monkeypatch.setattr(memory, "SHARED_MEMORY", tmp_path / "none")
    assert free_shared_memory() == 2e9


@pytest.mark.parametrize(
    ("quota", "cores"), [("max", 8), ("1200000", 8), ("300000", 3), ("150000", 2), ("10000", 1)]
)
def test_usable_cores_are_those_set_aside_or_a_containers_share_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    write_groups(tmp_path, monkeypatch, cpu_max=f"{quota} 100000")
    assert usable_cores() == cores


def test_a_system_that_cannot_say_which_cores_are_set_aside_has_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    write_groups(tmp_path, monkeypatch)
    assert usable_cores() == 6
