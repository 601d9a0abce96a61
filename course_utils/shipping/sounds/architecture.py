"""What a classifier of sounds is, in words that JSON holds, and the classifier made of them.

One on pictures of sound keeps all its weights. One on a frozen encoder of Hugging Face keeps its
head alone, and the name of the encoder, which loading opens.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from course_utils.models.classifier import Classifier
from course_utils.models.freezing import fingerprint_of_state
from course_utils.models.side_by_side import seeded
from course_utils.models.sounds.encoders import SoundEncoder
from course_utils.models.sounds.huggingface import NOT_NEEDED, open_sound_encoder
from course_utils.shipping.architecture import describe, rebuild

KIND = "sound-encoder"
HEAD = "head."


def describe_sound_classifier(classifier: nn.Module, base: str | None) -> dict[str, Any]:
    """What ``rebuild_sound_classifier`` needs to make an untrained one like ``classifier``.

    Args:
        classifier: A ``Classifier`` on a backbone of the workbook, or on a ``SoundEncoder``.
        base: What the encoder was opened as; None where there is none.

    Raises:
        ValueError: If it is something else, or not what ``base`` says.
    """
    if not has_encoder(classifier):
        if base is not None:
            raise ValueError(
                f"base = {base!r} is for a Classifier of an encoder of sounds, whose weights are "
                "not kept; this one keeps all of its own: leave base out"
            )
        return describe(classifier)
    if base is None:
        raise ValueError(
            "the head lies on an encoder, whose weights are not kept: say by base what it was "
            'opened as, such as "hf:PATH"'
        )
    ours = _fingerprint(classifier.backbone)
    if ours != _fingerprint(open_sound_encoder(base)):
        raise ValueError(f"the encoder has other weights than {base!r}: give the name it came from")
    return {
        "kind": KIND,
        "num_classes": classifier.head.out_features,
        "base": base,
        "base_fingerprint": ours,
    }


def has_encoder(classifier: nn.Module) -> bool:
    """Whether ``classifier`` is a linear head on a frozen encoder."""
    is_known = type(classifier) is Classifier and type(classifier.head) is nn.Linear
    return is_known and isinstance(classifier.backbone, SoundEncoder)


def weights_to_keep(classifier: Classifier) -> dict[str, Tensor]:
    """The weights of ``classifier`` that the folder holds."""
    state = classifier.state_dict()
    if not has_encoder(classifier):
        return state
    return {name: tensor for name, tensor in state.items() if name.startswith(HEAD)}


def rebuild_sound_classifier(
    architecture: Mapping[str, Any], base: str | None = None
) -> tuple[Classifier, dict[str, Tensor]]:
    """An untrained classifier as ``architecture`` says, and those of its weights that are there.

    Args:
        architecture: What ``describe_sound_classifier`` gave.
        base: What to open instead of the encoder that it names, such as the same one elsewhere.

    Raises:
        ValueError: If it is not known to this workbook, or needs an encoder that cannot be opened
            or is another one.
    """
    if architecture["kind"] != KIND:
        return rebuild(architecture), {}
    name = base or architecture["base"]
    try:
        encoder = open_sound_encoder(name)
    except (ValueError, OSError, ImportError) as error:
        raise ValueError(
            f"this model needs the encoder {name!r}, which cannot be opened here: {error}. Where "
            'the same one lies elsewhere, say so by base = "hf:PATH" (in a terminal --base)'
        ) from error
    if _fingerprint(encoder) != architecture["base_fingerprint"]:
        raise ValueError(
            f"only the head on the encoder {architecture['base']!r} was saved, and {name!r} has "
            "other weights here: answers would mean nothing. Get the encoder that the model was "
            'made on, and say where it lies by base = "hf:PATH" (in a terminal --base)'
        )
    with seeded(0):  # a random head, which the true one replaces
        network = Classifier(encoder, architecture["num_classes"])
    state = network.state_dict().items()
    return network, {name: tensor for name, tensor in state if not name.startswith(HEAD)}


def _fingerprint(encoder: SoundEncoder) -> str:
    """Of the weights that features depend on: others are random where their file has none."""
    state = encoder.network.state_dict()
    return fingerprint_of_state(
        {name: tensor for name, tensor in state.items() if not name.startswith(NOT_NEEDED)}
    )
