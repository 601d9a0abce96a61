"""The model card of a classifier of texts: what a reader must know, under a header for programs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_utils.data.plain_text import plain
from course_utils.data.texts.packages import DISTRIBUTIONS, SOURCE, TARGET
from course_utils.shipping.card import fill, header, metrics_of, scores_of
from course_utils.shipping.score import Score
from course_utils.shipping.texts.architecture import RANDOM, is_whole

HUB = "hf:"  # what names of models of Hugging Face begin with
DOCSTRINGS = (
    f"The language model was pretrained by this workbook on docstrings of {', '.join(SOURCE)}: "
    f"English prose about computing. It has read none of {DISTRIBUTIONS[TARGET]}. **On texts that "
    "quote those packages, scores are probably too good.** It knows little of other kinds of text, "
    "and nothing of other languages."
)
NOTHING = "Nothing was pretrained: all weights began as random numbers."
UNKNOWN = (
    "The language model is `{}`, and nobody recorded here what it was pretrained on. **If it has "
    "read the test texts, the scores are too good.** What is on the web it has probably read."
)
WHOLE = "All weights are in `model.safetensors`{}."
NEEDS_BASE = ", but not how they are connected: loading opens `{}` for that, which must be there"
ON_BASE = (
    "`model.safetensors` holds {:,} numbers: {}. All others are those of the base `{}`. Loading "
    "opens it, and refuses one with other weights (fingerprint `{}`)."
)


def card_text(record: Mapping[str, Any], test: Score | None, folder: str) -> str:
    """The card of the classifier that ``record`` describes.

    Args:
        record: What ``model.json`` holds.
        test: How it answered its test texts.
        folder: Name of the folder.
    """
    data = None if test is None else f"{test.num_pictures} test texts of {len(test.number)} classes"
    return fill(
        "text_card.md",
        record,
        folder,
        header=header(record, folder, data, [] if test is None else metrics_of(test)),
        seen=_seen_before(record["report"]["texts"]["backbone"]),
        kept=_kept(record),
        **scores_of(test, record["learned_from"]["by_class"]),
    )


def _seen_before(backbone: str) -> str:
    """What is known of the texts that a language model has read."""
    known = {"docstrings": DOCSTRINGS, RANDOM: NOTHING}
    return known.get(backbone) or UNKNOWN.format(short_name(backbone))


def _kept(record: Mapping[str, Any]) -> str:
    """What of the model is in the folder, and what loading needs besides."""
    architecture = record["architecture"]
    base, changes = short_name(architecture["base"]), list(architecture["changes"].values())
    if is_whole(architecture):
        return WHOLE.format("" if architecture["sizes"] else NEEDS_BASE.format(base))
    what = "the head alone"
    if changes:
        what = (
            f"the head and an adapter (LoRA of rank {changes[0]['rank']} in {len(changes)} layers)"
        )
    fingerprint = architecture["base_fingerprint"][:16]
    return ON_BASE.format(record["num_weights"], what, base, fingerprint)


def short_name(base: str) -> str:
    """The name of a base; of a whole path only its end, which says nothing of this machine."""
    path = Path(base.removeprefix(HUB)).expanduser()
    return plain(f"{HUB}{path.name}" if path.is_absolute() else base)
