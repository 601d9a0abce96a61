"""What moves in lesson 10, moved as a learner moves it: next tokens, an adapter, leaks."""

import math
import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex
from matplotlib.text import Text
from scipy import stats

from course_utils.figures import axes as figures
from course_utils.figures.names import add_fonts
from course_utils.figures.plots import COLOURS
from course_utils.learning.guesses import Guess
from course_utils.lessons.text.widgets.adapter import explore_adapter
from course_utils.lessons.text.widgets.leaks import BY_ROW, HONEST, explore_leaks
from course_utils.lessons.text.widgets.next_token import explore_next_token
from course_utils.lessons.text.widgets.shown_text import (
    COLUMNS,
    joined,
    last_lines,
    name_of,
    percent,
)
from course_utils.models.text.byte_pairs import Tokenizer, fit_merges
from course_utils.models.text.transformer import Transformer
from course_utils.session import learner
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.module_state import assert_same_state, state_of
from tests.helpers.moving import catch_pictures, every_setting, every_setting_in_time

BEGINNINGS = ("The mean of $x$ and $y_", "Returns\n    mean : ", "")
TOKENIZER = Tokenizer(fit_merges(["the mean of the array\n    of the mean of an array"] * 2, 12))
STRENGTHS = [0, 0.5, 1, 1.5, 2, 4]
NEW_TEXT = [2.11, 2.0, 1.95, 1.97, 2.05, 3.1]
OLD_TEXT = [1.785, 1.80, 1.86, 1.97, 2.12, 3.9]
SCORES = {
    BY_ROW: [0.93, 0.92, 0.94],
    (True, False): [0.79, 0.81, 0.80],
    (False, True): [0.85, 0.84, 0.87],
    HONEST: [0.74, 0.75, 0.73],
}


@cache
def a_model() -> Transformer:
    """A tiny one that is sure of some tokens; in float64, so that no digit decides a draw."""
    torch.manual_seed(0)
    model = Transformer(TOKENIZER.vocab_size, width=16, num_layers=2, num_heads=2, context=64)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.5 * torch.randn_like(weight)
    return model.double()


@pytest.fixture
def no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and read, but not rendered: that is most of the time of a move."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "pixels")
    monkeypatch.setattr(figures, "as_png", lambda figure: "pixels")


def next_tokens() -> Explorer:
    return explore_next_token(a_model(), TOKENIZER, BEGINNINGS, seed=3)


def adapter() -> Explorer:
    return explore_adapter(STRENGTHS, NEW_TEXT, OLD_TEXT)


def leaks(own: float | None = None) -> Explorer:
    return explore_leaks(SCORES, 5682, Guess("10 honest", 0.25, 1, 0.9, "accuracy", own=own))


def probs_by_hand(tokens: Sequence[int], temperature: float) -> list[float]:
    """Softmax in plain loops, of the model's logits after ``tokens``."""
    with torch.no_grad():
        logits = a_model().logits(torch.tensor([tokens]))[0, -1].tolist()
    top = max(logits)
    if temperature == 0:
        return [float(k == logits.index(top)) for k in range(len(logits))]
    powers = [math.exp((each - top) / temperature) for each in logits]
    return [each / sum(powers) for each in powers]


@cache
def written_by_hand(beginning: str, temperature: float) -> tuple[int, ...]:
    """31 tokens after a beginning, drawn one by one without a cache."""
    generator = torch.Generator().manual_seed(3)
    tokens = [TOKENIZER.end, *TOKENIZER.encode(beginning)]
    begun = len(tokens)
    for _ in range(31):
        probs = torch.tensor([probs_by_hand(tokens, temperature)], dtype=torch.float64)
        tokens.append(int(torch.multinomial(probs, 1, generator=generator)))
    return tuple(tokens[begun:])


def check_next_token(moving: Explorer, beginning: str, temperature: float, written: int) -> bool:
    """Bars, texts and words against plain loops; whether the drawn token has a bar of its own."""
    drawn = written_by_hand(beginning, temperature)
    before = [TOKENIZER.end, *TOKENIZER.encode(beginning), *drawn[:written]]
    probs, next_one = probs_by_hand(before, temperature), drawn[written]
    bars = moving.axes[0].patches
    lengths = [bar.get_width() for bar in bars]
    assert lengths[:-1] == pytest.approx(sorted(probs, reverse=True)[:10])
    assert sum(lengths) == pytest.approx(1)
    (hatched,) = (row for row, bar in enumerate(bars) if bar.get_hatch())
    shown = lengths[hatched] == pytest.approx(probs[next_one]) and hatched < 10
    assert shown or (hatched == 10 and probs[next_one] <= lengths[9])
    texts = [text.get_text() for text in moving.axes[0].texts]
    assert texts[1::2] == [percent(length) for length in lengths] and texts[-2] == "all others"
    if shown:
        assert texts[2 * hatched] == name_of(next_one, TOKENIZER).shown(12)
    _, given, heading, text, next_heading, name = (t.get_text() for t in moving.axes[1].texts)
    assert given.replace("\u200b", "") == beginning.replace("\n    ", "↵    ").strip()
    assert heading == f"written, {written} token{'s' * (written != 1)}"
    assert text == "\n".join(last_lines(joined(drawn[:written], TOKENIZER), 8))
    assert name == name_of(next_one, TOKENIZER).shown()
    assert next_heading == f"drawn next, {percent(probs[next_one])}"
    said = moving.summary
    first, together = percent(max(probs)), percent(sum(lengths[:-1]))
    likeliest = name_of(probs.index(max(probs)), TOKENIZER)
    assert said.startswith(
        f"At temperature {temperature:g} the likeliest next token, {likeliest}, has {first}, and "
        f"the 10 likeliest together {together}. Drawn next: {name_of(next_one, TOKENIZER)} with "
        f"{percent(probs[next_one])}. Beginning: {beginning!r}. "
    )
    so_far = repr(joined(drawn[:written], TOKENIZER))
    assert said.endswith(so_far + "." if written else "Nothing is written after it yet.")
    return shown


@pytest.mark.slow
@pytest.mark.usefixtures("no_pixels")
def test_every_next_token_and_what_is_written_are_those_of_plain_loops() -> None:
    moving = next_tokens()
    have_bars = {check_next_token(moving, **each) for each in every_setting(moving)}
    assert have_bars == {True, False}, "a drawn token was among the ten, and one was not"
    for beginning, written in zip(BEGINNINGS, (0, 1, 30), strict=True):
        values = {"beginning": beginning, "temperature": 0.0, "written": written}
        for name, value in values.items():
            moving.controls[name].value = value
        check_next_token(moving, **values)


@pytest.mark.usefixtures("no_pixels")
def test_each_move_reads_the_text_once_and_writes_only_what_is_new() -> None:
    moving = next_tokens()
    moving.update()
    read = []
    handle = a_model().register_forward_hook(lambda _, args, __: read.append(args[0].shape[1]))
    moving.controls["written"].value = 20
    moving.controls["written"].value = 3
    moving.controls["temperature"].value = 0.5
    moving.controls["temperature"].value = 1.0
    handle.remove()
    begun = 1 + len(TOKENIZER.encode(BEGINNINGS[0]))
    assert read == [begun + 20, begun + 3, begun, *[1] * 30, begun + 3, begun + 3]


@pytest.mark.usefixtures("no_pixels")
def test_the_model_stays_as_it_was() -> None:
    model = a_model().train()
    before = state_of(model)
    next_tokens().update()
    assert_same_state(model, before)
    assert all(part.training for part in model.modules())
    model.eval()


def test_tokens_have_names_that_can_be_read() -> None:
    the = TOKENIZER.encode(" the")
    assert len(the) == 1 and str(name_of(the[0], TOKENIZER)) == "' the'"
    assert name_of(the[0], TOKENIZER).shown() == "·the"
    assert name_of(ord("\n"), TOKENIZER).shown() == "↵"
    assert str(name_of(ord("\n"), TOKENIZER)) == r"'\n'"
    for token, name in ((TOKENIZER.end, "end of text"), (0xE3, "token 227")):
        assert str(name_of(token, TOKENIZER)) == name_of(token, TOKENIZER).shown() == name
    spelt = [*TOKENIZER.encode("of"), TOKENIZER.end, *TOKENIZER.encode("an")]
    assert joined(spelt, TOKENIZER) == "of[end of text]an"
    shares = (0, 1e-9, 0.0005, 0.031, 1)
    assert [percent(share) for share in shares] == ["0.0%", "<0.1%", "0.1%", "3.1%", "100.0%"]


def test_text_stands_in_lines_that_fit_and_the_last_ones_stay() -> None:
    words = " ".join(f"word{k}" for k in range(60))
    lines = last_lines(words, 20)
    assert max(map(len, lines)) <= COLUMNS and " ".join(lines) == words
    assert last_lines(words, 3) == ["…", *lines[-2:]]
    assert last_lines("x" * (COLUMNS + 1), 3) == ["x" * COLUMNS, "x"]
    assert last_lines("の" * (COLUMNS // 2 + 1), 3) == ["の" * (COLUMNS // 2), "の"]
    assert last_lines("a\nb  c $x$", 3) == ["a↵b  c $x$"]
    assert last_lines("", 3) == []


@pytest.mark.usefixtures("no_pixels")
def test_fewer_tokens_are_written_where_the_model_sees_no_more() -> None:
    moving = explore_next_token(a_model(), TOKENIZER, ["q" * 50, ""])
    assert moving.controls["written"].max == 64 - 51
    moving.controls["written"].value = 13
    moving.update()
    assert "Written after it, 13 tokens: " in moving.summary
    with pytest.raises(ValueError, match="the model sees 64 tokens at once, and the beginning 'q"):
        explore_next_token(a_model(), TOKENIZER, ["", "q" * 63])


STATES = {
    0: "off, the base answers",
    0.5: "less than was learned",
    1: "as it was learned, the same as merging it once",
    1.5: "more than was learned",
    2: "the same as merging it twice",
    4: "the same as merging it 4 times",
}


@pytest.mark.usefixtures("no_pixels")
def test_every_strength_of_an_adapter_is_marked_and_said() -> None:
    moving, limits, seen = adapter(), set(), set()
    for setting in every_setting(moving):
        strength = setting["strength"]
        place = STRENGTHS.index(strength)
        new, old = NEW_TEXT[place], OLD_TEXT[place]
        curve_new, marker_new, curve_old, marker_old, line = moving.axes[0].lines
        assert curve_new.get_xydata().tolist() == [
            list(pair) for pair in zip(STRENGTHS, NEW_TEXT, strict=True)
        ]
        assert list(curve_old.get_ydata()) == OLD_TEXT
        assert marker_new.get_xydata().tolist() == [[strength, new]]
        assert marker_old.get_xydata().tolist() == [[strength, old]]
        assert list(line.get_xdata()) == [strength, strength]
        assert [each.get_text() for each in moving.axes[0].texts] == [f"{new:.3f}", f"{old:.3f}"]
        against = [f" ({new - 2.11:+.3f} against off)", f" ({old - 1.785:+.3f} against off)"]
        against = against if strength else ["", ""]
        assert moving.summary == (
            f"Strength {strength:g}, {STATES[strength]}: bits per byte {new:.3f} on the new text"
            f"{against[0]} and {old:.3f} on the old text{against[1]}."
        )
        limits.add((moving.axes[0].get_xlim(), moving.axes[0].get_ylim()))
        seen.add(strength)
    assert len(limits) == 1 and {0, 4} <= seen
    for strength, words in STATES.items():
        moving.controls["strength"].value = strength
        assert words in moving.summary


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean and 95 % t interval, by SciPy's own method."""
    result = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return float(np.mean(values)), float(result.low), float(result.high)


@pytest.mark.usefixtures("no_pixels")
def test_every_split_is_drawn_and_its_leak_is_said() -> None:
    moving, seen = leaks(), set()
    for setting in every_setting(moving):
        chosen = setting["repeats"], setting["names"]
        drawn = []
        for bar, (key, values) in zip(moving.axes[0].containers, SCORES.items(), strict=True):
            line, _, (lengths,) = bar.lines
            ((left, _), (right, _)) = lengths.get_segments()[0]
            drawn.append((line.get_xdata()[0], left, right))
            assert (to_hex(line.get_color()).upper() in COLOURS) == (key == chosen)
            assert drawn[-1] == pytest.approx(interval(values))
        ticks = [each for each in moving.axes[0].lines if each.get_marker() == "|"]
        ticks = [each for each in ticks if each.get_color() == "black"]  # others end intervals
        assert [list(each.get_xdata()) for each in ticks] == list(SCORES.values())
        mean, low, high = interval(SCORES[chosen])
        words = f"accuracy {mean:.3f} [{low:.3f}, {high:.3f}] over 3 repeats, of 5,682 sentences."
        assert words in moving.summary
        kept = "Repeats stay" if setting["repeats"] else "Each sentence once"
        parts = "both parts" if setting["names"] else "one part"
        assert moving.summary.startswith(f"{kept}, names in {parts}: ")
        bands = [each for each in moving.axes[0].lines if each.get_label() == "leak"]
        if chosen == HONEST:
            assert "neither repeats nor names can leak" in moving.summary and not bands
        else:
            assert f" {mean - 0.74:.3f} of the score was the leak." in moving.summary
            assert list(bands[0].get_xdata()) == pytest.approx([0.74, mean])
        seen.add(chosen)
    moving.controls["repeats"].value = not moving.controls["repeats"].value
    assert len(seen) > 2


@pytest.mark.usefixtures("no_pixels")
def test_a_split_that_is_no_better_than_the_honest_one_shows_no_leak() -> None:
    moving = explore_leaks(SCORES | {BY_ROW: [0.73, 0.74, 0.72]}, 100)
    moving.update()
    assert moving.summary.endswith("The score is no higher than that: no leak is to be seen.")
    labels = [text.get_text() for text in moving.axes[0].get_legend().get_texts()]
    assert labels == ["leak", "honest split"]


@pytest.mark.usefixtures("no_pixels")
@pytest.mark.parametrize(
    ("own", "whose"), [(None, "A common guess: 0.9."), (0.6, "Your guess: 0.6.")]
)
def test_the_guess_stands_beside_the_honest_score(own: float | None, whose: str) -> None:
    moving = leaks(own)
    for _ in every_setting(moving):
        assert moving.summary.endswith(f"{whose} Truth: 0.74.")
        upright = [
            each.get_xdata() for each in moving.axes[0].lines if len(set(each.get_xdata())) == 1
        ]
        places = [each[0] for each in upright if len(each) == 2]
        assert places == pytest.approx([own or 0.9, 0.74])
        low, high = moving.axes[0].get_xlim()
        assert low < min(places) and high > max(places)


def labels_of(axis: Axis) -> list[Text]:
    """Those of ticks that are drawn."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


def check_inside(ax: Axes) -> None:
    """All words stand within the figure, and none on another."""
    figure = ax.figure
    assert figure.bbox.width <= 392  # pixels of a page that may have 400
    add_fonts(figure)
    figure.draw_without_rendering()  # labels on a kept background have no place yet
    renderer = figure.canvas.get_renderer()
    legend = ax.get_legend()
    texts = [*ax.texts, *(legend.get_texts() if legend else [])]
    if ax.axison:
        texts += [ax.xaxis.label, ax.yaxis.label, *labels_of(ax.xaxis), *labels_of(ax.yaxis)]
    boxes = [text.get_window_extent(renderer) for text in texts if text.get_text().strip()]
    for k, box in enumerate(boxes):
        assert box.x0 >= 0 and box.y0 >= 0, (k, box)
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, (k, box)
        assert not any(box.overlaps(other) for other in boxes[:k]), (k, box)


def every_explorer() -> list[Explorer]:
    return [next_tokens(), adapter(), leaks(), leaks(0.3)]


@pytest.mark.slow
def test_answers_take_less_than_250_milliseconds() -> None:
    for moving in every_explorer():
        assert len(list(every_setting_in_time(moving))) > 1


@pytest.mark.slow
def test_words_stand_within_figures() -> None:
    for moving in every_explorer():
        for values in moving.stills.values():
            for name, value in values.items():
                moving.controls[name].value = value
            moving.update()
            for ax in moving.axes:
                check_inside(ax)


@pytest.mark.slow
def test_the_longest_names_and_texts_stand_within_figures() -> None:
    tokenizer = Tokenizer(fit_merges(["W" * 32 + " " + "i" * 32] * 3, 10))
    torch.manual_seed(0)
    model = Transformer(tokenizer.vocab_size, width=8, num_layers=1, num_heads=1, context=900)
    wide = ("W" * 40 + "\n" + "日本語のトークン、" * 3) * 10
    moving = explore_next_token(model, tokenizer, ["a", wide, "_" * 30])
    moving.update()  # figures keep the room that short names took
    begun = torch.tensor([[tokenizer.end, *tokenizer.encode("_" * 30)]])
    with torch.no_grad():  # the merges, which are not in the beginning, become the likeliest
        model.tokens.weight[256:-1] = model(begun)[0, -1] * torch.linspace(1, 2, 10)[:, None]
    moving.controls["beginning"].value = "_" * 30
    assert sum("…" in text.get_text() for text in moving.axes[0].texts) > 1
    check_inside(moving.axes[0])
    for name, value in {"temperature": 0.0, "written": 30, "beginning": wide}.items():
        moving.controls[name].value = value
        for ax in moving.axes:
            check_inside(ax)


@pytest.mark.usefixtures("no_pixels")
def test_stills_show_what_each_mover_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    for moving in every_explorer()[:3]:
        moving._ipython_display_()
    said = [data["text/plain"] for data, _ in shown]
    assert len(said) == 3 and all(s.endswith("In JupyterLab, move it yourself.") for s in said)
    assert re.findall(r"temperature ([\d.]+)", said[0]) == ["1", "0.5", "1.5"]
    assert all(f"Strength {strength}, " in said[1] for strength in (0, 1, 2))
    assert "was the leak" in said[2] and "This is the honest split" in said[2]
    assert list(explore_adapter([0, 1, 3], *[[1, 2, 3]] * 2).stills)[-1] == "strength 3"


def test_what_does_not_fit_is_refused() -> None:
    for nothing in ([], "text"):
        with pytest.raises(ValueError, match="beginnings must be a list of at least one text"):
            explore_next_token(a_model(), TOKENIZER, nothing)
    blind = Transformer(TOKENIZER.vocab_size, width=8, num_layers=1, num_heads=1, causal=False)
    with pytest.raises(ValueError, match="only a causal model"):
        explore_next_token(blind, TOKENIZER, ["a"])
    for strengths, new, words in (
        ([0, 1, 2], [1, 2], "must be as many, got 3, 2 and 3"),
        ([0, 1, 2], [1, 2, math.nan], "must be finite numbers"),
        ([0, 2, 1], [1, 2, 3], r"must ascend from 0, got \[0, 2, 1\]"),
        ([-1, 0, 1], [1, 2, 3], r"must ascend from 0, got \[-1, 0, 1\]"),
        ([0, 0.5, 2], [1, 2, 3], r"must hold 0 \(off\) and 1 \(as learned\)"),
        ([0.5, 1, 2], [1, 2, 3], r"must hold 0 \(off\) and 1 \(as learned\)"),
        ([], [], "must be as many, got 0, 0 and 3"),
    ):
        with pytest.raises(ValueError, match=words):
            explore_adapter(strengths, new, [1, 2, 3])
    with pytest.raises(ValueError, match="scores must have the keys"):
        explore_leaks({BY_ROW: [0.5, 0.6]}, 10)
    with pytest.raises(ValueError, match="num_texts must be at least 1, got 0"):
        explore_leaks(SCORES, 0)
    for wrong in ([0.5], [0.5, 1.1], [0.5, math.nan]):
        with pytest.raises(ValueError, match=r"split \(False, False\): give at least two accura"):
            explore_leaks(SCORES | {HONEST: wrong}, 10)
