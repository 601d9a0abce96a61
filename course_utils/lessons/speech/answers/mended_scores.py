"""Answer of ``mended_scores``: each speaker in one part, and the test chooses nothing."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.speech.exercises import observe_mended_scores
from course_utils.lessons.speech.score_cases import Train, recordings

Answer = Callable[..., tuple[int, float]]


class Parts(NamedTuple):
    """Which takes (N,), bool, are learned from, chosen by and tested on."""

    train: np.ndarray
    val: np.ndarray
    test: np.ndarray


Split = Callable[[np.ndarray, Sequence[str], Sequence[str]], Parts]  # of names, and of two lists


def spelt_alike(names: np.ndarray, val_names: Sequence[str], test_names: Sequence[str]) -> Parts:
    """As it should be."""
    return as_spelt(np.char.lower(names), val_names, test_names)


def as_spelt(names: np.ndarray, val_names: Sequence[str], test_names: Sequence[str]) -> Parts:
    """Only names in small letters are found."""
    val, test = np.isin(names, val_names), np.isin(names, test_names)
    return Parts(~(val | test), val, test)


def held_alike(val: bool, test: bool) -> Split:
    """Names are compared in small letters for one of the held-out parts alone."""

    def split(names: np.ndarray, val_names: Sequence[str], test_names: Sequence[str]) -> Parts:
        lower = np.char.lower(names)
        is_val = np.isin(lower if val else names, val_names)
        is_test = np.isin(lower if test else names, test_names)
        return Parts(~(is_val | is_test), is_val, is_test)

    return split


def small_letters_only(in_training: bool) -> Split:
    """Takes whose names have capitals are left out: everywhere, or of held-out speakers."""

    def split(names: np.ndarray, val_names: Sequence[str], test_names: Sequence[str]) -> Parts:
        train = spelt_alike(names, val_names, test_names).train
        _, val, test = as_spelt(names, val_names, test_names)
        return Parts(train if in_training else train & (names == np.char.lower(names)), val, test)

    return split


def begin_alike(names: np.ndarray, val_names: Sequence[str], test_names: Sequence[str]) -> Parts:
    """A name counts as held out if it begins with one that is."""
    val, test = (
        np.array([str(name).lower().startswith(tuple(held)) for name in names])
        for held in (val_names, test_names)
    )
    return Parts(~(val | test), val, test)


def answering(
    split: Split = spelt_alike,
    train_on: tuple[str, ...] = ("train",),
    choose_by: tuple[str, ...] = ("val",),
    learn_at_last: tuple[str, ...] | None = None,
    report: Callable[[np.ndarray, np.ndarray, int], float] = lambda chosen, test, best: test[best],
    best_of: Callable[[np.ndarray], int] = lambda chosen: int(chosen.argmax()),
) -> Answer:
    """The answer, right but for what is said.

    Args:
        split: Makes the parts.
        train_on: Parts to learn from while choosing.
        choose_by: Parts that choose the setting.
        learn_at_last: Parts to learn from once the setting is chosen; None for the same.
        report: Of the accuracies of all settings on what chooses and on the test part, and the
            place of the best, the accuracy that is returned.
        best_of: Place of the chosen setting among the accuracies.
    """

    def answer(
        pictures: np.ndarray, labels: np.ndarray, names: np.ndarray, val_names: Sequence[str],
        test_names: Sequence[str], train: Train, settings: Sequence[int],
    ) -> tuple[int, float]:  # fmt: skip
        parts = split(names, val_names, test_names)

        def accuracies(learned: Sequence[str], scored: Sequence[str]) -> np.ndarray:
            of, on = (np.any([getattr(parts, each) for each in some], axis=0)
                      for some in (learned, scored))  # fmt: skip
            heads = [train(pictures[of], labels[of], setting) for setting in settings]
            return np.array([(head(pictures[on]) == labels[on]).mean() for head in heads])

        chosen = accuracies(train_on, choose_by)
        best = best_of(chosen)
        test = accuracies(learn_at_last or train_on, ("test",))
        return settings[best], float(report(chosen, test, best))

    return answer


def last_best(chosen: np.ndarray) -> int:
    """Of several best settings, the last."""
    return len(chosen) - 1 - int(chosen[::-1].argmax())


def val_itself(chosen: np.ndarray, test: np.ndarray, best: int) -> float:
    """The accuracy that chose the setting."""
    return chosen[best]


def mean_of_test(chosen: np.ndarray, test: np.ndarray, best: int) -> float:
    """That of all settings on the test part."""
    return test.mean()


def by_how_much(difference: Difference) -> str:
    """What the function says, and what would be true of speakers that nobody heard."""
    if difference.part == "setting":
        return "The accuracies are right. "
    found, truth = (
        np.mean(observed["accuracy"])
        for observed in (difference.observed, observe_mended_scores(answering(), difference.seed))
    )
    return f"On ten sets of recordings it says {found:.2f} on average; {truth:.2f} is true. "


def where_it_differs(difference: Difference) -> str:
    """The first set of recordings that is wrong."""
    settings = recordings(difference.seed)[difference.place][-1]
    return (
        f"Of set {difference.place}, with settings {settings}, the {difference.part} should be "
        f"{difference.truth:.4g}; yours is {difference.found:.4g}."
    )


ANSWER = Table(
    observe_mended_scores,
    right=[answering(), answering(best_of=last_best)],
    praise="Every speaker is in one part, however written, and the test was asked once.",
    opening=by_how_much,
    as_given=answering(as_spelt, choose_by=("test",)),
    say_as_given=lambda difference: f"{by_how_much(difference)}Both faults are left.",
    wrong={
        "test-chooses": [answering(choose_by=("test",)), answering(choose_by=("val", "test"))],
        "names-as-spelt": answering(as_spelt),
        "test-names-as-spelt": answering(held_alike(val=True, test=False)),
        "val-names-as-spelt": answering(held_alike(val=False, test=True)),
        "capitals-left-out": [answering(small_letters_only(True)),
                              answering(small_letters_only(False))],
        "parts-of-names": answering(begin_alike),
        "val-reported": [answering(report=val_itself), answering(as_spelt, report=val_itself)],
        "chosen-on-train": answering(choose_by=("train",)),
        "val-learned": [answering(learn_at_last=("train", "val")),
                        answering(train_on=("train", "val"))],
        "all-learned": [answering(learn_at_last=("train", "val", "test")),
                        answering(train_on=("train", "val", "test"))],
        "mean-of-settings": [answering(report=mean_of_test),
                             answering(as_spelt, report=mean_of_test)],
        "worst-chosen": answering(best_of=lambda chosen: int(chosen.argmin())),
        "place-of-setting": lambda *case: (case[-1].index((found := answering()(*case))[0]),
                                           found[1]),
    },
    messages={
        "test-chooses": "One fault is mended. The other is left: the test speakers have a say in "
        "which setting is chosen, and the best of ten is lucky, too.",
        "names-as-spelt": "One fault is mended. The other is left: Ann, ann and ANN are one person "
        "and count as three here. Print the names that are trained on.",
        "test-names-as-spelt": "Nearly: takes of test speakers whose names have capitals are still "
        "trained on.",
        "val-names-as-spelt": "Nearly: takes of validation speakers whose names have capitals are "
        "still trained on, so that known speakers choose.",
        "capitals-left-out": "Takes whose names have capitals are left out. They are takes of the "
        "same people: bring all names to one spelling.",
        "parts-of-names": "Anna is not Ann: a name that begins with another one is another name. "
        "Compare whole names.",
        "val-reported": "This is the accuracy that chose the setting, so it is lucky, too. Report "
        "that of the test speakers, with this setting.",
        "chosen-on-train": "The setting is chosen on takes that the head has learned from. It "
        "knows these by heart: choose on the validation speakers.",
        "val-learned": "The head learns from validation speakers, too. Asked for is one that "
        "learns from the training speakers alone.",
        "all-learned": "The head learns from the takes that it is tested on.",
        "mean-of-settings": "This is the mean of all settings. Report that of the setting that was "
        "chosen.",
        "worst-chosen": "The setting with the lowest accuracy is chosen here.",
        "place-of-setting": "Return the setting itself, not its place in the list.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
