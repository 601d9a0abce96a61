"""LoRA: few new weights learn, and all of the pretrained ones stay as they are, bit for bit.

An adapter is a small change for each of some linear layers. One model can carry several by name;
each can be turned on and off, kept in a file of its own, and merged into a copy of the model.
"""

import copy
from collections.abc import Mapping, Sequence

from torch import Tensor, nn

from course_utils.models.text.low_rank import AdaptedLinear, LowRank

LAYERS = ("qkv", "out", "up", "down")  # all linear layers of a ``Transformer``


def add_adapter(
    model: nn.Module,
    name: str,
    *,
    layers: Sequence[str] | None = None,
    rank: int = 4,
    alpha: float = 8.0,
) -> None:
    """Give ``model`` a new adapter and turn it on; all other weights of ``model`` stop learning.

    Its answers are the same as before until the first step. Of a classifier, give the backbone, so
    that the head goes on learning. First weights come from torch's own generator; see ``seeded``.

    Args:
        model: Its layers are replaced in place, and ``remove_adapters`` puts them back.
        name: Any that the model does not have yet.
        layers: Last parts of the names of the linear layers that are adapted; None for
            ``adapter_layers``.
        rank: Of each change; the larger, the more weights learn.
        alpha: A change is multiplied by alpha / rank.

    Raises:
        ValueError: If there is no such layer or it is not linear, the name is taken, or a number is
            out of its range; nothing has changed then.
    """
    _check_new(model, name)
    chosen = _find_linear(model, adapter_layers(model) if layers is None else layers)
    _check_sizes(chosen, rank, alpha)
    insert(model, name, {place: LowRank(each, rank, alpha) for place, each in chosen.items()})


def adapter_layers(model: nn.Module) -> tuple[str, ...]:
    """Last parts of the names of all linear layers in the blocks of a language model.

    Args:
        model: A ``Transformer``, one of Hugging Face, or a model with one of them in it.
    """
    own = (getattr(part, "adapter_layers", None) for part in model.modules())
    return next((names for names in own if names is not None), LAYERS)


def insert(model: nn.Module, name: str, changes: Mapping[str, LowRank]) -> None:
    """Give ``model`` an adapter of ``changes``, by the names of their layers, and turn it on.

    Raises:
        ValueError: If the name is taken; nothing has changed then.
    """
    _check_new(model, name)
    model.requires_grad_(False)
    for place, change in changes.items():
        layer = model.get_submodule(place)
        if not isinstance(layer, AdaptedLinear):
            layer = AdaptedLinear(layer)
            model.set_submodule(place, layer)
        layer.add(name, change)
    use_adapter(model, name)


def use_adapter(model: nn.Module, name: str | None, strength: float = 1.0) -> None:
    """Turn the adapter ``name`` on, and all others off; only its weights learn.

    Args:
        model: With adapters.
        name: None turns all off: the model answers as it did before there were any.
        strength: Times the change; 1 as it was learned, 0 as if it were off, 2 as if it had been
            merged twice.

    Raises:
        ValueError: If the model has no such adapter.
    """
    if name is not None:
        _check_there(model, name)
    for layer in _adapted(model).values():
        layer.use(name, strength)


def adapter_names(model: nn.Module) -> list[str]:
    """The names of all adapters of ``model``, the oldest first."""
    return list(dict.fromkeys(name for each in _adapted(model).values() for name in each.names))


def merged(model: nn.Module) -> nn.Module:
    """A copy of ``model`` with the adapter in use merged into its weights, and no adapter left.

    It answers the same, as fast as the base. ``model`` stays as it is: merged weights cannot be
    taken apart again to the last bit.

    Raises:
        ValueError: If no adapter is in use. A merged model has none, so merging it once more, which
            would add the same change a second time, ends here.
    """
    if all(layer.in_use is None for layer in _adapted(model).values()):
        raise ValueError(
            "no adapter is in use in this model: call use_adapter first; if it has been merged "
            "already, it must not be merged again, because the change would be added twice"
        )
    twin = copy.deepcopy(model)
    for name, layer in _adapted(twin).items():
        twin.set_submodule(name, layer.merge())
    return twin


def remove_adapters(model: nn.Module) -> None:
    """Put the layers of ``model`` back as they were before it had adapters, all weights frozen."""
    for name, layer in _adapted(model).items():
        model.set_submodule(name, layer.base)


def changes_of(model: nn.Module, name: str) -> dict[str, LowRank]:
    """An adapter's changes by the names of their layers, such as ``blocks.0.attention.qkv``.

    Raises:
        ValueError: If the model has no such adapter.
    """
    _check_there(model, name)
    return {place: each[name] for place, each in _adapted(model).items() if name in each.names}


def base_state(model: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers of ``model`` without its adapters, named as if it had none."""
    state = dict(model.state_dict())
    for place, layer in _adapted(model).items():
        for key in layer.state_dict():
            tensor = state.pop(f"{place}.{key}")
            if key.startswith("base."):
                state[f"{place}.{key.removeprefix('base.')}"] = tensor
    return state


def _adapted(model: nn.Module) -> dict[str, AdaptedLinear]:
    """The layers of ``model`` that carry adapters, by name."""
    return {name: part for name, part in model.named_modules() if isinstance(part, AdaptedLinear)}


def _find_linear(model: nn.Module, layers: Sequence[str]) -> dict[str, nn.Linear]:
    """Linear layers whose names end in one of ``layers``, adapted or not."""
    if isinstance(layers, str) or not layers:
        raise ValueError(f"layers must be a list of names, got {layers!r}")
    inside = {f"{name}.base" for name in _adapted(model)}
    found: dict[str, nn.Linear] = {}
    for name, part in model.named_modules():
        if name in inside or name.rpartition(".")[2] not in layers:
            continue
        part = part.base if isinstance(part, AdaptedLinear) else part
        if not isinstance(part, nn.Linear):
            raise ValueError(f"{name} is a {type(part).__name__}: only nn.Linear can be adapted")
        found[name] = part
    for wanted in layers:
        if not any(name.rpartition(".")[2] == wanted for name in found):
            raise ValueError(f"the model has no linear layer {wanted!r}; {_names_there(model)}")
    return found


def _names_there(model: nn.Module) -> str:
    """Such as ``it has 'down', 'up'``."""
    linear = [name for name, part in model.named_modules() if isinstance(part, nn.Linear)]
    names = {name.removesuffix(".base").rpartition(".")[2] for name in linear}
    return f"it has {', '.join(map(repr, sorted(names)))}" if names else "it has none at all"


def _check_new(model: nn.Module, name: str) -> None:
    if name in adapter_names(model):
        raise ValueError(f"the model already has an adapter {name!r}: choose another name")


def _check_there(model: nn.Module, name: str) -> None:
    if name not in (names := adapter_names(model)):
        there = f"it has {', '.join(map(repr, names))}" if names else "it has none"
        raise ValueError(f"the model has no adapter {name!r}; {there}")


def _check_sizes(layers: Mapping[str, nn.Linear], rank: int, alpha: float) -> None:
    most = min(min(each.in_features, each.out_features) for each in layers.values())
    if not 1 <= rank <= most:
        raise ValueError(f"rank must be from 1 to {most}, as small as the layers, got {rank}")
    if not 0 < alpha < float("inf"):
        raise ValueError(f"alpha must be a number above 0, got {alpha}")
