"""The model card of a classifier of sounds: what a reader must know, with a header for programs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_utils.data.plain_text import counted, plain
from course_utils.shipping.card import BY_WORKBOOK, fill, header, metrics_of, scores_of
from course_utils.shipping.score import Score
from course_utils.shipping.sounds.architecture import KIND
from course_utils.shipping.texts.card import HUB, short_name

FEW = 10  # speakers; with fewer, drawing them again shows too little of how people differ
WORDS = (
    "The backbone was pretrained by this workbook on words that synthetic voices spoke (eSpeak "
    "NG). It has heard no person and none of these sounds, so the scores owe nothing to that."
)
LETTERS = (
    "The backbone was pretrained by this workbook on pictures of letters. It has heard nothing, so "
    "the scores owe nothing to that."
)
SEEN = {"words": WORDS, "letters": LETTERS, "random": BY_WORKBOOK["random"]}
UNKNOWN = (
    "The backbone came from `{}`, and nobody recorded here what it was pretrained on. **If it has "
    "heard the test sounds, the scores are too good.**"
)
ON_BASE = (
    "`model.safetensors` holds the head alone. All other weights are those of the encoder `{}`. "
    "Loading opens it, and refuses one with other weights (fingerprint `{}`)."
)
KNOWN_VOICES = (
    "**The score holds for voices that it knows.** From a speaker that it never heard, expect less"
)


def card_text(record: Mapping[str, Any], test: Score | None, folder: str) -> str:
    """The card of the classifier that ``record`` describes.

    Args:
        record: What ``model.json`` holds.
        test: How it answered its test sounds.
        folder: Name of the folder.
    """
    data = None
    if test is not None:
        data = f"{test.num_pictures} test sounds of {len(test.number)} classes"
    return fill(
        "sound_card.md",
        record,
        folder,
        header=header(record, folder, data, [] if test is None else metrics_of(test)),
        seen=_seen_before(record["report"]["texts"]["backbone"]),
        kept=_kept(record["architecture"]),
        speakers=speakers_text(record["speakers"], is_tested=test is not None),
        **scores_of(test, record["learned_from"]["by_class"], _units(record["speakers"], test)),
    )


def speakers_text(speakers: Mapping[str, int | None], *, is_tested: bool) -> str:
    """Who spoke, and for whom the score holds.

    Args:
        speakers: How many there were, as ``count_speakers`` gives it.
        is_tested: Whether there is a score.
    """
    learned, tested, both = (speakers[key] for key in ("learned_from", "tested_on", "in_both"))
    if learned is None:
        said = "Nobody recorded who spoke the sounds that it learned from."
        return f"{said} {KNOWN_VOICES}." if is_tested else said
    said = f"It learned from {counted(learned, 'speaker')}"
    if not is_tested:
        return f"{said}."
    if tested is None:
        return f"{said}. Nobody recorded who spoke the test sounds. {KNOWN_VOICES}."
    if both:
        said += f", and was tested on {counted(tested, 'speaker')}, of whom it knew {both}."
        return f"{said} {KNOWN_VOICES}."
    said += f", and was tested on {counted(tested, 'speaker')} that it never heard."
    return f"{said} **The score holds for new speakers**{_how_well(tested)}."


def _how_well(tested: int) -> str:
    """What so many speakers can show."""
    if tested == 1:
        return ", but says how it does with this one: another may be much easier or harder"
    if tested < FEW:
        return f", but {tested} are few: people differ more than the interval over them shows"
    return " of the same kind"


def _kept(architecture: Mapping[str, Any]) -> str | None:
    """What loading needs besides the folder; None where it needs nothing."""
    if architecture["kind"] != KIND:
        return None
    return ON_BASE.format(short_name(architecture["base"]), architecture["base_fingerprint"][:16])


def _units(speakers: Mapping[str, int | None], test: Score | None) -> str:
    """What the groups of the test are."""
    groups = None if test is None or test.over_groups is None else test.over_groups[0]
    return "speakers" if groups is not None and groups == speakers["tested_on"] else "groups"


def _seen_before(backbone: str) -> str:
    """What is known of the sounds that a backbone has heard."""
    name = short_name(backbone) if backbone.startswith(HUB) else plain(Path(backbone).name)
    return SEEN.get(backbone) or UNKNOWN.format(name)
