"""Part k: tokens per second of lesson 10's loop, and of writing with and without a cache.

``text_loops`` says what loops train. What is written begins with one token and ends where the
context of the model is full, so that nothing is read anew but what a cache would keep.
"""

from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from benchmark import loops, text_loops
from benchmark.measurements import (
    Comparison,
    Result,
    Side,
    Skipped,
    Turn,
    alternate,
    seconds_of,
)
from benchmark.settings import Settings
from benchmark.text_loops import BARE, BATCH_SIZE, OURS, TRAINER, new_model, random_stream
from benchmark.trainers import missing_reason
from course_utils.models.text.generating import generate
from course_utils.models.text.transformer import Transformer

GOAL = 0.97  # times as fast as any other loop
SAME = 1e-6  # as near as final weights come where a mean is taken in two ways


def measure(settings: Settings) -> list[Result]:
    """Tokens per second of all loops, and seconds of writing with a cache and without."""
    written = [measure_writing(context, settings) for context in settings.contexts]
    return [*measure_loops(settings), *written]


def measure_loops(settings: Settings) -> list[Result]:
    """Our loop against a bare one and, where it is installed, the Trainer."""
    context, steps = settings.contexts[0], settings.text_steps
    reason = missing_reason(TRAINER)
    names = (BARE, OURS) if reason else (BARE, OURS, TRAINER)
    make_side = partial(text_loops.side_of, random_stream(settings.seed), context, settings.seed)
    turns = loops.take_turns(make_side, names, steps, settings.rounds)
    case = f"{steps} steps of a language model"
    goals = dict.fromkeys((BARE, TRAINER), GOAL)
    found = loops.compare(turns, "k", case, goals, SAME)
    num_tokens = steps * BATCH_SIZE * context
    missing = [Skipped("k", case, reason)] if reason else []
    return [*missing, *(as_rate(result, num_tokens) for result in found)]


def as_rate(result: Result, num_tokens: int) -> Result:
    """A comparison of seconds as one of tokens per second; anything else as it is."""
    if not isinstance(result, Comparison):
        return result
    ours, other = (
        [num_tokens / seconds for seconds in side] for side in (result.ours, result.other)
    )
    return replace(result, unit="tokens/s", ours=ours, other=other)


def measure_writing(context: int, settings: Settings) -> Result:
    """Seconds of one text of ``context`` tokens beyond its first, with a cache and without."""
    model = new_model(context, settings.seed)
    sides = {
        name: Side(
            lambda _, use_cache=use_cache: write(model, settings.seed, use_cache),
            note=lambda tokens: tokens,
        )
        for name, use_cache in (("ours", True), ("other", False))
    }
    alternate(sides, 1)  # sets up memory
    return compare_writing(alternate(sides, settings.rounds), context)


def write(model: Transformer, seed: int, use_cache: bool) -> Tensor:
    """One text (1, 1 + context) by ``model``; the same draws at each call."""
    generator = torch.Generator().manual_seed(seed)
    begun = torch.zeros(1, 1, dtype=torch.int64)
    return generate(model, begun, model.context, generator=generator, use_cache=use_cache)


def compare_writing(turns: dict[str, list[Turn]], context: int) -> Result:
    """Times with and without a cache, if all turns wrote the same tokens."""
    what = f"writing {context} tokens"
    first = turns["ours"][0].note
    if not all(torch.equal(turn.note, first) for side in turns.values() for turn in side):
        return Skipped("k", what, "the tokens with and without a cache differ")
    return Comparison(
        "k", what, "s", seconds_of(turns["ours"]), seconds_of(turns["other"]), "no cache",
        note="the same tokens",
    )  # fmt: skip
