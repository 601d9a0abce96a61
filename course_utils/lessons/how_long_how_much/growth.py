"""What training really takes: the growth of a fresh process's memory, measured for each network."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from multiprocessing import get_context

import psutil
import torch

from course_utils.costs.probes import NUM_CLASSES, Probe
from course_utils.costs.steps import MAKERS, training_step
from course_utils.session.memory import check_memory

LIMIT = 300  # seconds for all trainings; on an idle core they take six
OFTEN = 0.001  # seconds between two looks at the memory
STEPS = 2  # an optimizer makes its own memory in the first


@dataclass(frozen=True)
class Training:
    """A probe and what is done with it.

    Attributes:
        width, size, batch: As of ``Probe``.
        learns: Whether all weights learn by AdamW; else it only answers, as a frozen backbone does.
        device: ``"cpu"``, ``"cuda"`` or ``"mps"``.
    """

    width: int
    size: int
    batch: int
    learns: bool = True
    device: str = "cpu"

    @property
    def probe(self) -> Probe:
        """The network and its batch."""
        return Probe(self.width, self.size, self.batch)

    def __str__(self) -> str:
        return f"width {self.width}, {self.batch} of {self.size} px" + (
            "" if self.learns else ", frozen"
        )


def measure_growth(trainings: Sequence[Training], least: Sequence[float]) -> list[int]:
    """Bytes by which a fresh process grew at most during each training, one after another.

    Args:
        trainings: What to do, each in a process of its own.
        least: Bytes that each takes at least, so that none begins that cannot fit.

    Raises:
        MemoryError: If one of them does not fit.
        RuntimeError: If a process fails; with what it said last.
    """
    if any(training.device == "cpu" for training in trainings):
        check_memory(2 * max(least), "measuring what training takes", "lower memory_batch")
    return _in_fresh_processes(trainings)


def _in_fresh_processes(trainings: Sequence[Training]) -> list[int]:
    """What each process says; one that starts them all has not computed anything itself."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, json.dumps([asdict(each) for each in trainings])],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    found = [int(line) for line in done.stdout.split()]
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise RuntimeError(f"{trainings[len(found)]} failed in its own process:\n{last}")
    return found


def grown(training: Training) -> int:
    """Bytes by which this process grows at most while it does ``training``.

    What libraries take for themselves at their first step is there before: a tiny network has
    taken one.
    """
    torch.set_num_threads(1)
    _steps(Training(8, 8, 2, device=training.device))()
    work = _steps(training)
    if training.device == "cuda":
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        work()
        return torch.cuda.max_memory_allocated() - before
    with _Watch() as watch:
        work()
    return watch.peak - watch.before


def _steps(training: Training) -> Callable[[], None]:
    """What builds the network and its batch, and takes the steps, in one call."""

    def work() -> None:
        probe = training.probe
        model = probe.build().to(training.device)
        images = torch.rand(probe.batch_shape, device=training.device)
        labels = torch.arange(len(images), device=training.device) % NUM_CLASSES
        if training.learns:
            step = training_step(model, images, labels, MAKERS["adamw"](model.parameters()))
            for _ in range(STEPS):
                step()
        else:
            with torch.no_grad():
                model.eval()(images)

    return work


class _Watch:
    """Looks at this process's memory, in bytes, as often as it can: the same on every system."""

    def __init__(self) -> None:
        self._me, self._done = psutil.Process(), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.before = self.peak = self._now()

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _now(self) -> int:
        return self._me.memory_info().rss

    def _look(self) -> None:
        while not self._done.is_set():
            self.peak = max(self.peak, self._now())
            time.sleep(OFTEN)


def main(trainings: Sequence[Training]) -> None:
    """Print what ``grown`` finds for each training in a process of its own, a line each.

    On Linux these processes are forks of this one, which has imported torch; elsewhere, and on
    GPUs, a fork would be unsafe, and each imports it once more.
    """
    on_gpu = any(training.device in ("cuda", "mps") for training in trainings)
    forks = sys.platform == "linux" and not on_gpu
    if forks:  # an optimizer imports the larger half of torch as it takes its first step
        MAKERS["adamw"]([torch.nn.Parameter(torch.zeros(1))]).step()
    for training in trainings:
        process = get_context("fork" if forks else "spawn").Process(target=_say, args=(training,))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(1)


def _say(training: Training) -> None:
    print(grown(training), flush=True)


if __name__ == "__main__":
    main([Training(**each) for each in json.loads(sys.argv[1])])
