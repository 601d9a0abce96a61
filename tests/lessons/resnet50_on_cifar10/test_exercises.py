"""Lesson 06's recipe and its faults, and slips that come in several forms."""

import ast
import copy
import re
from collections.abc import Callable
from itertools import product
from typing import Any

import nbformat
import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.data import DataLoader

from course_utils.exercises.checking import answer_to
from course_utils.exercises.feedback import Feedback
from course_utils.lessons.resnet50_on_cifar10.answers.bug_hunt import (
    ABSENT,
    FAULTS,
    INNOCENT,
    NUM_SERIOUS,
)
from course_utils.lessons.resnet50_on_cifar10.answers.possible import REPORTED, is_possible
from course_utils.lessons.resnet50_on_cifar10.classic_recipe import BUG_KINDS, LISTING, RECIPE
from course_utils.lessons.resnet50_on_cifar10.exercises import (
    check_bug_hunt,
    check_cached_head,
    check_fair_features,
    check_possible,
    check_speed_report,
)
from course_utils.lessons.resnet50_on_cifar10.trials import (
    BATCH_SIZE,
    NUM_STRIPED,
    mixed_pictures,
    striped_pictures,
    worn_backbone,
)
from course_utils.models.freezing import extract_features
from course_utils.models.residual import Backbone
from course_utils.notebooks.exercise_sources import EXERCISES_FOLDER, read_exercises
from tests.lessons.resnet50_on_cifar10 import answers as answers


class Resnet(nn.Module):
    """As much of a ResNet-50 as the recipe asks for."""

    def __init__(self, pretrained: bool) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 2048, 32, 32), nn.BatchNorm2d(2048))
        self.fc = nn.Linear(2048, 1000)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (B, K) of ``images`` (B, 3, 224, 224)."""
        return self.fc(self.body(images).mean(dim=(2, 3)))


def ten_pictures(root: str, train: bool, transform: Callable, download: bool = False) -> list:
    pictures = torchvision.datasets.FakeData(10, (3, 32, 32), 10, transform)
    return [pictures[number] for number in range(10)]


def assert_wrong(feedback: Feedback, misconception: str) -> None:
    assert (feedback.status, feedback.misconception) == ("wrong", misconception), feedback


@pytest.mark.slow
def test_the_recipe_runs_and_moves_what_it_does_not_train(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torchvision.datasets, "CIFAR10", ten_pictures)
    monkeypatch.setattr(torchvision.models, "resnet50", Resnet)
    names: dict[str, Any] = {}
    exec(RECIPE, names)
    assert capsys.readouterr().out.startswith("accuracy 0.")
    norm = names["model"].body[1]
    assert not norm.weight.requires_grad
    assert norm.running_mean.abs().sum() > 0


def test_the_listing_numbers_the_lines_and_fits_on_a_page() -> None:
    lines = LISTING.splitlines()
    assert [int(line[:2]) for line in lines] == list(range(1, len(RECIPE.splitlines()) + 1))
    assert "\n".join(line[4:] for line in lines) == RECIPE
    assert max(map(len, lines)) <= 79


def test_faults_and_innocent_lines_are_in_the_recipe() -> None:
    lines = set(range(len(RECIPE.splitlines()) + 1))
    assert {line for where in FAULTS.values() for line in where} <= lines
    plainest = {where[0] for where in FAULTS.values()}
    assert not plainest & {line for where, _ in INNOCENT.values() for line in where}
    assert len(ast.parse(RECIPE).body) == 16


def test_the_kinds_to_choose_from_are_the_faults_and_what_does_not_occur() -> None:
    assert list(BUG_KINDS) == sorted([*FAULTS, *ABSENT])


@pytest.mark.parametrize(
    ("line", "kind", "misconception"),
    [
        (10, "features recomputed", "innocent-line"),
        (13, "head not converged", "innocent-line"),
        (19, "features recomputed", "innocent-line"),
        (21, "features recomputed", "innocent-line"),
        (27, "test set chooses", "innocent-line"),
        (12, "head not converged", "wrong-kind"),
        (22, "gradients pile up", "zero-grad-blamed"),
        (21, "batch norm moves", "step-blamed"),
    ],
)
def test_a_line_is_told_only_of_the_idea_that_accuses_it(
    line: int, kind: str, misconception: str
) -> None:
    feedback = check_bug_hunt({line: kind})
    assert_wrong(feedback, misconception)
    assert answer_to("resnet50_on_cifar10", "bug_hunt").messages[misconception] in feedback.message


@pytest.mark.parametrize("name", [*ABSENT.values(), *INNOCENT])
def test_an_idea_is_known_by_each_line_and_kind_that_it_names(name: str) -> None:
    lines, kinds = INNOCENT.get(
        name, (range(1, 31), [kind for kind in ABSENT if ABSENT[kind] == name])
    )
    for line, kind in product(lines, kinds):
        assert_wrong(check_bug_hunt({line: kind}), name)


@pytest.mark.parametrize("kind", list(FAULTS)[:NUM_SERIOUS])
def test_a_serious_fault_that_is_missing_is_counted_and_not_named(kind: str) -> None:
    found: dict[int, list[str]] = {}
    for other in FAULTS:
        if other != kind:
            found.setdefault(FAULTS[other][0], []).append(other)
    feedback = check_bug_hunt(found)
    assert_wrong(feedback, "serious-missing")
    assert feedback.message.startswith("10 of 11 faults found.")
    assert "line" in feedback.message
    assert kind not in feedback.message


def test_three_of_six_numbers_are_possible_and_batches_average_to_one_that_is_not() -> None:
    assert REPORTED == answers.PRINTED
    assert sorted(answers.POSSIBLE.values()) == ["impossible"] * 3 + ["possible"] * 3
    for printed in REPORTED.values():
        assert is_possible(*printed) == answers.printed_like_this(*printed)
    batch_means = (3 / 4 + 3 / 4 + 2 / 2) / 3
    assert REPORTED["S"] == (f"{batch_means:.3f}", 10)


@pytest.mark.parametrize(
    ("name", "feedback"),
    [
        ("speed_report", check_speed_report(answers.SPEED | {"P": "no"})),
        ("possible", check_possible(answers.POSSIBLE | {"P": "no"})),
    ],
)
def test_a_word_that_is_not_offered_is_answered_with_those_that_are(
    name: str, feedback: Feedback
) -> None:
    source = nbformat.read(EXERCISES_FOLDER / "06_resnet50_on_cifar10.ipynb", as_version=4)
    (exercise,) = (each for each in read_exercises(source) if each.name == name)
    comment = "".join(re.findall(r"^# .*", exercise.stub, re.MULTILINE))
    offered = re.findall(r'"[^"]*"', comment)
    assert re.findall(r'"[^"]*"', feedback.message) == offered
    assert len(offered) >= 2


def partly_mended(drops: bool, in_train_mode: bool, keeps_graph: bool, two_loops: bool) -> Callable:
    """The function as it is given, with some of its four faults."""

    def fair_features(backbone: Backbone, dataset: Any, batch_size: int) -> tuple[Tensor, Tensor]:
        loader = DataLoader(dataset, batch_size, shuffle=True, drop_last=drops)
        backbone.train(in_train_mode)
        with torch.set_grad_enabled(keeps_graph):
            features, labels = answers.in_batches(loader, backbone)
        if two_loops:
            labels = [some_labels for _, some_labels in loader]
        return torch.cat(features), torch.cat(labels)

    return fair_features


@pytest.mark.slow
@pytest.mark.parametrize("faults", list(product([True, False], repeat=4)), ids=str)
def test_whatever_is_mended_first_the_next_fault_is_named(faults: tuple[bool, ...]) -> None:
    feedback = check_fair_features(partly_mended(*faults))
    if all(faults):
        assert feedback.status == "unanswered"
    elif not any(faults):
        assert feedback.status == "right"
    else:
        assert (
            feedback.misconception in answer_to("resnet50_on_cifar10", "fair_features").messages
        ), feedback


@pytest.mark.parametrize("seed", range(6))
def test_the_last_batch_is_always_a_short_one(seed: int) -> None:
    images, labels = mixed_pictures(seed)
    assert len(images) == len(labels) and len(images) % BATCH_SIZE


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(0, 40, 8), 77, 123_456])
def test_features_can_be_standardised_and_a_few_steps_are_not_enough(seed: int) -> None:
    images, _ = striped_pictures(seed)
    features = extract_features(worn_backbone(seed, images[:NUM_STRIPED]), images[:NUM_STRIPED])
    assert features.std(dim=0).min() > 0.02
    for few, many in (
        (few_of_adam, answers.on_features),
        (few_of_sgd, answers.in_double_precision),
    ):
        assert_wrong(check_cached_head(few, seed=seed), "not-converged")
        assert check_cached_head(many, seed=seed).status == "right"


def few_of_adam(*given: Any) -> nn.Module:
    return answers.on_features(*given, steps=20)


def few_of_sgd(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> nn.Module:
    features = answers.features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.SGD(head.parameters(), 0.1)
    answers.fit(lambda: head(features), labels, optimizer, 50)
    return head


def head_of_strings(*given: Any) -> Callable:
    answers.on_features(*given)
    return lambda features: "logits"


def head_for_more_features(*given: Any) -> nn.Module:
    answers.on_features(*given)
    return nn.Linear(99, 3).double()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (answers.WRONG["cached_head"]["no-head"], "'tuple' object is not callable"),
        (head_for_more_features, "mat1 and mat2 shapes cannot be multiplied"),
        (head_of_strings, "str"),
    ],
    ids=["a tuple", "too wide", "strings"],
)
def test_what_is_no_head_is_told_why(answer: Callable, told: str) -> None:
    feedback = check_cached_head(answer)
    assert_wrong(feedback, "no-head")
    assert told in feedback.message
    assert len(feedback.message) <= 320


def restoring(function: Callable) -> Callable:
    """``function``, after which the backbone is given back every bit it had."""

    def restored(backbone: Backbone, *others: Any) -> Any:
        state = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
        answer = function(backbone, *others)
        backbone.load_state_dict(state)
        return answer

    return restored


def on_a_copy(function: Callable) -> Callable:
    """``function`` with a copy of the backbone."""
    return lambda backbone, *others: function(copy.deepcopy(backbone), *others)


def eval_of_one_part(backbone: Backbone, *others: Any) -> nn.Module:
    backbone[0].eval()
    return answers.head_without_eval(backbone, *others)


def mended_after_a_pass(backbone: Backbone, dataset: Any, batch_size: int) -> tuple:
    backbone(dataset.tensors[0])
    return answers.mended(backbone, dataset, batch_size)


@pytest.mark.slow
def test_train_mode_is_seen_however_it_is_covered_up() -> None:
    for cover in (restoring, on_a_copy):
        assert_wrong(check_cached_head(cover(answers.head_without_eval)), "train-mode")
        assert_wrong(check_fair_features(cover(answers.no_grad_alone)), "no-grad-for-eval")
    assert_wrong(check_cached_head(eval_of_one_part), "train-mode")
    assert_wrong(check_fair_features(mended_after_a_pass), "no-grad-for-eval")


def test_a_copy_of_the_backbone_may_do_the_work() -> None:
    assert check_cached_head(on_a_copy(answers.on_features)).status == "right"
    assert check_fair_features(on_a_copy(answers.mended)).status == "right"


@pytest.mark.slow
def test_other_forms_of_the_same_slips_are_named() -> None:
    retained = check_cached_head(lambda *given: answers.keep_graph(*given, retain=True))
    assert_wrong(retained, "gradients-through-backbone")
    ends_in_softmax = check_cached_head(
        lambda *given: nn.Sequential(answers.on_features(*given), nn.Softmax(dim=1))
    )
    assert_wrong(ends_in_softmax, "softmax-before-loss")
    assert_wrong(check_cached_head(lambda *given: nn.Linear(16, 3)), "pictures-left-out")
    for answer in (answers.cleared_before_the_step, answers.new_optimizer_each_step):
        assert_wrong(check_cached_head(answer), "not-converged")
    assert_wrong(check_fair_features(answers.eval_not_called), "no-grad-for-eval")
    assert_wrong(check_bug_hunt({"batch norm moves": 17}), "no-such-line")


def test_a_backbone_that_ends_otherwise_is_wrong_though_the_rest_is_right() -> None:
    def mended(backbone: Backbone, dataset: Any, batch_size: int) -> tuple[Tensor, Tensor]:
        answer = answers.mended(backbone, dataset, batch_size)
        with torch.no_grad():
            next(iter(backbone.parameters())).mul_(1.01)
        return answer

    feedback = check_fair_features(mended)
    assert feedback.status == "wrong" and "something has moved" in feedback.message


@pytest.mark.parametrize(
    ("check", "answer"),
    [(check_cached_head, answers.two_epochs), (check_fair_features, answers.two_loops)],
)
def test_a_check_leaves_the_random_numbers_of_the_lesson_alone(
    check: Callable, answer: Callable
) -> None:
    state = torch.get_rng_state()
    with torch.no_grad():  # gradients are on all the same while the answer runs
        check(answer)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    "feedback",
    [check_bug_hunt({}), check_bug_hunt({17: None}), check_speed_report(None)],
    ids=["empty hunt", "no kind", "no speed"],
)
def test_what_is_left_open_is_not_answered_yet(feedback: Feedback) -> None:
    assert feedback.status == "unanswered"
