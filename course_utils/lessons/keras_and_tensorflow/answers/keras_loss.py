"""Answer of ``keras_loss``: cross-entropy as Keras on torch computes it, of logits or of shares."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.keras_and_tensorflow.exercise_cases import scored_outputs
from course_utils.lessons.keras_and_tensorflow.exercises import observe_keras_loss

EPSILON = 1e-7
Answer = Callable[[np.ndarray, np.ndarray, bool], float]
Logs = Callable[[Tensor], Tensor]  # outputs (N, K) to the logarithms of probabilities
Shares = Callable[[np.ndarray, int], Tensor]  # labels and K to shares (N, K)
Mean = Callable[[Tensor, Tensor], Tensor]  # shares and logarithms, (N, K) each, to the loss


def clipped(probabilities: Tensor) -> Tensor:
    """Neither 0 nor 1."""
    return probabilities.clip(EPSILON, 1 - EPSILON)


def divided(outputs: Tensor) -> Tensor:
    """Rows that sum to 1."""
    return outputs / outputs.sum(dim=1, keepdim=True)


def of_logits(outputs: Tensor) -> Tensor:
    """As it should be, of logits."""
    return outputs.log_softmax(dim=1)


def of_shares(outputs: Tensor) -> Tensor:
    """As it should be, of probabilities, or of what is to become some."""
    return clipped(divided(outputs)).log()


def powers_of(largest: Callable[[Tensor], Tensor | float]) -> list[Logs]:
    """Softmaxes that take another number from each row first, by division and by subtraction."""
    return [
        lambda outputs: divided((outputs - largest(outputs)).exp()).log(),
        lambda outputs: (
            outputs
            - largest(outputs)
            - (outputs - largest(outputs)).exp().sum(dim=1, keepdim=True).log()
        ),
    ]


def shares_of(labels: np.ndarray, num_classes: int) -> Tensor:
    """Labels as shares, whichever of the two they are."""
    return torch.from_numpy(labels if labels.ndim == 2 else np.eye(num_classes)[labels])


def hardened(labels: np.ndarray, num_classes: int) -> Tensor:
    """Of each row of shares the largest alone."""
    return shares_of(labels if labels.ndim == 1 else labels.argmax(axis=1), num_classes)


def numbers_as_shares(along: int) -> Shares:
    """Numbers of classes taken for shares, along the rows or across them."""

    def shares(labels: np.ndarray, num_classes: int) -> Tensor:
        found = torch.from_numpy(labels).double()
        return found if labels.ndim == 2 else found.unsqueeze(along)

    return shares


def mean_of_examples(shares: Tensor, logs: Tensor) -> Tensor:
    """As it should be."""
    return -(shares * logs).sum(dim=1).mean()


def mean_of_labelled(shares: Tensor, logs: Tensor) -> Tensor:
    """The same, but that a class without a share gives 0 even where its logarithm is infinite."""
    return -torch.where(shares > 0, shares * logs, 0).sum(dim=1).mean()


def answering(
    logits: Logs = of_logits,
    probabilities: Logs = of_shares,
    shares: Shares = shares_of,
    mean: Mean = mean_of_examples,
) -> Answer:
    """The answer, right but for what is said."""

    def answer(outputs: np.ndarray, labels: np.ndarray, from_logits: bool) -> float:
        logs = (logits if from_logits else probabilities)(torch.from_numpy(outputs).double())
        return float(mean(shares(labels, outputs.shape[1]), logs))

    return answer


def of_logits_by(ways: list[Logs]) -> list[Answer]:
    """Answers with other logarithms of logits, which may be infinite."""
    return [
        answering(logits=way, mean=mean)
        for way in ways
        for mean in (mean_of_examples, mean_of_labelled)
    ]


def where_it_differs(difference: Difference) -> str:
    """The first loss that is wrong."""
    outputs, labels, from_logits = scored_outputs(difference.seed)[difference.part][
        difference.place
    ]
    kind = "numbers of classes" if labels.ndim == 1 else "shares"
    return (
        f"For outputs from {outputs.min():.6g} to {outputs.max():.6g}, labels that are {kind}, and "
        f"from_logits={from_logits}, the loss is {difference.truth:.4f}; yours is "
        f"{difference.found:.4f}."
    )


ANSWER = Table(
    observe_keras_loss,
    right=answering(),
    praise="The right loss of logits however large, and of probabilities that are none.",
    wrong={
        "always-probabilities": answering(logits=of_shares),
        "softmax-twice": answering(logits=lambda outputs: of_logits(outputs.softmax(dim=1))),
        "powers-too-large": of_logits_by(powers_of(lambda outputs: 0.0)),
        "largest-of-all": of_logits_by(powers_of(Tensor.max)),
        "logarithm-of-0": of_logits_by([lambda outputs: outputs.softmax(dim=1).log()]),
        "logits-clipped": [
            answering(logits=lambda outputs: clipped(outputs.softmax(dim=1)).log()),
            answering(logits=lambda outputs: (outputs.softmax(dim=1) + EPSILON).log()),
        ],
        "always-logits": answering(probabilities=of_logits),
        "not-clipped": [
            answering(probabilities=lambda outputs: divided(outputs).log(), mean=mean)
            for mean in (mean_of_examples, mean_of_labelled)
        ],
        "epsilon-added": answering(
            probabilities=lambda outputs: (divided(outputs) + EPSILON).log()
        ),
        "not-divided": answering(probabilities=lambda outputs: clipped(outputs).log()),
        "clipped-first": answering(probabilities=lambda outputs: divided(clipped(outputs)).log()),
        "numbers-as-shares": [answering(shares=numbers_as_shares(along)) for along in (0, 1)],
        "shares-hardened": answering(shares=hardened),
        "over-classes": answering(mean=lambda shares, logs: -(shares * logs).mean()),
        "sum": answering(mean=lambda shares, logs: -(shares * logs).sum()),
        "negative": answering(mean=lambda shares, logs: -mean_of_examples(shares, logs)),
        "other-logarithm": [
            answering(mean=lambda shares, logs, base=base:
                      mean_of_examples(shares, logs) / np.log(base))
            for base in (2, 10)
        ],
    },
    messages={
        "always-probabilities": "Logits are divided by their sum, as if they were probabilities: "
        "from_logits is forgotten, with the trap of the lesson.",
        "softmax-twice": "A softmax is taken of what a softmax has already made. The loss of a "
        "model that is sure and right can then never come near 0.",
        "powers-too-large": "exp of 1,000 is infinite, and that of -1,000 is 0. Take the row's "
        "largest logit from its logits first.",
        "largest-of-all": "The largest of all rows is taken from each row. Where another row is "
        "far larger, only zeros are left: take each row's own.",
        "logarithm-of-0": "A softmax may give 0, and the logarithm of it is infinite. Write out "
        "the logarithm, and simplify before anything is computed.",
        "logits-clipped": "Logits need no 1e-7. With it no loss of an example exceeds 16.1, "
        "however wrong the model is.",
        "always-logits": "The loss of logits is right. Where from_logits is False, the outputs are "
        "given a softmax all the same.",
        "not-clipped": "The loss of logits is right. Of a probability of 0 it is infinite here: "
        "clip first.",
        "epsilon-added": "The loss of logits is right. 1e-7 is added to each probability; Keras "
        "clips, so that those in between stay as they are.",
        "not-divided": "The loss of logits is right. Where from_logits is False, rows that do not "
        "sum to 1 are left as they are.",
        "clipped-first": "The loss of logits is right. Probabilities are clipped before they are "
        "divided by the sum of their row: the other way round.",
        "numbers-as-shares": "Numbers of classes are multiplied in, as if they were shares, so "
        "class 3 counts three times, and class 0 not at all.",
        "shares-hardened": "Only the largest share of each row counts here. Labels may say 0.92 "
        "of one class and 0.02 of each other.",
        "over-classes": "The mean goes over classes, too, so the loss is smaller by K times. Sum "
        "over classes, and average examples.",
        "sum": "This is the sum over examples. Keras returns their mean.",
        "negative": "The sign is turned round.",
        "other-logarithm": "The logarithm is not the natural one. Losses are in nats.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
