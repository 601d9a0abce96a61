"""Answer of ``leave_out``: examples without some classes, their labels numbered anew."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.exercises.tables import Table
from course_utils.lessons.pretraining.exercises import observe_leave_out

Number = Callable[[Tensor, list[int], LabelledImages], Tensor]


def by_place(labels: Tensor, kept: list[int], examples: LabelledImages) -> Tensor:
    """The place of each label among those kept."""
    new = torch.full((examples.num_classes,), -1)
    new[kept] = torch.arange(len(kept))
    return new[labels]


def as_before(labels: Tensor, kept: list[int], examples: LabelledImages) -> Tensor:
    """The old labels."""
    return labels


def by_rank(labels: Tensor, kept: list[int], examples: LabelledImages) -> Tensor:
    """The place of each label among those that have examples."""
    return labels.unique(return_inverse=True)[1]


def moved_down(labels: Tensor, kept: list[int], examples: LabelledImages) -> Tensor:
    """Each label less the number of classes that go."""
    return labels - (examples.num_classes - len(kept))


def leave_out(
    examples: LabelledImages,
    names: Sequence[str],
    *,
    number: Number = by_place,
    all_names: bool = False,
    mode: str = "out",
) -> LabelledImages:
    """Examples without the classes in ``names``; the options are known slips."""
    every = range(examples.num_classes)
    gone = names[:1] if mode == "first" else names
    kept = [k for k in every if (examples.class_names[k] not in gone) == (mode != "only")]
    stays = torch.isin(examples.labels, torch.tensor(kept, dtype=torch.int64))
    labels = number(examples.labels[stays], kept, examples)
    shown = every if all_names else kept
    return LabelledImages(
        examples.images[stays], labels, tuple(examples.class_names[k] for k in shown)
    )


def names_alone(examples: LabelledImages, names: Sequence[str]) -> LabelledImages:
    """All pictures stay, and only the list of names is shorter."""
    shorter = leave_out(examples, names).class_names
    return LabelledImages(examples.images, examples.labels, shorter)


def given_back(examples: LabelledImages, names: Sequence[str]) -> LabelledImages:
    """Nothing is left out."""
    return examples


slips = [partial(leave_out, number=number, all_names=True) for number in (as_before, by_place)]

ANSWER = Table(
    observe_leave_out,
    right=leave_out,
    praise="Only the pictures that should stay are there, each under its own name. Now try it: "
    "from course_utils.lessons.pretraining.project import pretrain_without",
    wrong={
        "names-left": slips,
        "old-labels": partial(leave_out, number=as_before),
        "by-rank": partial(leave_out, number=by_rank),
        "moved-down": partial(leave_out, number=moved_down),
        "keeps-the-others": [
            partial(leave_out, mode="only", number=number, all_names=all_names)
            for number in (by_place, as_before)
            for all_names in (False, True)
        ],
        "first-name-only": [
            partial(leave_out, mode="first", number=number, all_names=all_names)
            for number in (by_place, as_before)
            for all_names in (False, True)
        ],
        "nothing-left-out": [given_back, names_alone],
    },
    messages={
        "names-left": "The right pictures are left. But the names of the classes that went are "
        "still there: a head would get an output for each, and nothing would teach it.",
        "old-labels": "The right pictures are left, with their old labels. Now labels and names "
        "do not fit: some labels are larger than the number of classes.",
        "by-rank": "You number the labels that have pictures. A class that stays but has no "
        "picture is skipped, and all names after it are wrong.",
        "moved-down": "You move every label down by the same number. A class that stood before "
        "those that went keeps its place.",
        "keeps-the-others": "You kept what should go, and left out what should stay.",
        "first-name-only": "Only the first of the names is left out.",
        "nothing-left-out": "All pictures are still there.",
    },
    otherwise={
        "left_alone": "The labels of the examples that were given have changed. Make new ones.",
        "times": "Each picture that stays should be there once, and no other picture.",
        "answers": "The right pictures are left, but some bear a wrong name: "
        "class_names[label] should be the name that a picture had.",
        "class_names": "Pictures and labels are right; class_names should hold the names that "
        "stay, and no others.",
        "whole_numbers": "Labels must be whole numbers of type torch.int64, as before.",
    },
)
