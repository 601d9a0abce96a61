"""Exercises of lesson 11: what their inputs must hold, and what their texts and the package say."""

import nbformat
import numpy as np
import pytest
import torch

from course_utils.data.sounds import log_mel
from course_utils.evaluation.scores import seed_interval, wilson_interval
from course_utils.exercises.checking import VISIBLE_SEED
from course_utils.lessons.speech.exercise_cases import heard_answers, power_frames, spoken_takes
from course_utils.lessons.speech.score_cases import NAMES, PARTS, recordings
from course_utils.notebooks.exercise_sources import EXERCISES_FOLDER, read_exercises
from tests.helpers.graded import graded
from tests.lessons.speech.answers import (
    SAVING_CLAIMS,
    SOURCE_PLANS,
    bands_by_numpy,
    by_groups,
    interval_by_scipy,
    score_but,
    score_mended,
    split_by_sets,
)

LESSON = "speech"
SEEDS = [VISIBLE_SEED, 1, 2]
# The table in the text of exercise 3.
SIZES = (1, 2, 5, 10, 20)
SCRATCH, TUNED = (0.34, 0.42, 0.60, 0.70, 0.76), (0.55, 0.60, 0.70, 0.76, 0.80)
KNOWN_SCRATCH = (0.41, 0.58, 0.79, 0.89, 0.94)


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of each exercise."""
    source = nbformat.read(EXERCISES_FOLDER / "11_speech.ipynb", as_version=4)
    return {exercise.name: exercise.about for exercise in read_exercises(source)}


def labels_at(accuracy: float, curve: tuple[float, ...]) -> float:
    """Labels per class at which a curve gets there, straight on a log scale."""
    return float(np.exp(np.interp(accuracy, curve, np.log(SIZES))))


def test_the_examples_in_the_texts_are_right() -> None:
    mean, low, high = interval_by_scipy(*heard_answers(VISIBLE_SEED)[0])
    assert (round(mean, 3), round(low, 3), round(high, 3)) == (0.7, 0.570, 0.830)
    assert wilson_interval(31, 45) == pytest.approx((0.543, 0.805), abs=5e-4)
    power, num_bands, rate = power_frames(VISIBLE_SEED)[0]
    assert (power.tolist(), num_bands, rate) == ([[1.0]] * 5, 1, 8000)
    assert bands_by_numpy(power, num_bands, rate).item() == pytest.approx(0.661, abs=5e-4)
    accuracies = {"val": (0.6, 0.7, 0.5), "test": (0.5, 0.4, 0.7)}

    def train(pictures: np.ndarray, labels: np.ndarray, setting: int):  # noqa: ANN202
        """Gets so many of ten pictures right; the first number of a picture says of which part."""
        return lambda others: np.arange(10) >= 10 * accuracies[
            "val" if others[0, 0] else "test"
        ][setting]  # fmt: skip

    pictures = np.repeat([[2.0], [1.0], [0.0]], 10, axis=0)
    names = np.repeat(["Ann", "ben", "CARL"], 10)
    case = (pictures, np.zeros(30, dtype=int), names, ["ben"], ["carl"], train, [0, 1, 2])
    assert score_mended(*case) == (1, 0.4)


def test_the_claims_say_what_the_curves_in_the_text_say(texts: dict[str, str]) -> None:
    for curve in (SCRATCH, TUNED, KNOWN_SCRATCH):
        assert "| " + " | ".join(f"{each:.2f}" for each in curve) + " |" in texts["saving_claims"]
    needed = {accuracy: (labels_at(accuracy, TUNED), labels_at(accuracy, SCRATCH))
              for accuracy in (0.65, 0.55, 0.76)}  # fmt: skip
    assert needed[0.65] == pytest.approx((3.2, 7.1), abs=0.1)
    assert needed[0.55] == pytest.approx((1, 3.9), abs=0.1)
    assert needed[0.76] == pytest.approx((10, 20))
    assert labels_at(0.86, KNOWN_SCRATCH) == pytest.approx(8.1, abs=0.1)
    doublings = (TUNED[-1] - SCRATCH[-1]) / (SCRATCH[-1] - SCRATCH[-2])
    assert 20 * 2**doublings == pytest.approx(31.7, abs=0.1)
    assert max(SCRATCH) < 0.80 == max(TUNED)


@pytest.mark.parametrize("exercise", ["saving_claims", "clean_source"])
def test_texts_show_a_row_for_each_entry_and_name_all_verdicts(
    exercise: str, texts: dict[str, str]
) -> None:
    for key in {"saving_claims": SAVING_CLAIMS, "clean_source": SOURCE_PLANS}[exercise]:
        assert f"\n| {key} | " in texts[exercise]


@pytest.mark.parametrize("seed", SEEDS)
def test_answers_are_those_of_the_package(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for right, speakers in heard_answers(seed):
        found = interval_by_scipy(right, speakers)
        assert found == pytest.approx(seed_interval(by_groups(right, speakers)))
    for power, num_bands, rate in power_frames(seed):
        monkeypatch.setattr(log_mel, "RATE", rate)
        monkeypatch.setattr(log_mel, "FRAME", 2 * (len(power) - 1))
        monkeypatch.setattr(log_mel, "LOWEST", 0.0)
        monkeypatch.setattr(log_mel, "HIGHEST", rate / 2)
        package = torch.log(log_mel.mel_filters(num_bands) @ power + log_mel.FLOOR)
        found = torch.from_numpy(bands_by_numpy(power, num_bands, rate)).float()
        torch.testing.assert_close(found, package, atol=1e-3, rtol=0)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_speaker_says_all_words_and_has_a_number_that_is_no_place(seed: int) -> None:
    for labels, speakers, share, _ in spoken_takes(seed):
        names, takes = np.unique(speakers, return_counts=True)
        assert len(np.unique(speakers * 100 + labels)) == len(names) * len(np.unique(labels))
        assert len(np.unique(takes)) > 1 and min(names) > len(labels)
        assert share * len(names) == pytest.approx(round(share * len(names)))
        assert sum(map(len, split_by_sets(labels, speakers, share, 0))) == len(labels)
    orders = [(np.diff(speakers) != 0).sum() for _, speakers, *_ in spoken_takes(seed)]
    assert orders[1] == 9 and orders[0] > 100, "once speaker by speaker, else mixed"


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_lie_within_0_and_1_and_differ_from_those_of_takes(seed: int) -> None:
    for right, speakers in heard_answers(seed):
        mean, low, high = interval_by_scipy(right, speakers)
        assert 0 < low < high < 1
        assert abs(mean - right.mean()) > 1e-4
        wilson = np.diff(wilson_interval(int(right.sum()), len(right))).item()
        assert len(right) < 50 or high - low > 1.5 * wilson


@pytest.mark.parametrize("seed", SEEDS)
def test_frames_have_silent_and_quiet_steps_and_many_rates(seed: int) -> None:
    cases = power_frames(seed)
    assert len({rate for *_, rate in cases}) == 3
    for power, num_bands, rate in cases[1:]:
        bands = bands_by_numpy(power, num_bands, rate)
        silent = power.sum(dim=0) == 0
        assert silent.sum() == 1
        assert bands[:, silent].max() == pytest.approx(np.log(1e-4))
        assert (bands[:, ~silent] < np.log(1e-2)).any(), "1e-4 counts where it is quiet"
        assert bands.max() > 2


def test_names_that_hold_others_stand_in_other_parts() -> None:
    part_of = {name: place for place, part in enumerate(PARTS) for name in part}
    held = [(short, name) for short in NAMES for name in NAMES
            if name != short and name.startswith(short)]  # fmt: skip
    assert held and all(part_of.get(one) != part_of.get(other) for one, other in held)


def mean_accuracy(answer, seed: int) -> float:  # noqa: ANN001
    """What an answer promises, on average over the recordings of a seed."""
    return float(np.mean([answer(*case)[1] for case in recordings(seed)]))


@pytest.mark.slow
def test_each_fault_alone_makes_the_score_too_good() -> None:
    seeds = range(10)
    true = np.array([mean_accuracy(score_mended, seed) for seed in seeds])
    as_spelt = np.array([mean_accuracy(score_but(bare=str), seed) for seed in seeds])
    test_chooses = np.array([mean_accuracy(score_but(choose="test"), seed) for seed in seeds])
    as_given = np.array([mean_accuracy(score_but(bare=str, choose="test"), seed) for seed in seeds])
    assert (as_spelt > true).all() and (test_chooses > true).all()
    assert (as_given >= as_spelt).all() and (as_given > test_chooses).all()
    assert (as_given - true).mean() > 0.2


@pytest.mark.parametrize("seed", SEEDS)
def test_names_are_spelt_in_three_ways_and_held_out_ones_in_small_letters(seed: int) -> None:
    for _, _, names, val_names, test_names, *_ in recordings(seed):
        spelt = set(names.tolist())
        assert len({name.lower() for name in spelt}) == len(NAMES)
        assert all({n, n.upper(), n.capitalize()} <= spelt for n in (*val_names, *test_names))


def test_an_answer_that_changes_what_it_was_given_is_still_judged() -> None:
    def careless(right: np.ndarray, speakers: np.ndarray) -> list[float]:
        found = interval_by_scipy(right, speakers)
        right[:] = False
        return found

    assert graded(LESSON, "speaker_interval", careless, VISIBLE_SEED).status == "right"
