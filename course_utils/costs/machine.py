"""What this machine can do in a second: compute, copy, read files, decode pictures."""

import io
import os
import platform
import statistics
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import torch
from PIL import Image

from course_utils.costs.steps import durations
from course_utils.data.decoding import read_picture
from course_utils.files import folder_of_this_run, write_whole
from course_utils.session.devices import product_rate
from course_utils.session.timing import one_thread

COPIED = 2**27  # bytes of an array, more than caches hold
READ = 2**26  # bytes of the file that is written and read
PHOTO = (500, 375)  # pixels, W and H: the usual size in ImageNet
DECODED_SIDE = 224  # pixels a side that photos are brought to
COUNT_DECODED = 40  # times that a photo is decoded


@dataclass(frozen=True)
class Machine:
    """Measured rates. Those of a CPU are of one thread, in seconds that this process computed.

    Attributes:
        name: Of the processor or the GPU.
        device: ``"cpu"``, ``"cuda"`` or ``"mps"``.
        threads: That the rates of a CPU are of.
        float32_rate: Products of large matrices, operations per second.
        bfloat16_rate: The same in bfloat16.
        copy_rate: Bytes read and written per second, of an array larger than caches.
        read_rate: Bytes per second of a file, in seconds that passed.
        read_from_storage: Whether the system says that these bytes came from its storage; else they
            probably came from memory, where it keeps what was just written.
        decode_rate: Photos of 500 x 375 pixels per second from JPEG to 224 x 224 pixels.
    """

    name: str
    device: str
    threads: int
    float32_rate: float
    bfloat16_rate: float
    copy_rate: float
    read_rate: float
    read_from_storage: bool
    decode_rate: float

    def __str__(self) -> str:
        where = "storage" if self.read_from_storage else "memory, where the system keeps new files"
        threads = f", {self.threads} thread" if self.device == "cpu" else ""
        return "\n".join(
            (
                f"{self.name}{threads}",
                f"products in float32 {self.float32_rate / 1e9:.0f}, in bfloat16 "
                f"{self.bfloat16_rate / 1e9:.0f} billion operations per second",
                f"copying {self.copy_rate / 1e9:.1f} GB per second, read and written",
                f"reading a file {self.read_rate / 1e9:.2f} GB per second from {where}",
                f"decoding {self.decode_rate:.0f} photos of {PHOTO[0]} x {PHOTO[1]} per second",
            )
        )


def measure_machine(device: torch.device, data_dir: Path) -> Machine:
    """Measure this machine in about two seconds of work.

    Args:
        device: That would train. The files are read and decoded by the CPU in any case.
        data_dir: Folder on the disk that holds the data; a file is written to it and taken away.

    Raises:
        OSError: If the file cannot be written; it says how much room is needed.
    """
    on_cpu = device.type == "cpu"
    clock = time.process_time if on_cpu else time.perf_counter
    with one_thread() if on_cpu else nullcontext():
        rates = [
            product_rate(dtype, device, size=1024 if on_cpu else 8192, clock=clock)
            for dtype in (torch.float32, torch.bfloat16)
        ]
        copying = _copy_rate(device, clock)
    reading, from_storage = _read_rate(data_dir)
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return Machine(
        name, device.type, 1, *rates, copying, reading, from_storage, _decode_rate(COUNT_DECODED)
    )


def _copy_rate(device: torch.device, clock: Callable[[], float]) -> float:
    """Bytes per second, each counted once as it is read and once as it is written."""
    source = torch.zeros(COPIED, dtype=torch.uint8, device=device)
    target = torch.empty_like(source)
    seconds = durations(lambda: target.copy_(source), device, clock, seconds=0, fewest=7)
    return 2 * COPIED / statistics.median(seconds)


def _read_rate(data_dir: Path) -> tuple[float, bool]:
    """Bytes per second of a file that was just written, and whether they came from storage.

    Where the system can be asked to forget the file first (Linux), it is; whether it did, it says
    in its count of bytes that this process had fetched from storage.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with folder_of_this_run(data_dir) as folder:
        path = Path(folder, "read_me_once")
        write_whole(path, np.random.default_rng(0).bytes(READ))
        with path.open("rb", buffering=0) as file:
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            fetched, start = _fetched_bytes(), time.perf_counter()
            while file.read(2**20):
                pass
            seconds = time.perf_counter() - start
            return READ / seconds, _fetched_bytes() - fetched > 0.9 * READ


def _fetched_bytes() -> int:
    """Bytes that this process had fetched from storage, by Linux's count; 0 where none is kept."""
    if platform.system() != "Linux":  # elsewhere it counts bytes from memory, too
        return 0
    try:
        return psutil.Process().io_counters().read_bytes
    except (psutil.Error, OSError):
        return 0


def _decode_rate(count: int) -> float:
    """Photos decoded per second of CPU time, on one thread, by the workbook's own reader."""
    photo = _photo()
    start = time.process_time()
    for _ in range(count):
        read_picture(io.BytesIO(photo), DECODED_SIDE, 3)
    return count / (time.process_time() - start)


def _photo() -> bytes:
    """A JPEG as large as photos are: soft shapes with some grain."""
    generator = np.random.default_rng(0)
    coarse = Image.fromarray(generator.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    soft = np.asarray(coarse.resize(PHOTO, Image.Resampling.BICUBIC), dtype=float)
    grain = generator.normal(0, 6, soft.shape)
    file = io.BytesIO()
    Image.fromarray((soft + grain).clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


def _processor() -> str:
    """The processor's name, as far as the system says it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
