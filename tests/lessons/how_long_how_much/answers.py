"""Answers to the exercises of lesson 14, right and wrong."""

import math
import warnings

import numpy as np
import torch
from scipy.optimize import curve_fit, least_squares, nnls
from scipy.stats import t as student_t


def operations_by_places(batch, in_channels, out_channels, height, width, size, stride):
    """Counts the places on which a filter stands, one by one."""
    rows, columns = (
        len(range(-(size // 2), side + size // 2 - size + 1, stride)) for side in (height, width)
    )
    multiply_adds = rows * columns * size * size * in_channels
    return np.int64(2 * multiply_adds * out_channels * batch)


def operations_but(*, side=None, each=None, leaves_out=(), by=1.0):
    """Right but for what is given: places along a side, operations for a number, what counts."""

    def answer(batch, in_channels, out_channels, height, width, size, stride):
        along = side or (lambda length, size, stride: math.ceil(length / stride))
        places = along(height, size, stride) * along(width, size, stride)
        products = each(in_channels, size) if each else in_channels * size * size * 2
        for name, number in (("batch", batch), ("out", out_channels)):
            products *= 1 if name in leaves_out else number
        return by * places * products

    return answer


def operations_by_formula(batch, in_channels, out_channels, height, width, size, stride):
    """The sides by torch's formula."""
    high, wide = ((side + 2 * (size // 2) - size) // stride + 1 for side in (height, width))
    return torch.tensor([batch, out_channels, high, wide, in_channels, size, size, 2]).prod()


def kernel_once(batch, in_channels, out_channels, height, width, size, stride):
    weights = out_channels * in_channels * size * size
    return 2 * weights * batch


def stride_once(batch, in_channels, out_channels, height, width, size, stride):
    pixels = height * width / stride
    return 2.0 * batch * pixels * out_channels * in_channels * size**2


def bytes_by_sums(weights, learning, kept, batch_size, bits):
    frozen = weights - learning
    of_weights = 32 * frozen + 4 * 32 * learning
    return (of_weights + batch_size * kept * bits) // 8


def bytes_but(*, each=(1, 1, 2), frozen=1, kept=None, times=1.0):
    """Right but for what is given: weight, gradient and AdamW's of what learns; of the frozen."""

    def answer(weights, learning, count, batch_size, bits):
        numbers = frozen * (weights - learning) + sum(each) * learning
        width = bits // 8
        activations = count * batch_size * width if kept is None else kept(count, batch_size, bits)
        return times * (4 * numbers + activations)

    return answer


def no_kept(count, batch_size, bits):
    return 0


def bytes_all_times_batch(weights, learning, kept, batch_size, bits):
    return batch_size * (4 * weights + 12 * learning + kept * bits // 8)


def bytes_all_in_bits(weights, learning, kept, batch_size, bits):
    return (weights + 3 * learning + kept * batch_size) * bits / 8


def operations_by_layers(forward, learns, epochs, cached):
    """Layer by layer, from the first to the last."""
    total, someone_learns = 0, False
    for work, does in zip(forward, learns, strict=True):
        passes = 2 + does if someone_learns else 1 + does
        is_kept = cached and not someone_learns and not does
        total += work * passes * (1 if is_kept else epochs)
        someone_learns = someone_learns or does
    return total


def operations_by_arrays(forward, learns, epochs, cached):
    work, does = np.array(forward, dtype=float), np.array(learns)
    is_behind = np.cumsum(does) - does > 0
    is_front = np.cumsum(does) == 0
    times = np.where(is_front & cached, 1, epochs)
    return work @ times + epochs * (work[does].sum() + work[is_behind].sum())


def passes_but(*, passes=None, kept=None, epochs_count=True, kept_times=1):
    """Right but for what is given.

    Args:
        passes: Forward passes that a layer's work takes, of whether it learns and whether an
            earlier one does.
        kept: Whether its answers are kept, of the same and of ``cached``.
        epochs_count: Whether there is more than one epoch.
        kept_times: How often what is kept is computed.
    """

    def answer(forward, learns, epochs, cached):
        total = 0
        for place, work in enumerate(forward):
            does, earlier = learns[place], any(learns[:place])
            count = passes(does, earlier) if passes else 1 + does + earlier
            is_kept = kept(does, earlier, cached) if kept else cached and not does and not earlier
            total += work * count * (kept_times if is_kept else epochs if epochs_count else 1)
        return total

    return answer


def back_to_the_start(forward, learns, epochs, cached):
    extra = epochs * sum(forward[1 : learns.index(True) + 1])
    return operations_by_layers(forward, learns, epochs, cached) + extra


COST_PROMISES = {
    "P": "first steps",
    "Q": "follows",
    "R": "warm files",
    "S": "follows",
    "T": "follows",
    "U": "only a bound",
    "V": "hours unpaid",
    "W": "no floor",
    "X": "other chance",
}


def hours_as_asked(work, machine):
    flop = 6 * work["multiply_adds"] * work["examples"] * work["epochs"]
    if machine["sparse"]:
        flop *= 2  # as much as twice the work at twice the rate
    hours = flop / (machine["peak"] * machine["share"]) / (3600 * machine["gpus"])
    return hours, (hours + machine["idle_hours"]) * machine["price"] * machine["gpus"]


def hours_by_tensors(work, machine):
    rate = torch.tensor(machine["peak"], dtype=torch.float64) * machine["share"]
    rate = rate * 0.5 if machine["sparse"] else rate
    seconds = 3 * (work["multiply_adds"] + work["multiply_adds"]) / (rate * machine["gpus"])
    hours = seconds * work["examples"] * work["epochs"] / 60 / 60
    gpu_hours = (hours + machine["idle_hours"]) * machine["gpus"]
    return torch.stack([hours, gpu_hours * machine["price"]])


def hours_but(*, times=1.0, work_times=None, machine_times=None, paid=None):
    """Right but for what is given: by what the hours are multiplied, and what is paid."""

    def answer(work, machine):
        hours = times * hours_as_asked(work, machine)[0]
        hours *= work_times(work) if work_times else 1
        hours *= machine_times(machine) if machine_times else 1
        if paid:
            return hours, paid(hours, machine)
        return hours, (hours + machine["idle_hours"]) * machine["price"] * machine["gpus"]

    return answer


def idle_in_hours(work, machine):
    hours = hours_as_asked(work, machine)[0] + machine["idle_hours"]
    return hours, hours * machine["gpus"] * machine["price"]


def forecast_by_nnls(sizes, row, size):
    best = (np.inf, None)
    for b in np.arange(5, 201) / 100:
        columns = np.column_stack([sizes ** (-b), np.ones(len(sizes))])
        (a, c), miss = nnls(columns, row)
        best = min(best, (miss, a * size ** (-b) + c))
    return best[1]


def forecast_by_search(sizes, row, size):
    """As a curve in three numbers, from several starts, with bounds."""
    scaled = sizes / sizes[0]
    fits = [
        least_squares(
            lambda q: q[0] * scaled ** -q[1] + q[2] - row,
            (row[0], b, c * row[-1]),
            bounds=([0, 0.05, 0], [np.inf, 2, 1]),
            xtol=1e-12,
            ftol=1e-12,
        )
        for b in (0.3, 1.0)
        for c in (0.1, 0.7)
    ]
    a, b, c = min(fits, key=lambda fit: fit.cost).x
    return a * (size / sizes[0]) ** -b + c


def forecast_by_curve_fit(sizes, row, size):
    """Without any bounds."""

    def curve(n, a, b, c):
        return a * (n / sizes[0]) ** -b + c

    start = (row[0] - row[-1], 0.6, row[-1] / 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # three errors leave nothing to tell a covariance from
        found, _ = curve_fit(curve, sizes, row, p0=start, maxfev=20000)
    return curve(size, *found)


def forecast_by_lines(sizes, row, size):
    """A straight line for each power, whatever its floor."""
    fits = []
    for b in np.linspace(0.05, 2, 196):
        line, misses, *_ = np.polyfit(sizes**-b, row, 1, full=True)
        fits.append((misses.sum(), np.polyval(line, size**-b)))
    return min(fits)[1]


def forecast_in_logarithms(sizes, row, size):
    def misses(q):
        return np.log(np.exp(q[0]) * sizes ** -np.exp(q[1]) + np.exp(q[2])) - np.log(row)

    starts = [(np.log(row[0]), np.log(b), np.log(0.5 * row[-1])) for b in (0.4, 0.8)]
    found = min((least_squares(misses, start) for start in starts), key=lambda fit: fit.cost).x
    return np.exp(found[0]) * size ** -np.exp(found[1]) + np.exp(found[2])


def forecast_on_a_line(sizes, row, size):
    slope, start = np.polyfit(np.log(sizes), np.log(row), 1)
    return np.exp(start) * size**slope


def half_of(forecasts):
    n = len(forecasts)
    return student_t.ppf(0.975, n - 1) * np.std(forecasts, ddof=1) / math.sqrt(n)


def error_but(forecast=forecast_by_nnls, half=half_of, rows=lambda errors: errors):
    """Right but for what is given: a forecast of a row, half the interval, which rows."""

    def answer(sizes, errors, size):
        forecasts = np.array([forecast(sizes, row, size) for row in rows(errors)])
        middle = np.mean(forecasts)
        way = half(forecasts) if len(forecasts) > 1 else 0.0
        return middle, middle - way, middle + way

    return answer


def error_changed(change):
    """The right three numbers, changed, with errors and forecasts to help."""

    def answer(sizes, errors, size):
        forecasts = np.array([forecast_by_nnls(sizes, row, size) for row in errors])
        return change(*error_but()(sizes, errors, size), errors, forecasts)

    return answer


def error_about_the_curve_of_means(sizes, errors, size):
    forecasts = [forecast_by_nnls(sizes, row, size) for row in errors]
    error, half = forecast_by_nnls(sizes, errors.mean(axis=0), size), half_of(forecasts)
    return error, error - half, error + half


def error_with_misses_of_sizes(forecast, row_of):
    """The right forecast, with an interval of how far one curve misses the errors."""

    def answer(sizes, errors, size):
        row = row_of(errors)
        misses = row - np.array([forecast(sizes, row, n) for n in sizes])
        middle = error_but()(sizes, errors, size)[0]
        way = half_of(misses)
        return middle, middle - way, middle + way

    return answer


def error_as_given(sizes, errors, size):
    row = errors[0]
    middle = forecast_on_a_line(sizes, row, size)
    way = half_of(row - np.array([forecast_on_a_line(sizes, row, n) for n in sizes]))
    return middle, middle - way, middle + way


def error_of_accuracy_line(sizes, errors, size):
    slope, start = np.polyfit(np.log10(sizes), 1 - errors.mean(axis=0), 1)
    error = 1 - (start + slope * np.log10(size))
    return error, error - 0.01, error + 0.01


def frozen_all_kept(forward, learns, epochs, cached):
    """What is frozen answers once, wherever it stands."""
    saved = sum(
        work
        for place, work in enumerate(forward)
        if cached and not learns[place] and any(learns[:place])
    )
    return operations_by_layers(forward, learns, epochs, cached) - (epochs - 1) * saved


RIGHT = {
    "convolution_operations": {
        "by places": operations_by_places,
        "by torch's formula": operations_by_formula,
        "in floats": operations_but(),
    },
    "training_bytes": {"by sums": bytes_by_sums, "by parts": bytes_but()},
    "training_operations": {
        "by layers": operations_by_layers,
        "by arrays": operations_by_arrays,
        "by passes": passes_but(),
    },
    "cost_promises": {
        "as asked": COST_PROMISES,
        "in capitals": {key: f" {word.upper()}." for key, word in COST_PROMISES.items()},
    },
    "gpu_hours": {
        "as asked": hours_as_asked,
        "by tensors": hours_by_tensors,
        "as a list": lambda work, machine: list(hours_but()(work, machine)),
    },
    "error_at_four": {
        "by powers": error_but(),
        "by a search": error_but(forecast_by_search),
        "as an array": lambda *case: np.array(error_but()(*case)),
        "about the curve of means": error_about_the_curve_of_means,
    },
}
WRONG = {
    "convolution_operations": {
        "multiply-adds": operations_but(by=0.5),
        "one-addition-fewer": operations_but(
            each=lambda channels, size: channels * size**2 + (channels * size**2 - 1)
        ),
        "stride-forgotten": operations_but(side=lambda length, size, stride: length),
        "stride-once": stride_once,
        "not-rounded-up": operations_but(side=lambda length, size, stride: length // stride),
        "no-padding": operations_but(
            side=lambda length, size, stride: len(range(0, length - size + 1, stride))
        ),
        "kernel-once": kernel_once,
        "one-side-of-the-filter": operations_but(each=lambda channels, size: 2 * channels * size),
        "in-channels-forgotten": operations_but(each=lambda channels, size: 2 * size**2),
        "out-channels-forgotten": operations_but(leaves_out=("out",)),
        "batch-forgotten": operations_but(leaves_out=("batch",)),
        "way-back": operations_but(by=3),
    },
    "training_bytes": {
        "weights-only": lambda weights, learning, kept, batch_size, bits: weights * 32 // 8,
        "frozen-too": lambda weights, learning, *rest: bytes_but()(weights, weights, *rest),
        "no-optimizer": lambda weights, learning, *rest: 2 * 4 * weights,
        "one-missing": bytes_but(each=(1, 1, 1)),
        "frozen-left-out": bytes_but(frozen=0),
        "kept-forgotten": bytes_but(kept=no_kept),
        "one-example": bytes_but(kept=lambda count, batch, bits: count * bits // 8),
        "all-times-batch": bytes_all_times_batch,
        "bits-for-bytes": bytes_but(kept=lambda count, batch, bits: count * batch * bits),
        "all-in-these-bits": bytes_all_in_bits,
        "kept-in-32-bits": bytes_but(kept=lambda count, batch, bits: 4 * count * batch),
        "gradients-of-kept": bytes_but(kept=lambda count, batch, bits: count * batch * bits // 4),
        "other-unit": bytes_but(times=1e-9),
    },
    "training_operations": {
        "forward-only": passes_but(passes=lambda learns, earlier: 1),
        "one-gradient": passes_but(passes=lambda learns, earlier: 1 + learns),
        "always-three": lambda forward, learns, epochs, cached: 3 * epochs * sum(forward),
        "four": passes_but(passes=lambda learns, earlier: 4),
        "frozen-are-free": passes_but(passes=lambda learns, earlier: learns * (2 + earlier)),
        "stops-at-frozen": passes_but(
            passes=lambda learns, earlier: 1 + learns + (learns and earlier)
        ),
        "back-to-the-start": back_to_the_start,
        "inputs-of-the-first": passes_but(
            passes=lambda learns, earlier: 1 + learns + (learns or earlier)
        ),
        "never-kept": passes_but(kept=lambda learns, earlier, cached: False),
        "always-kept": passes_but(kept=lambda learns, earlier, cached: not (learns or earlier)),
        "all-frozen-kept": frozen_all_kept,
        "kept-are-free": passes_but(kept_times=0),
        "one-epoch": passes_but(epochs_count=False),
    },
    "cost_promises": {
        "every-step-alike": COST_PROMISES | {"P": "follows"},
        "misread-P": COST_PROMISES | {"P": "warm files"},
        "nothing-follows": COST_PROMISES | {"Q": "other chance"},
        "memory-is-disk": COST_PROMISES | {"R": "follows"},
        "misread-R": COST_PROMISES | {"R": "first steps"},
        "second-is-warm": COST_PROMISES | {"S": "warm files"},
        "bounds-say-nothing": COST_PROMISES | {"T": "only a bound"},
        "bound-is-enough": COST_PROMISES | {"U": "follows"},
        "misread-U": COST_PROMISES | {"U": "no floor"},
        "computing-is-paid": COST_PROMISES | {"V": "follows"},
        "misread-V": COST_PROMISES | {"V": "only a bound"},
        "straight-for-ever": COST_PROMISES | {"W": "follows"},
        "misread-W": COST_PROMISES | {"W": "only a bound"},
        "one-for-all": COST_PROMISES | {"X": "follows"},
        "misread-X": COST_PROMISES | {"X": "no floor"},
    },
    "gpu_hours": {
        "forward-only": hours_but(times=1 / 3),
        "multiply-adds": hours_but(times=1 / 2),
        "forward-multiply-adds": hours_but(times=1 / 6),
        "other-factor": hours_but(times=4 / 3),
        "full-peak": hours_but(machine_times=lambda machine: machine["share"]),
        "sparse-peak": hours_but(machine_times=lambda machine: 0.5 if machine["sparse"] else 1),
        "peak-as-printed": hours_but(
            machine_times=lambda machine: machine["share"] / (1 + machine["sparse"])
        ),
        "always-halved": hours_but(machine_times=lambda machine: 1 if machine["sparse"] else 2),
        "peak-doubled": hours_but(machine_times=lambda machine: 0.25 if machine["sparse"] else 1),
        "gpus-forgotten": hours_but(machine_times=lambda machine: machine["gpus"]),
        "gpus-multiplied": hours_but(machine_times=lambda machine: machine["gpus"] ** 2),
        "one-epoch": hours_but(work_times=lambda work: 1 / work["epochs"]),
        "other-unit": hours_but(times=60),
        "idle-in-hours": idle_in_hours,
        "idle-unpaid": hours_but(
            paid=lambda hours, machine: hours * machine["gpus"] * machine["price"]
        ),
        "one-gpu-paid": hours_but(
            paid=lambda hours, machine: machine["price"] * (hours + machine["idle_hours"])
        ),
        "idle-of-one": hours_but(
            paid=lambda hours, machine: machine["price"]
            * (machine["idle_hours"] + hours * machine["gpus"])
        ),
    },
    "error_at_four": {
        "accuracy": error_changed(
            lambda error, low, high, errors, found: (1 - error, 1 - high, 1 - low)
        ),
        "line-through-accuracy": error_of_accuracy_line,
        "no-floor": error_but(forecast_on_a_line),
        "one-seed": error_but(rows=lambda errors: errors[:1]),
        "floor-below-0": error_but(forecast_by_curve_fit),
        "by-logarithms": error_but(forecast_in_logarithms),
        "floor-alone": error_but(lambda sizes, row, size: forecast_by_nnls(sizes, row, 1e99)),
        "sizes-as-n": error_with_misses_of_sizes(forecast_on_a_line, lambda errors: errors[0]),
        "no-interval": error_but(rows=lambda errors: errors.mean(axis=0, keepdims=True)),
        "spread-of-the-measured": error_changed(
            lambda error, low, high, errors, found: (
                error, error - half_of(errors.T[-1]), error + half_of(errors.T[-1]))
        ),
        "z": error_but(half=lambda found: 1.96 * np.std(found, ddof=1) / len(found) ** 0.5),
        "no-root": error_but(half=lambda found: 2 * np.std(found, ddof=1)),
        "population-sd": error_but(
            half=lambda found: half_of(found) * math.sqrt(1 - 1 / len(found))
        ),
        "n-degrees": error_but(
            half=lambda found: student_t.ppf(0.975, len(found)) * np.std(found, ddof=1)
            / np.sqrt(len(found))
        ),
        "one-sided": error_but(
            half=lambda found: student_t.ppf(0.95, len(found) - 1)
            * (np.var(found, ddof=1) / len(found)) ** 0.5
        ),
        "one-error": error_but(half=lambda found: (np.var(found, ddof=1) / len(found)) ** 0.5),
        "range": error_changed(
            lambda error, low, high, errors, found: (error, *np.percentile(found, [2.5, 97.5]))
        ),
        "ends-turned": error_changed(lambda error, low, high, *_: (error, high, low)),
    },
}  # fmt: skip
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("convolution_operations", "stride-once", operations_but(
        side=lambda length, size, stride: math.sqrt(length * length / stride))),
    ("convolution_operations", "not-rounded-up", operations_but(
        side=lambda length, size, stride: length / stride)),
    ("convolution_operations", "kernel-once", operations_but(
        side=lambda length, size, stride: 1, leaves_out=("batch",))),
    ("convolution_operations", "kernel-once", operations_but(
        side=lambda length, size, stride: 1, by=0.5)),
    ("convolution_operations", "way-back", operations_but(by=2)),
    ("training_bytes", "weights-only", bytes_but(each=(1, 0, 0))),
    ("training_bytes", "frozen-too", lambda weights, *_: 16 * weights),
    ("training_bytes", "no-optimizer", bytes_but(each=(1, 1))),
    ("training_bytes", "no-optimizer", bytes_but(each=(1, 1), kept=no_kept)),
    ("training_bytes", "no-optimizer", bytes_but(each=(2, 0), frozen=2)),
    ("training_bytes", "one-missing", bytes_but(each=(1, 0, 2), kept=no_kept)),
    ("training_bytes", "frozen-left-out", lambda weights, learning, *_: 16 * learning),
    ("training_bytes", "bits-for-bytes", bytes_but(times=8)),
    ("training_bytes", "gradients-of-kept", bytes_but(
        kept=lambda count, batch, bits: 1.5 * count * batch * bits / 8)),
    ("training_bytes", "other-unit", bytes_but(times=1 / 2**20)),
    ("training_operations", "forward-only", lambda forward, learns, epochs, cached:
        sum(forward) * epochs),
    ("training_operations", "one-gradient", passes_but(
        passes=lambda learns, earlier: 1 + earlier)),
    ("training_operations", "one-gradient", lambda forward, learns, epochs, cached:
        2 * sum(forward) * epochs),
    ("training_operations", "always-three", passes_but(
        passes=lambda learns, earlier: 3 if learns or earlier else 1)),
    ("training_operations", "always-three", passes_but(
        passes=lambda learns, earlier: 2 + earlier if learns or earlier else 1)),
    ("training_operations", "frozen-are-free", passes_but(
        passes=lambda learns, earlier: 3 * learns)),
    ("training_operations", "frozen-are-free", passes_but(
        passes=lambda learns, earlier: 2 * learns + earlier)),
    ("training_operations", "stops-at-frozen", passes_but(
        passes=lambda learns, earlier: 1 + 2 * learns)),
    ("training_operations", "four", lambda forward, learns, epochs, cached:
        4 * sum(forward) * epochs),
    ("cost_promises", "nothing-follows", COST_PROMISES | {"Q": "first steps"}),
    ("cost_promises", "second-is-warm", COST_PROMISES | {"S": "other chance"}),
    ("cost_promises", "bounds-say-nothing", COST_PROMISES | {"T": "other chance"}),
    ("gpu_hours", "other-unit", hours_but(times=3600)),
    ("gpu_hours", "other-unit", hours_but(times=1 / 24)),
    ("gpu_hours", "other-factor", hours_but(times=8 / 6)),
    ("gpu_hours", "idle-in-hours", lambda work, machine: (
        idle_in_hours(work, machine)[0], hours_as_asked(work, machine)[1] * 2)),
    ("gpu_hours", "one-gpu-paid", hours_but(paid=lambda hours, machine: hours * machine["price"])),
    ("error_at_four", "line-through-accuracy", error_but(
        lambda sizes, row, size: np.polyval(np.polyfit(sizes, row, 1), size))),
    ("error_at_four", "no-floor", error_but(
        forecast_on_a_line, rows=lambda errors: errors.mean(axis=0, keepdims=True))),
    ("error_at_four", "no-floor", error_but(
        forecast_on_a_line, rows=lambda errors: np.exp(np.log(errors).mean(axis=0))[None])),
    ("error_at_four", "one-seed", error_but(forecast_by_search, rows=lambda errors: errors[:1])),
    ("error_at_four", "floor-below-0", error_but(forecast_by_lines)),
    ("error_at_four", "no-interval", lambda *case: (error_but()(*case)[0],) * 3),
    ("error_at_four", "sizes-as-n", error_with_misses_of_sizes(
        forecast_by_nnls, lambda errors: errors.mean(axis=0))),
    ("error_at_four", "sizes-as-n", error_with_misses_of_sizes(
        forecast_by_nnls, lambda errors: errors[0])),
    ("error_at_four", "no-root", error_but(half=lambda found: np.std(found, ddof=1))),
    ("error_at_four", "population-sd", error_but(
        half=lambda found: 1.96 * np.std(found) / len(found) ** 0.5)),
    ("error_at_four", "range", error_changed(
        lambda error, low, high, errors, found: (error, found.min(), found.max()))),
]  # fmt: skip
UNNAMED = {
    "convolution_operations": {
        "a text": lambda *case: "abc",
        "two numbers": lambda *case: (1, 2),
        "nothing": lambda *case: 0,
        "an error": lambda *case: 1 / 0,
        "the weights": lambda batch, in_channels, out_channels, height, width, size, stride:
            in_channels * out_channels * size**3,
    },
    "training_bytes": {
        "a text": lambda *case: "abc",
        "nan": lambda *case: math.nan,
        "an array": lambda *case: np.ones(3),
        "one more": lambda *case: bytes_but()(*case) + 1,
    },
    "training_operations": {
        "a list": lambda forward, learns, epochs, cached: forward,
        "nothing": lambda *case: 0,
        "infinite": lambda *case: math.inf,
        "half of it": lambda *case: operations_by_layers(*case) / 2,
    },
    "cost_promises": {
        "one missing": {"P": "follows"},
        "another word": COST_PROMISES | {"P": "perhaps"},
    },
    "gpu_hours": {
        "the hours alone": lambda *case: hours_as_asked(*case)[0],
        "three numbers": lambda *case: (*hours_as_asked(*case), 1.0),
        "a dictionary": lambda work, machine: work,
        "texts": lambda *case: ("a", "b"),
        "price first": lambda *case: hours_as_asked(*case)[::-1],
        "another price": lambda *case: (hours_as_asked(*case)[0], 2 * hours_as_asked(*case)[1]),
        "nan": lambda *case: (math.nan, math.nan),
    },
    "error_at_four": {
        "the forecast alone": lambda *case: error_but()(*case)[0],
        "a text": lambda *case: "abc",
        "forecasts": lambda sizes, errors, size: [errors[0], errors[0], errors[0]],
        "nan": lambda *case: (math.nan, math.nan, math.nan),
        "the last error": lambda sizes, errors, size: (errors[:, -1].mean(), 0.0, 1.0),
        "a wrong upper end": error_changed(
            lambda error, low, high, *_: (error, low, high + 0.01)
        ),
        "half of the interval": error_but(half=lambda found: half_of(found) / 2),
        "an error": lambda sizes, errors, size: errors[len(errors)],
    },
}  # fmt: skip
