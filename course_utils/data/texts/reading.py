"""Your own texts with their classes, from folders or from tables, to one form."""

from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.data.class_cleaning import join_groups_by_name
from course_utils.data.damaged_pictures import listed
from course_utils.data.families import families_of, groups_of_pairs
from course_utils.data.plain_text import counted, shorten, wrap
from course_utils.data.survey_text import COLUMNS
from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.near_texts import find_near_texts
from course_utils.data.texts.outcomes import TextOutcome
from course_utils.data.texts.survey import TextSurvey
from course_utils.data.texts.surveying import survey_texts

MANY_CLASSES = 0.5  # of the texts; such a column holds numbers or names, not classes


def read_texts(
    dataset: str,
    *,
    skip_faulty: bool = False,
    near_copies: bool = True,
    report: Callable[[TextSurvey | str], object] | None = None,
    **how: object,
) -> LabelledTexts:
    """Read texts with their classes.

    What was found and what will be done is reported before work starts; where something is there
    that cannot be used, work does not start. Nothing is written.

    Args:
        dataset: ``"texts:PATH"``: a table (.csv or .tsv); or a folder with a folder of .txt files
            for each class, with a file for each class and a text a line in it, or with tables;
            parts are folders or tables called train, val and test. ``"texts:PATH/*"`` takes every
            folder in it for a class. A relative path starts at the working folder.
        skip_faulty: Whether to go on without what cannot be used, saying what.
        near_copies: Whether to look for near copies, so that a split keeps them in one part.
        report: Called with what was found, and then with what was found of near copies; such as
            ``print``.
        how: What ``survey_texts`` takes: columns, encoding, groups and names.

    Raises:
        ValueError: If an argument does not fit, the files are not of that form, or something must
            be mended; it says what to do.
        MemoryError: If there is more than fits into memory.
    """
    survey = survey_texts(dataset, **how)
    if report is not None:
        report(survey)
    _refuse(survey, skip_faulty)
    labels = survey.labels
    pairs = find_near_texts([text.text for text in survey.used]) if near_copies else None
    near = torch.arange(len(labels)) if pairs is None else groups_of_pairs(pairs, labels)
    groups = join_groups_by_name(near, survey.used)
    if report is not None:
        said = _describe(near if near_copies else None, groups, survey)
        report("\n".join(wrap(said, COLUMNS)))
    return LabelledTexts(
        tuple(text.text for text in survey.used),
        labels,
        survey.class_names,
        tuple(text.name for text in survey.used),
        survey.places_of_parts,
        groups if near_copies or any(text.group for text in survey.used) else None,
    )


def _refuse(survey: TextSurvey, skip_faulty: bool) -> None:
    wrong = survey.lines_to_stop()
    few = survey.of(TextOutcome.FEW)
    num_texts = len(survey.used) + len(few)
    if len(few) > max(2, MANY_CLASSES * num_texts):
        raise ValueError(
            f"{survey.name} has {len(few):,} classes of one or two texts, such as "
            f"{listed([shorten(one.file, 24) for one in few])}: that is no column of classes; set "
            "label_column to the one that is"
        )
    if wrong and not skip_faulty:
        raise ValueError(
            f"{survey.name} must be mended: {'; '.join(wrong)}; then run again, or go on without "
            "these texts by skip_faulty = True"
        )
    if wrong:
        print("\n".join(wrap(f"Went on without {'; '.join(wrong)}", COLUMNS)))
    if len(survey.class_names) < 2:
        found = ", ".join(survey.class_names) or "none"
        why = f" ({'; '.join(wrong)})" if wrong else ""
        raise ValueError(
            f"{survey.name} has fewer than two classes of texts that can be used: {found}{why}; "
            "telling apart takes two, so check the path and the columns"
        )


def _describe(near: Tensor | None, groups: Tensor, survey: TextSurvey) -> str:
    """What was found of near copies and groups, in sentences."""
    used = survey.used
    if near is None:
        said = "Near copies were not looked for; near_copies = True looks."
    elif families := families_of(near):
        shown = [" ~ ".join(used[place].name for place in family[:2]) for family in families]
        said = (
            f"{sum(map(len, families)):,} texts are near copies of one another (nearly all "
            f"words the same), in {counted(len(families), 'set')}: {listed(shown)}."
        )
    else:
        said = f"No near copies among {len(used):,} texts."
    if any(text.group for text in used):
        said += f" With what belongs together (group_by) there are {len(groups.unique()):,} groups."
    return f"{said} {survey.across(groups)}".strip()
