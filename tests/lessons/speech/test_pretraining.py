"""The source of lesson 11: its words, how a network learns them, the backbone that is shipped."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.synthetic_digits import load_synthetic_digits
from course_utils.data.sounds.voices import SOURCE_VOICES, TARGET_VOICES, VALIDATION_VOICES
from course_utils.data.sounds.words import SOURCE_WORDS
from course_utils.lessons.speech import make_backbone, pretraining
from course_utils.lessons.speech.pretraining import (
    BATCH_SIZE,
    NUM_STEPS,
    NUM_WORDS,
    accuracy_on,
    pretrain_on_words,
    speak_fresh_words,
    speak_words,
)
from course_utils.models.inference import predict
from course_utils.models.pretrained import SHIPPED_FOLDER, load_backbone, read_card
from tests.helpers.speech import needs_espeak

pytestmark = pytest.mark.slow


@needs_espeak
def test_words_are_spoken_by_source_voices_and_fresh_ones_by_others() -> None:
    words, fresh = speak_words(40, 0), speak_fresh_words(10, 0)
    assert words.images.shape == (40, 1, 16, 16) and words.images.dtype == torch.uint8
    assert words.class_names == SOURCE_WORDS and len(words.labels.unique()) > 20
    assert words.speaker_names == SOURCE_VOICES and len(words.speakers.unique()) > 10
    assert fresh.speaker_names == VALIDATION_VOICES
    assert not set(words.speaker_names) & {*fresh.speaker_names, *TARGET_VOICES}


@needs_espeak
def test_the_same_seed_speaks_the_same_and_rooms_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    words = speak_words(5, 3)
    assert speak_words(5, 3).images.equal(words.images)
    assert not speak_words(5, 4).images.equal(words.images)
    monkeypatch.setattr(pretraining, "through", lambda sound, *_: sound)
    plain = speak_words(5, 3)
    assert plain.labels.equal(words.labels) and not plain.images.equal(words.images)


def test_no_words_and_no_steps_are_refused() -> None:
    with pytest.raises(ValueError, match="count must be at least 1, got 0"):
        speak_words(0, 0)
    with pytest.raises(ValueError, match="num_steps must be at least 1, got 0"):
        pretrain_on_words(None, 0, num_steps=0)


@needs_espeak
def test_a_network_learns_the_words_and_the_same_from_the_same_seed() -> None:
    words = speak_words(60, 0)
    words = words[words.labels < 50]
    torch.manual_seed(5)
    state = torch.get_rng_state()
    model, history = pretrain_on_words(words, 0, num_steps=45, batch_size=8)
    assert state.equal(torch.get_rng_state())
    assert len(history) == 12  # ten rounds of 4 steps, then 4, then 1
    assert history[-1] < 0.5 * history[0]
    assert not model.training
    again, _ = pretrain_on_words(words, 0, num_steps=45, batch_size=8)
    for name, weight in model.state_dict().items():
        assert weight.equal(again.state_dict()[name]), name
    predicted = accuracy_on(model, words)
    assert predicted > 3 / 50 and predicted == accuracy_on(again, words)


def test_the_card_says_how_the_shipped_backbone_was_made() -> None:
    card = read_card("words")
    settings = f"--seed 0 --words {NUM_WORDS} --steps {NUM_STEPS}"
    assert card["command"] == f"{make_backbone.COMMAND} {settings}", "run make backbone"
    assert (card["num_words"], card["num_steps"]) == (NUM_WORDS, NUM_STEPS)
    assert card["batch_size"] == BATCH_SIZE
    assert card["voices"] == ", ".join(SOURCE_VOICES)
    assert card["fresh_voices"] == ", ".join(VALIDATION_VOICES)
    assert (SHIPPED_FOLDER / "words_backbone.pt").stat().st_size < 1e6
    assert load_backbone("words").num_features == 64


def test_the_shipped_backbone_tells_digits_of_new_voices_apart_far_better_than_a_random_one() -> (
    None
):
    digits = load_synthetic_digits()
    backbone = load_backbone("words")
    torch.manual_seed(0)
    pretrained, random = (
        nearest_mean_accuracy(predict(of, digits.images), digits)
        for of in (backbone, backbone.untrained())
    )
    assert pretrained > random + 0.15


def nearest_mean_accuracy(features: Tensor, digits: LabelledSounds) -> float:
    """Digits of voices 3 to 11, each named after the nearest mean (D,) of voices 0 to 2."""
    known = digits.speakers < 3
    features = (features - features[known].mean(0)) / (features[known].std(0) + 1e-3)
    of_class = [features[known & (digits.labels == label)].mean(0) for label in range(10)]
    nearest = torch.cdist(features[~known], torch.stack(of_class)).argmin(1)
    return (nearest == digits.labels[~known]).float().mean().item()


@needs_espeak
def test_the_command_writes_a_backbone_with_its_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_backbone, "NUM_FRESH", 20)
    path = tmp_path / "tried_backbone.pt"
    make_backbone.main(["--seed", "3", "--words", "40", "--steps", "2", "--to", str(path)])
    card = read_card(str(path))
    assert card["command"].endswith("--seed 3 --words 40 --steps 2")
    assert f"{card['accuracy']:.3f} of 20 fresh words" in capsys.readouterr().out
    assert load_backbone(str(path)).width == 16
