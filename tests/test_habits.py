"""What runs before a commit and after a push is what the README and the tests say."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from course_utils.files import PROJECT_FOLDER

FOLDERS = {"course_utils", "benchmark", "classroom", "website", "tests", "notebooks"}


def text_of(name: str) -> str:
    """A file of the project."""
    return (PROJECT_FOLDER / name).read_text(encoding="utf-8")


def read(name: str) -> dict[str, Any]:
    """A YAML file of the project."""
    return yaml.safe_load(text_of(name))


def commands_of(job: str) -> list[str]:
    """What a job of the workflow runs."""
    steps = read(".github/workflows/test.yml")["jobs"][job]["steps"]
    return [step["run"] for step in steps if "run" in step]


def windows_commands() -> list[str]:
    """What the README gives for Windows, without the remarks behind it."""
    (block,) = re.findall(r"```\n(py .*?)```", text_of("README.md"), re.DOTALL)
    return [line.split("#")[0].strip() for line in block.splitlines()]


def test_before_a_commit_the_tests_ruff_checks_the_folders_that_the_tests_check() -> None:
    (ruff,) = re.findall(r"^ruff.*$", text_of("tests/requirements.txt"), re.MULTILINE)
    (local,) = read(".pre-commit-config.yaml")["repos"]
    assert local["repo"] == "local"
    entries = [hook["entry"] for hook in local["hooks"]]
    assert entries == ["ruff check", "ruff format --check"]
    for hook in local["hooks"]:
        assert hook["additional_dependencies"] == [ruff]
        assert hook["files"].startswith("^(") and hook["files"].endswith(")/")
        assert set(hook["files"][2:-2].split("|")) == FOLDERS
    (checked,) = set(re.findall(r"\bcourse_utils(?: [a-z_]+)+(?= *(?:;|$|-name))",
                                text_of("Makefile"), re.MULTILINE))  # fmt: skip
    assert set(checked.split()) == FOLDERS


def test_after_a_push_all_tests_run_with_the_lowest_and_the_highest_python() -> None:
    (lowest, above) = re.search(
        r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text_of("pyproject.toml")
    ).groups()
    highest = int(above) - 1
    job = read(".github/workflows/test.yml")["jobs"]["linux"]
    assert job["strategy"]["matrix"]["python"] == [f"3.{lowest}", f"3.{highest}"]
    assert f"Python 3.{lowest} to 3.{highest}" in text_of("README.md")
    assert commands_of("linux")[-1] == "make test"
    assert re.search(r"^make test\b", text_of("README.md"), re.MULTILINE)


def test_after_a_push_a_lesson_runs_on_macos_and_windows_by_the_readmes_commands() -> None:
    assert re.fullmatch(r'make lessons ARGS="\d\d"', commands_of("macos")[-1])
    *install, batch = windows_commands()
    *installed, ran = commands_of("windows")
    assert installed == install
    assert re.fullmatch(re.escape(batch) + r" \d\d", ran)
    for command in windows_commands():
        for module in re.findall(r"-m (course_utils\.\S+)", command):
            assert Path(PROJECT_FOLDER, *module.split(".")).with_suffix(".py").is_file()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")
@pytest.mark.parametrize(
    ("given", "leaves_out"),
    [([], True), (["LESSON=05"], False), (["TESTS=tests/data"], False), (["TESTS=tests"], True)],
)
def test_make_check_leaves_slow_tests_out_unless_told_where_one_works(
    given: list[str], leaves_out: bool
) -> None:
    own = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    told = subprocess.run(
        ["make", "--dry-run", "check", *given], cwd=PROJECT_FOLDER, env=own, capture_output=True,
        text=True, check=True,
    ).stdout  # fmt: skip
    assert ("browser or slow)" in told, "browser)" in told) == (leaves_out, not leaves_out)
