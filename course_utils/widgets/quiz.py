"""A question with a few answers: each wrong one says why it is wrong."""

from collections.abc import Mapping
from html import escape

import ipywidgets
from IPython.display import display

from course_utils import learner
from course_utils.widgets.layout import fit_to_page, name_controls


class Quiz:
    """A multiple-choice question; shown by Jupyter as the last value of a cell.

    Args:
        name: Short name of the question, beginning with the number of the lesson.
        question: One or two sentences.
        answers: What to say about each answer when it is chosen, by the answer.
        right: The answer that is right.

    Raises:
        ValueError: If ``right`` is no answer, or an answer says nothing.
    """

    def __init__(self, name: str, question: str, answers: Mapping[str, str], *, right: str) -> None:
        if right not in answers:
            raise ValueError(f"right must be one of {list(answers)}, got {right!r}")
        silent = [answer for answer, why in answers.items() if not why.strip()]
        if silent:
            raise ValueError(f"say why of each answer, right or wrong; nothing on {silent[0]!r}")
        self.name, self.question, self.answers, self.right = name, question, dict(answers), right
        self.tries = 0
        self.choice = ipywidgets.RadioButtons(options=list(answers), value=None)
        self.words = ipywidgets.HTML().add_class("course-words")
        fit_to_page(self.choice)
        self.choice.layout.width = "100%"
        self.choice.observe(self._on_choice, names="value")
        asked = ipywidgets.HTML(f"<p style='margin:0'>{escape(question)}</p>").add_class(
            "course-question"
        )
        rows = [asked, self.choice, self.words, name_controls()]
        self.box = ipywidgets.VBox(rows).add_class("course-widget").add_class("course-quiz")

    def _on_choice(self, change: dict[str, object]) -> None:
        answer = self.choice.value
        self.tries += 1
        why = escape(self.answers[answer])
        self.words.value = f"<p style='margin:0'><b>{self._verdict(answer)}</b> {why}</p>"
        if answer == self.right and self.name not in learner.remembered("quizzes"):
            learner.keep("quizzes", self.name, {"tries": self.tries})

    def _ipython_display_(self) -> None:
        if learner.is_live():
            display(self.box)
            return
        items = "".join(
            f"<li><details><summary>{escape(answer)}</summary><p>{self._verdict(answer)} "
            f"{escape(why)}</p></details></li>"
            for answer, why in self.answers.items()
        )
        lines = [
            f"- {answer}: {self._verdict(answer)} {why}" for answer, why in self.answers.items()
        ]
        html = f"<p style='margin:0'>{escape(self.question)}</p><ul>{items}</ul>"
        display({"text/html": html, "text/plain": "\n".join([self.question, *lines])}, raw=True)

    def _verdict(self, answer: str) -> str:
        return "✓ Right." if answer == self.right else "✗ Not so."
