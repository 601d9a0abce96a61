"""What moves in lesson 14, moved as a learner moves it: costs of a training, and labels."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from course_utils.costs.bills import Assumptions, make_bill
from course_utils.costs.forecasts import duration_text, forecast
from course_utils.costs.hardware import HARDWARE
from course_utils.costs.machine import Machine
from course_utils.costs.memory import memory_bound
from course_utils.costs.networks import imagine
from course_utils.costs.seconds import SecondsModel
from course_utils.evaluation.learning_curve import Forecast, forecast_error
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures import axes as figures
from course_utils.figures.forecasts import STRAIGHT, WITH_FLOOR
from course_utils.figures.plots import COLOURS
from course_utils.files import size_text
from course_utils.lessons.how_long_how_much.widgets.cost_panels import number_text
from course_utils.lessons.how_long_how_much.widgets.costs import HERE, OWN, explore_costs
from course_utils.lessons.how_long_how_much.widgets.labels import explore_labels
from course_utils.session import learner
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.moving import catch_pictures, every_setting, every_setting_in_time

pytestmark = pytest.mark.slow

MACHINE = Machine("a processor", "cpu", 1, 9e10, 2e11, 2e10, 1e9, False, 400.0)
SECONDS = SecondsModel(1.2, 2.5, 0.003, MACHINE)
NETWORKS = ("letters", "resnet18")
RENTED = Assumptions(rest_power=100, rent_per_hour=3)
LAWS = (WITH_FLOOR, STRAIGHT)
SIZES = [10, 20, 40, 80, 160]
CURVES = np.array([[0.4, 0.3, 0.2, 0.17, 0.15], [0.5, 0.35, 0.25, 0.15, 0.08]])


@pytest.fixture
def no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and read, but not rendered: that is most of the time of a move."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "pixels")
    monkeypatch.setattr(figures, "as_png", lambda figure: "pixels")


@cache
def costs() -> Explorer:
    return explore_costs(MACHINE, SECONDS, networks=NETWORKS, rented=RENTED)


@cache
def labels() -> Explorer:
    return explore_labels(SIZES, wrong())


@cache
def wrong() -> np.ndarray:
    """(2, 5, 200): two draws of labels, each picture as hard at all sizes."""
    hardness = np.random.default_rng(0).random((2, 1, 200))
    return hardness < CURVES[:, :, None]


@cache
def foretold(place: str, count: int, network: str, size: int, *numbers: int) -> Any:
    """By the function that lesson 07 uses, which counts the network anew."""
    on = MACHINE if place == HERE else HARDWARE[place]
    num_pictures, batch_size, num_epochs = numbers
    return forecast(
        network,
        (1 if network == "letters" else 3, size, size),
        num_examples=num_pictures,
        num_epochs=num_epochs,
        batch_size=batch_size,
        on=on,
        seconds_model=SECONDS if place == HERE else None,
        count=1 if place == HERE else count,
    )


def expected(setting: dict[str, Any]) -> list[float]:
    """Numbers of all rows, in their order."""
    order = ("place", "count", "network", "size", "num_pictures", "batch_size", "num_epochs")
    found = foretold(*(setting[name] for name in order))
    place, count, epochs = setting["place"], setting["count"], setting["num_epochs"]
    if place == HERE:
        bill = make_bill(found.seconds, OWN)
        money = bill.electricity
    else:
        power = HARDWARE[place].power
        given = Assumptions(device_power=power, rest_power=100, rent_per_hour=3)
        bill = make_bill(found.seconds, given, count)
        money = bill.rent
    memory = found.memory
    parts = [memory.weights, memory.gradients, memory.optimizer, memory.kept, memory.total]
    return [found.seconds / epochs, found.seconds, *parts, bill.kilowatt_hours, money]


def drawn(moving: Explorer) -> tuple[list[float], list[float], list[str]]:
    """Numbers of all rows now, those at the start, and the colours of the present ones."""
    now, before, colours = [], [], []
    for ax in moving.axes:
        lines, start, present = (ax.lines[k::3] for k in range(3))
        for line, old, new in zip(lines, start, present, strict=False):
            assert list(line.get_xdata()) == [old.get_xdata()[0], new.get_xdata()[0]]
            before.append(old.get_xdata()[0])
            now.append(new.get_xdata()[0])
            colours.append(new.get_color())
    return now, before, colours


@pytest.mark.usefixtures("no_pixels")
def test_every_choice_shows_what_the_forecast_says_and_which_numbers_it_moved() -> None:
    moving = costs()
    start = {name: control.value for name, control in moving.controls.items()}
    at_start, seen = expected(start), set()
    for setting in every_setting(moving):
        now, before, colours = drawn(moving)
        assert now == pytest.approx(expected(setting), rel=1e-6)
        assert before == pytest.approx(at_start, rel=1e-6)
        moved = [bool(abs(new / old - 1) > 1e-6) for new, old in zip(now, before, strict=True)]
        assert colours == [COLOURS[each] for each in moved]
        texts = [text.get_text() for ax in moving.axes for text in ax.texts]
        for text, new, old, is_moved in zip(texts, now, before, moved, strict=True):
            times = f"  x {number_text(new / old)}"
            assert text.endswith(times) if is_moved else " x " not in text
        assert texts[1].startswith(duration_text(now[1]))
        assert texts[6].startswith(size_text(now[6]))
        for ax, numbers in zip(moving.axes, (now[:2], now[2:7], now[7:]), strict=True):
            low, high = ax.get_xlim()
            assert all(low < number < high for number in numbers)
        seen.add(tuple(moved))
        said = moving.summary
        assert f"{setting['num_pictures']:,} pictures of {setting['size']} x" in said
        assert f"the run {duration_text(now[1])}; at least {size_text(now[6])} of mem" in said
        assert f"one epoch x {number_text(now[0] / before[0])}, the run" in said or not moved[0]
    assert len(seen) > 2


@pytest.mark.usefixtures("no_pixels")
def test_a_choice_moves_its_own_numbers_alone_and_room_is_drawn() -> None:
    moving = explore_costs(MACHINE, SECONDS, networks=NETWORKS)
    moving.update()
    assert moving.summary.endswith("Beside the start: nothing moved.")
    for name, value, words in (
        ("num_epochs", 30, "the run x 3, energy x 3, money x 3."),
        ("num_epochs", 10, "nothing moved."),
        ("count", 8, "nothing moved."),  # a measured machine counts once
    ):
        moving.controls[name].value = value
        assert moving.summary.endswith(f"Beside the start: {words}")
    moving.controls["place"].value = "T4"
    assert "on 8 x T4 at 15% of the peak" in moving.summary
    assert "of rent. " in moving.summary and "which may fit into 16.00 GB" in moving.summary
    assert moving.axes[1].lines[-1].get_xydata().tolist() == [[16e9, 4]]
    moving.controls["count"].value = 1
    for name, value in {"network": "resnet18", "size": 224, "batch_size": 512}.items():
        moving.controls[name].value = value
    shape = (512, 3, 224, 224)
    bound = memory_bound(imagine("resnet18"), shape, precision=torch.bfloat16)
    assert f"{bound}, which may fit" in moving.summary
    moving.controls["place"].value = HERE
    assert "electricity" in moving.summary and "this machine, one thread" in moving.summary


@pytest.mark.usefixtures("no_pixels")
def test_on_a_gpu_of_this_machine_its_own_memory_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (5e9, 8e9))
    gpu = replace(MACHINE, device="cuda")
    moving = explore_costs(gpu, replace(SECONDS, machine=gpu), networks=("letters",))
    moving.update()
    assert "on this machine: one epoch" in moving.summary
    assert "which may fit into 5.00 GB" in moving.summary


@cache
def law_by_hand(repeat: int, known: int, name: str) -> Forecast:
    table = wrong()[repeat - 1, :known]
    return forecast_error(SIZES[:known], table, 4 * SIZES[known - 1], floor=name == WITH_FLOOR)


@pytest.mark.usefixtures("no_pixels")
def test_every_choice_of_labels_shows_its_law_forecast_and_truth() -> None:
    moving, seen = labels(), set()
    assert moving.controls["measured"].value == 40 and len(moving.controls) == 3
    for setting in every_setting(moving):
        table, known = wrong()[setting["repeat"] - 1], SIZES.index(setting["measured"]) + 1
        target = 4 * setting["measured"]
        laws = {name: law_by_hand(setting["repeat"], known, name) for name in LAWS}
        ax, chosen = moving.axes[0], laws[setting["law"]]
        lines = {line.get_label(): line for line in ax.lines}
        for name, law in laws.items():
            assert lines[name].get_ydata()[-1] == pytest.approx(law.error)
            assert (lines[name].get_color() == COLOURS[0]) == (name == setting["law"])
        points, ends = ax.containers
        errors = table.mean(axis=1)
        assert list(points.lines[0].get_ydata()) == list(errors[:known])
        assert ends.lines[2][0].get_segments()[0][:, 1] == pytest.approx([chosen.low, chosen.high])
        truth = errors[SIZES.index(target)]
        assert lines["measured there"].get_xydata().tolist() == [[target, truth]]
        later = list(lines["measured, not used"].get_xdata())
        assert later == SIZES[known : SIZES.index(target)]
        held = "held" if chosen.low <= truth <= chosen.high else "missed"
        ends_text = f"{chosen.error:.3f} [{chosen.low:.3f}, {chosen.high:.3f}] for {target}."
        said = moving.summary
        number, last = setting["repeat"], SIZES[known - 1]
        assert said.startswith(f"Draw {number} of labels, errors known up to {last}: a ")
        assert f"a {setting['law']} forecasts {ends_text}" in said
        assert f"Measured there: {truth:.3f}; the interval {held} it." in said
        assert f"Forecast / measured: {chosen.error / truth:.2f}." in said
        (other,) = (law for name, law in laws.items() if name != setting["law"])
        assert said.endswith(f"{other.error:.3f} [{other.low:.3f}, {other.high:.3f}].")
        highest = wilson_interval(int(wrong().sum(axis=2).max()), 200)[1]
        assert ax.get_ylim() == (0, pytest.approx(1.05 * highest))
        seen.add((held, setting["law"]))
    assert len(seen) > 2


@pytest.mark.usefixtures("no_pixels")
def test_more_sizes_give_more_choices_and_one_draw_has_no_control() -> None:
    hardness = np.random.default_rng(1).random((1, 1, 50))
    errors = np.array([0.5, 0.4, 0.3, 0.2, 0.15, 0.0])
    moving = explore_labels([10, 20, 40, 80, 160, 320], hardness < errors[None, :, None])
    assert list(moving.controls) == ["measured", "law"]
    assert [value for _, value in moving.controls["measured"].options] == [40, 80]
    moving.update()
    assert "for 320" in moving.summary and "Forecast / measured" not in moving.summary
    moving.controls["measured"].value = 40
    assert "Forecast / measured" in moving.summary and "for 160" in moving.summary


def test_answers_take_less_than_250_milliseconds() -> None:
    for moving in (costs(), labels()):
        assert len(list(every_setting_in_time(moving))) > 1


@pytest.mark.usefixtures("no_pixels")
def test_stills_show_what_each_mover_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    for moving in (costs(), labels()):
        moving._ipython_display_()
    said = [data["text/plain"] for data, _ in shown]
    assert len(said) == 2 and all(s.endswith("In JupyterLab, move it yourself.") for s in said)
    assert re.findall(r"on (this machine|1 x A100)", said[0]) == [HERE, HERE, "1 x A100"]
    assert said[0].count("nothing moved") == 1 and "pictures of 128 x 128" in said[0]
    assert re.findall(r"a ([\w ]+) forecasts", said[1]) == [WITH_FLOOR, STRAIGHT]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="vit_b_16 cannot take pictures of 32 pixels a side"):
        explore_costs(MACHINE, SECONDS, networks=("vit_b_16",))
    with pytest.raises(ValueError, match="resnet99"):
        explore_costs(MACHINE, SECONDS, networks=("resnet99",))
    for table in (wrong()[0], wrong()[:, :4], wrong().astype(float), wrong()[:0]):
        with pytest.raises(ValueError, match=r"wrong must be bool \(R, 5, N\), with at least one"):
            explore_labels(SIZES, table)
    for sizes in ([10, 20, 40, 80, 150], [10, 40, 160, 80, 20], [10, 40, 50, 60, 70]):
        with pytest.raises(ValueError, match="sizes must rise, and from the third on one of them"):
            explore_labels(sizes, wrong())
