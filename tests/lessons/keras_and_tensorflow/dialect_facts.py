"""What the functions of one dialect do to real digits, as numbers that a test judges.

``python -m tests.lessons.keras_and_tensorflow.dialect_facts GIVEN FOUND`` measures TensorFlow's,
in a process of its own.
"""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from course_utils.lessons.keras_and_tensorflow.dialects import in_keras, in_tensorflow
from course_utils.lessons.keras_and_tensorflow.network import build, set_weights
from course_utils.models.keras.library import keras

NUM_EPOCHS = 12
ARRAYS = ("source", "target", "scored")
Facts = dict[str, Any]
State = dict[str, list[np.ndarray]]


def facts_of(dialect: ModuleType, arrays: dict[str, Any], state_of: Any) -> Facts:
    """Run the recipe of ``dialect``.

    Args:
        dialect: One of the three modules.
        arrays: ``source`` and ``target``, each pictures and labels as the dialect takes them.
        state_of: The arrays of each part of a model of this dialect, a copy, by its name.
    """
    source, target = arrays["source"], arrays["target"]
    random = dialect.pretrain_all(*source, 4, 0)
    model = dialect.pretrain_all(*source, 4, NUM_EPOCHS)
    begun, pretrained = state_of(model), dialect.validate(model, *source)
    with_head = dialect.fit_head(model, *target, 3, NUM_EPOCHS)
    headed = state_of(with_head)
    facts = {
        "random": dialect.validate(random, *source),
        "pretrained": pretrained,
        "moved by the head": moved(backbone(begun), backbone(headed)),
        "with a head": dialect.validate(with_head, *target),
        "classes": len(headed["head"][-1]),
    }
    before = state_of(with_head)
    facts["moved by validating"] = moved(headed, before)
    dialect.fine_tune_all(with_head, *target, NUM_EPOCHS)
    after = state_of(with_head)
    facts["moved by fine-tuning"] = moved(before, after)
    facts["arrays"] = sum(map(len, after.values()))
    return {**facts, "fine-tuned": dialect.validate(with_head, *target)}


def backbone(state: State) -> State:
    """All but the head."""
    return {name: arrays for name, arrays in state.items() if name != "head"}


def moved(before: State, after: State) -> int:
    """How many arrays are not the same to the last bit."""
    assert before.keys() == after.keys()
    pairs = [pair for name in before for pair in zip(before[name], after[name], strict=True)]
    return sum(not np.array_equal(old, new) for old, new in pairs)


def keras_state(model: Any) -> State:
    """Weights and statistics of each layer that has some, copied."""
    return {
        layer.name: [np.array(array) for array in layer.get_weights()]
        for layer in model.layers
        if layer.weights
    }


def keras_facts(dialect: ModuleType, arrays: dict[str, Any], weights: State) -> Facts:
    """``facts_of`` and what ``validate`` says of a network that was carried over.

    Args:
        dialect: ``in_keras``, or ``in_tensorflow`` where Keras runs on TensorFlow.
        arrays: ``source``, ``target`` and ``scored``, each pictures and labels.
        weights: Of the network, by layer.
    """
    keras.utils.set_random_seed(0)
    facts = facts_of(dialect, arrays, keras_state)
    images, labels = arrays["scored"]
    carried = build(images.shape[1:], 16, 10)
    set_weights(carried, weights)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    carried.compile(loss=loss_of, metrics=["accuracy"])
    facts["carried"] = dialect.validate(carried, images, labels)
    facts["carried, in Keras"] = in_keras.validate(carried, images, labels)
    return {**facts, **unfrozen_facts(dialect, arrays)}


def unfrozen_facts(dialect: ModuleType, arrays: dict[str, Any]) -> Facts:
    """What becomes of a frozen model without the care that ``fine_tune_all`` takes."""
    model = dialect.fit_head(dialect.pretrain_all(*arrays["source"], 4, 0), *arrays["target"], 3, 0)
    model.trainable = True
    facts: Facts = {"learn by the flag of the model": len(model.trainable_variables)}
    for layer in model.layers:
        layer.trainable = True
    facts["learn by the flags of the layers"] = len(model.trainable_variables)
    if dialect is in_keras:
        facts["without compiling"] = refusal_of(model, arrays)
    return facts


def refusal_of(model: Any, arrays: dict[str, Any]) -> str:
    """What ``fit`` says where a layer is frozen, the model trained, and the layer woken."""
    model.layers[1].trainable = False
    in_keras.train(model, *arrays["target"], 1e-3, 1)
    model.layers[1].trainable = True
    try:
        model.fit(*arrays["target"], verbose=0)
    except ValueError as error:
        return str(error)
    return ""


class Watched:
    """A model that keeps the shapes of the batches with which Python calls it."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, images: Any, **named: Any) -> Any:
        """What the model makes of (B, H, W, C)."""
        self.shapes.append(tuple(images.shape))
        return self.model(images, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


def shapes_traced(images: np.ndarray, labels: np.ndarray) -> list[tuple[int, ...]]:
    """The shapes for which TensorFlow makes a graph of the step, in passes over 70 pictures."""
    watched = Watched(build(images.shape[1:], 16, 10))
    in_tensorflow.train(watched, images[:70], labels[:70], 1e-3, 2)
    return watched.shapes


def main(given: str, found: str) -> None:
    """Read arrays from the file ``given``, and write what was measured to ``found``."""
    with np.load(given) as content:
        arrays = {name: (content[f"{name}_x"], content[f"{name}_y"]) for name in ARRAYS}
        weights: dict[str, list[np.ndarray]] = {}
        for name in content:
            if name.startswith("weights/"):
                weights.setdefault(name.split("/")[1], []).append(content[name])
    facts = {
        **keras_facts(in_tensorflow, arrays, weights),
        "traced": shapes_traced(*arrays["scored"]),
        "torch was imported": "torch" in sys.modules,
    }
    Path(found).write_text(json.dumps(facts), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
