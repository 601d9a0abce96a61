"""What moves in lesson 13, moved as a learner moves it: samplers, and gradients of batches."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.utils.data import DistributedSampler

from course_utils.figures import axes as figures
from course_utils.lessons.scaling_up.widgets.gradients import explore_gradients
from course_utils.lessons.scaling_up.widgets.sampler import (
    AS_IT_IS,
    DROPS,
    ONCE,
    PADS,
    SHUFFLED,
    WRONG_FIRST,
    explore_sampler,
)
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.session import learner
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.module_state import assert_same_state, state_of
from tests.helpers.moving import catch_pictures, every_setting

pytestmark = pytest.mark.slow

N = 41


@pytest.fixture
def no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and read, but not rendered: that is most of the time of a move."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "pixels")
    monkeypatch.setattr(figures, "as_png", lambda figure: "pixels")


@cache
def correct() -> torch.Tensor:
    return torch.rand(N, generator=torch.Generator().manual_seed(0)) > 0.15


def sampler() -> Explorer:
    return explore_sampler(correct(), batch_size=4)


def indices_by_torch(num_processes: int, kind: str, order: str) -> list[list[int]]:
    """What each rank takes by torch's own sampler; without one where each counts once."""
    shuffled = order == SHUFFLED
    if kind == ONCE:
        generator = torch.Generator().manual_seed(0)
        numbers = torch.randperm(N, generator=generator).tolist() if shuffled else list(range(N))
        return [numbers[rank::num_processes] for rank in range(num_processes)]
    how = {"shuffle": shuffled, "drop_last": kind == DROPS}
    return [
        list(DistributedSampler(range(N), num_processes, r, **how)) for r in range(num_processes)
    ]


def mean(values: list[Any]) -> float:
    return sum(map(float, values)) / len(values)


def expected_reports(answers: list[bool], ranks: list[list[int]], batch_size: int) -> list[float]:
    """The four accuracies, worked out from lists."""
    by_rank = [[answers[k] for k in rank] for rank in ranks]
    of_batches = [
        mean([mean(own[k : k + batch_size]) for k in range(0, len(own), batch_size)])
        for own in by_rank
    ]
    taken = {k for rank in ranks for k in rank}
    return [
        mean(of_batches),
        mean([answers[k] for rank in ranks for k in rank]),
        mean(by_rank[0]),
        mean([answers[k] for k in taken]),
    ]


def check_sampler(moving: Explorer, setting: dict[str, Any]) -> tuple[int, int]:
    """Squares, marks and words of one setting; how many count more than once, and not at all."""
    answers = correct().tolist()
    if setting["order"] == WRONG_FIRST:
        answers.sort()
    ranks = indices_by_torch(setting["num_processes"], setting["kind"], setting["order"])
    counts = Counter(k for rank in ranks for k in rank)
    squares, bars = moving.axes
    (drawn,) = squares.collections
    faces, edges = drawn.get_facecolors(), drawn.get_edgecolors()
    assert len(faces) == N
    for number, right in enumerate(answers):
        assert (edges[number][2] > edges[number][0]) == right  # blue or orange
        assert faces[number][3] == pytest.approx((0, 0.35, 1)[min(counts[number], 2)])
    again = [str(counts[k]) for k in range(N) if counts[k] > 1]
    assert [text.get_text() for text in squares.texts] == again
    true, batch_size = mean(answers), setting["batch_size"]
    reports = expected_reports(answers, ranks, batch_size)
    marks = [line.get_xdata()[0] for line in bars.lines[1:]]
    assert marks == pytest.approx([report - true for report in reports])
    assert all(bars.get_xlim()[0] < mark < bars.get_xlim()[1] for mark in marks)
    texts = [text.get_text() for text in bars.texts]
    assert all(text.startswith(f"{r:.4f}") for text, r in zip(texts, reports, strict=True))
    assert [float(v) for v in re.findall(r"(\d\.\d{4})[,.]", moving.summary)] == pytest.approx(
        reports, abs=1e-4
    )
    left_out = N - len(counts)
    wrong_again = sum(counts[k] > 1 and not answers[k] for k in range(N))
    assert (
        f"Answers counted: {counts.total()}, of {N} examples. Counted more than once: "
        f"{len(again)}, of which {wrong_again} wrong; left out: {left_out}, of which "
        f"{sum(counts[k] == 0 and not answers[k] for k in range(N))} wrong. Rank 0 takes "
        f"{len(ranks[0])}, in batches of {batch_size}, the last of "
        f"{(len(ranks[0]) - 1) % batch_size + 1}."
    ) in moving.summary
    assert f"True accuracy {true:.4f};" in moving.summary
    return len(again), left_out


@pytest.mark.usefixtures("no_pixels")
def test_every_setting_counts_and_reports_what_torchs_sampler_gives() -> None:
    moving, seen = sampler(), set()
    for setting in every_setting(moving):
        seen.add(check_sampler(moving, setting))
    for number, kind, order in product(
        (3, 8, 32), (PADS, DROPS, ONCE), (AS_IT_IS, WRONG_FIRST, SHUFFLED)
    ):
        chosen = {"num_processes": number, "batch_size": 4, "kind": kind, "order": order}
        for name, value in chosen.items():
            moving.controls[name].value = value
        seen.add(check_sampler(moving, chosen))
    assert {(0, 0), (7, 0), (23, 0), (0, 9), (0, 1)} <= seen
    assert max(moving.controls["num_processes"].options) == 32  # of 1 to 64, for 41 examples


@pytest.mark.usefixtures("no_pixels")
def test_padding_with_wrong_ones_first_reports_too_little_and_each_once_the_truth() -> None:
    moving = sampler()
    moving.controls["order"].value = WRONG_FIRST
    padded = [line.get_xdata()[0] for line in moving.axes[1].lines[1:]]
    assert padded[1] < -0.05 and padded[3] == 0
    moving.controls["kind"].value = ONCE
    once = [line.get_xdata()[0] for line in moving.axes[1].lines[1:]]
    assert once[1] == once[3] == 0 and once[2] != 0
    assert "the true one" in moving.axes[1].texts[1].get_text()


def test_what_has_no_answers_or_no_such_setting_is_refused() -> None:
    for wrong in (correct().float(), correct()[None]):
        with pytest.raises(ValueError, match=r"correct must be \(N,\) of bool"):
            explore_sampler(wrong)
    with pytest.raises(ValueError, match="at least 2 examples, got 1"):
        explore_sampler(correct()[:1])
    with pytest.raises(ValueError, match="num_processes must be one of 1, 2, 3, 4, 6, got 8"):
        explore_sampler(correct()[:7])
    with pytest.raises(ValueError, match=r"batch_size must be one of 1, .*, got 5"):
        explore_sampler(correct(), batch_size=5)


@cache
def a_model() -> Classifier:
    """A small network with statistics of batch norm that are not those at the start."""
    torch.manual_seed(0)
    model = Classifier(Backbone(in_channels=2, width=3), 3)
    with torch.no_grad():
        for _ in range(20):
            model(torch.rand(16, 2, 8, 8))
    return model


@cache
def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(40, 2, 8, 8, generator=generator), torch.randint(
        3, (40,), generator=generator
    )


@cache
def gradients() -> Explorer:
    return explore_gradients(a_model(), *pictures())


@cache
def by_autograd(size: int, draw: int, bits: int) -> torch.Tensor:
    """The gradient of one batch, in float64 (``bits`` 64), float32 or autocast to bfloat16."""
    images, labels = pictures()
    batch = torch.randperm(40, generator=torch.Generator().manual_seed(draw))[:size]
    model = a_model().eval()
    twin = Classifier(Backbone(in_channels=2, width=3), 3).eval()
    twin.load_state_dict(model.state_dict())
    model.train()
    if bits == 64:
        twin, images = twin.double(), images.double()
    twin.backbone.precision = torch.bfloat16 if bits == 16 else torch.float32
    loss = F.cross_entropy(twin(images[batch]), labels[batch])
    return torch.cat(
        [g.flatten() for g in torch.autograd.grad(loss, list(twin.parameters()))]
    ).double()


def batches_of(size: int) -> Iterator[int]:
    return iter(range(8 if size < 40 else 1))


@pytest.mark.usefixtures("no_pixels")
def test_every_batch_is_drawn_at_its_length_and_angle_to_the_true_gradient() -> None:
    moving, true = gradients(), by_autograd(40, 0, 64)
    assert [size for _, size in moving.controls["size"].options] == [8, 16, 32, 40]
    seen = set()
    moving.update()
    for size, precision in product((8, 16, 32, 40), ("float32", "bfloat16")):
        moving.controls["size"].value, moving.controls["precision"].value = size, precision
        seen.add((size, precision))
        bits = 16 if precision == "bfloat16" else 32
        found = [by_autograd(size, draw, bits) for draw in batches_of(size)]
        full = [by_autograd(size, draw, 32) for draw in batches_of(size)]
        lengths = [float(each.norm() / true.norm()) for each in found]
        cosines = torch.tensor([float(F.cosine_similarity(each, true, dim=0)) for each in found])
        lines = {line.get_label(): line for line in moving.axes[0].lines}
        drawn = torch.from_numpy(np.array(lines[f"{precision}, batch of {size}"].get_data()).T)
        assert drawn.norm(dim=1).tolist() == pytest.approx(lengths, rel=1e-4)
        assert (drawn[:, 0] / drawn.norm(dim=1)).tolist() == pytest.approx(
            cosines.tolist(), abs=1e-4
        )
        assert ("float32, the same batches" in lines) == (precision == "bfloat16")
        error = mean([float((each - true).norm() / true.norm()) for each in found])
        moved = mean(
            [
                float((by_autograd(size, draw, 16) - each).norm() / true.norm())
                for draw, each in enumerate(full)
            ]
        )
        (ring,) = [line for line in moving.axes[1].lines if line.get_markersize() == 13]
        assert ring.get_xdata()[0] == size
        assert ring.get_ydata()[0] == pytest.approx(max(error, 1e-7), rel=1e-2, abs=3e-7)
        assert f"length {min(lengths):.3f} to {max(lengths):.3f} of the true" in moving.summary
        (said,) = re.findall(r"float32 are (\S+) of its length apart", moving.summary)
        assert float(said) == pytest.approx(moved, rel=0.06)
        degrees = torch.rad2deg(torch.acos(cosines.clamp(-1, 1))).mean()
        (said,) = re.findall(r"angle to it (\S+) degrees", moving.summary)
        assert float(said) == pytest.approx(float(degrees), rel=0.06, abs=0.1)
    assert len(seen) == 8


@pytest.mark.usefixtures("no_pixels")
def test_the_choice_of_a_batch_moves_a_gradient_further_than_bfloat16() -> None:
    moving = gradients()
    moving.update()
    lines = {line.get_label(): list(line.get_ydata()) for line in moving.axes[1].lines}
    by_batch, by_bits = lines["float32, from the true one"], lines["bfloat16 from float32"]
    assert all(far > 4 * near for far, near in zip(by_batch[:2], by_bits[:2], strict=True))
    assert (
        by_batch[-1] < 1e-5 < by_bits[-1]
    )  # all pictures: rounding in 32 bits is all that is left


@pytest.mark.usefixtures("no_pixels")
def test_the_model_is_left_as_it_was_whatever_its_precision() -> None:
    model = a_model()
    before = state_of(model)
    model.backbone.precision = torch.bfloat16
    model.backbone.requires_grad_(False)
    moving = explore_gradients(model, *pictures())
    moving.update()
    assert_same_state(model, before)
    assert model.training and model.backbone.precision == torch.bfloat16
    assert not any(weight.requires_grad for weight in model.backbone.parameters())
    model.backbone.requires_grad_(True)
    model.backbone.precision = torch.float32
    gradients().controls["precision"].value = "float32"
    gradients().controls["size"].value = 8
    gradients().update()
    assert moving.summary == gradients().summary


@pytest.mark.usefixtures("no_pixels")
def test_stills_show_what_each_mover_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    for moving in (sampler(), gradients()):
        moving._ipython_display_()
    said = [data["text/plain"] for data, _ in shown]
    assert len(said) == 2 and all(s.endswith("In JupyterLab, move it yourself.") for s in said)
    assert re.findall(r"order of the examples: ([a-z ]+)\.", said[0]) == [
        AS_IT_IS, WRONG_FIRST, WRONG_FIRST,
    ]  # fmt: skip
    assert re.findall(r"In (\w+), (?:8 batches of|the batch of all) (\d+)", said[1]) == [
        ("float32", "8"), ("bfloat16", "8"), ("bfloat16", "40"),
    ]  # fmt: skip


def test_pictures_that_do_not_fit_and_a_gradient_of_nothing_are_refused() -> None:
    images, labels = pictures()
    for given in ((images[:8], labels[:8]), (images[0], labels), (images, labels[:39])):
        with pytest.raises(ValueError, match=r"at least 9, with a label for each; got \("):
            explore_gradients(a_model(), *given)
    broken = Classifier(Backbone(in_channels=2, width=3), 3)
    broken.head.weight.data.fill_(float("nan"))
    with pytest.raises(ValueError, match="the gradient of all pictures has length nan"):
        explore_gradients(broken, images, labels)
