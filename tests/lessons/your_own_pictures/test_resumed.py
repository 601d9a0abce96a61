"""A run that is killed among its candidates: the next one goes on, and ends as if nothing was."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from course_utils.files import PROJECT_FOLDER
from tests.lessons.your_own_pictures.sizes import BROWSER, SMALL

pytestmark = pytest.mark.lessons
SIZES = SMALL | BROWSER | {"rates": [0.001, 0.002, 0.004]}
NUM_ROUNDS = 2 * len(SIZES["rates"]) * SIZES["num_folds"]  # with all weights, varied and not


def begin(data: Path, out: Path) -> subprocess.Popen:
    """Start the lesson as anybody would, with what it writes in ``data``."""
    given = SIZES | {"data_dir": str(data)}
    parameters = [text for name, value in given.items() for text in ("-p", name, str(value))]
    command = [sys.executable, "-m", "course_utils.batch", "07", "--out", str(out), *parameters]
    return subprocess.Popen(
        command, cwd=PROJECT_FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(data: Path, out: Path) -> dict:
    """Run the lesson to its end; what it recorded and claimed."""
    run = begin(data, out)
    said, _ = run.communicate(timeout=300)
    assert run.returncode == 0, said
    (lesson,) = json.loads((out / "results.json").read_text(encoding="utf-8"))["lessons"]
    return {key: lesson[key] for key in ("headline", "values", "claims_held", "claims_not_held")}


def kill_among_candidates(data: Path, out: Path) -> int:
    """Kill the kernel once some rounds are kept; how many are."""
    run = begin(data, out)
    until = time.monotonic() + 300
    while not any(data.glob("candidates/*/*.pt")):
        assert run.poll() is None and time.monotonic() < until, run.communicate()[0]
        time.sleep(0.002)
    for kernel in psutil.Process(run.pid).children(recursive=True):
        kernel.kill()
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 1 and "FAILED" in said
    return len(list(data.glob("candidates/*/*.pt")))


def test_a_killed_run_is_taken_up_and_ends_with_the_same_values(tmp_path: Path) -> None:
    whole = finish(tmp_path / "whole", tmp_path / "out_whole")
    num_kept = kill_among_candidates(tmp_path / "broken", tmp_path / "out_broken")
    assert 1 <= num_kept < NUM_ROUNDS, "killed too late to be among the candidates"
    assert not (tmp_path / "out_broken" / "07_your_own_pictures.ipynb").exists()
    resumed = finish(tmp_path / "broken", tmp_path / "out_resumed")
    page = (tmp_path / "out_resumed" / "07_your_own_pictures.ipynb").read_text(encoding="utf-8")
    assert f"{num_kept} rounds were there from an earlier run" in page
    assert len(resumed["values"]) > 10 and resumed == whole
    assert not list((tmp_path / "broken").glob("candidates/*"))
