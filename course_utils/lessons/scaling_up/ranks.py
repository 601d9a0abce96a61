"""One of several processes: what it is asked comes in a file, and so does what it answers.

Run as ``python -m course_utils.lessons.scaling_up.ranks FOLDER RANK``, see ``processes``.
"""

import os
import shutil
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import torch
import torch.distributed as dist
from torch import Tensor

from course_utils.lessons.scaling_up.processes import MEETING, REQUEST, answer_file
from course_utils.lessons.scaling_up.rank_tasks import TASKS
from course_utils.tensor_files import load_tensors, save_tensors

LOOK_EVERY = 0.5  # seconds


def main(folder: Path, rank: int) -> None:
    """Meet the other ranks, do what the request in ``folder`` says, and leave the answers there."""
    request = load_tensors(folder / REQUEST)
    _end_with(request["started_by"], folder)
    num_processes = request["num_processes"]
    torch.set_num_threads(request["threads"])
    place = place_of(request["device"], rank)
    dist.init_process_group(
        "gloo",
        store=dist.FileStore(str(folder / MEETING), num_processes),
        rank=rank,
        world_size=num_processes,
        timeout=timedelta(seconds=request["limit"]),
    )
    answers = {
        name: TASKS[task](rank, num_processes, **sent_to(arguments, place))
        for name, (task, arguments) in request["tasks"].items()
    }
    save_tensors(sent_to(answers, torch.device("cpu")), folder / answer_file(rank))
    dist.destroy_process_group()


def place_of(kind: str, rank: int) -> torch.device:
    """Where a rank computes: GPUs are dealt out, and where there are fewer, ranks share them."""
    if kind != "cuda":
        return torch.device("cpu")
    place = torch.device(kind, rank % torch.cuda.device_count())
    torch.cuda.set_device(place)
    return place


def sent_to(data: Any, device: torch.device) -> Any:
    """``data`` with all tensors in it, however deep in lists and dictionaries, on ``device``."""
    if isinstance(data, Tensor):
        return data.to(device)
    if isinstance(data, dict):
        return {name: sent_to(value, device) for name, value in data.items()}
    return [sent_to(value, device) for value in data] if isinstance(data, list) else data


def _end_with(number: int, folder: Path) -> None:
    """Once process ``number``, which started this one, was killed: remove the folder, and end."""

    def watch() -> None:
        with suppress(psutil.NoSuchProcess):
            starter = psutil.Process(number)
            while starter.is_running() and starter.status() != psutil.STATUS_ZOMBIE:
                time.sleep(LOOK_EVERY)
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
