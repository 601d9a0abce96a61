"""Two real processes at a tiny size, started once for all tests that look at what they found."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch import nn

from course_utils.data.examples import LabelledImages
from course_utils.lessons.scaling_up import processes
from course_utils.lessons.scaling_up.clocks import KINDS
from course_utils.lessons.scaling_up.joint import (
    Way,
    as_data,
    from_data,
    hold_norms,
    weights_apart,
    weights_of,
)
from course_utils.lessons.scaling_up.parts import gradient, relative_difference
from course_utils.lessons.scaling_up.processes import (
    RANKS,
    can_run_processes,
    check_number,
    cores_text,
    run_processes,
    threads_of_each,
)
from course_utils.lessons.scaling_up.ranks import place_of, sent_to
from course_utils.lessons.scaling_up.together import Compared, Together, in_steps
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.tensor_files import save_tensors

pytestmark = pytest.mark.slow

BATCH, STEPS, SIZES = 8, 4, [6, 2]
LIVE, HELD, ADAMW = Way(bits=64, holds_norms=False), Way(bits=64), Way("AdamW", 1e-3, bits=64)
WAYS = {"held": HELD, "held, AdamW": ADAMW, "live": LIVE, "held, 32 bits": Way()}
Found = list[dict[str, Any]]


def pictures(count: int, seed: int = 0) -> LabelledImages:
    """Noise in three classes, each a little brighter than the last."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 3
    images = torch.rand(count, 1, 8, 8, generator=generator) + labels[:, None, None, None] / 2
    return LabelledImages(images, labels, ("a", "b", "c"))


@pytest.fixture(scope="module")
def together() -> Together:
    """A small training, whose batch norms know other statistics than they begin with."""
    torch.manual_seed(0)
    model = Classifier(Backbone(1, 4), 3)
    model.train()(pictures(30).images)
    return Together(model, in_steps(pictures(30), BATCH, STEPS, 0), pictures(20, 1), BATCH)


@pytest.fixture(scope="module")
def found(together: Together) -> Found:
    """What both ranks found, with warnings as errors there, too."""
    draws = {"seed": 3, "count": 16}
    tasks = {
        **together.tasks(WAYS),
        **together.shard_task(HELD),
        **together.gradient_tasks(SIZES),
        "alike": ("draws", {**draws, "by_rank": False}),
        "by rank": ("draws", {**draws, "by_rank": True}),
        "synchronised": ("synchronised", {}),
        "seconds": (
            "seconds",
            {
                "widths": [2, 4],
                "images": pictures(4).images,
                "labels": pictures(4).labels,
                "num_classes": 3,
                "rounds": 2,
            },
        ),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONWARNINGS", "error")
        return run_processes(2, tasks)


@pytest.fixture(scope="module")
def compared(together: Together, found: Found) -> dict[str, Compared]:
    """By way: one process beside two."""
    alone = together.alone(WAYS.values())
    return {
        name: together.compare(way, alone[way], [each[name] for each in found])
        for name, way in WAYS.items()
    }


@pytest.mark.parametrize("name", ["held", "held, AdamW"])
def test_two_processes_learn_the_weights_of_one(compared: dict[str, Compared], name: str) -> None:
    assert compared[name].apart < 1e-9
    assert compared[name].ranks_equal and compared[name].ranks_differ == 0
    assert compared[name].same_answers == 1
    assert len(set(compared[name].accuracies)) == 1
    assert compared[name].statistics_apart == 0


def test_in_32_bits_they_are_apart_by_rounding(compared: dict[str, Compared]) -> None:
    assert compared["held"].apart < compared["held, 32 bits"].apart < 1e-2


def test_with_live_batch_norm_they_learn_other_weights(compared: dict[str, Compared]) -> None:
    live = compared["live"]
    assert live.apart > 1e-2
    assert live.ranks_equal, "gradients are means over both ranks all the same"
    assert live.statistics_apart > 1e-3, "of its own pictures, each"
    assert len(live.accuracies) == 3


def test_weights_that_are_shared_out_learn_the_same(together: Together, found: Found) -> None:
    alone = together.alone([HELD])[HELD]
    whole = weights_of(alone).numel()
    held = [each["shard"].pop("held") for each in found]
    assert sum(held) == whole and max(held) < 0.7 * whole
    assert weights_apart(found[1]["shard"], alone, together.model.state_dict()) < 1e-9


def test_a_mean_of_means_is_not_the_mean(together: Together, found: Found) -> None:
    model, examples = hold_norms(from_data(as_data(together.model))), together.examples
    truth = gradient(model, examples.images[:BATCH], examples.labels[:BATCH], [BATCH], [1.0])
    for each in found:
        assert relative_difference(each["weighted"], truth) < 1e-4
        assert relative_difference(each["mean of means"], truth) > 0.02
    assert torch.equal(found[0]["mean of means"], found[1]["mean of means"])


def test_ranks_that_are_seeded_alike_draw_alike(found: Found) -> None:
    alike, by_rank = ([each[name] for each in found] for name in ("alike", "by rank"))
    assert torch.equal(*alike)
    assert len(torch.cat(by_rank).unique()) == 32
    assert torch.equal(by_rank[0], alike[0]), "rank 0 has the seed itself"


def test_batch_norm_over_all_ranks_wants_a_gpu(found: Found) -> None:
    assert "GPU" in found[0]["synchronised"]


def test_all_is_timed_in_every_round(found: Found) -> None:
    for each in found:
        for clock in ("wall", "cpu"):
            assert each["seconds"][clock].shape == (2, 2, len(KINDS))
            assert (each["seconds"][clock] >= 0).all()
        assert (each["seconds"]["wall"] > 0).all()


def test_pictures_come_from_the_start_again_when_they_end() -> None:
    steps = in_steps(pictures(5), 4, 3, seed=1)
    assert len(steps) == 12
    assert torch.equal(steps.images[5:10], steps.images[:5])
    assert not torch.equal(steps.images, in_steps(pictures(5), 4, 3, seed=2).images)


class Seen:
    """Notes the processes that are started, and the folders they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.processes: list[subprocess.Popen] = []
        self.folders: set[str] = set()
        start = subprocess.Popen

        def noted(command: list[str], **options: Any) -> subprocess.Popen:
            self.folders.add(command[3])
            self.processes.append(start(command, **options))
            return self.processes[-1]

        monkeypatch.setattr(subprocess, "Popen", noted)

    def check_that_nothing_is_left(self) -> None:
        """Two were started and ended, neither by itself, and their folder is gone."""
        assert len(self.processes) == 2 and len(self.folders) == 1
        assert all(process.returncode for process in self.processes)
        assert not Path(*self.folders).exists()


def test_a_rank_that_dies_is_named_with_what_it_said(
    together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, broken = Seen(monkeypatch), together.gradient_tasks(SIZES)["weighted"]
    # Rank 0 finds its pictures and waits for the gradient of rank 1, which finds none.
    one = ("gradient", {**broken[1], "sizes": [BATCH]})
    with pytest.raises(RuntimeError, match=r"rank 1 \(exit code 1\)(.|\n)*rank 1: .*IndexError"):
        run_processes(2, {"broken": one})
    seen.check_that_nothing_is_left()


def interrupt(*_: object) -> None:
    """What Ctrl-C does."""
    raise KeyboardInterrupt


def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is over at once."""
    monkeypatch.setattr(processes, "LIMIT", -1)


def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stops it while it waits."""
    monkeypatch.setattr(processes.time, "sleep", interrupt)


@pytest.mark.parametrize(
    ("happens", "error"), [(stopped, KeyboardInterrupt), (no_time, TimeoutError)]
)
def test_both_ranks_are_stopped(
    happens: Callable, error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen(monkeypatch)
    happens(monkeypatch)
    with pytest.raises(error):
        run_processes(2, {})
    seen.check_that_nothing_is_left()


def test_a_rank_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    folder = tmp_path / "ranks"
    waits = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as starter:
        request = {"num_processes": 2, "threads": 1, "limit": 600, "device": "cpu", "tasks": {}}
        save_tensors({**request, "started_by": starter.pid}, folder / processes.REQUEST)
        command = [sys.executable, "-m", RANKS, str(folder), "0"]
        with subprocess.Popen(command) as rank:  # it waits for rank 1 for ever
            while not (folder / processes.MEETING).exists():
                assert rank.poll() is None, "it is there as long as its starter is"
                time.sleep(0.05)
            starter.kill()
            starter.wait()
            try:
                assert rank.wait(300) == 1
            finally:
                rank.kill()
    assert not folder.exists()


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert can_run_processes() == ""
    with monkeypatch.context() as patch:
        patch.setattr(dist, "is_gloo_available", lambda: False)
        assert "gloo" in can_run_processes()
        with pytest.raises(RuntimeError, match="this torch was built without"):
            run_processes(2, {})
    with monkeypatch.context() as patch:
        patch.setattr(processes, "_loopback", lambda: "")
        assert "127.0.0.1" in can_run_processes()
        patch.setattr(processes, "_loopback", lambda: "no-such-interface")
        said = can_run_processes()
        assert said.startswith("gloo cannot be used here") and "\n" not in said


def test_each_process_has_its_share_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "usable_cores", lambda: 8)
    assert threads_of_each(2) == 4 and threads_of_each(3) == 2
    assert cores_text(2) == "2 processes with 4 of 8 cores each"
    monkeypatch.setattr(processes, "usable_cores", lambda: 1)
    assert threads_of_each(2) == 1
    assert "2 processes share 1" in cores_text(2)


def test_no_process_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1, got 0"):
        run_processes(0, {})


def test_gpus_are_dealt_out_to_ranks_and_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = []
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    places = [place_of("cuda", rank) for rank in range(3)]
    assert [str(place) for place in places] == ["cuda:0", "cuda:1", "cuda:0"] == [*map(str, chosen)]
    assert place_of("cpu", 1) == place_of("mps", 1) == torch.device("cpu")


def test_tensors_are_moved_however_deep_they_lie() -> None:
    given = {"a": [torch.ones(2), 3], "b": {"c": torch.ones(1)}, "d": "text"}
    there = sent_to(given, torch.device("meta"))
    assert there["a"][0].is_meta and there["b"]["c"].is_meta
    assert there["a"][1] == 3 and there["d"] == "text" and not given["a"][0].is_meta


def test_a_lesson_with_one_process_is_refused_before_any_work() -> None:
    check_number(2)
    with pytest.raises(ValueError, match="num_processes must be at least 2, got 1"):
        check_number(1)


def test_a_batch_that_cannot_be_shared_out_is_refused(together: Together) -> None:
    model, examples, val = together.model, together.examples, together.val
    with pytest.raises(ValueError, match=r"multiple of the 3 processes.*got 8"):
        Together(model, examples, val, BATCH, 3)
    with pytest.raises(ValueError, match="multiple of batch_size = 8, got 20"):
        Together(model, val, val, BATCH)
    for sizes in ([8], [8, 0], [30, 30]):
        with pytest.raises(ValueError, match="2 numbers of pictures"):
            together.gradient_tasks(sizes)


def test_other_networks_are_refused(together: Together) -> None:
    flat = nn.Flatten()
    flat.num_features = 64
    other = Classifier(flat, 3)
    with pytest.raises(ValueError, match=r"Backbone of this workbook.*got Flatten"):
        Together(other, together.examples, together.val, BATCH)


def test_unknown_ways_are_refused() -> None:
    for wrong in ({"optimizer": "Adam"}, {"bits": 16}):
        with pytest.raises(ValueError, match="SGD, AdamW and bits 32 or 64"):
            Way(**wrong)


def test_weights_that_never_moved_are_refused(together: Together) -> None:
    state = together.model.state_dict()
    with pytest.raises(ValueError, match="was nothing trained"):
        weights_apart(state, state, state)
