"""Inputs of the exercises of lesson 14: examples that their texts tell, and what the seed draws."""

import numpy as np

# batch, in_channels, out_channels, height, width, size, stride
Convolution = tuple[int, int, int, int, int, int, int]
Training = tuple[int, int, int, int, int]  # weights, learning, kept, batch_size, bits
Passes = tuple[list[int], list[bool], int, bool]  # forward, learns, epochs, cached
Run = tuple[dict[str, float], dict[str, float]]  # work and machine
Learned = tuple[np.ndarray, np.ndarray, int]  # sizes (K,), errors (S, K), size

FILTERS = ((5, 2), (1, 1), (7, 3), (3, 1), (3, 2))  # size and stride
# Which layers learn, one letter each, and whether what the front ones answer is kept.
NETWORKS = (
    ("fflll", False), ("fflll", True), ("lflfl", True), ("flfl", False), ("ffffl", True),
    ("lff", False), ("llll", False), ("ffflff", True),
)  # fmt: skip
# Peaks of GPUs in bfloat16, in operations per second, and whether products with zeros that are
# skipped count in them. Source: data sheets of the NVIDIA A100 (312 and 624 TFLOPS), and of the
# H100 SXM (1,979 TFLOPS, "with sparsity").
PEAKS = ((312e12, False), (624e12, True), (1979e12, True))
# Numbers of labels, scale, power and floor of the errors, seeds, and for how many labels. In the
# last one the errors fall ever faster, so that the best curve would have a floor below 0.
CURVES = (
    ((10, 20, 40, 80, 160, 320), 1.2, 0.55, 0.06, 8, 1280),
    ((50, 100, 200, 400, 800), 2.5, 0.6, 0.05, 5, 3200),
    ((25, 50, 100, 200, 400, 800), 2.0, 0.7, 0.12, 6, 2000),
    ((10, 20, 40, 80, 160, 320), 1.2, 0.35, -0.06, 5, 1280),
)
NOISE = 0.02  # of an error, as a share of it: what other labels and another start make of it


def convolutions(seed: int) -> list[Convolution]:
    """Layers with filters of each kind, on pictures whose sides are odd and even."""
    generator = np.random.default_rng([seed, 41])
    cases: list[Convolution] = [(1, 1, 2, 4, 4, 3, 2)]
    for size, stride in FILTERS:
        batch, in_channels, out_channels = generator.choice(np.arange(2, 40), 3, replace=False)
        height, width = 2 * generator.choice(np.arange(5, 30), 2, replace=False) + (0, 1)
        shape = (batch, in_channels, out_channels, height, width)
        cases.append((*map(int, shape), size, stride))
    return cases


def trainings(seed: int) -> list[Training]:
    """Networks of which all weights learn, or some, with kept numbers of 16, 32 and 64 bits."""
    generator = np.random.default_rng([seed, 42])
    cases: list[Training] = [(1000, 100, 50, 8, 16)]
    for bits, frozen in ((32, 0.0), (16, 0.0), (32, 0.9), (16, 0.6), (64, 0.3)):
        weights = int(generator.integers(10**5, 10**8))
        kept = int(generator.integers(10**4, 10**6))
        learning = weights - int(frozen * weights)
        cases.append((weights, learning, kept, int(generator.integers(3, 200)), bits))
    return cases


def networks(seed: int) -> list[Passes]:
    """Operations of layers in a chain, of which at least one learns."""
    generator = np.random.default_rng([seed, 43])
    cases: list[Passes] = [([10, 20, 5], [True, True, True], 1, False)]
    for letters, cached in NETWORKS:
        forward = generator.integers(1000, 10**6, len(letters)).tolist()
        learns = [letter == "l" for letter in letters]
        cases.append((forward, learns, int(generator.integers(3, 60)), cached))
    return cases


def rented_runs(seed: int) -> list[Run]:
    """Trainings on several GPUs whose data sheets give dense peaks, or sparse ones."""
    generator = np.random.default_rng([seed, 44])
    work = {"multiply_adds": 1e9, "examples": 1_000_000, "epochs": 10}
    machine = {"gpus": 2, "peak": 100e12, "sparse": True, "share": 0.2, "idle_hours": 0.5,
               "price": 3.0}  # fmt: skip
    cases: list[Run] = [(work, machine)]
    for peak, is_sparse in PEAKS:
        work = {
            "multiply_adds": float(generator.integers(300, 9000)) * 1e6,
            "examples": int(generator.integers(10**5, 10**7)),
            "epochs": int(generator.integers(5, 100)),
        }
        machine = {
            "gpus": int(generator.integers(3, 17)),
            "peak": peak,
            "sparse": is_sparse,
            "share": float(generator.integers(10, 40)) / 100,
            "idle_hours": float(generator.integers(4, 50)) / 4,
            "price": float(generator.integers(50, 400)) / 100,
        }
        cases.append((work, machine))
    return cases


def learning_curves(seed: int) -> list[Learned]:
    """Errors of S trainings at K numbers of labels, and the number to forecast the error for.

    The first are those of the text: on curves of a power of 1/2, each with a floor of its own.
    """
    generator = np.random.default_rng([seed, 45])
    told = np.array([[0.5, 0.3, 0.2], [0.48, 0.28, 0.18], [0.46, 0.26, 0.16]])
    cases: list[Learned] = [(np.array([4, 16, 64]), told, 256)]
    for sizes, scale, power, floor, num_seeds, size in CURVES:
        scale *= generator.uniform(0.9, 1.1)
        errors = scale * np.array(sizes, dtype=float) ** -power + floor
        noise = NOISE * generator.standard_normal((num_seeds, len(sizes)))
        cases.append((np.array(sizes), errors * (1 + noise), size))
    return cases
