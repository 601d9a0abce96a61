"""What was found in a data set of texts, as one object: printed, it is a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.boxes.findings import Findings
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_mix import UNBALANCED
from course_utils.data.class_table import NAME, tabulate_classes
from course_utils.data.examples import PARTS
from course_utils.data.plain_text import shorten
from course_utils.data.survey_text import COLUMNS, section
from course_utils.data.texts.outcomes import KEPT, LEFT_OUT, STOPS
from course_utils.data.texts.raw import RawText


@dataclass(frozen=True)
class TextSurvey(Findings):
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
        lines = [shorten(self.name, COLUMNS)]
        if self.class_names:
            lines += tabulate_classes(self.counts, self.class_names, self.parts, "texts")
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

    @property
    def parts(self) -> tuple[str, ...]:
        """The data set's own parts that are kept, train first."""
        there = {text.part for text in self.used}
        return tuple(part for part in PARTS if self.has_parts and part in there)

    @property
    def labels(self) -> Tensor:
        """The class of each text (N,), int64."""
        places = {name: place for place, name in enumerate(self.class_names)}
        return torch.tensor([places[text.label] for text in self.used], dtype=torch.int64)

    @property
    def counts(self) -> Tensor:
        """Texts of each class in each part (P, K), int64; P is 1 where there are no parts."""
        labels, num_classes = self.labels, len(self.class_names)
        if not self.parts:
            return labels.bincount(minlength=num_classes)[None]
        of_part = [torch.tensor([t.part == part for t in self.used]) for part in self.parts]
        return torch.stack([labels[some].bincount(minlength=num_classes) for some in of_part])

    def _reading(self) -> Iterator[str]:
        yield from self.notes
        if self.used:
            sizes = sorted(len(text.text) for text in self.used)
            yield (
                f"Signs (letters, blanks and all others) of a text: {sizes[0]:,} to "
                f"{sizes[-1]:,}, half of the texts have at most {sizes[len(sizes) // 2]:,}."
            )
        alike = Counter(_letters(name) for name in self.class_names)
        same = [repr(shorten(n, NAME)) for n in self.class_names if alike[_letters(n)] > 1]
        if same:
            said = ", ".join(same[:4])
            yield f"Names that differ only in capitals or blanks are classes of their own: {said}."

    def _plans(self) -> Iterator[str]:
        if self.lines_to_stop():
            yield (
                "The workbook stops here, or goes on without these texts by skip_faulty = True. "
                "If the files are in an older encoding, say so, such as encoding = 'cp1252' "
                "(Windows, Western Europe)."
            )
        yield self.plan_of_parts()
        if self.used:
            yield from self._guessing()

    def _guessing(self) -> Iterator[str]:
        """What always naming the commonest class of the training texts scores."""
        counts, names = self.counts, self.class_names
        label, totals = int(counts[0].argmax()), counts.sum(0)
        judged = counts[-1] if "test" in self.parts else totals
        share = int(judged[label]) / int(judged.sum())
        where = "test texts" if "test" in self.parts else "texts"
        yield (
            f"Guessing: always answering {shorten(names[label], NAME)} (no class has more texts) "
            f"is right for {100 * share:.1f} % of the {where}."
        )
        most, least = int(totals.argmax()), int(totals.argmin())
        if totals[most] > UNBALANCED * totals[least]:
            yield (
                f"Unequal classes: {shorten(names[most], NAME)} has {int(totals[most]):,} texts, "
                f"{shorten(names[least], NAME)} {int(totals[least]):,}: look at balanced accuracy "
                "and at each class's own score as well."
            )


def _letters(name: str) -> str:
    return "".join(name.split()).casefold()
