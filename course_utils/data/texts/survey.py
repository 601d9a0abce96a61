"""What was found in a data set of texts, as one object: printed, it is a table."""

from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_survey import ClassSurvey
from course_utils.data.survey_text import section
from course_utils.data.texts.outcomes import KEPT, LEFT_OUT, STOPS
from course_utils.data.texts.raw import RawText


@dataclass(frozen=True)
class TextSurvey(ClassSurvey):
    """What a data set of texts holds; printed, it is a table of what will be done with it.

    Args:
        name: What it was asked for as, ``texts:PATH``.
        class_names: K names.
        used: The N texts that are used if work goes on.
        findings: All that is not plain.
        notes: How it was read, in sentences.
        has_parts: Whether its own parts are kept.
    """

    name: str
    class_names: tuple[str, ...]
    used: tuple[RawText, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    has_parts: bool

    STOPS = STOPS
    WHAT = "texts"

    def __str__(self) -> str:
        lines = self.table()
        sections = {
            "How it was read": self._reading(),
            "Must be mended, or left out": self.about(STOPS),
            "Left out": self.about(LEFT_OUT),
            "Kept": self.about(KEPT),
            "What will be done": self._plans(),
        }
        for title, sentences in sections.items():
            lines += section(title, sentences)
        return "\n".join(lines)

    def _reading(self) -> Iterator[str]:
        yield from self.notes
        if self.used:
            sizes = sorted(len(text.text) for text in self.used)
            yield (
                f"Signs (letters, blanks and all others) of a text: {sizes[0]:,} to "
                f"{sizes[-1]:,}, half of the texts have at most {sizes[len(sizes) // 2]:,}."
            )
        yield from self.alike_names()

    def _plans(self) -> Iterator[str]:
        if self.lines_to_stop():
            yield (
                "The workbook stops here, or goes on without these texts by skip_faulty = True. "
                "If the files are in an older encoding, say so, such as encoding = 'cp1252' "
                "(Windows, Western Europe)."
            )
        yield self.plan_of_parts()
        if self.used:
            yield from self.guessing()
