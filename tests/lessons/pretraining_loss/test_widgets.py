"""Lesson 01's explorers draw and say what torch, and counting by hand, say as well."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils.lessons.pretraining_loss import widgets as pretraining_loss
from course_utils.lessons.pretraining_loss.widgets import (
    explore_descents,
    explore_minibatches,
    explore_softmax,
    probs_loss_and_gradient,
)
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting

pytestmark = pytest.mark.slow

RATES = [0.1, 0.5, 2.2]
NAMES = ["all", "a few"]
SIZES, MOST, FULL = [2, 8, 32], 25, 0.5
STARTING = torch.tensor([4.0, 1, 0, 0])


@pytest.fixture
def unpainted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the painting, most of the time that a move takes; the figures are all there."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "")


def clouds_and_means() -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Made-up gradients around one of length ``FULL``, and their running means."""
    rng = np.random.default_rng(0)
    clouds, means = {}, {}
    for size in SIZES:
        noise = rng.normal(0, 1, (MOST, 2)) / np.sqrt(size)
        clouds[size] = np.abs([0, 1] * noise) + [1, 0] * (noise + FULL)
        means[size] = clouds[size].cumsum(axis=0) / np.arange(1, MOST + 1)[:, None]
    return clouds, means


def bowl(place: np.ndarray) -> float:
    """A loss with its lowest place at (2, 1), where it is 1."""
    return 1 + float(((np.asarray(place) - [2, 1]) ** 2).sum() / 2)


def make_descents(num_steps: int = 12) -> Explorer:
    """Descents in the bowl: the second name takes steps of half the length."""
    paths, losses = {}, {}
    for rate in RATES:
        places = {
            name: np.array([2, 1]) * (1 - (1 - rate / half) ** np.arange(num_steps + 1))[:, None]
            for name, half in zip(NAMES, (1, 2), strict=True)
        }
        paths[rate] = places
        losses[rate] = {name: [bowl(place) for place in path] for name, path in places.items()}
    x, y = np.linspace(0, 4, 9), np.linspace(0, 2, 5)
    surface = np.array([[bowl([u, v]) for u in x] for v in y])
    return explore_descents((x, y, surface), paths, losses, x_label="a", y_label="b")


def heights(ax) -> np.ndarray:  # noqa: ANN001
    """Heights of the bars on ``ax``."""
    return np.array([bar.get_height() for bar in ax.patches])


def test_probs_loss_and_gradient_are_those_of_autograd() -> None:
    for temperature in (0.5, 1.0, 3.0):
        for label in range(4):
            logits = STARTING.double().requires_grad_()
            loss = F.cross_entropy(logits / temperature, torch.tensor(label))
            loss.backward()
            ours = probs_loss_and_gradient(STARTING, label, temperature)
            assert ours[0] == pytest.approx((logits / temperature).softmax(dim=0).tolist())
            assert ours[1] == pytest.approx(loss.item())
            assert ours[2] == pytest.approx(logits.grad.tolist())
    assert probs_loss_and_gradient([1000, 0], 1, 1.0)[1] == pytest.approx(1000)


@pytest.mark.usefixtures("unpainted")
def test_softmax_bars_follow_every_control() -> None:
    moved = explore_softmax(STARTING, "ABCD")
    limits = set()
    for values in every_setting(moved):
        scaled = torch.tensor([values["first"], values["second"], 0, 0]) / values["temperature"]
        probs, label = scaled.double().softmax(dim=0).numpy(), values["label"]
        gradient = (probs - np.eye(4)[label]) / values["temperature"]
        left, right = moved.axes
        assert heights(left) == pytest.approx(probs, abs=1e-6)
        assert heights(right) == pytest.approx(gradient, abs=1e-6)
        striped = [[bool(bar.get_hatch()) for bar in ax.patches] for ax in (left, right)]
        assert striped == [[place == label for place in range(4)]] * 2
        loss = f"= {-np.log(probs[label]):.2f} nats"
        assert loss in moved.summary and loss in left.texts[-1].get_text()
        assert f"T = {values['temperature']:.3g}." in moved.summary
        for name, slope in zip("ABCD", gradient, strict=True):
            assert f"{name} {slope:.2f}" in moved.summary
        low, high = right.get_ylim()
        assert low < gradient.min() and gradient.max() < high
        limits.add((left.get_ylim(), (low, high)))
    assert len(limits) == 1


@pytest.mark.usefixtures("unpainted")
def test_minibatches_show_those_drawn_their_spread_and_their_mean() -> None:
    clouds, means = clouds_and_means()
    moved = explore_minibatches(clouds, means, FULL)
    limits = set()
    for values in every_setting(moved):
        size, drawn = values["size"], values["drawn"]
        (ax,) = moved.axes
        _, dots, square, star = ax.lines
        shown = clouds[size][:drawn]
        assert np.array_equal(dots.get_xydata(), shown[:, ::-1])
        assert square.get_xydata()[0] == pytest.approx(shown.mean(axis=0)[::-1])
        assert star.get_xydata().tolist() == [[0, FULL]]
        distances = np.linalg.norm(shown - [FULL, 0], axis=1)
        off = np.linalg.norm(shown.mean(axis=0) - [FULL, 0])
        assert f"of {size}, {drawn} drawn." in moved.summary
        assert f"{np.sqrt((distances**2).mean()):.3g} typically, {off:.2g} for" in moved.summary
        assert f"{(shown[:, 0] > 0).sum() / drawn:.0%} point downhill" in moved.summary
        (low, high), (left, right) = ax.get_ylim(), ax.get_xlim()
        assert low < shown[:, 0].min() and shown[:, 0].max() < high
        assert left < 0 and shown[:, 1].max() < right
        limits.add((low, high, left, right))
    assert len(limits) == 1


@pytest.mark.usefixtures("unpainted")
def test_descents_show_the_steps_taken_at_the_rate() -> None:
    moved = make_descents()
    limits = set()
    for values in every_setting(moved):
        rate, steps = values["learning_rate"], values["steps"]
        left, right = moved.axes
        for number, half in enumerate((1, 2)):
            path = [np.zeros(2)]
            for _ in range(steps):
                path.append(path[-1] - rate / half * (path[-1] - [2, 1]))
            faint, clear, ball = left.lines[3 * number : 3 * number + 3]
            assert faint.get_xydata() == pytest.approx(np.array(path[:-8]).reshape(-1, 2))
            assert clear.get_xydata() == pytest.approx(np.array(path[-9:]))
            assert faint.get_alpha() < 0.5 and clear.get_alpha() is None
            assert ball.get_xydata() == pytest.approx(path[-1][None])
            loss_drawn, ball = right.lines[2 * number : 2 * number + 2]
            assert loss_drawn.get_ydata() == pytest.approx([bowl(place) for place in path])
            assert ball.get_xydata()[0] == pytest.approx([steps, bowl(path[-1])])
            name = NAMES[number]
            end = f"({path[-1][0] + 0:.2f}, {path[-1][1] + 0:.2f})"
            assert f"{name}: {steps} steps end at {end}." in moved.summary
            assert f"{bowl(path[-1]):.3f} ({name})" in moved.summary
        assert left.lines[-1].get_xydata().tolist() == [[2, 1]]
        assert f"Learning rate {rate:g}." in moved.summary
        limits.add((left.get_xlim(), left.get_ylim(), right.get_xlim(), right.get_ylim()))
    assert len(limits) == 1


@pytest.mark.usefixtures("unpainted")
def test_a_good_rate_arrives_and_the_ends_of_the_scale_do_not() -> None:
    moved = make_descents()
    last = {}
    for rate in RATES:
        moved.controls["learning_rate"].value = rate
        last[rate] = moved.axes[1].lines[0].get_ydata()[-1]
    assert last[0.5] < 1.001 < 1.1 < last[0.1] < bowl([0, 0]) < last[2.2]


def test_the_still_versions_show_each_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    clouds, means = clouds_and_means()
    for moved in (
        explore_softmax(STARTING, "ABCD"),
        explore_minibatches(clouds, means, FULL),
        make_descents(),
    ):
        assert all(set(values) == set(moved.controls) for values in moved.stills.values())
        moved._ipython_display_()
    softmax, minibatches, descents = (data["text/plain"] for data, _ in shown)
    for loss in ("= 0.08 nats", "= 3.08 nats", "= 1.50 nats"):  # by hand: -ln 0.9205, ...
        assert loss in softmax
    for setting in ("of 2, 1 drawn", "of 2, 25 drawn", "of 32, 25 drawn"):
        assert setting in minibatches
    for rate, steps in zip(RATES, (12, 12, 6), strict=True):
        assert f"Learning rate {rate:g}. all: {steps} steps end" in descents


def test_what_a_figure_raises_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise ValueError("planted")

    clouds, means = clouds_and_means()
    for name, moved in (
        ("plot_softmax", explore_softmax(STARTING, "ABCD")),
        ("plot_minibatches", explore_minibatches(clouds, means, FULL)),
        ("plot_losses", make_descents()),
    ):
        monkeypatch.setattr(pretraining_loss, name, fail)
        with pytest.raises(ValueError, match="planted"):
            next(every_setting(moved))
        assert "planted" in moved.words.value


def test_arguments_that_do_not_fit_are_named() -> None:
    with pytest.raises(ValueError, match=r"'ABC', got shape \(4,\)"):
        explore_softmax(STARTING, "ABC")
    with pytest.raises(ValueError, match=r"within ±6, got \[7\. 0\.\]"):
        explore_softmax([7, 0, 99], "ABC")
    clouds, means = clouds_and_means()
    with pytest.raises(ValueError, match=r"\[2, 8, 32\], \[2, 8\]"):
        explore_minibatches(clouds, {size: means[size] for size in (2, 8)}, FULL)
    with pytest.raises(ValueError, match="must agree"):
        explore_minibatches(clouds, means | {8: means[8][:-1]}, FULL)
    surface = (np.arange(2), np.arange(2), np.ones((2, 2)))
    labels = {"x_label": "a", "y_label": "b"}
    path = {0.1: {"all": np.zeros((3, 2))}}
    for losses in ({0.2: {"all": [1, 1, 1]}}, {0.1: {"few": [1, 1, 1]}}, {0.1: {"all": [1, 1]}}):
        with pytest.raises(ValueError, match="must agree"):
            explore_descents(surface, path, losses, **labels)
