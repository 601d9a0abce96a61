"""Facts of the machine that a reader of the numbers needs; none that names it or its users."""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
import torch

from course_utils.session.cores import usable_cores

PACKAGES = ("torch", "torchvision", "lightning", "fastai", "transformers", "keras")


def machine_facts() -> dict[str, Any]:
    """Processor, cores, memory, threads, versions, and how busy the machine is now."""
    return {
        "processor": processor_name(),
        "cores": usable_cores(),
        "threads": torch.get_num_threads(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
        "load_at_start": round(psutil.getloadavg()[0], 2),
    }


def processor_name() -> str:
    """The processor as its maker calls it, such as ``AMD EPYC 9B14``."""
    try:
        if platform.system() == "Darwin":
            command = ["sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(command, capture_output=True, text=True).stdout.strip()
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
