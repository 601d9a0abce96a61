"""The quizzes of lesson 12: their order, and what their replies state, each tried once."""

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.data.digits import load_digits
from course_utils.evaluation.scores import wilson_interval
from course_utils.lessons.keras_and_tensorflow.carrying import (
    carry,
    weights_of,
)
from course_utils.lessons.keras_and_tensorflow.network import (
    Settings,
    build,
)
from course_utils.lessons.keras_and_tensorflow.quizzes import QUESTIONS
from course_utils.models.classifier import Classifier
from course_utils.models.keras.axes import channels_last
from course_utils.models.keras.library import keras
from course_utils.models.pretrained import load_backbone

IMAGE_SHAPE, WIDTH, NUM_CLASSES = (8, 8, 1), 16, 10
SETTINGS = {"batch_size": 32, "epochs": 10, "verbose": 0}
FIRST_FILTERS = "backbone-0-0"


def reply_to(name: str, beginning: str) -> str:
    """What is said about the one answer that begins so."""
    (reply,) = (
        why for answer, why in QUESTIONS[name].answers.items() if answer.startswith(beginning)
    )
    return reply


@cache
def some_digits() -> dict[str, np.ndarray]:
    """200 digits, 20 of each class in the order of the classes, and 800 others."""
    digits = load_digits()
    images, labels = channels_last(digits.images), digits.labels.numpy()
    order = np.random.default_rng(0).permutation(900)
    learned = np.concatenate([order[labels[order] == k][:20] for k in range(NUM_CLASSES)])
    return {
        "images": images[learned],
        "labels": labels[learned],
        "new_images": images[997:],
        "new_labels": labels[997:],
    }


def fit(model: Any, **how: Any) -> dict[str, list[float]]:
    """Train on the 200 digits, 70 updates where none are held out; what ``fit`` reports."""
    digits = some_digits()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = keras.optimizers.AdamW(3e-3, weight_decay=0.01, epsilon=1e-8)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model.fit(digits["images"], digits["labels"], **SETTINGS, **how).history


def answers_of(model: Any, images: np.ndarray) -> np.ndarray:
    return model.predict(images, batch_size=400, verbose=0).argmax(axis=1)


def new_accuracy(model: Any) -> float:
    digits = some_digits()
    return float((answers_of(model, digits["new_images"]) == digits["new_labels"]).mean())


def pretrained(settings: Settings) -> Any:
    torch.manual_seed(0)
    keras.utils.set_random_seed(0)
    model = build(IMAGE_SHAPE, WIDTH, NUM_CLASSES, settings)
    carry(Classifier(load_backbone("letters"), NUM_CLASSES), model)
    return model


@cache
def fitted_on_sorted() -> tuple[Any, dict[str, list[float]]]:
    """The pretrained network after ``fit`` held out a fifth of the sorted digits."""
    model = pretrained(Settings())
    return model, fit(model, validation_split=0.2)


def statistics_of(model: Any) -> list[np.ndarray]:
    norms = [layer for layer in model.layers if "BatchNorm" in type(layer).__name__]
    return [table.copy() for layer in norms for table in layer.get_weights()[2:]]


def moved(before: list[np.ndarray], model: Any) -> float:
    pairs = zip(before, statistics_of(model), strict=True)
    return float(max(np.abs(now - then).max() for then, now in pairs))


def test_they_stand_in_the_order_in_which_the_lesson_asks_them() -> None:
    assert list(QUESTIONS) == [
        "12 axis order",
        "12 momentum",
        "12 validation split",
        "12 what freezes",
    ]


def test_each_answer_has_a_reply_of_its_own() -> None:
    for question in QUESTIONS.values():
        replies = list(question.answers.values())
        assert len(replies) == len(set(replies)) == 4
        assert all(reply.endswith(".") and len(reply.split()) > 12 for reply in replies)


def test_a_reshape_deals_the_numbers_of_a_filter_out_to_nine() -> None:
    whose = np.arange(16).repeat(9).reshape(16, 1, 3, 3)  # each number is that of its filter
    dealt = whose.reshape(3, 3, 1, 16)
    assert dealt.shape == whose.transpose(2, 3, 1, 0).shape
    for number in range(16):
        places = np.argwhere(dealt == number)
        assert len(set(places[:, -1])) == len(places) == 9
    assert "to nine filters" in reply_to("12 axis order", "There is no error")
    assert "nine other filters" in reply_to("12 axis order", "Each filter is mirrored")


@pytest.mark.slow
def test_keras_takes_reshaped_filters_and_nearly_all_answers_become_wrong() -> None:
    model = build(IMAGE_SHAPE, WIDTH, NUM_CLASSES)
    model.set_weights(fitted_on_sorted()[0].get_weights())
    before = new_accuracy(model)
    (filters,) = model.get_layer(FIRST_FILTERS).get_weights()
    of_torch = np.ascontiguousarray(filters.transpose(3, 2, 0, 1))
    layer = torch.nn.Conv2d(1, 16, 3, bias=False)
    layer.weight.data = torch.from_numpy(of_torch)
    assert np.array_equal(weights_of(layer)[0], filters)
    model.get_layer(FIRST_FILTERS).set_weights([of_torch.reshape(3, 3, 1, 16)])
    assert before > 0.75 and new_accuracy(model) < 0.3


@pytest.mark.slow
def test_after_70_updates_with_momentum_99_the_running_statistics_are_half_of_the_start() -> None:
    reply = reply_to("12 momentum", "Half of")
    assert f"0.99 to the power of 70 is {0.99**70:.3f}." in reply and 0.9**70 < 0.001
    digits, found = some_digits(), {}
    for momentum in (0.99, 0.9):
        keras.utils.set_random_seed(0)
        model = build(IMAGE_SHAPE, WIDTH, NUM_CLASSES, Settings(momentum=momentum))
        printed = fit(model)["accuracy"][-1]
        assert int(model.optimizer.iterations) == 70 and printed > 0.98
        known = float((answers_of(model, digits["images"]) == digits["labels"]).mean())
        logits = keras.ops.convert_to_numpy(model(digits["new_images"], training=True))
        by_batch = float((logits.argmax(axis=1) == digits["new_labels"]).mean())
        assert by_batch > 0.85  # the weights have learned, whatever the momentum
        found[momentum] = (known, new_accuracy(model))
    assert max(found[0.99]) < 0.5 and min(found[0.9]) > 0.8


@pytest.mark.slow
def test_the_validation_part_of_sorted_digits_is_two_classes_that_were_never_learned() -> None:
    model, history = fitted_on_sorted()
    digits = some_digits()
    assert set(digits["labels"][-40:]) == {8, 9}
    assert history["val_accuracy"] == [0] * 10 and history["accuracy"][-1] > 0.98
    found = answers_of(model, digits["new_images"])
    is_known = digits["new_labels"] < 8
    assert (found[is_known] == digits["new_labels"][is_known]).mean() > 0.95
    assert not np.isin(found, (8, 9)).any()
    low, high = wilson_interval(0, 40)
    reply = reply_to("12 validation split", "Forty digits")
    assert f"0 of 40 is [{low:.3f}, {high:.3f}]." in reply
    assert "0.80 in all" in reply_to("12 validation split", "The last fifth")
    assert abs(new_accuracy(model) - 0.80) < 0.03


def test_what_is_frozen_keeps_its_statistics_in_keras_and_not_in_torch() -> None:
    digits, frozen = some_digits(), pretrained(Settings())
    few = {"images": digits["images"][:64], "labels": digits["labels"][:64]}
    for layer in frozen.layers[:-1]:
        layer.trainable = False
    before = statistics_of(frozen)
    frozen(few["images"], training=True)
    assert moved(before, frozen) == 0
    frozen.train()
    frozen(few["images"])
    assert moved(before, frozen) == 0
    for layer in frozen.layers:
        layer.trainable = True
    frozen.eval()
    frozen(few["images"], training=True)
    assert moved(before, frozen) > 0.05
    model = Classifier(load_backbone("letters"), NUM_CLASSES).train()
    model.backbone.requires_grad_(False)
    start = {name: table.clone() for name, table in model.named_buffers()}
    model(torch.from_numpy(few["images"]).permute(0, 3, 1, 2))
    change = [(table - start[name]).abs().max() for name, table in model.named_buffers()]
    assert 0.05 < max(each for each in change if each < 1) < 0.15  # 1: batches are counted as well
