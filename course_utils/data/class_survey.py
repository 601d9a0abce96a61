"""What the surveys of texts and of sounds have in common: classes counted, plans, guessing."""

from collections import Counter
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from course_utils.data.boxes.findings import Findings
from course_utils.data.class_cleaning import Labelled
from course_utils.data.class_mix import UNBALANCED
from course_utils.data.class_table import NAME, tabulate_classes
from course_utils.data.examples import PARTS
from course_utils.data.plain_text import shorten
from course_utils.data.survey_text import COLUMNS


class ClassSurvey(Findings):
    """What a data set with a class for each example holds; attributes besides those of Findings.

    Attributes:
        class_names: K names.
        used: The N examples that are used if work goes on.
    """

    class_names: Sequence[str]
    used: Sequence[Labelled]

    @property
    def parts(self) -> tuple[str, ...]:
        """The data set's own parts that are kept, train first."""
        there = {one.part for one in self.used}
        return tuple(part for part in PARTS if self.has_parts and part in there)

    @property
    def labels(self) -> Tensor:
        """The class of each example (N,), int64."""
        places = {name: place for place, name in enumerate(self.class_names)}
        return torch.tensor([places[one.label] for one in self.used], dtype=torch.int64)

    @property
    def places_of_parts(self) -> Tensor | None:
        """The part of each example (N,), places in ``PARTS``; None where there are no parts."""
        if not self.has_parts:
            return None
        return torch.tensor([PARTS.index(one.part) for one in self.used], dtype=torch.int64)

    @property
    def counts(self) -> Tensor:
        """Examples of each class in each part (P, K), int64; P is 1 where there are no parts."""
        labels, num_classes = self.labels, len(self.class_names)
        if not self.parts:
            return labels.bincount(minlength=num_classes)[None]
        of_part = [torch.tensor([one.part == part for one in self.used]) for part in self.parts]
        return torch.stack([labels[some].bincount(minlength=num_classes) for some in of_part])

    def table(self) -> list[str]:
        """Lines with the name of the data set, and how many there are of each class and part."""
        lines = [shorten(self.name, COLUMNS)]
        if self.class_names:
            lines += tabulate_classes(self.counts, self.class_names, self.parts, self.WHAT)
        return lines

    def alike_names(self) -> Iterator[str]:
        """Which names of classes may be meant as one, in a sentence."""
        alike = Counter(_letters(name) for name in self.class_names)
        same = [repr(shorten(n, NAME)) for n in self.class_names if alike[_letters(n)] > 1]
        if same:
            said = ", ".join(same[:4])
            yield f"Names that differ only in capitals or blanks are classes of their own: {said}."

    def guessing(self) -> Iterator[str]:
        """What always naming the commonest class of the training part scores."""
        counts, names = self.counts, self.class_names
        label, totals = int(counts[0].argmax()), counts.sum(0)
        judged = counts[-1] if "test" in self.parts else totals
        share = int(judged[label]) / int(judged.sum())
        where = f"test {self.WHAT}" if "test" in self.parts else self.WHAT
        yield (
            f"Guessing: always answering {shorten(names[label], NAME)} (no class has more "
            f"{self.WHAT}) is right for {100 * share:.1f} % of the {where}."
        )
        most, least = int(totals.argmax()), int(totals.argmin())
        if totals[most] > UNBALANCED * totals[least]:
            yield (
                f"Unequal classes: {shorten(names[most], NAME)} has {int(totals[most]):,} "
                f"{self.WHAT}, {shorten(names[least], NAME)} {int(totals[least]):,}: look at "
                "balanced accuracy and at each class's own score as well."
            )

    def across(self, groups: Tensor, alike: str = "") -> str:
        """What groups of like examples mean for the parts, in sentences.

        Args:
            groups: Numbers of the groups (N,).
            alike: What is said of examples whose group is in training; empty for the usual.
        """
        if not self.has_parts:
            one = len(groups.unique()) < len(groups)
            return "A split keeps each group in one part." if one else ""
        parts = self.places_of_parts
        learned = groups[parts == 0]
        counts = {
            part: int(torch.isin(groups[parts == PARTS.index(part)], learned).sum())
            for part in self.parts[1:]
        }
        told = ", ".join(f"{count:,} in {part}" for part, count in counts.items() if count)
        if not told:
            return ""
        alike = alike or f"Like {self.WHAT} for training, too"
        return (
            f"{alike}: {told}. They stay where they are, and scores on them are too good; "
            "split_anew = True forgets the data set's parts."
        )


def _letters(name: str) -> str:
    return "".join(name.split()).casefold()
