"""What a container may use: read from files laid out as Linux lays them out."""

import math
from pathlib import Path

import pytest

from course_utils.session import groups
from course_utils.session.groups import cores_allowed, memory_left
from tests.helpers.groups import write_groups

VERSION_1 = "4:memory:/docker/1f0c\n1:cpu,cpuacct:/docker/1f0c\n"
NO_LIMIT_IN_1 = "9223372036854771712"


@pytest.mark.parametrize(
    ("membership", "files", "left"),
    [
        ("0::/\n", {"memory_max": "2000", "memory_current": "500"}, 1500),
        ("0::/\n", {"memory_max": "2000", "memory_current": "2500"}, 0),
        ("0::/\n", {"memory_max": "max", "memory_current": "500"}, math.inf),
        ("0::/\n", {"memory_max": "2000", "memory_high": "1000", "memory_current": "500"}, 500),
        (
            "0::/\n",  # what keeps files makes room
            {
                "memory_max": "2000",
                "memory_current": "1500",
                "memory_stat": "active_file 100\ninactive_file 900\nfile 1000",
            },
            1400,
        ),
        (
            "0::/slice/job\n",  # the least of all levels
            {
                "slice__job__memory_max": "max",
                "slice__job__memory_current": "10",
                "slice__memory_max": "3000",
                "slice__memory_current": "1000",
                "memory_max": "9000",
                "memory_current": "1000",
            },
            2000,
        ),
        ("0::/../outside\n", {"memory_max": "2000", "memory_current": "0"}, 2000),
        (
            VERSION_1,  # as a container is shown its own group
            {"memory__memory_limit_in_bytes": "2000", "memory__memory_usage_in_bytes": "500"},
            1500,
        ),
        (
            VERSION_1,  # as the machine shows all of them
            {
                "memory__memory_limit_in_bytes": NO_LIMIT_IN_1,
                "memory__memory_usage_in_bytes": "99999",
                "memory__docker__1f0c__memory_limit_in_bytes": "4000",
                "memory__docker__1f0c__memory_usage_in_bytes": "3000",
                "memory__docker__1f0c__memory_stat": "inactive_file 1\ntotal_inactive_file 200",
            },
            1200,
        ),
        (VERSION_1, {"memory__memory_limit_in_bytes": NO_LIMIT_IN_1}, math.inf),
        ("", {}, math.inf),
    ],
)
def test_memory_left_is_the_least_that_any_group_allows(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    membership: str,
    files: dict[str, str],
    left: float,
) -> None:
    write_groups(tmp_path, monkeypatch, membership, **files)
    assert memory_left() == left


@pytest.mark.parametrize(
    ("membership", "files", "cores"),
    [
        ("0::/\n", {"cpu_max": "150000 100000"}, 1.5),
        ("0::/\n", {"cpu_max": "max 100000"}, math.inf),
        ("0::/slice/job\n", {"slice__cpu_max": "200000 100000", "cpu_max": "max 100000"}, 2),
        (VERSION_1, {"cpu__cpu_cfs_quota_us": "50000", "cpu__cpu_cfs_period_us": "100000"}, 0.5),
        (
            VERSION_1,
            {
                "cpu__cpu_cfs_quota_us": "-1",
                "cpu__cpu_cfs_period_us": "100000",
                "cpu__docker__1f0c__cpu_cfs_quota_us": "300000",
                "cpu__docker__1f0c__cpu_cfs_period_us": "100000",
            },
            3,
        ),
        ("", {}, math.inf),
    ],
)
def test_cores_allowed_are_the_least_of_all_groups(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    membership: str,
    files: dict[str, str],
    cores: float,
) -> None:
    write_groups(tmp_path, monkeypatch, membership, **files)
    assert cores_allowed() == cores


def test_a_system_without_groups_sets_no_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "GROUPS", tmp_path / "none")
    monkeypatch.setattr(groups, "MEMBERSHIP", tmp_path / "none" / "cgroup")
    assert memory_left() == cores_allowed() == math.inf


def test_the_files_of_this_machine_are_understood() -> None:
    assert memory_left() > 0 and cores_allowed() > 0
