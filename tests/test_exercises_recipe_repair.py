"""The checks of lesson 06: solutions pass, stubs count as unanswered, wrong ideas are named."""

import ast
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course_utils.exercises.feedback import Feedback
from course_utils.exercises.recipe_repair import (
    check_bug_hunt,
    check_cached_head,
    check_possible,
    check_speed_report,
)
from course_utils.exercises.recipe_repair_ideas import (
    BUG_KINDS,
    FAULTS,
    INNOCENT,
    LISTING,
    NUM_SERIOUS,
    RECIPE,
    REPORTED,
    SPEED_VERDICTS,
)
from course_utils.freezing import extract_features
from course_utils.models import Backbone, Classifier

BUGS = {
    0: ["no validation set", "no seed", "no device"],
    4: "input size by habit",
    7: "tiny batches",
    9: "deprecated argument",
    16: "head not converged",
    17: "batch norm moves",
    20: "features recomputed",
    25: "misleading running loss",
    29: "test set chooses",
}
SERIOUS_ELSEWHERE = {
    "4": " Input size by habit",
    5: "no validation set",
    14: ("head not converged",),
    18: "features recomputed",
    20: {"batch norm moves", "no device"},
    30: "test set chooses",
    12: None,
}
WRONG_BUGS = {
    "freezing-blamed": {11: "batch norm moves"},
    "zero-grad-blamed": {19: "gradients pile up"},
    "softmax-wanted": {13: "softmax forgotten"},
    "new-layer-blamed": {12: "new layer frozen"},
    "batch-means-blamed": {29: "mean of batch means"},
    "scale-blamed": {3: "input size by habit"},
    "step-blamed": {22: "head not converged"},
    "no-grad-blamed": {27: "batch norm moves"},
    "innocent-line": {8: "tiny batches"},
    "wrong-kind": {4: "tiny batches"},
    "not-missing": {0: "tiny batches"},
    "no-such-line": {31: "no seed"},
    "unknown-kind": {17: "dropout"},
}


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


def assert_right(feedback: Feedback) -> None:
    assert feedback.status == "right", feedback


def assert_wrong(feedback: Feedback, misconception: str) -> None:
    assert (feedback.status, feedback.misconception) == ("wrong", misconception), feedback


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
    statements = set(range(len(RECIPE.splitlines()) + 1))
    assert {line for lines in FAULTS.values() for line in lines} <= statements
    plainest = {lines[0] for lines in FAULTS.values()}
    assert not plainest & {line for lines, *_ in INNOCENT.values() for line in lines}
    assert len(set(BUG_KINDS)) == len(BUG_KINDS) == 15
    assert len(ast.parse(RECIPE).body) == 16


@pytest.mark.parametrize("found", [BUGS, SERIOUS_ELSEWHERE])
def test_the_serious_faults_are_enough_wherever_they_are_seen(found: dict) -> None:
    feedback = check_bug_hunt(found)
    assert_right(feedback)
    assert feedback.message.startswith(f"{11 if found is BUGS else 7} of 11")


@pytest.mark.parametrize("misconception", WRONG_BUGS)
def test_innocent_lines_are_defended(misconception: str) -> None:
    feedback = check_bug_hunt({9: "deprecated argument"} | WRONG_BUGS[misconception])
    assert_wrong(feedback, misconception)
    assert feedback.message.startswith("1 of 11")


@pytest.mark.parametrize("kind", list(FAULTS)[:NUM_SERIOUS])
def test_a_serious_fault_that_is_missing_is_counted_and_not_named(kind: str) -> None:
    kinds = [other for other in list(FAULTS)[:NUM_SERIOUS] if other != kind]
    found: dict[int, list[str]] = {}
    for other in kinds:
        found.setdefault(FAULTS[other][0], []).append(other)
    feedback = check_bug_hunt(found)
    assert_wrong(feedback, "too-few")
    assert "5 of 11 faults found. Serious ones missing: 1." in feedback.message
    assert "line" in feedback.message
    assert kind not in feedback.message


def test_a_list_of_lines_is_not_a_hunt() -> None:
    assert_wrong(check_bug_hunt([17, 20]), "not-a-mapping")


def features_of(backbone: Backbone, images: Tensor) -> Tensor:
    backbone.eval()
    with torch.no_grad():
        return backbone(images)


def fit(outputs_of: Callable[[], Tensor], labels: Tensor, optimizer: Any, steps: int) -> None:
    for _ in range(steps):
        loss = cross_entropy(outputs_of(), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def head_on_features(
    backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int
) -> nn.Module:
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    fit(lambda: head(features), labels, torch.optim.Adam(head.parameters(), 0.05), 300)
    return head


def in_batches(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> nn.Module:
    features = torch.cat([extract_features(backbone, batch) for batch in images.split(7)])
    pairs = list(zip(features.split(8), labels.split(8), strict=True))
    head = nn.Linear(backbone.num_features, num_classes)
    optimizer = torch.optim.SGD(head.parameters(), 0.1, momentum=0.9)
    for _ in range(60):
        for some, their_labels in pairs:
            fit(lambda some=some: head(some), their_labels, optimizer, 1)
    return head


def by_lbfgs(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> Callable:
    backbone.requires_grad_(False)
    width = features_of(backbone, images[:1]).shape[1]  # a look at one picture does no harm
    features, model = features_of(backbone, images), Classifier(backbone, num_classes)
    assert width == model.head.in_features
    optimizer = torch.optim.LBFGS(model.head.parameters(), max_iter=50)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model.head(features), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return model.head


def by_scikit_learn(backbone: Backbone, images: Tensor, labels: Tensor, _: int) -> Callable:
    features = extract_features(backbone, images)
    fitted = LogisticRegression().fit(features.numpy(), labels.numpy())
    weight, bias = (torch.tensor(part).float() for part in (fitted.coef_, fitted.intercept_))
    return lambda features: features @ weight.T + bias


def without_eval(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> nn.Module:
    with torch.no_grad():
        features = backbone(images)
    head = nn.Linear(features.shape[1], num_classes)
    fit(lambda: head(features), labels, torch.optim.Adam(head.parameters(), 0.05), 300)
    return head


def mended_afterwards(backbone: Backbone, *others: Any) -> nn.Module:
    state = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    head = without_eval(backbone, *others)
    backbone.load_state_dict(state)
    return head


def eval_of_one_part(backbone: Backbone, *others: Any) -> nn.Module:
    backbone[0].eval()
    return without_eval(backbone, *others)


def every_epoch(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> nn.Module:
    head = nn.Linear(backbone.num_features, num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.1)
    fit(lambda: head(features_of(backbone, images)), labels, optimizer, 100)
    return head


def all_weights(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> nn.Module:
    model = Classifier(backbone.eval(), num_classes)
    fit(lambda: model(images), labels, torch.optim.Adam(model.parameters(), 0.05), 50)
    return model.head


def keep_graph(
    backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int, retain: bool = False
) -> nn.Module:
    features = backbone.eval()(images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    for _ in range(100):
        optimizer.zero_grad()
        cross_entropy(head(features), labels).backward(retain_graph=retain)
        optimizer.step()
    return head


def two_epochs(backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int) -> nn.Module:
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.SGD(head.parameters(), 0.001, momentum=0.9)
    for some, their_labels in 2 * list(zip(features.split(4), labels.split(4), strict=True)):
        fit(lambda some=some: head(some), their_labels, optimizer, 1)
    return head


def softmax_first(
    backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int
) -> nn.Module:
    features = features_of(backbone, images)
    head = nn.Linear(features.shape[1], num_classes)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    fit(lambda: head(features).softmax(dim=1), labels, optimizer, 300)
    return head


def first_batch_only(backbone: Backbone, images: Tensor, labels: Tensor, k: int) -> nn.Module:
    return head_on_features(backbone, images[:12], labels[:12], k)


RIGHT_HEADS = [head_on_features, in_batches, by_lbfgs, by_scikit_learn]


def without_copy(
    backbone: Backbone, images: Tensor, labels: Tensor, num_classes: int, copied: bool = False
) -> nn.Module:
    backbone.eval()
    with torch.inference_mode():
        features = backbone(images)
    features = features.clone() if copied else features
    head = nn.Linear(features.shape[1], num_classes)
    fit(lambda: head(features), labels, torch.optim.Adam(head.parameters(), 0.05), 300)
    return head


WRONG_HEADS = {
    "inference-tensors": without_copy,
    "train-mode": without_eval,
    "features-recomputed": every_epoch,
    "backbone-learns": all_weights,
    "gradients-through-backbone": keep_graph,
    "not-converged": two_epochs,
    "softmax-before-loss": softmax_first,
    "pictures-left-out": first_batch_only,
    "tensor-returned": lambda backbone, images, *_: features_of(backbone, images),
    "whole-model": lambda *given: nn.Sequential(given[0], head_on_features(*given)),
    "no-head": lambda *given: (head_on_features(*given),),
    "wrong-shape": lambda *given: head_on_features(*given[:3], 10),
    "error": lambda backbone, *_: backbone.fc,
}


@pytest.mark.parametrize("answer", RIGHT_HEADS)
def test_right_heads_pass_however_they_are_fitted(answer: Callable[..., Any]) -> None:
    assert_right(check_cached_head(answer))


@pytest.mark.parametrize("misconception", WRONG_HEADS)
def test_wrong_heads_are_named(misconception: str) -> None:
    assert_wrong(check_cached_head(WRONG_HEADS[misconception]), misconception)


def test_inference_mode_is_right_when_its_features_are_copied() -> None:
    assert check_cached_head(lambda *given: without_copy(*given, copied=True)).status == "right"


def test_other_forms_of_the_same_slips_are_named() -> None:
    assert_wrong(check_cached_head(mended_afterwards), "train-mode")
    assert_wrong(check_cached_head(eval_of_one_part), "train-mode")
    retained = check_cached_head(lambda *given: keep_graph(*given, retain=True))
    assert_wrong(retained, "gradients-through-backbone")
    ends_in_softmax = check_cached_head(
        lambda *given: nn.Sequential(head_on_features(*given), nn.Softmax(dim=1))
    )
    assert_wrong(ends_in_softmax, "softmax-before-loss")
    assert_wrong(check_cached_head(lambda *given: nn.Linear(8, 3)), "pictures-left-out")


def test_the_check_leaves_the_random_numbers_of_the_lesson_alone() -> None:
    state = torch.get_rng_state()
    check_cached_head(two_epochs)
    assert torch.equal(torch.get_rng_state(), state)


def possible_by_printing(printed: str, num_pictures: int) -> bool:
    decimals = len(printed.removesuffix(" %").partition(".")[2])
    kind = "%" if "%" in printed else "f"
    shares = [f"{count / num_pictures:.{decimals}{kind}}" for count in range(num_pictures + 1)]
    return printed.replace(" ", "") in shares


POSSIBLE = {
    report: "possible" if possible_by_printing(*printed) else "impossible"
    for report, printed in REPORTED.items()
}
SPEED = {
    "P": "not shown: one run",
    "Q": "not shown: other work",
    "R": "shown",
    "S": "not shown: interval holds 0",
}
WRONG_POSSIBLE = {
    "rounding-forgotten": {"P": "impossible"},
    "any-share": {"Q": "possible"},
    "looks-too-precise": {"R": "impossible"},
    "mean-of-batch-means": {"S": "possible"},
    "percent-not-read": {"T": "impossible"},
    "more-than-all": {"U": "possible"},
    "unknown-word": {"P": "perhaps"},
}
WRONG_SPEED = {
    "one-run-enough": {"P": "shown"},
    "interval-cures-all": {"Q": "shown"},
    "runs-not-read": {"Q": "not shown: one run"},
    "warm-up-counted": {"R": "not shown: other work"},
    "ratio-of-equals": {"R": "not shown: interval holds 0"},
    "unseen-is-equal": {"S": "shown"},
    "other-word": {"S": "not shown: one run"},
    "unknown-word": {"S": "no"},
}


def test_three_of_six_numbers_are_possible_and_batches_average_to_one_that_is_not() -> None:
    assert sorted(POSSIBLE.values()) == ["impossible"] * 3 + ["possible"] * 3
    batch_means = (3 / 4 + 3 / 4 + 2 / 2) / 3
    assert REPORTED["S"] == (f"{batch_means:.3f}", 10)


@pytest.mark.parametrize(
    "answers",
    [
        POSSIBLE,
        {report: f" {word.upper()}" for report, word in POSSIBLE.items()},
        {report: possible_by_printing(*printed) for report, printed in REPORTED.items()},
    ],
)
def test_right_answers_on_numbers_pass_as_words_or_as_booleans(answers: dict) -> None:
    assert_right(check_possible(answers))


@pytest.mark.parametrize("misconception", WRONG_POSSIBLE)
def test_wrong_ideas_of_numbers_are_named(misconception: str) -> None:
    assert_wrong(check_possible(POSSIBLE | WRONG_POSSIBLE[misconception]), misconception)


@pytest.mark.parametrize(
    "verdicts", [SPEED, SPEED_VERDICTS, {k: v.upper() for k, v in SPEED.items()}]
)
def test_right_verdicts_on_speed_pass(verdicts: dict) -> None:
    assert_right(check_speed_report(verdicts))


@pytest.mark.parametrize("misconception", WRONG_SPEED)
def test_wrong_verdicts_on_speed_are_named(misconception: str) -> None:
    assert_wrong(check_speed_report(SPEED | WRONG_SPEED[misconception]), misconception)


def test_a_missing_report_is_named() -> None:
    assert_wrong(check_possible({"P": "possible"}), "missing-report")
    assert_wrong(check_speed_report({"P": "shown"}), "missing-report")


@pytest.mark.parametrize(
    "feedback",
    [
        check_bug_hunt(None),
        check_bug_hunt({}),
        check_bug_hunt({17: None}),
        check_cached_head(lambda backbone, images, labels, num_classes: None),
        check_possible(dict.fromkeys(REPORTED)),
        check_speed_report(dict.fromkeys(SPEED)),
        check_speed_report(None),
    ],
    ids=["hunt", "empty hunt", "no kind", "head", "possible", "speed", "no speed"],
)
def test_the_stubs_are_not_answered_yet(feedback: Feedback) -> None:
    assert feedback.status == "unanswered"
