"""Adapters in files of their own: what there is to keep for each task, beside one base."""

from pathlib import Path
from typing import Any

from torch import nn

from course_utils.files import DamagedFileError
from course_utils.models.freezing import fingerprint_of_state
from course_utils.models.text.lora import base_state, changes_of, insert
from course_utils.models.text.low_rank import AdaptedLinear, LowRank
from course_utils.tensor_files import load_tensors, save_tensors

FORMAT = 1  # of the file
KEYS = {"format", "base", "rank", "alpha", "changes"}
NO_ADAPTER = "{} holds no adapter of this workbook: it is damaged, or another file"


def save_adapter(model: nn.Module, name: str, path: Path) -> None:
    """Write an adapter alone to ``path``, and a fingerprint of the base it belongs to.

    An older file there stays until the new one is complete.

    Raises:
        ValueError: If the model has no such adapter.
        OSError: If the file cannot be written.
    """
    changes = changes_of(model, name)
    any_change = next(iter(changes.values()))
    content = {
        "format": FORMAT,
        "base": fingerprint_of_state(base_state(model)),
        "rank": any_change.rank,
        "alpha": any_change.alpha,
        "changes": {
            place: {"a": change.a.detach().cpu(), "b": change.b.detach().cpu()}
            for place, change in changes.items()
        },
    }
    save_tensors(content, path)


def load_adapter(model: nn.Module, name: str, path: Path) -> None:
    """Give ``model`` the adapter in ``path`` under a name, and turn it on, as ``add_adapter`` does.

    Raises:
        FileNotFoundError: If there is no such file.
        DamagedFileError: If it holds something else.
        ValueError: If the adapter belongs to another base, such as a merged one, or the name is
            taken. Nothing has changed after an error.
    """
    content = load_tensors(path)
    if not isinstance(content, dict) or content.keys() != KEYS or content["format"] != FORMAT:
        raise DamagedFileError(NO_ADAPTER.format(path.name))
    if content["base"] != fingerprint_of_state(base_state(model)):
        raise ValueError(
            f"{path.name} belongs to another base: it was learned on other weights than this "
            "model has. Load it onto the model it was saved with, not merged and not fine-tuned"
        )
    try:
        changes = _build(model, content)
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise DamagedFileError(NO_ADAPTER.format(path.name)) from error
    insert(model, name, changes)


def _build(model: nn.Module, content: dict[str, Any]) -> dict[str, LowRank]:
    """The changes in a file, each made for its layer of ``model``."""
    changes = {}
    for place, weights in content["changes"].items():
        layer = model.get_submodule(place)
        layer = layer.base if isinstance(layer, AdaptedLinear) else layer
        changes[place] = LowRank(layer, content["rank"], content["alpha"])
        changes[place].load_state_dict(weights)
    return changes
