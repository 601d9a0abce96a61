"""The quizzes of lesson 11: their order, and the numbers that their replies state."""

import torch
from scipy import stats

from course_utils.data.sounds.log_mel import HIGHEST, LOWEST, band_edges, log_mel
from course_utils.lessons.speech.quizzes import QUESTIONS

FIRST_RESONANCE = 200, 900  # Hz


def reply_to(name: str, beginning: str) -> str:
    """What is said about the one answer that begins so."""
    (reply,) = (
        why for answer, why in QUESTIONS[name].answers.items() if answer.startswith(beginning)
    )
    return reply


def test_they_stand_in_the_order_in_which_the_lesson_asks_them() -> None:
    assert list(QUESTIONS) == [
        "11 why mel and logarithm",
        "11 by take or by voice",
        "11 what is n",
        "11 which source",
    ]


def test_each_answer_has_a_reply_of_its_own() -> None:
    for question in QUESTIONS.values():
        replies = list(question.answers.values())
        assert len(replies) == len(set(replies)) == 4
        assert all(reply.endswith(".") and len(reply.split()) > 12 for reply in replies)


def test_equal_steps_in_hertz_leave_three_bands_for_the_first_resonance_and_mel_six() -> None:
    linear = torch.linspace(LOWEST, HIGHEST, 18)[1:-1]
    counts = [
        int(((middles > FIRST_RESONANCE[0]) & (middles < FIRST_RESONANCE[1])).sum())
        for middles in (linear, band_edges(16)[1:-1])
    ]
    assert counts == [3, 6]
    reply = reply_to("11 why mel and logarithm", "Few bands")
    assert "Of 16 bands, equal steps in Hz give it three, equal steps in mel six." in reply


def test_twice_the_pressure_adds_about_the_same_to_all_bands() -> None:
    sound = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    added = log_mel(2 * sound) - log_mel(sound)
    assert added.std() < 1e-3 < added.mean()
    assert "adds about the same number" in reply_to("11 why mel and logarithm", "Loud recordings")


def test_an_interval_from_all_recordings_is_far_narrower_than_one_from_speakers() -> None:
    scores = torch.tensor([0.64, 0.70, 0.75, 0.78, 0.82, 0.86], dtype=torch.float64)
    of_six = stats.ttest_1samp(scores, 0).confidence_interval(0.95)
    right = round(1800 * scores.mean().item())
    of_all = stats.binomtest(right, 1800).proportion_ci(method="wilson")
    assert of_six.high - of_six.low > 4 * (of_all.high - of_all.low)
    assert "far too narrow" in reply_to("11 what is n", "1,800")
