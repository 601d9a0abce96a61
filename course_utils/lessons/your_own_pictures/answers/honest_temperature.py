"""Answer of ``honest_temperature``: fitted to validation, reported on test."""

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.exercises.tables import Table
from course_utils.lessons.your_own_pictures.cases import TEMPERATURES
from course_utils.lessons.your_own_pictures.exercises import observe_honest_temperature

Scale = Callable[[Tensor, float], Tensor]


def divided(logits: Tensor, temperature: float) -> Tensor:
    """As a temperature does."""
    return logits / temperature


def multiplied(logits: Tensor, temperature: float) -> Tensor:
    """The other way round."""
    return logits * temperature


def fitted(logits: Tensor, labels: Tensor, scale: Scale = divided) -> float:
    """The temperature with the least loss."""
    losses = [F.cross_entropy(scale(logits, t), labels).item() for t in TEMPERATURES]
    return float(TEMPERATURES[np.argmin(losses)])


def honest(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """As it should be."""
    temperature = fitted(val, val_labels)
    return temperature, F.cross_entropy(test / temperature, test_labels).item()


def as_given(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """With both faults."""
    temperature = fitted(test, test_labels, multiplied)
    return temperature, F.cross_entropy(test * temperature, test_labels).item()


def on_test(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Only the division is mended."""
    return honest(test, test_labels, test, test_labels)


def still_multiplied(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Only the part is mended."""
    temperature = fitted(val, val_labels, multiplied)
    return temperature, F.cross_entropy(test * temperature, test_labels).item()


def multiplied_at_last(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Divides while fitting, multiplies in the report."""
    temperature = fitted(val, val_labels)
    return temperature, F.cross_entropy(test * temperature, test_labels).item()


def on_both(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Fits to all pictures together."""
    temperature = fitted(torch.cat([val, test]), torch.cat([val_labels, test_labels]))
    return temperature, F.cross_entropy(test / temperature, test_labels).item()


def loss_of_val(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Reports the loss on the pictures that fitted."""
    return honest(val, val_labels, val, val_labels)


def undivided(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Fits, and does not use it."""
    return fitted(val, val_labels), F.cross_entropy(test, test_labels).item()


def swapped(*parts: Tensor) -> tuple:
    """The loss first."""
    return honest(*parts)[::-1]


def summed(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Adds the losses of all test pictures up."""
    temperature, loss = honest(val, val_labels, test, test_labels)
    return temperature, loss * len(test_labels)


def most_loss(val: Tensor, val_labels: Tensor, test: Tensor, test_labels: Tensor) -> tuple:
    """Takes the temperature with the greatest loss."""
    losses = [F.cross_entropy(divided(val, t), val_labels).item() for t in TEMPERATURES]
    temperature = float(TEMPERATURES[np.argmax(losses)])
    return temperature, F.cross_entropy(test / temperature, test_labels).item()


def softened(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities, which ``cross_entropy`` takes for logits."""
    return divided(logits, temperature).softmax(dim=1)


def softmax_while_fitting(*parts: Tensor) -> tuple:
    """Gives probabilities to ``cross_entropy``, all along."""
    val, val_labels, test, test_labels = parts
    temperature = fitted(val, val_labels, softened)
    return temperature, F.cross_entropy(softened(test, temperature), test_labels).item()


def softmax_at_last(*parts: Tensor) -> tuple:
    """Gives probabilities to ``cross_entropy`` in the report alone."""
    val, val_labels, test, test_labels = parts
    temperature = fitted(val, val_labels)
    return temperature, F.cross_entropy(softened(test, temperature), test_labels).item()


ANSWER = Table(
    observe_honest_temperature,
    right=honest,
    praise="Validation pictures fit, test pictures only judge.",
    wrong={
        "fitted-on-test": on_test,
        "still-multiplied": still_multiplied,
        "fitted-on-both": on_both,
        "multiplied-at-last": multiplied_at_last,
        "loss-of-validation": loss_of_val,
        "not-used": undivided,
        "swapped": swapped,
        "summed": summed,
        "most-loss": most_loss,
        "softmax-twice": [softmax_while_fitting, softmax_at_last],
    },
    messages={
        "fitted-on-test": "T divides now. But it is still fitted to the test pictures, so their "
        "loss is too good.",
        "still-multiplied": "The right pictures fit T now. But a temperature divides the logits.",
        "fitted-on-both": "Test pictures still take part in fitting, beside the others.",
        "multiplied-at-last": "T is right. In the last line the test logits are multiplied by it.",
        "loss-of-validation": "T is right. The loss is that of validation pictures, which fitted "
        "it: test pictures judge.",
        "not-used": "T is right, and the test logits are not divided by it.",
        "swapped": "Both numbers are right, in another order: the temperature first.",
        "summed": "T is right. The loss is the sum over all test pictures; report their mean.",
        "most-loss": "This is the temperature with the greatest loss of all. The best one has the "
        "least.",
        "softmax-twice": "`cross_entropy` takes logits, and makes probabilities of them itself. "
        "Do not do so before.",
    },
    otherwise={
        "temperature": "Which logits and labels find T, and what is done to the logits there?",
        "loss": "T is right. Which logits, divided by it, give the loss to report?",
    },
    as_given=as_given,
    say_as_given="This is the function as it was given; two things in it are wrong.",
    atol=1e-3,
    rtol=0,
)
