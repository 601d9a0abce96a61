"""Where a lesson computes: CPU or GPU, and in which precision it is fastest there."""

import os
import shutil
import sys
import sysconfig
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import torch

from course_utils.session.parameters import check_choice

DEVICES = ("cpu", "cuda", "mps", "auto")
PRECISIONS = ("float32", "bfloat16", "auto")
MIN_GAIN = 1.2  # of bfloat16 over float32, below which "auto" keeps float32
ENOUGH = 0.5  # seconds after which a rate is known


def find_device(name: str) -> torch.device:
    """The torch device called ``name``, checked to be usable here.

    Raises:
        ValueError: If ``name`` is unknown, or the machine has no such device.
    """
    check_choice("device", name, DEVICES)
    usable = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(kind for kind, is_there in usable.items() if is_there)
    if not usable[name]:
        raise ValueError(
            f'device is "{name}", but torch finds no {name} device on this machine; '
            'set device = "auto" to take what there is'
        )
    return torch.device(name)


def find_precision(name: str, device: torch.device) -> torch.dtype:
    """The torch type called ``name``; for ``"auto"``, the one that is faster on ``device``.

    A matrix product is timed in both: few processors compute in bfloat16; the others imitate it,
    slower than float32.
    """
    if name != "auto":
        return getattr(torch, name)
    ratio = product_rate(torch.bfloat16, device) / product_rate(torch.float32, device)
    return torch.bfloat16 if ratio > MIN_GAIN else torch.float32


def check_compiler(device: torch.device) -> None:
    """Refuse ``compile_model = True`` where torch lacks what it compiles with on ``device``.

    torch itself says so only at the first batch, after minutes of work.

    Raises:
        ValueError: If a compiler, Python's header files or Triton are missing; it says which.
    """
    on_gpu, header = device.type == "cuda", Path(sysconfig.get_path("include"), "Python.h")
    usual = {"darwin": "clang++", "win32": "cl"}.get(sys.platform, "g++")
    named = os.environ.get("CC" if on_gpu else "CXX")
    compilers = [named] if named else ["gcc", "clang"] if on_gpu else [usual]
    if on_gpu and find_spec("triton") is None:
        missing = "the package triton"
    elif not any(map(shutil.which, compilers)):
        missing = f"a {'C' if on_gpu else 'C++'} compiler ({' or '.join(compilers)})"
    elif not header.exists():
        missing = f"Python's header files ({header})"
    else:
        return
    raise ValueError(
        f"compile_model = True needs {missing}, which this machine lacks: "
        "install it, or set compile_model = False"
    )


def waiter(device: torch.device) -> Callable[[], None]:
    """What waits until ``device`` has done all that it was given; a CPU never is behind."""
    kinds = {"cuda": torch.cuda.synchronize, "mps": torch.mps.synchronize}
    return kinds.get(device.type, lambda: None)


def product_rate(
    dtype: torch.dtype,
    device: torch.device,
    size: int = 1024,
    clock: Callable[[], float] | None = None,
) -> float:
    """Measured rate of products of two ``size`` x ``size`` matrices, in operations per second.

    Args:
        dtype: Of the matrices.
        device: Where.
        size: Numbers a side.
        clock: Seconds it shows; None for those that pass.
    """
    left = right = torch.ones(size, size, dtype=dtype, device=device)
    now, wait, seconds = clock or time.perf_counter, waiter(device), []
    # The first also sets up memory. Where bfloat16 is imitated, each can take seconds.
    while len(seconds) < 6 and sum(seconds) < ENOUGH:
        start = now()
        product = left @ right
        wait()
        seconds.append(now() - start)
        del product
    return 2 * size**3 / min(seconds)
