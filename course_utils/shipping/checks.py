"""What all model folders refuse before anything is written."""

from collections.abc import Sequence

from torch import Tensor, nn


def refuse_names(
    model: str, num_classes: int, names: Sequence[str], tested: Sequence[str] | None
) -> None:
    """Raise ValueError unless each class has a name of its own, the same at the test.

    Args:
        model: What the model is called in the message, such as ``detector``.
        num_classes: As many as need a name.
        names: Of the classes.
        tested: Those of the test; None if there was none, or it did not name them.
    """
    if num_classes != len(names) or len(set(names)) != len(names):
        raise ValueError(
            f"the {model} tells {num_classes} classes, and there are {len(set(names))} different "
            f"names in {list(names)[:5]}: each class needs its own"
        )
    if tested is not None and tuple(tested) != tuple(names):
        raise ValueError("the test score and the training pictures have other classes or orders")


def refuse_size(model: str, images: Sequence[Tensor], image_size: int | None) -> None:
    """Raise ValueError unless there are whole pictures, read at ``image_size``."""
    if len(images) == 0:
        raise ValueError(
            f"learned_from holds no pictures: give those that the {model} learned from"
        )
    longer = max(images[0].shape[1:])
    if image_size is not None and longer != image_size:
        raise ValueError(
            f"the pictures that were learned from have a longer side of {longer} pixels, and "
            f"image_size is {image_size}: give the size that they were read at"
        )


def refuse_astray(network: nn.Module) -> None:
    """Raise ValueError if not all weights of ``network`` are finite numbers."""
    for name, tensor in network.state_dict().items():
        if not tensor.isfinite().all():
            raise ValueError(
                f"the weights {name!r} hold numbers that are not finite: the training went astray, "
                "and such a model answers nothing; lower the learning rate"
            )


def refuse_temperature(temperature: float) -> None:
    """Raise ValueError unless logits can be divided by ``temperature``."""
    if not temperature > 0 or temperature == float("inf"):
        raise ValueError(f"temperature must be a number above 0, got {temperature}")
