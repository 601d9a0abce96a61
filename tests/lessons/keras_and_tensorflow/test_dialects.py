"""The page of the other dialect: its code does what it says, and what is shown is that code."""

import inspect
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.data.batches import BatchLoader, in_memory
from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.evaluation.scores import evaluate
from course_utils.files import PROJECT_FOLDER
from course_utils.lessons.keras_and_tensorflow.carrying import layer_weights
from course_utils.lessons.keras_and_tensorflow.dialects import in_keras, in_tensorflow, in_torch
from course_utils.lessons.keras_and_tensorflow.dialects.shown import (
    lines_of,
    show_dialects,
)
from course_utils.lessons.keras_and_tensorflow.dialects.steps import DIALECTS, STEPS
from course_utils.lessons.keras_and_tensorflow.other_backend import has_tensorflow
from course_utils.models.classifier import Classifier
from course_utils.models.keras.axes import channels_last
from course_utils.models.keras.library import BACKEND_VARIABLE, keras
from course_utils.models.pretrained import load_backbone
from tests.lessons.keras_and_tensorflow.dialect_facts import Facts, facts_of, keras_facts

pytestmark = pytest.mark.slow

MODULES = {"in_torch": in_torch, "in_keras": in_keras, "in_tensorflow": in_tensorflow}
NUM_ARRAYS = 9 * (1 + 4) + 2  # nine convolutions, each with its batch norm; the head
WEIGHTS_THAT_LEARN = 9 * (1 + 2) + 2
COLUMNS = pytest.mark.parametrize("column", MODULES)


def digits_of(first: int, number: int, classes: int) -> LabelledImages:
    """The first ``number`` digits of so many classes; ``first`` gets the label 0."""
    digits = in_memory(load_digits())
    wanted = (digits.labels >= first) & (digits.labels < first + classes)
    some = digits[wanted.nonzero().flatten()[:number]]
    return LabelledImages(some.images, some.labels - first, some.class_names)


def carried_model() -> Classifier:
    """The shipped backbone with a new head, whose weights and statistics are not trivial."""
    torch.manual_seed(0)
    return Classifier(load_backbone("letters"), 10)


@pytest.fixture(scope="module")
def arrays() -> dict[str, LabelledImages]:
    """Digits to pretrain_all on, others to fine-tune on, and more than one batch to score on."""
    return {
        "source": digits_of(0, 64, 4),
        "target": digits_of(4, 32, 3),
        "scored": digits_of(0, 300, 10),
    }


@pytest.fixture(scope="module")
def in_kernel(arrays: dict[str, LabelledImages]) -> dict[str, Facts]:
    """What the two columns do that run beside torch."""
    torch.manual_seed(0)
    pairs = {name: (each.images, each.labels) for name, each in arrays.items()}
    torch_facts = facts_of(in_torch, pairs, torch_state)
    torch_facts["carried"] = in_torch.validate(carried_model().train(), *pairs["scored"])
    ordered = {name: (channels_last(x), y.numpy()) for name, (x, y) in pairs.items()}
    weights = layer_weights(carried_model())
    return {"in_torch": torch_facts, "in_keras": keras_facts(in_keras, ordered, weights)}


@pytest.fixture(scope="module")
def tensorflow_process(
    arrays: dict[str, LabelledImages], tmp_path_factory: pytest.TempPathFactory
) -> Facts:
    """What the column does that runs on TensorFlow, in a process of its own."""
    if not has_tensorflow():
        pytest.skip("not installed: requirements/tensorflow.txt")
    given, found = (tmp_path_factory.mktemp("tf") / name for name in ("given.npz", "found.json"))
    content = {f"{name}_x": channels_last(each.images) for name, each in arrays.items()}
    content |= {f"{name}_y": each.labels.numpy() for name, each in arrays.items()}
    for name, weights in layer_weights(carried_model()).items():
        content |= {f"weights/{name}/{place}": each for place, each in enumerate(weights)}
    np.savez(given, **content)
    command = ["-m", "tests.lessons.keras_and_tensorflow.dialect_facts", str(given), str(found)]
    done = subprocess.run(
        [sys.executable, *command], cwd=PROJECT_FOLDER, timeout=600,
        env={**os.environ, BACKEND_VARIABLE: "tensorflow"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(found.read_text(encoding="utf-8"))


@pytest.fixture
def facts(column: str, request: pytest.FixtureRequest) -> Facts:
    """What a column did, where it can run."""
    if column == "in_tensorflow":
        return request.getfixturevalue("tensorflow_process")
    return request.getfixturevalue("in_kernel")[column]


def torch_state(model: nn.Module) -> dict[str, list[np.ndarray]]:
    """Weights and statistics by the name of the layer, copied."""
    state: dict[str, list[np.ndarray]] = {}
    for name, tensor in model.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            state.setdefault(name.rpartition(".")[0], []).append(tensor.numpy().copy())
    return state


@COLUMNS
def test_pretraining_lowers_the_loss(facts: Facts) -> None:
    assert abs(facts["random"][0] - math.log(4)) < 0.7
    assert facts["pretrained"][0] < facts["random"][0] - 0.1, facts


@COLUMNS
def test_the_head_learns_and_the_backbone_stays_to_the_bit_with_its_statistics(
    facts: Facts,
) -> None:
    assert facts["moved by the head"] == 0
    assert facts["classes"] == 3
    assert facts["with a head"][0] < 0.9 * math.log(3), "chance, for three classes"


@COLUMNS
def test_fine_tuning_moves_every_weight_and_statistic(facts: Facts) -> None:
    assert facts["arrays"] == NUM_ARRAYS
    assert facts["moved by fine-tuning"] == NUM_ARRAYS
    assert facts["moved by validating"] == 0


@COLUMNS
def test_validation_gives_the_workbooks_loss_and_accuracy(
    facts: Facts, arrays: dict[str, LabelledImages]
) -> None:
    expected = evaluate(carried_model(), BatchLoader(arrays["scored"], 64))
    assert facts["carried"] == pytest.approx(expected, abs=1e-5)
    assert facts.get("carried, in Keras", expected) == pytest.approx(expected, abs=1e-5)
    assert 0 < expected[1] < 1


def test_torch_and_keras_agree_on_carried_weights_nearer_than_that(
    in_kernel: dict[str, Facts],
) -> None:
    ours, theirs = (in_kernel[column]["carried"] for column in ("in_torch", "in_keras"))
    assert theirs == pytest.approx(ours, abs=1e-6)


# What the page says in words


def test_keras_takes_probabilities_by_default_and_fit_shuffles() -> None:
    loss = inspect.signature(keras.losses.SparseCategoricalCrossentropy).parameters
    assert loss["from_logits"].default is False
    assert inspect.signature(keras.Model.fit).parameters["shuffle"].default is True


def test_keras_refuses_weights_that_were_woken_without_compiling(
    in_kernel: dict[str, Facts],
) -> None:
    assert in_kernel["in_keras"]["without compiling"].startswith("Unknown variable")


def test_on_tensorflow_the_flag_of_the_model_does_not_reach_its_layers(
    in_kernel: dict[str, Facts], tensorflow_process: Facts
) -> None:
    by_flag = {"learn by the flag of the model", "learn by the flags of the layers"}
    of_torch, of_tensorflow = in_kernel["in_keras"], tensorflow_process
    assert {name: of_torch[name] for name in by_flag} == dict.fromkeys(by_flag, WEIGHTS_THAT_LEARN)
    assert of_tensorflow["learn by the flag of the model"] == 2, "of the new head"
    assert of_tensorflow["learn by the flags of the layers"] == WEIGHTS_THAT_LEARN


def test_a_graph_is_made_once_for_each_shape_of_a_batch(tensorflow_process: Facts) -> None:
    assert tensorflow_process["traced"] == [[32, 8, 8, 1], [6, 8, 8, 1]]
    assert not tensorflow_process["torch was imported"]


def test_freezing_takes_two_lines_in_torch() -> None:
    lines = lines_of("in_torch", "fit_head").splitlines()
    for line, moves in (("backbone.requires_grad_(False)", "weight"), ("backbone.eval()", "run")):
        torch.manual_seed(0)
        pretrained = Classifier(load_backbone("letters"), 10)
        before = torch_state(pretrained.backbone)
        kept = [each for each in lines if not each.startswith((line, "return"))]
        images, labels = torch.rand(40, 1, 8, 8), torch.arange(40) % 3
        scope = {**vars(in_torch), "pretrained": pretrained, "images": images, "labels": labels}
        exec("\n".join(kept), scope | {"num_classes": 3, "num_epochs": 1})
        after = torch_state(pretrained.backbone)
        # Of a batch norm: weight, bias, running mean and variance; of a convolution: its filters.
        learned = [(name, n) for name, each in before.items() for n in range(min(2, len(each)))]
        at = {"weight": learned, "run": [(name, n) for name in before for n in (2, 3)
                                         if len(before[name]) == 4]}  # fmt: skip
        for kind, places in at.items():
            same = [np.array_equal(before[name][n], after[name][n]) for name, n in places]
            assert not any(same) if kind == moves else all(same), (line, kind)


# What is shown


def test_each_step_is_written_in_each_dialect_and_called_alike() -> None:
    for step in STEPS:
        calls = {
            str([*inspect.signature(getattr(module, step.function)).parameters])
            for module in MODULES.values()
        }
        assert len(calls) == 1, step.function
    assert set(MODULES) == set(DIALECTS)
    shown = {step.function for step in STEPS}
    for module in MODULES.values():
        own = {name for name, f in vars(module).items() if getattr(f, "__module__", "") ==
               module.__name__}  # fmt: skip
        assert own == shown, "a function that the page leaves out, or one that is missing"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_lines_that_are_shown_are_those_of_the_function(dialect: str) -> None:
    for step in STEPS:
        source = inspect.getsource(getattr(MODULES[dialect], step.function))
        lines = lines_of(dialect, step.function)
        assert all(f"    {line}" in source for line in lines.splitlines() if line)
        assert '"""' not in lines and "import " not in lines
        assert source.rstrip().endswith(lines.splitlines()[-1]), "up to the end"
        assert max(map(len, lines.splitlines())) <= 54, "as wide as a column can be"


def test_a_line_of_the_code_that_changes_changes_in_every_form_of_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = Path.read_text

    def changed(self: Path, **options: Any) -> str:
        return read(self, **options).replace("num_epochs):", "num_passes):", 3)

    before = show_dialects()
    monkeypatch.setattr(Path, "read_text", changed)
    after = show_dialects()
    for kind in ("html", "markdown", "plain"):
        assert "num_passes" not in getattr(before, kind)
        assert "num_passes" in getattr(after, kind)


def test_the_page_is_one_table_with_heads_and_the_same_as_text() -> None:
    shown = show_dialects()
    data = shown._repr_mimebundle_()
    assert data == show_dialects()._repr_mimebundle_(), "the same at each run"
    assert list(data) == ["text/html", "text/markdown", "text/plain"]
    html = data["text/html"]
    assert html.count('<th scope="col"') == 3 and html.count("<table") == 1
    assert html.count('<th scope="rowgroup"') == html.count("What differs:") == len(STEPS)
    for step in STEPS:
        for text in (data["text/markdown"], data["text/plain"]):
            assert step.title in text and step.differs in text
            assert all(lines_of(dialect, step.function) in text for dialect in DIALECTS)


def test_what_two_columns_write_alike_is_shown_once_across_both() -> None:
    html = show_dialects().html
    alike = [step for step in STEPS if lines_of("in_keras", step.function)
             == lines_of("in_tensorflow", step.function)]  # fmt: skip
    assert [step.function for step in alike] == ["pretrain_all", "fit_head", "fine_tune_all"]
    assert html.count("In both columns the same lines:") == html.count('<td colspan="2"') == 3
    assert html.count('<td colspan="1"') == 3 * len(STEPS) - 2 * 3
