"""Three runs at once with one folder for files: each finds what it wrote, and all is whole."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from course_utils.data.pictures import load_pictures
from course_utils.files import PROJECT_FOLDER
from course_utils.models.pretrained import load_backbone, read_card
from course_utils.tensor_files import load_tensors
from tests.helpers.picture_files import write_noise

NUM_RUNS, NUM_ROUNDS = 3, 8

ONE_RUN = """
import sys
from pathlib import Path
import torch
from course_utils.data.examples import PictureFiles
from course_utils.data.pictures import load_pictures
from course_utils.files import folder_of_this_run
from course_utils.models.freezing import fingerprint
from course_utils.models.pretrained import save_backbone
from course_utils.models.residual import Backbone
from course_utils.session import learner
from course_utils.training import resume_from_checkpoint, save_checkpoint

data_dir, run, num_rounds = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
files, labels = sorted(data_dir.glob("own/*.png")), torch.arange(7) % 2
learner.remember_in(data_dir)
print("ready", flush=True)
sys.stdin.readline()
for number in range(num_rounds):
    some = slice(None if number % 2 else 5)  # two sets, of which one replaces the other
    found = PictureFiles(tuple(files[some]), labels[some], ("a", "b"))
    print(int(load_pictures(found, 8, cache_dir=data_dir / "pictures").images.sum()))

    torch.manual_seed(100 * run + number)
    backbone, own = Backbone(width=4 + run), folder_of_this_run(data_dir)
    checkpoint = Path(own.name, "whole.pt")
    state = {"model": backbone, "optimizer": torch.optim.SGD(backbone.parameters(), lr=0.1)}
    save_checkpoint(checkpoint, **state, history=[run])
    assert resume_from_checkpoint(checkpoint, **state) == [run]
    read_back = save_backbone(backbone, data_dir / "letters_backbone.pt", run=run)
    assert fingerprint(read_back) == fingerprint(backbone)
    own.cleanup()

    learner.keep("guesses", f"{run} {number}", number)
"""


@pytest.mark.slow
def test_three_runs_at_once_share_a_folder_without_harm(tmp_path: Path) -> None:
    found = write_noise(tmp_path / "own", 7)
    pixels = load_pictures(found, 8).images
    start = [sys.executable, "-W", "error", "-c", ONE_RUN, str(tmp_path)]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    runs = [
        subprocess.Popen(
            [*start, str(run), str(NUM_ROUNDS)], text=True, cwd=PROJECT_FOLDER, **pipes
        )
        for run in range(NUM_RUNS)
    ]
    assert [run.stdout.readline() for run in runs] == ["ready\n"] * NUM_RUNS
    for run in runs:
        run.stdin.write("go\n")
        run.stdin.flush()
    sums = [int(pixels[:5].sum()), int(pixels.sum())]
    for run in runs:
        out, errors = run.communicate()
        assert errors == "" and [int(line) for line in out.split()] == NUM_ROUNDS // 2 * sums

    saved = str(tmp_path / "letters_backbone.pt")  # both files are of one run, or it raises:
    assert load_backbone(saved).width == 4 + read_card(saved)["run"]
    for file in (tmp_path / "pictures").iterdir():
        images, is_read = load_tensors(file)
        assert torch.equal(images, pixels[: len(images)]) and is_read.all()
    guesses = json.loads((tmp_path / "progress.json").read_text())["guesses"]
    assert len(guesses) == NUM_RUNS * NUM_ROUNDS
    endings = {path.suffix for path in tmp_path.rglob("*") if path.name != "pictures"}
    assert endings - {""} == {".png", ".pt", ".json"}  # nothing unfinished
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"own", "pictures"}
