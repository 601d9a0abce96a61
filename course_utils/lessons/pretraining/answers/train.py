"""Answer of ``train``: its first steps repeated on the batches drawn, and what it learned.

No table can tell: which batches are drawn is up to chance and to the learner's code.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from course_utils.exercises.feedback import Feedback, known_error, right, unanswered, wrong
from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers.loops import WRONG_STEPS, Step, take_step
from course_utils.lessons.pretraining.trials import (
    TRAININGS,
    averages_of,
    four_classes,
    momentum_optimizer,
    small_network,
    weights_of,
    with_random_numbers_of,
)

LEARNED = 0.7  # nats; ln 4 is 1.39, the mended loop comes to less than 0.2
MESSAGES = {
    "pairs-broken": "Blind guessing gives 1.39. Is each label the one of its picture?",
    "labels-not-drawn": "The pictures are drawn at random, but the labels are those of the "
    "first pictures, in every step.",
    "not-random": "The batches come in a fixed order. Draw their examples at random.",
    "same-batch": "Some examples never come up. Draw new places at every step, from all examples.",
    "all-at-once": "Every step takes all examples. It should take batch_size of them.",
    "sum-of-losses": "Pictures and labels stay together, but now your steps grow with the "
    "batch: the loss should be the mean over the examples.",
    "steps-in-eval-mode": "Pictures and labels stay together, but now the network learns in "
    "eval mode, where batch norm takes the averages it has kept in place of the batch's.",
    "weights-unmoved": "The weights of the network never move: is there a gradient, and is a "
    "step taken?",
}


def judge(observed: Mapping[str, Any], seed: int) -> Feedback:
    """Repeat the first steps on the batches that were drawn, and see what was learned."""
    for run, sizes in zip(observed["runs"], TRAININGS, strict=True):
        feedback = _judge_batches(run, *sizes, seed) or _judge_learning(run, *sizes, seed)
        if feedback is not None:
            return feedback
    return right("Pictures and labels stay together, and the small network learns its examples.")


def _judge_batches(
    run: Mapping[str, Any], num_steps: int, batch_size: int, seed: int
) -> Feedback | None:
    batches = run["batches"]
    drawn = {place for batch in batches for place in batch}
    if same(run["early"], early_weights_as_given(3, batch_size, seed)):
        return unanswered("The loop is as it was: after training, its loss is near ln K.")
    if run["weights"] == weights_of(small_network(seed)):
        return known_error(MESSAGES, "weights-unmoved")
    if not drawn <= set(range(64)):
        return wrong("Give the network the pictures as they are.", "other-pictures")
    if batches and all(len(batch) == 64 for batch in batches):
        return known_error(MESSAGES, "all-at-once")
    if len(batches) != num_steps or any(len(batch) != batch_size for batch in batches):
        sizes = ", ".join(str(size) for size in sorted({len(batch) for batch in batches}))
        return wrong(
            f"Take {num_steps} steps of {batch_size} examples each. Your loop learned from "
            f"{len(batches)} batches, of these sizes: {sizes or 'none'}.",
            "other-sizes",
        )
    if list(range(batch_size)) in batches:
        return known_error(MESSAGES, "not-random")
    return known_error(MESSAGES, "same-batch") if len(drawn) < 64 else None


def _judge_learning(
    run: Mapping[str, Any], num_steps: int, batch_size: int, seed: int
) -> Feedback | None:
    early = run["batches"][:3]
    if same(run["early"], early_weights(early, [range(batch_size)] * 3, seed)):
        return known_error(MESSAGES, "labels-not-drawn")
    for name, step in WRONG_STEPS.items():
        if same(run["early"], early_weights(early, early, seed, step), atol=1e-3):
            if name in MESSAGES:
                return known_error(MESSAGES, name)
            return wrong("Pictures and labels stay together, but a line changed that was right.")
    loss = loss_of_trained(run["weights"], run["averages"], seed)
    if loss == math.inf:
        return wrong("Train the network that you are given, as it is.", "other-network")
    if math.isnan(loss):
        return wrong("After training, the weights are no numbers any more.", "other-updates")
    if not loss < LEARNED:
        found = known_error(MESSAGES, "pairs-broken")
        return wrong(
            f"The loss is still {loss:.2f} after training. {found.message}", "pairs-broken"
        )
    if not same(run["early"], early_weights(early, early, seed), atol=1e-3):
        return wrong("It learns, but the updates are not those of the loop as it was given.")
    return None


def early_weights(
    picture_places: Sequence[Sequence[int]],
    label_places: Sequence[Sequence[int]],
    seed: int,
    step: Step = take_step,
) -> list[list[float]]:
    """Weights after each step on these pictures with these labels."""
    images, labels = four_classes(seed)
    model = small_network(seed)
    optimizer = momentum_optimizer(model, 0.1)
    weights = []
    for pictures, answers in zip(picture_places, label_places, strict=True):
        step(model, images[list(pictures)], labels[list(answers)], optimizer)
        weights.append(weights_of(model))
    return weights


def early_weights_as_given(num_steps: int, batch_size: int, seed: int) -> list[list[float]]:
    """Weights of the broken loop before it is mended: two orders, one for pictures or labels."""
    orders = with_random_numbers_of(
        seed, lambda: [torch.randperm(64)[:batch_size].tolist() for _ in range(2 * num_steps)]
    )
    return early_weights(orders[::2], orders[1::2], seed)


def loss_of_trained(weights: Sequence[float], averages: Sequence[float], seed: int) -> float:
    """Loss over all pictures, in eval mode, of a small network with these weights.

    It is infinite where they are not those of such a network.
    """
    network = small_network(seed)
    if len(weights) != len(weights_of(network)) or len(averages) != len(averages_of(network)):
        return math.inf
    images, labels = four_classes(seed)
    with torch.no_grad():
        nn.utils.vector_to_parameters(torch.tensor(weights), network.parameters())
        network[2].running_mean.copy_(torch.tensor(averages[:32]))
        network[2].running_var.copy_(torch.tensor(averages[32:64]))
        return F.cross_entropy(network.eval()(images), labels).item()


def same(values: Any, truth: Any, atol: float = 1e-4) -> bool:
    """Whether numbers agree, in lists of one shape."""
    try:
        found, wanted = torch.tensor(values).double(), torch.tensor(truth).double()
    except (TypeError, ValueError):  # lists of unequal lengths, of a network that was rebuilt
        return False
    return found.shape == wanted.shape and torch.allclose(found, wanted, rtol=1e-4, atol=atol)


ANSWER = OwnJudge(MESSAGES, judge)
