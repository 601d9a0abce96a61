"""How far a random split flatters: by sentences that stand twice, and by those that are alike."""

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import Tensor

from course_utils.data.class_mix import count_classes
from course_utils.data.groups import deal_out
from course_utils.data.places import shuffled_places
from course_utils.data.plain_text import counted
from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.near_texts import bare

SETTINGS = ((True, True), (True, False), (False, True), (False, False))
EXAM_SHARE = 0.25  # of each class
Parts = tuple[LabelledTexts, LabelledTexts]  # to train on, and for the exam


def measure_leaks(
    texts: LabelledTexts, num_repeats: int = 3, seed: int = 0
) -> dict[tuple[bool, bool], list[float]]:
    """Accuracy of tf-idf with logistic regression, split in four ways of which one is honest.

    In each repeat all four have as many training texts of each class, and as many exam texts; what
    is too much is left out at random. At equal numbers texts that repeat hold fewer sentences.

    Args:
        texts: With repeats and with groups, as ``load_roles(data_dir, repeats=True)`` gives them.
        num_repeats: Random splits, at least 1. Each takes less than a second.
        seed: Same seed, same splits.

    Returns:
        The accuracies of all repeats, from 0 to 1, by ``(repeats_stay, names_shared)``: whether a
        sentence stands in the data as often as it was found, and whether texts of one group (near
        copies, the same beginning or the same name) may be on both sides. ``(False, False)`` is
        the honest way.

    Raises:
        ValueError: If there are no groups or no repeats, a class has too few groups for both
            sides, or ``num_repeats`` is below 1.
    """
    if num_repeats < 1:
        raise ValueError(f"num_repeats must be at least 1, got {num_repeats}")
    once = each_once(texts)
    if texts.groups is None or len(once) == len(texts):
        lacking = "groups" if texts.groups is None else "repeats"
        raise ValueError(
            f"the {counted(len(texts), 'text')} have no {lacking}, which are to leak; load them by "
            "load_roles(data_dir, repeats=True)"
        )
    found: dict[tuple[bool, bool], list[float]] = {setting: [] for setting in SETTINGS}
    with threadpool_limits(1):  # threads of scikit-learn wait for one another on small tables
        for repeat in range(num_repeats):
            generator = torch.Generator().manual_seed(1000 * seed + repeat)
            for setting, parts in split_four_ways(texts, once, generator).items():
                found[setting].append(accuracy_of_words(*parts))
    return found


def each_once(texts: LabelledTexts) -> LabelledTexts:
    """The texts without those that differ from an earlier one at most in capitals and signs."""
    first: dict[str, int] = {}
    for place, text in enumerate(texts.texts):
        first.setdefault(bare(text), place)
    return texts[torch.tensor(list(first.values()), dtype=torch.int64)]


def split_four_ways(
    texts: LabelledTexts, once: LabelledTexts, generator: torch.Generator
) -> dict[tuple[bool, bool], Parts]:
    """Training texts and exam of each setting, with the same number of each class in all four."""
    sides = {}
    for repeats_stay, names_shared in SETTINGS:
        some = texts if repeats_stay else once
        groups = None if names_shared else some.groups
        sides[repeats_stay, names_shared] = some, _deal(some, groups, generator)
    counts = torch.stack(
        [
            torch.stack([count_classes(some[dealt == side]) for side in range(2)])
            for some, dealt in sides.values()
        ]
    )  # (settings, sides, K)
    least = counts.amin(dim=0)
    if (least == 0).any():
        name = texts.class_names[int((least == 0).any(dim=0).int().argmax())]
        raise ValueError(
            f"class {name!r} has too few groups to stand in training and exam; leave it out or add "
            "texts of other groups"
        )
    return {
        setting: tuple(
            some[_take(some.labels, dealt == side, least[side], generator)] for side in range(2)
        )
        for setting, (some, dealt) in sides.items()
    }


def accuracy_of_words(train: LabelledTexts, exam: LabelledTexts) -> float:
    """Share of the exam that logistic regression on tf-idf answers rightly, from 0 to 1.

    Words and how rare they are come from the training texts alone.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # here: a second to import
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(sublinear_tf=True)
    words = vectorizer.fit_transform(train.texts)  # (N, words), sparse
    # Fitted more exactly it takes twice the time, and accuracies move by less than 0.01.
    model = LogisticRegression(C=10, tol=1e-3, max_iter=1000).fit(words, train.labels.numpy())
    answers = model.predict(vectorizer.transform(exam.texts))
    return float(np.mean(answers == exam.labels.numpy()))


def _deal(texts: LabelledTexts, groups: Tensor | None, generator: torch.Generator) -> Tensor:
    """The side of each text (N,): 0 for training, 1 for the exam; a group is on one of them."""
    orders = [shuffled_places(texts.labels, k, generator) for k in range(texts.num_classes)]
    of_exam = [round(EXAM_SHARE * len(order)) for order in orders]
    sizes = [(len(order) - number, number) for order, number in zip(orders, of_exam, strict=True)]
    return deal_out(orders, sizes, texts.labels, groups)


def _take(labels: Tensor, chosen: Tensor, numbers: Tensor, generator: torch.Generator) -> Tensor:
    """Places of so many random texts of each class among the ``chosen`` (N,), bool."""
    places = chosen.nonzero().squeeze(1)
    return torch.cat(
        [
            places[shuffled_places(labels[places], label, generator)[:number]]
            for label, number in enumerate(numbers.tolist())
        ]
    )
