"""The start of a lesson: check every parameter before any work, then set seed and device."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from course_utils.files import PROJECT_FOLDER
from course_utils.session import learner, parameters
from course_utils.session.cores import usable_cores
from course_utils.session.devices import PRECISIONS, check_compiler, find_device, find_precision

PROFILES = ("cpu", "gpu")


@dataclass(frozen=True)
class Session:
    """What later cells of a lesson may need: where and how to compute, where to write, which seed.

    ``precision`` is that of a backbone's layers; ``compiled`` says whether torch compiles it.
    """

    device: torch.device
    data_dir: Path
    seed: int
    precision: torch.dtype = torch.float32
    compiled: bool = False


def start_session(
    *,
    profile: str,
    device: str,
    seed: int,
    data_dir: str,
    precision: str | None = None,
    compile_model: bool | None = None,
    counts: Mapping[str, Any] | None = None,
    repeats: Mapping[str, Any] | None = None,
    optional_counts: Mapping[str, Any] | None = None,
    optional_texts: Mapping[str, Any] | None = None,
    optional_count_lists: Mapping[str, Any] | None = None,
    optional_positive_lists: Mapping[str, Any] | None = None,
    positives: Mapping[str, Any] | None = None,
    fractions: Mapping[str, Any] | None = None,
    shares: Mapping[str, Any] | None = None,
    count_lists: Mapping[str, Any] | None = None,
    positive_lists: Mapping[str, Any] | None = None,
    texts: Mapping[str, Any] | None = None,
    text_lists: Mapping[str, Any] | None = None,
    optional_columns: Mapping[str, Any] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Session:
    """Check all parameters of a lesson, seed every random generator, and find the device.

    A parameter that papermill injected and that is not named in this call is refused, because
    papermill itself only warns about a misspelt name and then runs with the default.

    Args:
        profile: Which sizes the lesson runs with; one of ``PROFILES``.
        device: One of ``DEVICES``; ``"auto"`` takes a GPU where there is one.
        seed: Whole number from 0.
        data_dir: Folder for files that lessons write; a relative path starts at the project.
        precision: One of ``PRECISIONS``; ``"auto"`` takes bfloat16 where that is faster. None, for
            float32, where the lesson has no such parameter.
        compile_model: Whether torch compiles backbones; None, for no, where the lesson has none.
        counts: Parameters that must be whole numbers from 1.
        repeats: Parameters that must be whole numbers from 2: how often something is repeated that
            gets an interval.
        optional_counts: Parameters that must be whole numbers from 1, or None.
        optional_texts: Parameters that must be text, or None.
        optional_count_lists: Parameters that must be as ``count_lists``, or None.
        optional_positive_lists: Parameters that must be as ``positive_lists``, or None.
        positives: Parameters that must be numbers above 0.
        fractions: Parameters that must be numbers strictly between 0 and 1.
        shares: Parameters that must be numbers from 0 to 1, both included.
        count_lists: Parameters that must be non-empty lists of whole numbers from 1.
        positive_lists: Parameters that must be non-empty lists of numbers above 0.
        texts: Parameters that must be text; what the text means is checked where it is used.
        text_lists: Parameters that must be non-empty lists of texts.
        optional_columns: Parameters that must name columns of a table, or be None.
        flags: Parameters that must be True or False.

    Raises:
        ValueError: If a value does not fit, or a parameter is unknown; it names both.
    """
    optional = {"precision": precision, "compile_model": compile_model}
    groups = {
        parameters.check_count: counts,
        parameters.check_repeats: repeats,
        parameters.check_optional_count: optional_counts,
        parameters.check_optional_text: optional_texts,
        parameters.check_optional_count_list: optional_count_lists,
        parameters.check_optional_positive_list: optional_positive_lists,
        parameters.check_positive: positives,
        parameters.check_fraction: fractions,
        parameters.check_share: shares,
        parameters.check_count_list: count_lists,
        parameters.check_positive_list: positive_lists,
        parameters.check_text: texts,
        parameters.check_text_list: text_lists,
        parameters.check_optional_column: optional_columns,
        parameters.check_flag: flags,
    }
    known = {"profile", "device", "seed", "data_dir"}.union(
        (name for name, value in optional.items() if value is not None),
        *(group or {} for group in groups.values()),
    )
    parameters.refuse_unknown_parameters(parameters.injected_names(), known)
    for check, group in groups.items():
        for name, value in (group or {}).items():
            check(name, value)
    parameters.check_choice("profile", profile, PROFILES)
    precision = "float32" if precision is None else precision
    parameters.check_choice("precision", precision, PRECISIONS)
    parameters.check_flag("compile_model", False if compile_model is None else compile_model)
    parameters.check_text("data_dir", data_dir)
    if not parameters.is_whole(seed) or not 0 <= seed < 2**32:
        raise ValueError(f"seed must be a whole number from 0 to 2**32 - 1, got {seed!r}")
    found = find_device(device)
    if compile_model:
        check_compiler(found)
    seed_everything(seed)
    # torch counts the cores of the machine, also in a container that may use two of them
    torch.set_num_threads(min(torch.get_num_threads(), usable_cores()))
    folder = PROJECT_FOLDER / Path(data_dir).expanduser()
    learner.remember_in(folder)
    found_precision = find_precision(precision, found)
    return Session(found, folder, seed, found_precision, bool(compile_model))


def unless_given(**values: Any) -> dict[str, Any]:
    """Those of ``values`` whose names papermill did not inject: what a profile may still set."""
    injected = parameters.injected_names()
    return {name: value for name, value in values.items() if name not in injected}


def seed_everything(seed: int) -> None:
    """Set the global random generators of Python, NumPy and torch."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
