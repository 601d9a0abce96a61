"""A quiz says of every answer why it is right or wrong, and remembers how many tries it took."""

import pytest

from course_utils.learning.progress import read_parts
from course_utils.session import learner
from course_utils.widgets.quiz import Question, Quiz, ask_quiz, find_questions
from tests.helpers.moving import catch_displays
from tests.helpers.notebook_files import LESSONS

ANSWERS = {
    "all weights": "No: a <frozen> one stays.",
    "the head": "It starts at random.",
    "none": "Then nothing learns.",
}


def make_quiz() -> Quiz:
    """Three answers, the second of them right."""
    return Quiz("03 frozen", Question("What may learn?", ANSWERS, right="the head"))


def test_each_answer_is_told_why(live: None) -> None:
    quiz = make_quiz()
    assert quiz.choice.value is None
    assert quiz.words.value == ""
    quiz.choice.value = "all weights"
    assert "✗ Not so." in quiz.words.value
    assert "a &lt;frozen&gt; one stays" in quiz.words.value
    quiz.choice.value = "none"
    assert "Then nothing learns." in quiz.words.value
    quiz.choice.value = "the head"
    assert "✓ Right." in quiz.words.value
    assert "It starts at random." in quiz.words.value


def test_the_first_right_answer_is_remembered_with_its_tries(live: None) -> None:
    quiz = make_quiz()
    quiz.choice.value = "none"
    assert learner.remembered("quizzes") == {}
    quiz.choice.value = "the head"
    quiz.choice.value = "all weights"
    quiz.choice.value = "the head"
    assert learner.remembered("quizzes") == {"03 frozen": {"tries": 2}}


def test_where_nobody_is_there_every_answer_can_be_unfolded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = catch_displays(monkeypatch)
    make_quiz()._ipython_display_()
    ((data, _),) = shown
    html, text = data["text/html"], data["text/plain"]
    assert html.count("<details>") == 3
    assert html.count("✓ Right.") == text.count("✓ Right.") == 1
    assert "- none: ✗ Not so. Then nothing learns." in text
    assert "a &lt;frozen&gt; one stays" in html


def test_where_somebody_is_there_radio_buttons_are_shown(
    live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = catch_displays(monkeypatch)
    quiz = make_quiz()
    quiz._ipython_display_()
    assert shown == [(quiz.box, {})]
    assert quiz.choice in quiz.box.children


def test_a_right_answer_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"right must be one of \['yes'\], got 'no'"):
        Question("Really?", {"yes": "It is."}, right="no")


def test_an_answer_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"say why of each answer, .*; nothing on 'no'"):
        Question("Really?", {"yes": "It is.", "no": " "}, right="yes")


def test_each_question_is_asked_in_the_lesson_that_its_name_says() -> None:
    asked = {path.stem[:2]: read_parts(path).quizzes for path in LESSONS}
    assert [name for names in asked.values() for name in names] == list(find_questions())
    assert all(name.startswith(number) for number, names in asked.items() for name in names)


def test_an_unknown_question_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no quiz '00 none'; .* 00 three parts, 01 what"):
        ask_quiz("00 none")
