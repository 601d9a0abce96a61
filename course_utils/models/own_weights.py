"""Backbones from a learner's own file of weights, as training scripts elsewhere write them.

Such a file says neither which network it belongs to nor where in it the weights are. Both are found
by names and shapes. The head in it is left out: lessons train their own.
"""

import pickle
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from course_utils.files import DamagedFileError
from course_utils.models.residual import Backbone
from course_utils.models.torchvision_backbones import (
    TorchvisionBackbone,
    build,
    find_head,
    find_weights,
    model_names,
)
from course_utils.tensor_files import load_tensors

State = Mapping[str, Tensor]
MOST_TRIED = 10  # networks of torchvision, those first that are nearest in size
NO_CARD = (
    "{} is missing: a backbone of lesson 02 is loaded only with the checksum that was written "
    "beside it. Copy it too, or make the backbone again with lesson 02."
)
SAVE_SO = 'torch.save(model.state_dict(), "my.pth")'
OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")  # of torch before 0.4


class Match(NamedTuple):
    """The network that a file fits, and what stands before its names there."""

    name: str | None  # None is the workbook's own
    prefix: str


def load_own_weights(path: Path, input_size: int | None = None) -> Backbone | TorchvisionBackbone:
    """A backbone with the weights in ``path``, a state dict alone or within a checkpoint.

    Names may begin with ``module.`` (DataParallel), ``model.`` or any other word. A classifier of
    torchvision gets the normalisation that goes with its newest pretrained weights.

    Args:
        path: A file that ``torch.save`` wrote. No code in it is ever run.
        input_size: Pixels a side that pictures are resized to; None for that of the network.

    Raises:
        ValueError: If there is no state dict in it, or one of a network that is not known here; it
            says what there is.
        DamagedFileError: If the file cannot be read.
        FileNotFoundError: If it is a backbone of lesson 02 without its card.
    """
    state = _read_state(path)
    name, prefix = recognise(path)
    backbone = _workbooks_own(state) if name is None else None
    backbone = backbone or TorchvisionBackbone(name, input_size, pretrained=False)
    inside = backbone if name is None else backbone.body
    # Files of old torch do not count batches, and only a moving average without rate would care.
    inside.load_state_dict({key: state[prefix + key] for key in inside.state_dict()
                            if prefix + key in state}, strict=False)  # fmt: skip
    return backbone


def recognise(path: Path) -> Match:
    """Which network the weights in ``path`` belong to; errors as above."""
    facts = path.stat()
    return _recognise(path, facts.st_size, facts.st_mtime_ns)


@cache  # lessons load a backbone many times
def _recognise(path: Path, size: int, changed: int) -> Match:
    state = _read_state(path)
    nearest, least, lack = "", len(state), ""
    for name, expected, head in _candidates(state):
        for prefix in _prefixes(state, next(iter(expected))):
            faults = _faults(state, prefix, expected, head)
            if not faults:
                return Match(name, prefix)
            if len(faults) < least:
                nearest, least, lack = name or "the workbook's own", len(faults), faults[0]
    key, tensor = next(iter(state.items()))
    close = f"The nearest is {nearest}, but {lack}. " if nearest else ""
    raise ValueError(
        f"{path.name} holds {len(state)} tensors, from {key!r} {tuple(tensor.shape)} on, that fit "
        "no network known here: neither the workbook's own nor a classifier of torchvision. "
        f"{close}Save the weights of one of these with {SAVE_SO}, or give its name as backbone, "
        'such as "resnet18"'
    )


def _read_state(path: Path) -> dict[str, Tensor]:
    try:
        content = load_tensors(path)
    except DamagedFileError as error:
        if isinstance(error.__cause__, pickle.UnpicklingError):
            raise DamagedFileError(
                f"{path.name} cannot be read: it is no file of torch, or holds more than tensors, "
                "such as a whole model, and code from a file is never run here. Save the weights "
                f"alone: {SAVE_SO}"
            ) from error
        raise
    if isinstance(content, Mapping) and content.keys() == {"architecture", "state"}:
        raise FileNotFoundError(NO_CARD.format(path.with_suffix(".json").name))
    state = next(_states_in(content), None)
    if state is None:
        keys = f" with the keys {list(content)[:5]}" if isinstance(content, Mapping) else ""
        raise ValueError(
            f"{path.name} holds a {type(content).__name__}{keys} and no weights by name. Save them "
            f"with {SAVE_SO}"
        )
    return {OLD_DENSENET.sub(r"\1\2", key): tensor for key, tensor in state.items()}


def _states_in(content: Any) -> Iterator[dict[str, Tensor]]:
    """Weights by name, wherever in ``content`` they are."""
    if not isinstance(content, Mapping):
        return
    named = {k: v for k, v in content.items() if isinstance(k, str) and isinstance(v, Tensor)}
    if len(named) > 1:
        yield named
    for value in content.values():
        yield from _states_in(value)


def _workbooks_own(state: State) -> Backbone | None:
    """An untrained backbone of the workbook as wide as the weights say."""
    first = next(
        (t for key, t in state.items() if key.endswith("0.0.weight") and t.ndim == 4), None
    )
    return None if first is None else Backbone(first.shape[1], first.shape[0])


def _candidates(state: State) -> Iterator[tuple[str | None, State, str]]:
    """Name of each network, what its state should hold, and its head's part, the likeliest first.

    The networks of torchvision come without memory, where torch can build them so.
    """
    own = _workbooks_own(state)
    if own is not None:
        yield None, own.state_dict(), "head"
    size = sum(tensor.numel() for tensor in state.values() if tensor.is_floating_point())
    sizes = {name: find_weights(name).meta["num_params"] for name in model_names()}
    for name in sorted(sizes, key=lambda name: abs(sizes[name] - size))[:MOST_TRIED]:
        try:
            with torch.device("meta"):
                net = build(name)
        except NotImplementedError:  # it computes with tensors while it is built
            net = build(name)
        try:
            head = find_head(net, len(find_weights(name).meta["categories"]), name)
        except ValueError:
            continue
        body = {k: v for k, v in net.state_dict().items() if not k.startswith(f"{head}.")}
        yield name, body, head.partition(".")[0]


def _prefixes(state: State, first: str) -> list[str]:
    """What may stand before the name ``first`` in ``state``, the shortest first."""
    found = {key.removesuffix(first) for key in state if f".{key}".endswith(f".{first}")}
    return sorted(found, key=len)


def _faults(state: State, prefix: str, expected: State, head: str) -> list[str]:
    """What is missing, of another shape, or too much for ``state`` to be what is expected."""
    faults = []
    for key, tensor in expected.items():
        found = state.get(prefix + key)
        if found is None and not key.endswith("num_batches_tracked"):
            faults.append(f"{prefix + key!r} is missing")
        elif found is not None and found.shape != tensor.shape:
            shapes = f"{tuple(found.shape)} in place of {tuple(tensor.shape)}"
            faults.append(f"{prefix + key!r} has the shape {shapes}")
    parts = {key.partition(".")[0] for key in expected} - {head}
    inside = (key.removeprefix(prefix) for key in state if key.startswith(prefix))
    more = [key for key in inside if key not in expected and key.partition(".")[0] in parts]
    return faults + [f"{prefix + key!r} is too much" for key in more]
