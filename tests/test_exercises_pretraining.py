"""Exercises of lesson 02: the solutions pass, the stubs are unanswered, wrong ideas are named."""
# Answers are written as a learner writes them:
# ruff: noqa: ANN001, ANN201, ANN202

import torch
import torch.nn.functional as F

from course_utils.exercises import pretraining as checks
from course_utils.exercises.training_trials import losses_at


def one_step(model, images, labels, optimizer):
    logits = model(images)
    loss = F.cross_entropy(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


def one_step_otherwise(model, images, labels, optimizer):
    model.zero_grad()
    log_probs = model(images).log_softmax(dim=1)
    loss = -log_probs[torch.arange(len(labels)), labels].mean()
    loss.backward()
    optimizer.step()
    return loss  # a tensor


def step_in_order(order, reduction="mean", softmax=False, eval_mode=False, after=False):
    def function(model, images, labels, optimizer):
        if eval_mode:
            model.eval()
        logits = model(images)
        loss = F.cross_entropy(
            logits.softmax(1) if softmax else logits, labels, reduction=reduction
        )
        for action in order:
            {"z": optimizer.zero_grad, "b": loss.backward, "s": optimizer.step}[action]()
        return F.cross_entropy(model(images), labels).item() if after else loss.item()

    return function


def train(model, images, labels, optimizer, num_steps, batch_size):
    model.train()
    for _ in range(num_steps):
        places = torch.randperm(len(images))[:batch_size]
        one_step(model, images[places], labels[places], optimizer)


def train_with(draw, num_steps=None):
    """A loop whose batches are the pairs that ``draw(images, labels, batch_size)`` gives."""

    def function(model, images, labels, optimizer, steps, batch_size):
        model.train()
        for _ in range(num_steps or steps):
            one_step(model, *draw(images, labels, batch_size), optimizer)

    return function


def as_given(images, labels, batch_size):
    batch = images[torch.randperm(len(images))[:batch_size]]
    return batch, labels[torch.randperm(len(labels))[:batch_size]]


def random_pairs(images, labels, batch_size):
    places = torch.randint(len(images), (batch_size,))
    return images[places], labels[places]


def labels_left_behind(images, labels, batch_size):
    return images[torch.randperm(len(images))[:batch_size]], labels[:batch_size]


def first_examples(images, labels, batch_size):
    return images[:batch_size], labels[:batch_size]


def one_draw_for_ever(images, labels, batch_size):
    places = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))[:batch_size]
    return images[places], labels[places]


def everything(images, labels, batch_size):
    return images, labels


def verdict(feedback):
    return feedback.status, feedback.misconception


def test_a_right_step_passes_however_it_is_written():
    assert verdict(checks.check_one_step(one_step)) == ("right", None)
    assert verdict(checks.check_one_step(one_step_otherwise)) == ("right", None)


def test_the_stub_of_a_step_is_unanswered():
    assert checks.check_one_step(lambda *arguments: None).status == "unanswered"


def test_wrong_steps_are_told_apart():
    wrong_steps = {
        "no-zero-grad": step_in_order("bs"),
        "zero-after-backward": step_in_order("bzs"),
        "step-before-backward": step_in_order("szb"),
        "softmax-first": step_in_order("zbs", softmax=True),
        "sum-of-losses": step_in_order("zbs", reduction="sum"),
        "eval-mode": step_in_order("zbs", eval_mode=True),
        "loss": step_in_order("zbs", after=True),
        "not-a-number": lambda *arguments: "done",
        "error": lambda model: None,
    }
    for name, function in wrong_steps.items():
        assert verdict(checks.check_one_step(function)) == ("wrong", name)


def test_a_mended_loop_passes_however_it_is_written():
    assert verdict(checks.check_train(train)) == ("right", None)
    assert verdict(checks.check_train(train_with(random_pairs))) == ("right", None)


def test_the_loop_as_given_is_unanswered():
    assert checks.check_train(train_with(as_given)).status == "unanswered"


def test_wrong_loops_are_told_apart():
    wrong_loops = {
        "pairs-broken": train_with(labels_left_behind),
        "not-random": train_with(first_examples),
        "same-batch": train_with(one_draw_for_ever),
        "other-sizes": train_with(everything),
        "error": lambda model: None,
    }
    for name, function in wrong_loops.items():
        assert verdict(checks.check_train(function)) == ("wrong", name)
    assert checks.check_train(train_with(random_pairs, num_steps=3)).misconception == "other-sizes"


def test_a_check_leaves_the_random_numbers_of_the_lesson_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    checks.check_train(train)
    assert torch.rand(1).equal(expected)


def test_rates_are_read_from_the_curves():
    cases = [
        ({"A": 20, "B": 0.02, "C": 1}, ("right", None)),
        ({"A": 20.0, "B": 2e-2, "C": 1.0}, ("right", None)),
        ({"A": None, "B": None, "C": None}, ("unanswered", None)),
        ({"A": 0.02, "B": 1, "C": 20}, ("wrong", "high-means-slow")),
        ({"A": 1, "B": 0.02, "C": 20}, ("wrong", "jumps-are-good")),
        ({"A": 20, "B": 1, "C": 0.02}, ("wrong", "smooth-is-good")),
        ({"A": 20, "B": 1, "C": 3}, ("wrong", "rates")),
        ({"A": 20}, ("wrong", "keys")),
        ({"A": "20", "B": 0.02, "C": 1}, ("wrong", "rates")),
    ]
    for answer, expected in cases:
        assert verdict(checks.check_rates(answer)) == expected


def test_the_three_curves_are_what_the_exercise_says_of_them():
    jumpy, slow, good = (losses_at(checks.RATES[name]) for name in "ABC")
    assert all(after < before for before, after in zip(slow, slow[5:], strict=False))
    assert good[-1] < 0.5 * slow[-1]
    assert max(jumpy) > 3 * jumpy[0] and min(jumpy[1:]) > max(good[-20:])


def test_the_diagnosis():
    assert verdict(checks.check_diagnosis("b")) == ("right", None)
    assert verdict(checks.check_diagnosis(" B ")) == ("right", None)
    assert checks.check_diagnosis(None).status == "unanswered"
    named = {"a": "loop-broken", "c": "learnt-by-heart", "d": "weights-unmoved", "x": "letter"}
    for answer, name in named.items():
        assert verdict(checks.check_diagnosis(answer)) == ("wrong", name)


def test_the_figure_of_three_runs_has_labelled_axes():
    ax = checks.plot_three_runs()
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "training loss (nats)")
    assert len(ax.get_lines()) == 3
