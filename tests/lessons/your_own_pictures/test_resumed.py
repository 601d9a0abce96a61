"""A run that is killed among its candidates: the next one goes on, and ends as if nothing was."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from course_utils.files import PROJECT_FOLDER
from tests.helpers.copied_pictures import scene
from tests.lessons.your_own_pictures.sizes import SMALL

pytestmark = pytest.mark.lessons
SIZES = SMALL | {
    "backbone": "letters",
    "input_sizes": [24],
    "rates": [0.001, 0.004],
    "num_epochs": 8,  # so that a round takes longer than a look at the folder
}
NUM_ROUNDS = 2 * len(SIZES["rates"]) * SIZES["num_folds"]  # with all weights, varied and not


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    for seed in range(60):
        folder = tmp_path / "mine" / "ab"[seed % 2]
        folder.mkdir(parents=True, exist_ok=True)
        scene(seed, 24).save(folder / f"{seed}.png")
    return tmp_path / "mine"


def begin(pictures: Path, data: Path, out: Path) -> subprocess.Popen:
    """Start the lesson as anybody would, with what it writes in ``data``."""
    given = SIZES | {"data_dir": str(data), "dataset": f"folder:{pictures}"}
    parameters = [text for name, value in given.items() for text in ("-p", name, str(value))]
    command = [sys.executable, "-m", "course_utils.batch", "07", "--out", str(out), *parameters]
    return subprocess.Popen(
        command, cwd=PROJECT_FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(pictures: Path, data: Path, out: Path) -> dict:
    """Run the lesson to its end; what it recorded and claimed."""
    run = begin(pictures, data, out)
    said, _ = run.communicate(timeout=300)
    assert run.returncode == 0, said
    (lesson,) = json.loads((out / "results.json").read_text(encoding="utf-8"))["lessons"]
    return {key: lesson[key] for key in ("headline", "values", "claims_held", "claims_not_held")}


def kill_among_candidates(pictures: Path, data: Path, out: Path) -> int:
    """Kill the kernel once some rounds are kept; how many are."""
    run = begin(pictures, data, out)
    until = time.monotonic() + 300
    while not any(data.glob("candidates/*/*.pt")):
        assert run.poll() is None and time.monotonic() < until, run.communicate()[0]
        time.sleep(0.002)
    for kernel in psutil.Process(run.pid).children(recursive=True):
        kernel.kill()
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 1 and "FAILED" in said
    return len(list(data.glob("candidates/*/*.pt")))


def test_a_killed_run_is_taken_up_and_ends_with_the_same_values(
    pictures: Path, tmp_path: Path
) -> None:
    whole = finish(pictures, tmp_path / "whole", tmp_path / "out_whole")
    broken = tmp_path / "broken"
    num_kept = kill_among_candidates(pictures, broken, tmp_path / "out_broken")
    assert 1 <= num_kept < NUM_ROUNDS, "killed too late to be among the candidates"
    assert not list(broken.glob("my_model*"))
    resumed = finish(pictures, broken, tmp_path / "out_resumed")
    page = (tmp_path / "out_resumed" / "07_your_own_pictures.ipynb").read_text(encoding="utf-8")
    assert f"{num_kept} rounds were there from an earlier run" in page
    assert len(resumed["values"]) > 10 and resumed == whole
    assert not list(broken.glob("candidates/*"))
