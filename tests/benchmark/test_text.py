"""Part k: all loops take the same steps, and with a cache and without the same text is written."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor

from benchmark import __main__ as command
from benchmark import text, text_loops
from benchmark.measurements import Comparison, Reading, Skipped, Turn
from benchmark.settings import QUICK, Settings
from benchmark.text_loops import BARE, OURS, TRAINER
from benchmark.trainers import missing_reason
from course_utils.models.text.transformer import Transformer

pytestmark = pytest.mark.slow

TINY = Settings(**QUICK)
LOOPS, WRITING = "3 steps of a language model", "writing 16 tokens"
STREAM, CONTEXT, STEPS = text_loops.random_stream(0), 8, 4


def final_weights(name: str, seed: int = 0) -> Tensor:
    """Those after some steps of a loop."""
    side = text_loops.side_of(STREAM, CONTEXT, seed, name, STEPS)
    return side.note(side.run(side.prepare(0)))


@pytest.mark.parametrize("name", [BARE, TRAINER])
def test_a_loop_ends_with_the_same_weights_as_ours(name: str) -> None:
    if name == TRAINER and (reason := missing_reason(TRAINER)):
        pytest.skip(reason)
    ours = final_weights(OURS)
    torch.testing.assert_close(final_weights(name), ours, rtol=0, atol=text.SAME)
    assert (ours - final_weights(OURS, seed=1)).abs().max() > 0.01, "another seed, other weights"


def test_the_steps_are_those_of_the_lesson_and_move_every_weight() -> None:
    first = torch.cat([w.flatten() for w in text_loops.new_model(CONTEXT, 0).state_dict().values()])
    moved = (final_weights(BARE) - first.double()).abs()
    assert (moved > 0).float().mean() > 0.99
    assert 0.001 < moved.max() < STEPS * text_loops.RATE * 1.5


def test_the_trainer_is_given_the_windows_that_the_loops_draw(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, list[Tensor]] = {}

    def logits(self: Transformer, tokens: Tensor) -> Tensor:
        seen[name].append(tokens)
        return self.logits_of(self(tokens))

    monkeypatch.setattr(Transformer, "logits", logits)
    names = [BARE, OURS] + ([] if missing_reason(TRAINER) else [TRAINER])
    for name in names:
        seen[name] = []
        final_weights(name)
    windows = text_loops.Windows(STREAM, CONTEXT + 1, STEPS, 0)
    assert len(windows) == len(list(windows)) == STEPS
    for (drawn,), *given in zip(windows, *seen.values(), strict=True):
        assert drawn.shape == (text_loops.BATCH_SIZE, CONTEXT + 1)
        assert all(torch.equal(tokens, drawn[:, :-1]) for tokens in given)


def test_the_part_alone_is_measured_and_reported(tmp_path: Path) -> None:
    arguments = ["--only", "k", "--quick", "--threads", "1", "--out", str(tmp_path)]
    assert command.main(arguments) == 0
    found = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["results"]
    assert {result["part"] for result in found} == {"k"}
    if not missing_reason(TRAINER):
        bare, trainer = found[:2]
        assert (bare["other_name"], trainer["other_name"]) == (BARE, TRAINER)
        assert (trainer["goal"], trainer["unit"]) == (0.97, "tokens/s")
        assert trainer["note"].startswith("final weights differ by at most ")
    assert [result["name"] for result in found[-2:]] == ["writing 8 tokens", WRITING]
    for result in found[-2:]:
        assert (result["other_name"], result["note"]) == ("no cache", "the same tokens")
        assert len(result["ratios"]) == 2


def test_without_the_extra_one_line_says_so_and_the_rest_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("benchmark.trainers.find_spec", lambda module: None)
    skipped, bare, *starts = text.measure_loops(TINY)
    assert skipped == Skipped("k", LOOPS, "not installed: transformers, accelerate")
    assert isinstance(bare, Comparison) and bare.other_name == BARE
    assert [start.name for start in starts] == [f"{LOOPS}: {each}, start" for each in (BARE, OURS)]


def test_seconds_of_the_steps_become_tokens_per_second() -> None:
    found = Comparison("k", LOOPS, "s", [2.0, 4.0], [1.0, 8.0], TRAINER, goal=0.97, note="same")
    rates = text.as_rate(found, 16)
    assert (rates.unit, rates.ours, rates.other) == ("tokens/s", [8, 4], [16, 2])
    assert rates.ratios == found.ratios == [0.5, 2] and rates.verdict == found.verdict
    start = Reading("k", "ours, start", "s", [0.1])
    assert text.as_rate(start, 16) is start


@pytest.mark.parametrize("gap", [2 * text.SAME, float("nan")])
def test_a_difference_of_the_weights_is_told_in_place_of_rates(
    gap: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = torch.zeros(3, dtype=torch.float64)
    notes = {BARE: weights, OURS: weights, TRAINER: weights + gap}
    turns = {
        key: [Turn(seconds, weights)]
        for name, weights in notes.items()
        for key, seconds in ((f"{name}, start", 1.0), (name, 3.0))
    }
    monkeypatch.setattr(text, "missing_reason", lambda name: "")
    monkeypatch.setattr(text.loops, "take_turns", lambda *given: turns)
    bare, told, *starts = text.measure_loops(TINY)
    assert bare.ratios == [1] and bare.ours == [3 * 16 * 8 / 2]  # steps, windows, tokens, seconds
    assert told == Skipped("k", LOOPS, f"the final weights of {TRAINER} differ by {gap:.1g}")
    assert len(starts) == 3


def test_only_one_side_writes_with_a_cache() -> None:
    model = text_loops.new_model(16, 0)
    read: list[int] = []
    model.register_forward_hook(lambda _, given, __: read.append(given[0].shape[1]))
    cached = text.write(model, 0, use_cache=True)
    assert read == 16 * [1]
    read.clear()
    assert torch.equal(text.write(model, 0, use_cache=False), cached)
    assert read == [*range(1, 17)], "up to the whole context, and never beyond it"
    assert cached.shape == (1, 17) and len(cached.unique()) > 10
    assert not torch.equal(text.write(model, 1, use_cache=True), cached)


def test_both_ways_of_writing_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    written = text.write

    def write(model: Transformer, seed: int, use_cache: bool) -> Tensor:
        asked.append((model.context, use_cache))
        return written(model, seed, use_cache)

    monkeypatch.setattr(text, "write", write)
    found = text.measure_writing(16, TINY)
    assert isinstance(found, Comparison) and len(found.ratios) == TINY.rounds
    assert asked == 3 * [(16, True), (16, False)]


def test_a_difference_of_the_tokens_is_told_in_place_of_times() -> None:
    tokens = torch.arange(3)
    turns = {name: [Turn(1.0, tokens), Turn(2.0, tokens)] for name in ("ours", "other")}
    assert text.compare_writing(turns, 16).ratios == [1, 1]
    turns["other"][1] = Turn(2.0, tokens + 1)
    told = text.compare_writing(turns, 16)
    assert told == Skipped("k", WRITING, "the tokens with and without a cache differ")
