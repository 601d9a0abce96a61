"""Inputs of the exercises of lesson 12: examples that their texts tell, and what the seed draws."""

import numpy as np

Norm = tuple[dict[str, np.ndarray], float, float, int]  # torch's state, momentum, eps, values
Scored = tuple[np.ndarray, np.ndarray, bool]  # outputs (N, K), labels (N,) or (N, K), from_logits
Examples = tuple[np.ndarray, np.ndarray, float, int]  # images, labels, share, seed

FILTERS = ((4, 2, 3, 5), (3, 3, 3, 3), (2, 5, 1, 1), (6, 4, 2, 3))  # O, I, H, W
NORMS = ((3, 0.1, 1e-5, 24), (5, 0.03, 1e-3, 60), (2, 0.3, 1e-4, 15))  # C, momentum, eps, values
# H, W, size of the filters, stride: sides even and odd, and each size that networks have.
STRIDES = ((8, 8, 3, 2), (9, 7, 3, 2), (8, 11, 5, 2), (12, 10, 7, 2), (9, 8, 3, 4), (6, 5, 3, 1))
# Examples of each class, the share to validate on, and whether they lie sorted by class.
CLASSES = (
    ((24, 18, 21, 17), 0.2, True),
    ((40, 6, 3, 25, 3), 0.25, True),
    ((3, 4, 17, 4, 30, 3), 0.1, True),
    ((12, 5, 3, 9), 0.3, False),
)


def torch_filters(seed: int) -> list[tuple[np.ndarray]]:
    """Weights of convolutions as torch has them, (O, I, H, W), float32.

    The first is that of the text. One has filters as large as its channels are many, so that a
    shape alone does not tell one order from another.
    """
    generator = np.random.default_rng([seed, 21])
    told = np.array([[[[1, 2]]], [[[3, 4]]]], dtype=np.float32)
    drawn = [generator.standard_normal(shape).astype(np.float32) for shape in FILTERS]
    return [(weight,) for weight in (told, *drawn)]


def torch_norms(seed: int) -> list[Norm]:
    """What torch's batch norms hold, (C,) each, with their momentum and eps, and values a batch."""
    generator = np.random.default_rng([seed, 22])
    cases: list[Norm] = [(_state([[2], [1], [3], [4]]), 0.1, 1e-5, 64)]
    for channels, momentum, eps, values in NORMS:
        weight, bias, mean = generator.standard_normal((3, channels))
        variance = generator.uniform(0.2, 3, channels)
        cases.append((_state([weight + 2, bias, mean, variance]), momentum, eps, values))
    return cases


def _state(rows: list) -> dict[str, np.ndarray]:
    names = ("weight", "bias", "running_mean", "running_var")
    return {name: np.array(row, dtype=np.float32) for name, row in zip(names, rows, strict=True)}


def strided_pictures(seed: int) -> list[tuple[np.ndarray, np.ndarray, int]]:
    """Pictures (B, H, W, C) and filters (size, size, C, O), float32, and the stride."""
    generator = np.random.default_rng([seed, 23])
    cases = []
    for height, width, size, stride in STRIDES:
        images = generator.uniform(0.2, 1, (2, height, width, 2)).astype(np.float32)
        filters = generator.standard_normal((size, size, 2, 3)).astype(np.float32)
        cases.append((images, filters, stride))
    return cases


def class_by_class(seed: int) -> list[Examples]:
    """Pictures (N, 2, 2, 1), float32, and labels (N,), int64: the last case mixed, others sorted.

    Class 0 comes first, as the first folder does. Each class has at least three examples.
    """
    generator = np.random.default_rng([seed, 24])
    cases = []
    for sizes, share, is_sorted in CLASSES:
        labels = np.repeat(np.arange(len(sizes)), generator.permutation(sizes))
        if not is_sorted:
            labels = generator.permutation(labels)
        images = generator.random((len(labels), 2, 2, 1), dtype=np.float32)
        cases.append((images, labels, share, int(generator.integers(1000))))
    return cases


def scored_outputs(seed: int) -> dict[str, list[Scored]]:
    """Outputs of networks, float32, and their labels: numbers of classes, int64, or shares.

    Wherever labels are numbers there are as many examples as classes, or one example.
    """
    generator = np.random.default_rng([seed, 25])
    told = np.array([[3, 1]], dtype=np.float32)
    # Rows that are too large for exp; rows too far apart to share one largest logit; a label whose
    # probability is 0 in any float.
    high, apart, sure = 3 * generator.standard_normal((3, 4, 4))
    high += 1000
    apart += [[1000], [-1000], [-1000], [1000]]
    sure[1, 2] -= 1000
    logits = [
        (told, np.array([1])),
        (3 * generator.standard_normal((4, 4)), generator.integers(0, 4, 4)),
        (2 * generator.standard_normal((6, 3)), np.eye(3)[generator.integers(0, 3, 6)]),
        (high, generator.integers(0, 4, 4)),
        (apart, generator.integers(0, 4, 4)),
        (sure, np.array([0, 2, 1, 3])),
        (3 * generator.standard_normal((5, 4)), _soft(generator, 5, 4)),
    ]
    rare = generator.dirichlet([1.0] * 5, 5)
    rare[:4] = [[1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [0.5, 0.5, 0, 0, 0], [0.7, 0.3, 0, 0, 3e-7]]
    probabilities = [
        (told, np.array([1])),
        (generator.dirichlet([1.0] * 4, 4), generator.integers(0, 4, 4)),
        (generator.uniform(0.1, 4, (6, 3)), np.eye(3)[generator.integers(0, 3, 6)]),
        (rare, np.array([0, 0, 1, 4, 2])),
        (generator.dirichlet([1.0] * 4, 5), _soft(generator, 5, 4)),
    ]
    return {
        "logits": [(outputs.astype(np.float32), labels, True) for outputs, labels in logits],
        "probabilities": [(outputs.astype(np.float32), labels, False)
                          for outputs, labels in probabilities],
    }  # fmt: skip


def _soft(generator: np.random.Generator, number: int, num_classes: int) -> np.ndarray:
    """Labels of which a tenth is spread over all classes."""
    hard = np.eye(num_classes)[generator.integers(0, num_classes, number)]
    return 0.9 * hard + 0.1 / num_classes
