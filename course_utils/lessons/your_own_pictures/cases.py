"""Inputs of the exercises of lesson 07: nasty ones that stay, and others that the seed draws."""

import numpy as np
import torch
from torch import Tensor

Groups = tuple[list[str], list[str]]  # of the pictures to learn from, and of the test pictures
Answered = tuple[np.ndarray, np.ndarray]  # true classes (N,) and answers (N,)
Logits = tuple[Tensor, Tensor, Tensor, Tensor]  # validation logits and labels, then test's

GROUPS: tuple[Groups, ...] = (
    (["anna", "anna", "ben"], ["carl", "anna", "ben", "anna"]),
    (["p1", "p2"], ["p3", "p3"]),  # no leak, but twins inside the test part
    (["a", "b", "c"], ["a", "x", "c", "y", "b"]),  # some at the same place
    (["x"], ["x"]),
    (["dog", "cat"], ["do", "dogs", "cat", "Cat"]),  # names that only look alike
)
ANSWERED = (
    ([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 0, 2]),
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 1], [0] * 10),  # always the commonest class
    ([0, 0, 2, 2, 2], [0, 1, 2, 2, 2]),  # class 1 has no examples, and yet is answered
    ([3, 3, 1], [3, 3, 1]),
    ([0, 1, 1, 1], [1, 1, 1, 0]),
    ([0, 1, 2, 3, 3], [0, 1, 2, 0, 0]),  # the mean of the shares is not their median
)
TEMPERATURES = np.geomspace(0.2, 5, 41)


def group_lists(seed: int) -> list[Groups]:
    """Groups of pictures to learn from and of test pictures, some in both."""
    generator = np.random.default_rng([seed, 1])
    drawn = []
    for size in generator.integers(4, 9, size=4).tolist():
        names = [f"patient{number}" for number in generator.permutation(20)[:size]]
        train = generator.choice(names[: size - 1], size=12).tolist()
        test = generator.choice(names[1:], size=8).tolist()
        drawn.append((train, test))
    return [(list(train), list(test)) for train, test in [*GROUPS, *drawn]]


def answered_examples(seed: int) -> list[Answered]:
    """True classes of unequal size, and answers to them."""
    generator = np.random.default_rng([seed, 2])
    drawn = []
    for num_classes in generator.integers(2, 6, size=4).tolist():
        sizes = generator.integers(2, 40, size=num_classes)
        labels = np.repeat(np.arange(num_classes), sizes)
        others = generator.integers(num_classes, size=len(labels))
        is_right = generator.random(len(labels)) < generator.uniform(0.4, 0.95)
        drawn.append((labels, np.where(is_right, labels, others)))
    return [(np.array(labels), np.array(answers)) for labels, answers in [*ANSWERED, *drawn]]


def logit_tables(seed: int) -> list[Logits]:
    """Logits that are too sure, or not sure enough, another number for each part."""
    generator = torch.Generator().manual_seed(seed)
    cases = []
    for factor, test_factor in ((3.0, 1.8), (0.5, 0.8), (1.6, 2.6)):
        case = []
        for count, times in ((60, factor), (40, test_factor)):
            plain = 1.5 * torch.randn(count, 4, generator=generator)
            labels = torch.multinomial(plain.softmax(dim=1), 1, generator=generator).squeeze(1)
            case += [times * plain, labels]
        cases.append(tuple(case))
    return cases
