"""Lesson 10: which token a language model expects next, and what it writes at a temperature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

import ipywidgets
import torch
from torch import Tensor

from course_utils.data.plain_text import counted, plain, shorten
from course_utils.figures.axes import say
from course_utils.figures.plots import COLOURS
from course_utils.lessons.text.widgets.shown_text import (
    END,
    SIZE,
    TokenName,
    draw_text,
    joined,
    last_lines,
    name_of,
    percent,
)
from course_utils.models.inference import eval_mode
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.generating import generate, next_token_probs
from course_utils.models.text.transformer import Transformer
from course_utils.widgets.explorer import Explorer
from course_utils.widgets.layout import slider_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_WRITTEN = 30  # tokens
NUM_BARS = 10
TEMPERATURES = [tenth / 10 for tenth in range(21)]
NAME_LETTERS = 12  # that a token may take beside its bar
CHOICE_COLUMNS = 60  # of a beginning in the list to choose from
WIDTH, HEIGHT = 4.4, 3.5  # inches
ROOM_FOR_NAMES, ROOM_FOR_NUMBERS = 0.38, 0.2  # beside bars of length 1
GIVEN_LINES, WRITTEN_LINES = 3, 8
PLACES = {"given": 1.0, "written": 0.72, "drawn": 0.1}  # of blocks of text, shares of the height

Write = Callable[[str, float], Tensor]


def draw_next_token(
    axes: Sequence[Axes],
    *,
    model: Transformer,
    tokenizer: Tokenizer,
    write: Write,
    beginning: str,
    temperature: float,
    written: int,
) -> None:
    """Bars of the likeliest next tokens, and beside them the text so far.

    Args:
        axes: Two, for bars and text.
        model: Gives the probabilities.
        tokenizer: The model's.
        write: Gives the tokens (T,) of a beginning and what follows it at a temperature.
        beginning: Text that stands before what is written.
        temperature: Of bars and writing.
        written: Tokens after the beginning; the bars are of the one after them.
    """
    tokens = write(beginning, temperature)
    begun = len(_tokens_of(beginning, tokenizer))
    drawn = int(tokens[begun + written])
    with eval_mode(model), torch.no_grad():
        logits = model.logits(tokens[None, : begun + written])[0, -1].cpu()  # (V,)
    probs = next_token_probs(logits, temperature)
    # By logits, since at temperature 0 all but the first have the same probability.
    likeliest = logits.topk(min(NUM_BARS, len(logits))).indices
    names = [name_of(token, tokenizer) for token in likeliest.tolist()]
    _draw_bars(axes[0], probs[likeliest].tolist(), names, likeliest.tolist(), drawn)
    axes[1].set_axis_off()
    text = joined(tokens[begun : begun + written].tolist(), tokenizer)
    next_name, next_prob = name_of(drawn, tokenizer), percent(float(probs[drawn]))
    heading = f"written, {counted(written, 'token')}"
    draw_text(axes[1], PLACES["given"], "beginning", last_lines(beginning, GIVEN_LINES))
    draw_text(axes[1], PLACES["written"], heading, last_lines(text, WRITTEN_LINES))
    draw_text(axes[1], PLACES["drawn"], f"drawn next, {next_prob}", [next_name.shown()])
    so_far = f"Written after it, {counted(written, 'token')}: {text!r}"
    say(
        axes[0],
        f"At temperature {temperature:g} the likeliest next token, {names[0]}, has "
        f"{percent(float(probs[likeliest[0]]))}, and the {len(names)} likeliest together "
        f"{percent(float(probs[likeliest].sum()))}. Drawn next: {next_name} with {next_prob}. "
        f"Beginning: {beginning!r}. "
        f"{so_far if written else 'Nothing is written after it yet'}.",
    )


def _draw_bars(
    ax: Axes, probs: Sequence[float], names: Sequence[TokenName], tokens: Sequence[int], drawn: int
) -> None:
    """A bar for each token and one for all others; that of the drawn one is hatched.

    Names are drawn as data: as labels of ticks they would be another background at each move.
    """
    lengths = [*probs, max(0.0, 1 - sum(probs))]
    place = tokens.index(drawn) if drawn in tokens else len(tokens)
    colours = [COLOURS[0]] * len(tokens) + ["grey"]
    colours[place] = COLOURS[1]
    bars = ax.barh(range(len(lengths)), lengths, color=colours, alpha=0.8)
    bars[place].set_hatch("///")
    labels = [*(name.shown(NAME_LETTERS) for name in names), "all others"]
    style = {"va": "center", "fontsize": SIZE, "parse_math": False}
    for row, (name, length) in enumerate(zip(labels, lengths, strict=True)):
        ax.text(-0.02, row, name, ha="right", **style)
        ax.text(length + 0.015, row, percent(length), ha="left", **style)
    ax.spines["left"].set_position(("data", 0))
    ax.set(
        xlim=(-ROOM_FOR_NAMES, 1 + ROOM_FOR_NUMBERS), ylim=(len(tokens) + 0.6, -0.6),
        xticks=(0, 0.25, 0.5, 0.75, 1), yticks=(),
    )  # fmt: skip
    ax.set_xlabel("probability; hatched: drawn; ·: blank, ↵: new line", fontsize=SIZE)


def explore_next_token(
    model: Transformer, tokenizer: Tokenizer, beginnings: Sequence[str], seed: int = 0
) -> Explorer:
    """Controls for a beginning, the temperature and what is written: which token comes next?

    What is written at a setting is kept, so the model must stay as it is: make a new explorer
    after it has learned more.

    Args:
        model: Any that is causal.
        tokenizer: The model's.
        beginnings: Texts to go on from; an empty one is the beginning of any text.
        seed: Of what is written, the same at each setting.

    Raises:
        ValueError: If there are no beginnings, the model sees too few tokens for one of them, or
            the model is not causal.
    """
    if isinstance(beginnings, str) or not beginnings:
        raise ValueError(f"beginnings must be a list of at least one text, got {beginnings!r}")
    most = min(MOST_WRITTEN, _room_after(beginnings, model.context, tokenizer))
    write = cache(partial(_write, model, tokenizer, most + 1, seed))
    write(beginnings[0], 1.0)  # what cannot be written is said before anything is shown
    controls = {
        "beginning": ipywidgets.Dropdown(
            options=[(shorten(text, CHOICE_COLUMNS) or "(empty)", text) for text in beginnings],
            description="beginning",
        ),
        "temperature": slider_over(TEMPERATURES, "temperature", start=1.0),
        "written": ipywidgets.IntSlider(
            0, min=0, max=most, description="tokens written", continuous_update=False
        ),
    }
    stills = {
        f"temperature {temperature:g}, {counted(written, 'token')} written": {
            "beginning": beginnings[0], "temperature": temperature, "written": written
        }
        for temperature, written in ((1.0, 0), (0.5, most), (1.5, most))
    }  # fmt: skip
    draw = partial(draw_next_token, model=model, tokenizer=tokenizer, write=write)
    return Explorer(draw, controls, stills=stills, columns=2, width=WIDTH, height=HEIGHT)


def _room_after(beginnings: Sequence[str], context: int, tokenizer: Tokenizer) -> int:
    """How many tokens the model can read after the longest beginning; at least 1."""
    lengths = {text: len(_tokens_of(text, tokenizer)) for text in beginnings}
    longest = max(lengths, key=lengths.__getitem__)
    if lengths[longest] >= context:
        raise ValueError(
            f"the model sees {counted(context, 'token')} at once, and the beginning "
            f"{shorten(plain(longest), CHOICE_COLUMNS)!r} has {lengths[longest]} with {END!r}: "
            "take a shorter one"
        )
    return context - lengths[longest]


def _tokens_of(beginning: str, tokenizer: Tokenizer) -> list[int]:
    """Every text begins with ``end``."""
    return [tokenizer.end, *tokenizer.encode(beginning)]


def _write(
    model: Transformer,
    tokenizer: Tokenizer,
    num_tokens: int,
    seed: int,
    beginning: str,
    temperature: float,
) -> Tensor:
    """The tokens of ``beginning`` and as many more, (T + num_tokens,)."""
    device = next(model.parameters()).device
    begun = torch.tensor([_tokens_of(beginning, tokenizer)], device=device)
    generator = torch.Generator().manual_seed(seed)
    return generate(model, begun, num_tokens, temperature=temperature, generator=generator)[0]
