"""A question with a few answers: each says, once it is chosen, why it is right or wrong.

The questions stand in ``quizzes.py`` of each lesson's room and not in the notebooks, where whoever
reads a question would read the answers with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module

import ipywidgets
from IPython.display import display

from course_utils.learning.lessons import ROOMS_FOLDER, find_rooms
from course_utils.session import learner
from course_utils.widgets.layout import fit_to_page, name_controls


@dataclass(frozen=True)
class Question:
    """A multiple-choice question.

    Attributes:
        text: One or two sentences.
        answers: What to say about each answer when it is chosen, by the answer.
        right: The answer that is right.

    Raises:
        ValueError: If ``right`` is no answer, or an answer says nothing.
    """

    text: str
    answers: Mapping[str, str]
    right: str

    def __post_init__(self) -> None:
        if self.right not in self.answers:
            raise ValueError(f"right must be one of {list(self.answers)}, got {self.right!r}")
        silent = [answer for answer, why in self.answers.items() if not why.strip()]
        if silent:
            raise ValueError(f"say why of each answer, right or wrong; nothing on {silent[0]!r}")


def ask_quiz(name: str) -> "Quiz":
    """The quiz of that name, beginning with the number of the lesson.

    Raises:
        ValueError: If there is none.
    """
    questions = find_questions()
    if name not in questions:
        raise ValueError(f"no quiz {name!r}; there are {', '.join(questions)}")
    return Quiz(name, questions[name])


def find_questions() -> dict[str, Question]:
    """The questions of all lessons, by the number of the lesson and a short name."""
    found: dict[str, Question] = {}
    for room in find_rooms():
        if (ROOMS_FOLDER / room / "quizzes.py").exists():
            found |= import_module(f"course_utils.lessons.{room}.quizzes").QUESTIONS
    return dict(sorted(found.items(), key=lambda item: item[0][:2]))  # as the lessons are read


class Quiz:
    """A multiple-choice question; shown by Jupyter as the last value of a cell."""

    def __init__(self, name: str, question: Question) -> None:
        self.name, self.question = name, question
        self.tries = 0
        self.choice = ipywidgets.RadioButtons(options=list(question.answers), value=None)
        self.words = ipywidgets.HTML().add_class("course-words")
        fit_to_page(self.choice)
        self.choice.layout.width = "100%"
        self.choice.observe(self._on_choice, names="value")
        asked = ipywidgets.HTML(f"<p style='margin:0'>{escape(question.text)}</p>").add_class(
            "course-question"
        )
        rows = [asked, self.choice, self.words, name_controls()]
        self.box = ipywidgets.VBox(rows).add_class("course-widget").add_class("course-quiz")

    def _on_choice(self, change: dict[str, object]) -> None:
        answer = self.choice.value
        self.tries += 1
        why = escape(self.question.answers[answer])
        self.words.value = f"<p style='margin:0'><b>{self._verdict(answer)}</b> {why}</p>"
        if answer == self.question.right and self.name not in learner.remembered("quizzes"):
            learner.keep("quizzes", self.name, {"tries": self.tries})

    def _ipython_display_(self) -> None:
        if learner.is_live():
            display(self.box)
            return
        items = "".join(
            f"<li><details><summary>{escape(answer)}</summary><p>{self._verdict(answer)} "
            f"{escape(why)}</p></details></li>"
            for answer, why in self.question.answers.items()
        )
        lines = [
            f"- {answer}: {self._verdict(answer)} {why}"
            for answer, why in self.question.answers.items()
        ]
        html = f"<p style='margin:0'>{escape(self.question.text)}</p><ul>{items}</ul>"
        display(
            {"text/html": html, "text/plain": "\n".join([self.question.text, *lines])}, raw=True
        )

    def _verdict(self, answer: str) -> str:
        return "✓ Right." if answer == self.question.right else "✗ Not so."
