"""A torch classifier as a Keras model with equal answers, and back."""

from typing import Any

import torch
from torch import fx, nn

from course_utils.models.inference import predict
from course_utils.models.keras.comparing import dtype_of, float_type, refuse_apart
from course_utils.models.keras.functions import FUNCTIONS
from course_utils.models.keras.layers import LAYERS
from course_utils.models.keras.library import keras
from course_utils.models.keras.making import Maker, Value, Weight
from course_utils.models.keras.tracing import WAY_OUT, Traced
from course_utils.models.keras.weights import carry, copy_weights

SOME = 32  # pixels, where a Keras model takes any number of them


def to_keras(model: nn.Module, image_shape: tuple[int, int, int]) -> Any:
    """A ``keras.Model`` that computes what ``model`` does, with the same weights and statistics.

    Its layers are called like the modules of ``model``, with "-" for ".", and what functions do
    like the module that calls them, with their name behind it. All but products with matrices
    that resize pictures can be trained; batch norm learns as in torch, but for the variance it
    keeps: that of the batch itself, where torch keeps that with n - 1.

    Args:
        model: Pictures (B, C, H, W) from 0 to 1 to logits (B, K): a ``Classifier`` of the workbook,
            or one of torchvision's or of your own that is made of the same layers. It stays as it
            is, and so does what it computes in: the Keras model has the float type of its weights.
            With that of 64 bits, Keras' batch norm on torch computes in 32 all the same.
        image_shape: (C, H, W) of the pictures.

    Returns:
        Pictures (B, H, W, C) from 0 to 1 to logits (B, K). Of random pictures its logits differ
        from those of ``model`` by no more than ``comparing.MOST_APART`` of the largest.

    Raises:
        ValueError: If a layer or function of it is not known here, or answers differ; it names
            the place and the way out.
    """
    _refuse_shape(model, image_shape)
    channels, height, width = image_shape
    images = keras.Input((height, width, channels), dtype=dtype_of(model), name="images")
    made = keras.Model(images, apply(model, images))
    carry(model, made)
    refuse_apart(model, made, image_shape)
    return made


def apply(model: nn.Module, images: Any) -> Any:
    """What Keras layers make of ``images`` that compute as ``model`` does, with random weights.

    Args:
        model: As above.
        images: A Keras tensor of pictures (B, H, W, C) from 0 to 1.

    Returns:
        Logits (B, K); ``weights.carry`` copies the weights into a Keras model that ends in them.

    Raises:
        ValueError: If a layer or function of ``model`` is not known here.
    """
    traced = Traced(model)
    _refuse_unknown(traced)
    make = Maker(traced.modules, dtype_of(model))
    found: dict[fx.Node, Value | Weight] = {}
    for node in traced.nodes:
        if node.op == "placeholder":
            found[node] = Value(images, True)
        elif node.op == "get_attr":
            path = traced.place(node)
            found[node] = Weight(path, tuple(traced.parameters[path].shape))
        elif node.op != "output":
            make.place = traced.place(node)
            found[node] = _convert(make, traced, node, found)
    return found[traced.nodes[-1].args[0]].tensor


def copy_into_torch(model: Any, into: nn.Module) -> None:
    """Copy a Keras model, trained further, into the torch network of which it was made.

    Args:
        model: Pictures (B, H, W, C) from 0 to 1 to logits (B, K), as ``to_keras`` returned it.
        into: Gets the weights and statistics.

    Raises:
        ValueError: If a weight is missing, too much or of another shape, or if the two answer
            random pictures otherwise; then ``into`` stays as it is.
    """
    sizes = tuple(model.input_shape[1:])
    if len(sizes) != 3:
        raise ValueError(f"the Keras model must take pictures (B, H, W, C), got (B, *{sizes})")
    height, width, channels = (size or SOME for size in sizes)
    before = {key: tensor.clone() for key, tensor in into.state_dict().items()}
    copy_weights(model, into)
    try:
        refuse_apart(into, model, (channels, height, width))
    except Exception:
        into.load_state_dict(before)
        raise


def _refuse_shape(network: nn.Module, image_shape: tuple[int, int, int]) -> None:
    """Raise ValueError unless ``network`` takes such pictures."""
    if len(image_shape) != 3 or not all(isinstance(n, int) and n > 0 for n in image_shape):
        raise ValueError(f"image_shape must be three numbers (C, H, W), got {image_shape}")
    try:
        predict(network, torch.zeros(1, *image_shape, dtype=float_type(network)))
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"the network takes no pictures of image_shape (C, H, W) = {image_shape}: {error}"
        ) from error


def _refuse_unknown(traced: Traced) -> None:
    """Raise ValueError if anything in the network is not known here, before any work."""
    unknown = []
    for node in traced.nodes:
        if node.op == "call_module" and type(traced.module(node)) not in LAYERS:
            unknown.append(f"{type(traced.module(node)).__name__} at {traced.place(node)!r}")
        elif node.op in ("call_function", "call_method") and node.target not in FUNCTIONS:
            name = getattr(node.target, "__name__", node.target)
            unknown.append(f"{name}, called at {traced.place(node)!r}".removesuffix(" at ''"))
    if unknown := list(dict.fromkeys(unknown)):
        raise ValueError(
            f"no Keras layer is known here for {len(unknown)} steps of the network: "
            f"{', '.join(unknown[:3])}{', ...' if len(unknown) > 3 else ''}. {WAY_OUT}"
        )


def _convert(
    make: Maker, traced: Traced, node: fx.Node, found: dict[fx.Node, Value | Weight]
) -> Value:
    """What a step makes of what was found before it."""
    args, options = (fx.map_arg(given, found.__getitem__) for given in (node.args, node.kwargs))
    if node.op == "call_module":
        module = traced.module(node)
        return LAYERS[type(module)](make, module, *args, **options)
    return FUNCTIONS[node.target](make, *args, **options)
