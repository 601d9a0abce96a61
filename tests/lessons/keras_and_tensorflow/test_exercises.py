"""Exercises of lesson 12: what their inputs must hold, and what their texts and Keras say."""

from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from torch import nn

from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.lessons.keras_and_tensorflow.exercise_cases import (
    class_by_class,
    scored_outputs,
    strided_pictures,
    torch_filters,
    torch_norms,
)
from course_utils.lessons.keras_and_tensorflow.exercises import (
    REPORT_VERDICTS,
    observe_padded_stride,
)
from course_utils.models.keras.library import keras
from course_utils.notebooks.exercise_sources import EXERCISES_FOLDER, read_exercises
from tests.helpers.graded import graded
from tests.lessons.keras_and_tensorflow.answers import (
    MOVED_REPORTS,
    bordered,
    filter_by_loops,
    loss_by_loops,
    loss_by_torch,
    norm_but,
    padded_as_same,
    split_classes,
    split_end,
)

# Not ours: Keras hands tensors to np.array, and torch does not know NumPy's newest keyword.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
LESSON = "keras_and_tensorflow"
SEEDS = [VISIBLE_SEED, 1, 2]
layers, losses = keras.layers, keras.losses


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of each exercise."""
    source = nbformat.read(EXERCISES_FOLDER / "12_keras_and_tensorflow.ipynb", as_version=4)
    return {exercise.name: exercise.about for exercise in read_exercises(source)}


def as_array(tensor: Any) -> np.ndarray:
    """What Keras computed."""
    return keras.ops.convert_to_numpy(tensor)


def batch_norm(state: dict[str, np.ndarray], momentum: float, eps: float) -> nn.BatchNorm1d:
    """Torch's layer with this state and these settings, in eval mode."""
    norm = nn.BatchNorm1d(len(state["weight"]), eps, momentum)
    norm.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()}, False)
    return norm.eval()


def keras_batch_norm(case: tuple) -> Any:
    """Keras' layer, made as the right answer says."""
    momentum, epsilon, weights = norm_but()(*case)
    layer = layers.BatchNormalization(momentum=momentum, epsilon=epsilon)
    layer.build((None, len(weights[0])))
    layer.set_weights(weights)
    return layer


def test_the_examples_in_the_texts_are_right(texts: dict[str, str]) -> None:
    (weight,) = torch_filters(VISIBLE_SEED)[0]
    assert weight.tolist() == [[[[1, 2]]], [[[3, 4]]]]
    assert filter_by_loops(weight).tolist() == [[[[1, 3]], [[2, 4]]]]
    case = torch_norms(VISIBLE_SEED)[0]
    assert [each.item() for each in case[0].values()] == [2, 1, 3, 4]
    layer, norm = keras_batch_norm(case), batch_norm(*case[:3])
    assert as_array(layer(np.float32([[7]]))).item() == pytest.approx(5, abs=1e-4)
    layer(np.float32([[12], [14]]), training=True)
    norm.train()(torch.tensor([[12.0], [14.0]]))
    assert as_array(layer.moving_mean).item() == pytest.approx(norm.running_mean.item())
    assert norm.running_mean.item() == pytest.approx(4)
    cases = scored_outputs(VISIBLE_SEED)
    for kind, loss in (("logits", 2.1269), ("probabilities", 1.3863)):
        outputs, labels, from_logits = cases[kind][0]
        assert (outputs.tolist(), labels.tolist()) == ([[3, 1]], [1])
        for form in (labels, np.array([[0.0, 1.0]])):
            assert loss_by_loops(outputs, form, from_logits) == pytest.approx(loss, abs=5e-5)
        assert str(loss) in texts["keras_loss"]
    rows = np.arange(8, dtype=np.float32).reshape(1, 8, 1, 1) + 1
    assert padded_as_same(rows, 3, 2)[0, :3, 1].ravel().tolist() == [1, 2, 3]
    assert bordered(1, 1)(rows, 3, 2)[0, :3, 1].ravel().tolist() == [0, 1, 2]
    labels = np.repeat([0, 1], 4)
    _, _, _, val_labels = split_end(labels, labels, 0.25, 0, shuffle=False)
    assert val_labels.tolist() == [1, 1]


def test_texts_show_a_row_for_each_entry_and_explain_all_verdicts(texts: dict[str, str]) -> None:
    for key in MOVED_REPORTS:
        assert f"\n| {key} | " in texts["moved_reports"]
    for verdict in REPORT_VERDICTS[1:]:
        assert f"\n- *{verdict}*: " in texts["moved_reports"]
    assert set(MOVED_REPORTS.values()) == set(REPORT_VERDICTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_filter_that_was_carried_answers_in_keras_as_in_torch(seed: int) -> None:
    for (weight,) in torch_filters(seed):
        images = torch.rand(1, weight.shape[1], 6, 7)
        wanted = nn.functional.conv2d(images, torch.from_numpy(weight)).permute(0, 2, 3, 1)
        kernel = filter_by_loops(weight).astype(np.float32)
        found = keras.ops.conv(images.permute(0, 2, 3, 1).numpy(), kernel, padding="valid")
        assert as_array(found) == pytest.approx(wanted.numpy(), abs=1e-4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_batch_norm_that_was_carried_answers_and_follows_as_torch_has_it(seed: int) -> None:
    for case in torch_norms(seed):
        layer, norm = keras_batch_norm(case), batch_norm(*case[:3])
        rows = torch.randn(case[3], len(case[0]["weight"]))
        found, wanted = as_array(layer(rows.numpy())), norm(rows).detach().numpy()
        assert found == pytest.approx(wanted, abs=1e-4)
        variance = norm.running_var.clone()
        layer(rows.numpy(), training=True)
        norm.train()(rows)
        means = as_array(layer.moving_mean), norm.running_mean.numpy()
        assert means[0] == pytest.approx(means[1], abs=1e-5)
        # Only the variance of the batch is another one: by n here, by n - 1 in torch.
        moved = (norm.running_var - variance * (1 - case[1])) * (1 - 1 / case[3])
        by_n = as_array(layer.moving_variance) - variance.numpy() * (1 - case[1])
        assert by_n == pytest.approx(moved.numpy(), abs=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_function_as_given_pads_as_same_and_the_right_one_as_torch(seed: int) -> None:
    agrees = []
    observed = observe_padded_stride(bordered(1, 1), seed)["outputs"]
    for place, (images, filters, stride) in enumerate(strided_pictures(seed)):
        size = len(filters)

        def valid(padded: np.ndarray, filters: np.ndarray = filters, by: int = stride) -> Any:
            return as_array(keras.ops.conv(padded, filters, by, padding="valid"))

        same = as_array(keras.ops.conv(images, filters, stride, padding="same"))
        assert valid(padded_as_same(images, size, stride)) == pytest.approx(same, abs=1e-4)
        kernel, first = torch.from_numpy(filters).permute(3, 2, 0, 1), torch.from_numpy(images)
        wanted = nn.functional.conv2d(
            first.permute(0, 3, 1, 2), kernel, stride=stride, padding=size // 2
        ).permute(0, 2, 3, 1).numpy()  # fmt: skip
        found = valid(bordered(1, 1)(images, size, stride))
        assert found == pytest.approx(wanted, abs=1e-4)
        seen = np.transpose(observed[place], (0, 2, 3, 1))  # what the check compares
        assert seen == pytest.approx(wanted, abs=1e-4)
        assert same.shape == wanted.shape, "as the text says, the shapes are right"
        agrees.append(np.allclose(same, wanted, atol=1e-4))
    sides = [(images.shape[1] % 2, images.shape[2] % 2) for images, *_ in strided_pictures(seed)]
    assert agrees == [False, True, False, False, False, True]
    assert sides[1] == (1, 1), 'odd sides, where "same" agrees at a stride of 2'


@pytest.mark.parametrize("seed", SEEDS)
def test_losses_are_those_of_keras(seed: int) -> None:
    for cases in scored_outputs(seed).values():
        for outputs, labels, from_logits in cases:
            kind = (
                "SparseCategoricalCrossentropy" if labels.ndim == 1 else "CategoricalCrossentropy"
            )
            loss = getattr(losses, kind)(from_logits=from_logits)(labels, outputs)
            found = loss_by_loops(outputs, labels, from_logits)
            assert found == pytest.approx(as_array(loss).item(), rel=1e-5, abs=1e-6)
            assert found == pytest.approx(loss_by_torch(outputs, labels, from_logits).item(), 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_outputs_are_large_rare_and_of_all_kinds(seed: int) -> None:
    cases = scored_outputs(seed)
    assert all((outputs >= 0).all() for outputs, *_ in cases["probabilities"])
    sums = [outputs.sum(axis=1) for outputs, *_ in cases["probabilities"]]
    assert any(np.abs(each - 1).max() > 0.5 for each in sums[1:])
    largest = max(np.abs(outputs).max() for outputs, *_ in cases["logits"])
    assert 990 < largest < 1100
    for some in cases.values():
        assert {labels.ndim for _, labels, _ in some} == {1, 2}
        assert any(((labels > 0) & (labels < 1)).any() for _, labels, _ in some)
        for outputs, labels, _ in some:
            assert labels.ndim == 2 or len(labels) in (1, outputs.shape[1])
            assert labels.ndim == 1 or labels.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("seed", SEEDS)
def test_examples_lie_class_by_class_with_classes_of_three(seed: int) -> None:
    cases = class_by_class(seed)
    assert [bool((np.diff(labels) >= 0).all()) for _, labels, *_ in cases] == [True] * 3 + [False]
    for images, labels, share, _ in cases:
        assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(labels)
        sizes = np.bincount(labels)
        assert sizes.min() >= 3 and 0 < share < 0.5
    assert any(np.bincount(labels).min() == 3 for _, labels, *_ in cases)


class Kept(losses.SparseCategoricalCrossentropy):
    """The loss, which keeps the labels that it was given last."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each example."""
        self.labels = as_array(y_true).ravel().astype(int).tolist()
        return super().call(y_true, y_pred)


@pytest.mark.parametrize(
    ("mended", "validated", "accuracy"),
    [(False, [2] * 15, 0.0), (True, [0] * 6 + [1] * 5 + [2] * 4, 1.0)],
)
def test_fit_validates_on_the_end_of_the_data_and_the_mended_split_cures_that(
    mended: bool, validated: list[int], accuracy: float
) -> None:
    labels = np.repeat([0, 1, 2], [24, 21, 15])
    images = np.eye(3, dtype=np.float32)[labels]
    loss = Kept(from_logits=True)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(3, kernel_initializer="zeros")])
    model.compile(keras.optimizers.Adam(0.5), loss, metrics=["accuracy"])
    if mended:
        *train, val_images, val_labels = split_classes(images, labels, 0.25, 0)
        options = {"x": train[0], "y": train[1], "validation_data": (val_images, val_labels)}
    else:
        options = {"x": images, "y": labels, "validation_split": 0.25, "shuffle": True}
    history = model.fit(**options, batch_size=60, epochs=3, verbose=0).history
    assert (sorted(loss.labels), history["val_accuracy"][-1]) == (validated, accuracy)


def test_reports_on_modes_are_true() -> None:
    ones = np.ones((200, 4), dtype=np.float32)
    dropout = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5)])
    dropout.eval()  # report S
    assert (as_array(dropout(ones, training=True)) == 0).mean() == pytest.approx(0.5, abs=0.1)
    dropout.train()
    assert (as_array(dropout(ones)) == 1).all()
    norm = layers.BatchNormalization()
    norm.build((None, 4))
    norm.trainable = False  # report T
    norm(3 * ones, training=True)
    assert (as_array(norm.moving_mean) == 0).all()
    other = nn.BatchNorm1d(4).requires_grad_(False).train()  # report U
    other(torch.from_numpy(3 * ones))
    assert (other.running_mean > 0).all()


def test_the_loss_that_fit_prints_is_a_mean_over_changing_weights() -> None:
    images = np.ones((4, 1), dtype=np.float32)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    history = model.fit(images, images, batch_size=1, epochs=1, shuffle=False, verbose=0).history
    # Weight and bias get 0.2 times what is missing, each: 1, 0.6, 0.36, ... is missing.
    printed = np.mean([0.6 ** (2 * step) for step in range(4)])
    assert history["loss"][0] == pytest.approx(printed, rel=1e-5)
    at_the_end = model.evaluate(images, images, verbose=0)
    assert at_the_end == pytest.approx(0.6**8, rel=1e-4)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (norm_but(momentum=lambda old: old / 2), "Keras' momentum is another number than 0.05."),
        (norm_but(epsilon=0.5), "Keras' epsilon is another number than 0.5."),
        (norm_but(names=("weight", "weight", "running_mean", "running_var")), "Keras' beta holds"),
    ],
)
def test_a_batch_norm_that_is_wrong_in_another_way_is_told_where(answer: Any, named: str) -> None:
    feedback = graded(LESSON, "carried_norm", answer, VISIBLE_SEED)
    assert named in feedback.message and feedback.status == "wrong"


def test_an_answer_that_changes_what_it_was_given_is_still_judged() -> None:
    def careless(outputs: np.ndarray, labels: np.ndarray, from_logits: bool) -> float:
        loss = loss_by_loops(outputs, labels, from_logits)
        outputs[:] = 0
        return loss

    assert graded(LESSON, "keras_loss", careless, VISIBLE_SEED).status == "right"
