"""The model card of a classifier of sounds: as a model hub reads it, and for whom it speaks."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from course_utils.shipping.sounds.card import speakers_text
from tests.helpers.saved_sounds import (
    LEARNED,
    TESTED,
    TEXTS,
    labelled_sounds,
    save_sounds,
    score_of,
    write_tones,
)


def card_of(folder: Path, **more: object) -> str:
    """The text of the card of a model."""
    return (save_sounds(folder, **more) / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_the_card_is_what_a_hub_reads_and_says_the_scores(tmp_path: Path) -> None:
    card = ModelCard.load(save_sounds(tmp_path / "my: model #1") / "README.md")
    assert card.data.pipeline_tag == "audio-classification" and card.data.license == "mit"
    (accuracy,) = card.data.eval_results
    assert (accuracy.task_type, accuracy.metric_type) == ("audio-classification", "accuracy")
    assert (accuracy.metric_value, accuracy.dataset_type) == (21 / 24, "own-sounds")
    for said in (
        "A classifier of short sounds",
        "On 24 test sounds that had no part",
        "| accuracy | 0.875 |",
        "| the same, redrawing 2 speakers | | 0.750 to 1.000 |",
        "They come from 2 speakers.",
        "for new speakers they are too narrow",
        "It learned from 3 speakers, and was tested on 2 speakers that it never heard. **The score "
        "holds for new speakers**, but 2 are few",
        "Learned from 36 sounds",
        "words that synthetic voices spoke",
        TEXTS.data,
        TEXTS.choice,
        TEXTS.untried,
        "Rate: 8,000 samples a second.",
        "16 bands from 60 to 3,900 Hz, 16 steps of time; frames of 256 samples, 80 apart",
        "softmax of logits / 1.3",
    ):
        assert said in card.text, said
    assert "groups" not in card.text and "photograph" not in card.text
    names = (*LEARNED, *TESTED)
    assert not any(name in card.text for name in names), "people are counted, not named"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((None, None, None), "Nobody recorded who spoke.*for voices that it knows.*expect less"),
        ((None, 2, None), "Nobody recorded who spoke.*for voices that it knows.*expect less"),
        ((4, None, None), "from 4 speakers. Nobody recorded who spoke the test.*that it knows"),
        ((4, 4, 4), "tested on 4 speakers, of whom it knew 4. .*for voices that it knows"),
        ((4, 3, 1), "tested on 3 speakers, of whom it knew 1. .*for voices that it knows"),
        ((1, 1, 0), r"from 1 speaker, and .* on 1 speaker that it never heard.*with this one"),
        ((40, 12, 0), r"12 speakers that it never heard.*for new speakers\*\* of the same kind\.$"),
    ],
)
def test_it_says_for_whom_the_score_holds(
    counts: tuple[int | None, int | None, int | None], said: str
) -> None:
    speakers = dict(zip(("learned_from", "tested_on", "in_both"), counts, strict=True))
    text = speakers_text(speakers, is_tested=True)
    assert re.search(said, text), text
    assert ("holds for new" in text) == (counts[0] is not None and counts[2] == 0)
    assert "score" not in speakers_text(speakers, is_tested=False)


def test_speakers_are_counted_by_who_speaks_in_the_sounds_given(tmp_path: Path) -> None:
    both = {"tested_on": labelled_sounds(("anna", "dan"))}
    assert "2 speakers, of whom it knew 1" in card_of(tmp_path / "both", **both)
    unknown = replace(labelled_sounds(), speakers=None, speaker_names=())
    text = card_of(tmp_path / "unknown", learned_from=unknown, tested_on=None)
    assert "Nobody recorded who spoke" in text and "redrawing 2 groups" in text
    text = card_of(tmp_path / "untested", test=None, tested_on=None)
    assert "It was never tested" in text and "It learned from 3 speakers." in text
    assert "The score holds" not in text
    joined = score_of(over=1)  # copies joined the two speakers into one group
    assert "redrawing 1 groups" in card_of(tmp_path / "joined", test=joined)


@pytest.mark.parametrize(
    ("backbone", "said"),
    [
        ("random", "Nothing was pretrained"),
        ("letters", "pictures of letters. It has heard nothing"),
        ("/home/me/words.pt", "The backbone came from `words.pt`, and nobody recorded"),
    ],
)
def test_it_says_what_the_backbone_may_have_heard(tmp_path: Path, backbone: str, said: str) -> None:
    assert said in card_of(tmp_path / "a", texts=replace(TEXTS, backbone=backbone))


def test_the_lines_of_python_on_the_card_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    file = write_tones(tmp_path / "tones")[0]
    file.rename("recording.wav")
    (code,) = re.findall(r"```python\n(.*?)```", card_of(tmp_path / "my_model"), re.DOTALL)
    exec(code, {})
    printed = capsys.readouterr().out
    assert printed.startswith("('rise', 'fall') tensor([[") and printed.endswith("{}\n")
