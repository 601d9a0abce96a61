"""A run killed at any moment goes on to the same bits as one that was never interrupted."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from torch import nn

from course_utils.files import DamagedFileError
from course_utils.models.freezing import fingerprint
from course_utils.models.residual import Backbone
from course_utils.tensor_files import load_tensors
from course_utils.training import resume_from_checkpoint, save_checkpoint

NUM_EPOCHS = 60

# Uses each kind of state there is: weights, running statistics, momenta, a schedule, the loader's
# generator, and torch's own random state for dropout and augmentation. Importing torch takes
# seconds, so one process waits with all imports done and begins each run as a process of its own.
SCRIPT = f"""
import json, os, sys
from pathlib import Path
import torch
from torch import nn
from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.models.freezing import fingerprint
from course_utils.models.residual import Backbone
from course_utils.training import resume_from_checkpoint, save_checkpoint, train_one_epoch

def add_noise(images):
    return images + 0.1 * torch.randn_like(images)

def run(folder):
    torch.manual_seed(0)
    examples = LabelledImages(torch.rand(20, 1, 8, 8), torch.arange(20) % 3, ("a", "b", "c"))
    loader = BatchLoader(examples, 8, shuffle=True, seed=1, augment=add_noise)
    model = nn.Sequential(Backbone(width=8), nn.Dropout(0.5), nn.Linear(32, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.1, total_steps={NUM_EPOCHS} * len(loader)
    )
    parts = dict(model=model, optimizer=optimizer, schedule=schedule, generator=loader.generator)
    history = resume_from_checkpoint(folder / "run.pt", **parts)
    for epoch in range(len(history), {NUM_EPOCHS}):
        model.train()
        loss = train_one_epoch(model, loader, optimizer, schedule)
        history.append([epoch, loss, optimizer.param_groups[0]["lr"]])
        save_checkpoint(folder / "run.pt", **parts, history=history)
    result = dict(weights=fingerprint(model), history=history)
    (folder / "result.json").write_text(json.dumps(result))

torch.optim.SGD([torch.zeros(1)], lr=0.1)  # torch's last late import
for line in sys.stdin:
    process = os.fork()
    if process == 0:
        run(Path(line.strip()))
        os._exit(0)
    print(process, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[subprocess.Popen]:
    """Starts a run for each folder written to it; answers its process number, then its end."""
    (tmp_path / "script.py").write_text(SCRIPT)
    command = [sys.executable, tmp_path / "script.py"]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=one_thread) as process:
        yield process


def start_run(starter: subprocess.Popen, folder: Path) -> int:
    """Start a run that keeps its files in ``folder``; return its process number."""
    folder.mkdir(exist_ok=True)
    starter.stdin.write(f"{folder}\n")
    starter.stdin.flush()
    return int(starter.stdout.readline())


def end_of_run(starter: subprocess.Popen) -> int:
    return int(starter.stdout.readline())


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    """Look every few milliseconds until ``is_so()``; a busy machine may take its time."""
    give_up = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < give_up, f"never so: {what}"
        time.sleep(0.001)


def wait_for_checkpoints(folder: Path, number: int) -> None:
    """Wait until the checkpoint in ``folder`` was seen to change that often."""
    seen = set()

    def are_there() -> bool:
        with suppress(FileNotFoundError):
            seen.add((folder / "run.pt").stat().st_mtime_ns)
        return len(seen) > number

    wait_for(are_there, f"{number} more checkpoints")


def stop_in_the_middle_of_a_write(process: int, folder: Path) -> None:
    """Hold the process while its new checkpoint is unfinished."""

    def is_held() -> bool:
        if any(folder.glob(f"*.{process}.part")):
            os.kill(process, signal.SIGSTOP)
            time.sleep(0.005)
            if any(folder.glob(f"*.{process}.part")):
                return True
            os.kill(process, signal.SIGCONT)
        return False

    wait_for(is_held, "the run is caught while writing")


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_with_the_same_bits(
    starter: subprocess.Popen, tmp_path: Path
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    start_run(starter, whole)
    assert end_of_run(starter) == 0
    num_done, file = [], broken / "run.pt"
    for number in range(6):
        process = start_run(starter, broken)
        wait_for_checkpoints(broken, random.randint(1, 3))
        if number % 2:
            stop_in_the_middle_of_a_write(process, broken)
        else:
            time.sleep(random.uniform(0, 0.01))
        os.kill(process, signal.SIGKILL)
        assert end_of_run(starter) == -signal.SIGKILL, f"not killed in time, after {num_done}"
        num_done.append(len(load_tensors(file)["history"]))
    assert num_done == sorted(num_done) and 0 < num_done[-1] < NUM_EPOCHS
    start_run(starter, broken)
    assert end_of_run(starter) == 0
    expected = json.loads((whole / "result.json").read_text())
    assert len(expected["history"]) == NUM_EPOCHS
    assert json.loads((broken / "result.json").read_text()) == expected, f"killed after {num_done}"


def parts(width: int = 2) -> dict[str, object]:
    model = nn.Sequential(Backbone(width=width), nn.Linear(4 * width, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.rand(4, 1, 8, 8)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3)
    return {"model": model, "optimizer": optimizer, "schedule": schedule}


def test_without_a_checkpoint_a_run_starts_at_the_beginning(tmp_path: Path) -> None:
    run = parts()
    before = fingerprint(run["model"])
    assert resume_from_checkpoint(tmp_path / "none.pt", **run) == []
    assert fingerprint(run["model"]) == before


def test_everything_that_was_saved_is_put_back(tmp_path: Path) -> None:
    saved, fresh, path = parts(), parts(), tmp_path / "run.pt"
    generator, other = torch.Generator().manual_seed(3), torch.Generator()
    history = [{"epoch": 0, "loss": 1.5, "val": [0.5, 0.75], "note": "first"}]
    save_checkpoint(path, **saved, generator=generator, history=history)
    expected = torch.rand(3), torch.rand(3, generator=generator)
    torch.rand(7)
    assert resume_from_checkpoint(path, **fresh, generator=other) == history
    assert torch.equal(torch.rand(3), expected[0])
    assert torch.equal(torch.rand(3, generator=other), expected[1])
    assert fingerprint(fresh["model"]) == fingerprint(saved["model"])
    assert fresh["schedule"].state_dict() == saved["schedule"].state_dict()
    momenta = [run["optimizer"].state_dict()["state"] for run in (saved, fresh)]
    for place, mine in momenta[0].items():
        assert all(torch.equal(value, momenta[1][place][name]) for name, value in mine.items())


def test_a_run_needs_neither_schedule_nor_generator(tmp_path: Path) -> None:
    run = {name: parts()[name] for name in ("model", "optimizer")}
    save_checkpoint(tmp_path / "run.pt", **run, history=[1, 2])
    assert resume_from_checkpoint(tmp_path / "run.pt", **run) == [1, 2]


def test_the_checkpoint_of_another_model_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "run.pt", **parts(width=2), history=[])
    with pytest.raises(RuntimeError, match="size mismatch"):
        resume_from_checkpoint(tmp_path / "run.pt", **parts(width=3))


def test_a_checkpoint_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    save_checkpoint(path, **parts(), history=[])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DamagedFileError, match=r"run\.pt .* cannot be read"):
        resume_from_checkpoint(path, **parts())
