"""What a classifier of texts is, in words that JSON holds, and the classifier made of them.

All of its weights are kept, or only what was learned on top of a base that can be opened by its
name: a head, and the changes of an adapter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from course_utils.models.classifier import Classifier
from course_utils.models.freezing import fingerprint, fingerprint_of_state
from course_utils.models.side_by_side import seeded
from course_utils.models.text.backbones import open_language_model
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.lora import adapter_names, base_state, changes_of, insert
from course_utils.models.text.low_rank import AdaptedLinear, LowRank
from course_utils.models.text.transformer import Transformer

KIND = "language-model"
RANDOM = "random"  # the base of what began as random numbers
ADAPTER = "adapter"  # what a saved one is called once it is loaded
HEAD, CHANGES = "head.", ".changes."  # in names of weights that no base has


def describe_text_classifier(
    classifier: nn.Module, base: str, adapter: str | None
) -> dict[str, Any]:
    """What ``rebuild_text_classifier`` needs to make an untrained one like ``classifier``.

    Args:
        classifier: A ``Classifier`` of ``TextFeatures``.
        base: What its language model was opened as; ``"random"`` if it began as random numbers.
        adapter: The name of the adapter in use; None where there is none.

    Raises:
        ValueError: If it is something else, or not what ``base`` and ``adapter`` say.
    """
    is_known = type(classifier) is Classifier and type(classifier.head) is nn.Linear
    if not is_known or type(classifier.backbone) is not TextFeatures:
        raise ValueError(
            "a model folder of texts holds a Classifier of TextFeatures with a linear head "
            f"(course_utils.models.text.classifier), got {type(classifier).__name__}"
        )
    model = classifier.backbone.model
    _check_adapters(model, adapter)
    changes = {} if adapter is None else changes_of(model, adapter)
    return {
        "kind": KIND,
        "num_classes": classifier.head.out_features,
        "pooling": classifier.backbone.pooling,
        "base": base,
        "base_fingerprint": _fingerprint_of_base(model, base, adapter),
        "sizes": model.architecture if type(model) is Transformer else None,
        "changes": {
            place: {"rank": change.rank, "alpha": change.alpha} for place, change in changes.items()
        },
    }


def weights_to_keep(
    classifier: Classifier, architecture: Mapping[str, Any], adapter: str | None
) -> dict[str, Tensor]:
    """The weights of ``classifier`` that its base does not have; all if no base is needed."""
    state = classifier.state_dict()
    if is_whole(architecture):
        return state
    kept = {name: tensor for name, tensor in state.items() if name.startswith(HEAD)}
    changes = {} if adapter is None else changes_of(classifier.backbone.model, adapter)
    for place, change in changes.items():
        for name, tensor in change.state_dict().items():
            kept[f"backbone.model.{place}{CHANGES}0.{name}"] = tensor
    return kept


def is_whole(architecture: Mapping[str, Any]) -> bool:
    """Whether all weights are kept, those of the language model, too."""
    return architecture["base_fingerprint"] is None


@dataclass(frozen=True)
class Rebuilt:
    """An untrained classifier, and what came with its base.

    Args:
        network: The classifier.
        tokenizer: That of the base; None where no base was opened.
        there: Weights of the base in it, by name; none where they are all kept.
    """

    network: Classifier
    tokenizer: Tokenizer | None
    there: Mapping[str, Tensor]


def rebuild_text_classifier(architecture: Mapping[str, Any], base: str | None = None) -> Rebuilt:
    """An untrained classifier as ``architecture`` says.

    Args:
        architecture: What ``describe_text_classifier`` gave.
        base: What to open instead of the base that it names, such as the same one elsewhere.

    Raises:
        ValueError: If it is not known to this workbook, or needs a base that cannot be opened or
            is another one.
    """
    if architecture["kind"] != KIND:
        raise ValueError(
            f"the architecture {architecture['kind']!r} is not known to this workbook; get the one "
            "that saved the model"
        )
    whole, tokenizer = is_whole(architecture), None
    with seeded(0):  # random first weights, which the true ones replace
        if whole and architecture["sizes"] is not None:
            model = Transformer(**architecture["sizes"])
        else:
            model, tokenizer = _open_base(base or architecture["base"], architecture)
        if architecture["changes"]:
            insert(model, ADAPTER, _changes_for(model, architecture["changes"]))
        features = TextFeatures(model, architecture["pooling"])
        network = Classifier(features, architecture["num_classes"])
    there = {
        name: tensor
        for name, tensor in network.state_dict().items()
        if not whole and not name.startswith(HEAD) and CHANGES not in name
    }
    return Rebuilt(network, tokenizer, there)


def _open_base(name: str, architecture: Mapping[str, Any]) -> tuple[nn.Module, Tokenizer]:
    """The base called ``name`` and its tokenizer, refused if it is not the one that is needed."""
    try:
        model, tokenizer = open_language_model(name)
    except (ValueError, OSError, ImportError) as error:
        raise ValueError(
            f"this model needs its base {name!r}, which cannot be opened here: {error}. Where the "
            'same one lies elsewhere, say so by base = "hf:PATH" (in a terminal --base)'
        ) from error
    if not is_whole(architecture) and fingerprint(model) != architecture["base_fingerprint"]:
        raise ValueError(
            f"only what was learned on top of the base {architecture['base']!r} was saved, and "
            f"{name!r} has other weights here: answers would mean nothing. Get the base that the "
            'model was made on, and say where it lies by base = "hf:PATH" (in a terminal --base)'
        )
    return model, tokenizer


def _changes_for(model: nn.Module, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, LowRank]:
    return {place: LowRank(model.get_submodule(place), **how) for place, how in changes.items()}


def _fingerprint_of_base(model: nn.Module, base: str, adapter: str | None) -> str | None:
    """That of the base, if ``model`` still has all its weights; None if they have changed."""
    if base == RANDOM:
        if adapter is not None or type(model) is not Transformer:
            raise ValueError(
                'base = "random" is for a Transformer whose weights are all kept; give the name '
                "that the language model was opened as"
            )
        return None
    ours = fingerprint_of_state(base_state(model))
    if ours == fingerprint(open_language_model(base)[0]):
        return ours
    if adapter is not None:
        raise ValueError(
            f"the adapter {adapter!r} does not lie on the base {base!r}: the model has other "
            "weights below it. Give the name that it was opened as, or merge the adapter and keep "
            "all weights"
        )
    return None


def _check_adapters(model: nn.Module, adapter: str | None) -> None:
    """Refuse adapters of which nobody said whether to keep them, and one that is not in use."""
    if adapter is None:
        if names := adapter_names(model):
            raise ValueError(
                f"the model has adapters, {', '.join(map(repr, names))}: say which one to keep by "
                "adapter, or merge it first"
            )
        return
    changes_of(model, adapter)  # refuses an unknown name
    layers = [part for part in model.modules() if isinstance(part, AdaptedLinear)]
    if any(
        layer.in_use != (adapter if adapter in layer.names else None) or layer.strength != 1
        for layer in layers
    ):
        raise ValueError(
            f"the adapter {adapter!r} is not in use at strength 1, so the model answers otherwise "
            "than what would be kept: call use_adapter first"
        )
