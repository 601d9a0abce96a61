"""The study of people: who is left out, who chooses, and what is kept of it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.synthetic_digits import load_synthetic_digits
from course_utils.evaluation.scores import seed_interval
from course_utils.figures.axes import summary_of
from course_utils.lessons.speech import people, stored
from course_utils.lessons.speech.figures import NEW, OWN, plot_over, plot_speakers
from course_utils.lessons.speech.people import Row, study


@pytest.fixture(scope="module")
def four() -> LabelledSounds:
    digits = load_synthetic_digits()
    return digits[digits.speakers < 4].renumbered()


def row(speaker: str, way: str, count: int, own: float, new: float, seed: int = 0) -> Row:
    return Row(seed, speaker, way, count, own, new, 0.1)


def test_each_speaker_is_left_out_once_and_others_choose_and_are_learned_from(
    four: LabelledSounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def note(model: object, sounds: LabelledSounds) -> torch.Tensor:
        asked.append((model, set(sounds.speakers.tolist())))
        return torch.ones(len(sounds), dtype=torch.bool)

    def trained(way: people.Way, examples: LabelledSounds, **how: object) -> set[int]:
        return set(examples.speakers.tolist())

    monkeypatch.setattr(people, "answers_right", note)
    monkeypatch.setattr(people, "train_way", trained)
    monkeypatch.setattr(people, "SOURCES", {"pixels": ("pixels", False)})
    monkeypatch.setattr(people, "NOT_VARIED", ())
    told = []
    rows = study(four, seed=1, at_once=1, report=told.append)
    assert [each.speaker for each in rows[:: len(people.COUNTS)]] == list(four.speaker_names)
    assert len(told) == 4 and four.speaker_names[0] in told[0]
    for number in range(4):
        some = asked[number * len(asked) // 4 : (number + 1) * len(asked) // 4]
        chosen, scored = some[: len(people.PENALTIES)], some[len(people.PENALTIES) :]
        (chooser,) = {who for _, heard in chosen for who in heard}
        known = set(range(4)) - {number, chooser}
        assert chooser != number
        assert all(learned <= known for learned, _ in some)
        assert [heard for _, heard in scored] == [known, {number}] * len(people.COUNTS)


@pytest.mark.slow
def test_a_study_at_small_sizes_has_a_row_for_each_way_count_and_speaker(
    four: LabelledSounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("COUNTS", (1, 5)), ("NOT_VARIED_AT", (5,)), ("CHOSEN_AT", 2),
                        ("PENALTIES", (0.1,)), ("RATES", (0.01,)), ("NUM_STEPS", 1)):  # fmt: skip
        monkeypatch.setattr(people, name, value)
    rows = study(four[four.speakers < 3].renumbered(), 0, at_once=2, report=lambda said: None)
    keys = {(each.speaker, each.way, each.count) for each in rows}
    ways = [(way, count) for way in people.SOURCES for count in (1, 5)]
    ways += [(way, 5) for way in people.NOT_VARIED]
    assert len(rows) == len(keys) == 3 * len(ways)
    assert {(way, count) for _, way, count in keys} == set(ways)
    pixels = [each for each in rows if each.way == "pixels" and each.count == 5]
    assert all(each.setting == 0.1 and each.own > 0.5 for each in pixels)


def test_too_few_speakers_are_refused(four: LabelledSounds) -> None:
    with pytest.raises(ValueError, match=r"2 speakers are too few: .* three or more"):
        study(four[four.speakers < 2], 0, 1)


def test_what_is_kept_is_the_mean_over_seeds_by_speaker(tmp_path: Path) -> None:
    rows = [row("ann", "pixels", 5, 0.9, 0.5), row("ben", "pixels", 5, 0.8, 0.6)]
    rows += [row("ann", "pixels", 5, 0.7, 0.7, seed=1), row("ben", "pixels", 5, 0.8, 0.2, seed=1)]
    stored.keep(stored.summarise(rows, stored.describe(rows)), tmp_path / "kept.json")
    found = stored.load_stored(tmp_path / "kept.json")
    assert found.speakers == ("ann", "ben")
    assert np.allclose(found.scores["pixels", OWN, 5], [0.8, 0.8])
    assert np.allclose(found.by_count("pixels", NEW)[5], [0.6, 0.4])
    assert str(found).startswith("Stored, not run here: ") and "2 speakers, seeds 0, 1" in str(
        found
    )


def test_the_stored_run_has_every_way_at_every_count_for_six_people() -> None:
    found = stored.load_stored()
    assert len(found.speakers) == 6
    for way in people.SOURCES:
        for test in (OWN, NEW):
            by_count = found.by_count(way, test)
            assert tuple(by_count) == people.COUNTS
            assert all(scores.shape == (6,) for scores in by_count.values())
    for way in people.NOT_VARIED:
        assert tuple(found.by_count(way, NEW)) == people.NOT_VARIED_AT
    assert "seeds 0, 1, 2, 3, 4, 5, 6, 7, torch" in str(found)


def test_figures_show_and_say_means_and_intervals() -> None:
    scores = {"A": {1: [0.2, 0.4, 0.6], 5: [0.7, 0.8, 0.9]}}
    ax = plot_over(scores, "labels per class", "accuracy")
    assert "A: accuracy 0.400 at 1, 0.800 at 5." in summary_of(ax.figure)
    (_, _, bars) = ax.containers[0]
    ends = bars[0].get_segments()[1][:, 1]
    assert np.allclose(ends, seed_interval([0.7, 0.8, 0.9], within=(0, 1))[1:])


def test_the_hardest_speaker_stands_first() -> None:
    ax = plot_speakers(["ann", "ben"], [0.9, 0.8], [0.7, 0.3])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["ben", "ann"]
    known, never = ax.get_lines()[:2]
    assert known.get_xdata().tolist() == [0.8, 0.9] and never.get_xdata().tolist() == [0.3, 0.7]
