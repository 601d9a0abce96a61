"""What networks of Hugging Face are made of, whatever their kind."""

from torch import nn

# Where configs say how many tokens a network can see at once; the first is an alias in most.
CONTEXT_KEYS = ("max_position_embeddings", "max_seq_len", "seq_length")


def context_of(network: nn.Module) -> int:
    """Tokens that the network can see at once.

    Raises:
        ValueError: If its config does not say so.
    """
    said = (getattr(network.config, key, None) for key in CONTEXT_KEYS)
    context = next((number for number in said if isinstance(number, int) and number > 0), None)
    if context is None:
        raise ValueError(
            f"the config of this {network.config.model_type} does not say how many tokens it can "
            f"see at once: it has none of {', '.join(CONTEXT_KEYS)}"
        )
    return context - first_position(network)


def first_position(network: nn.Module) -> int:
    """Of a text; above 0 in RoBERTa and its like, which count from behind the padding's number."""
    for name, part in network.named_modules():
        if name.endswith("position_embeddings") and isinstance(part, nn.Embedding):
            return 0 if part.padding_idx is None else part.padding_idx + 1
    return 0


def make_linear(network: nn.Module) -> None:
    """Put an equal ``nn.Linear`` in the place of every ``Conv1D``, whose weights are turned over.

    GPT-2 and its like have them; adapters are made for linear layers.
    """
    turned = [(name, part) for name, part in network.named_modules() if _is_conv1d(part)]
    for name, part in turned:
        linear = nn.Linear(*part.weight.shape, device="meta")
        linear.weight = nn.Parameter(part.weight.detach().T.contiguous())
        linear.bias = nn.Parameter(part.bias.detach())
        network.set_submodule(name, linear.train(part.training))


def _is_conv1d(part: nn.Module) -> bool:
    return type(part).__name__ == "Conv1D" and type(part).__module__ == "transformers.pytorch_utils"


def layers_in_blocks(network: nn.Module) -> tuple[str, ...]:
    """Last parts of the names of all linear layers that a network repeats in its blocks."""
    linear = (
        name for name, part in network.base_model.named_modules() if isinstance(part, nn.Linear)
    )
    places = [name.split(".") for name in linear]
    numbered = (place for place in places if any(part.isdigit() for part in place))
    return tuple(dict.fromkeys(place[-1] for place in numbered))
