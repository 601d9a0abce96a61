"""Exercises of lesson 14: operations, memory, the way back, promises, hours, and labels."""

from collections.abc import Callable
from typing import Any

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, first_feedback
from course_utils.exercises.reading import answers_to, choices, of_another_type
from course_utils.lessons.how_long_how_much.exercise_cases import (
    convolutions,
    learning_curves,
    networks,
    rented_runs,
    trainings,
)

PROMISE_VERDICTS = (
    "follows", "first steps", "warm files", "only a bound", "hours unpaid", "no floor",
    "other chance",
)  # fmt: skip


def observe_convolution_operations(
    function: Callable[..., Any], seed: int = VISIBLE_SEED
) -> Observed:
    """The operations that ``function(batch, ..., stride)`` counts for each convolution."""
    return answers_to(function, convolutions(seed), as_one_number)


check_convolution_operations = Check(
    observe_convolution_operations,
    "Begin with one number that comes out. It is a sum: of how many products? The filter has "
    "pixels, and it has channels.",
    "How many numbers come out of one picture? One for each filter, and for each place on which a "
    "filter stands. Draw a side of 5 pixels and a stride of 2.",
    "With padding=size // 2 a filter begins at every pixel whose number, from 0, can be divided by "
    "the stride: the side divided by the stride, and rounded up.",
)


def observe_training_bytes(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The bytes from ``function(weights, learning, kept, batch_size, bits)`` of each training."""
    return answers_to(function, trainings(seed), as_one_number)


check_training_bytes = Check(
    observe_training_bytes,
    "Write down what there is of one weight that learns while a step is made, and what there is "
    "of a frozen one. AdamW has a mean of the gradients, and one of their squares.",
    "Do the numbers of the weights change with the batch? Do the kept activations?",
    "A byte has 8 bits. Which of the numbers have `bits` bits, and which have 32?",
)


def observe_training_operations(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The operations from ``function(forward, learns, epochs, cached)`` of each network."""
    return answers_to(function, networks(seed), as_one_number)


check_training_operations = Check(
    observe_training_operations,
    "Go through the layers from the last to the first. What does a layer need to change its own "
    "weights? And what does the layer before it need from it?",
    "A gradient of inputs is only computed for a layer that has a learning layer somewhere before "
    "it. Whether it learns itself makes no difference there.",
    "learns.index(True) is the place of the first layer that learns. What lies before it gives the "
    "same answers in every epoch.",
)


def observe_cost_promises(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each promise."""
    return choices(answers, "PQRSTUVWX", PROMISE_VERDICTS)


check_cost_promises = Check(
    observe_cost_promises,
    "Ask of each promise: is what it speaks of like what was measured? The same steps, the same "
    "files in the same memory, the same hours, the same draw of chance?",
    "64 GB of memory can hold 20 GB of files that were read before. Can it hold 200 GB?",
    "A lower bound says: no less than this. Which of two promises may be built on that?",
)


def observe_gpu_hours(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Hours and price from ``function(work, machine)`` of each run."""
    found = answers_to(function, rented_runs(seed), _hours_and_price)
    if isinstance(found, Feedback):
        return found
    hours, prices = zip(*found["answers"], strict=True)
    return {"hours": list(hours), "price": list(prices)}


def _hours_and_price(result: Any) -> list[float] | Feedback:
    return _numbers(result, 2, "two numbers are wanted: hours, price")


def _numbers(result: Any, how_many: int, wanted: str) -> list[float] | Feedback:
    """So many numbers that were returned side by side."""
    try:
        parts = [] if isinstance(result, str | dict) else list(result)
    except TypeError:  # one number alone
        parts = []
    if len(parts) != how_many:
        return of_another_type(result, wanted)
    found = [as_one_number(part, "Among what your function returns is") for part in parts]
    return first_feedback(found) or found


check_gpu_hours = Check(
    observe_gpu_hours,
    "First the operations of the whole training, then the operations per second of all GPUs "
    "together. The one divided by the other gives seconds.",
    "Three times: the forward pass, the gradients of the inputs, the gradients of the weights. "
    "Twice: a multiply-add is a multiplication and an addition.",
    "The peak is that of one GPU. How much of it counts if zeros were skipped, and how much of "
    "that does a real training reach?",
    "The owner of the GPUs asks for every hour in which you have them, and for each GPU.",
)


def observe_error_at_four(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Forecast from ``function(sizes, errors, size)`` for each set, and the ways to both ends."""
    found = answers_to(function, learning_curves(seed), _forecast)
    if isinstance(found, Feedback):
        return found
    return {
        "error": [error for error, _, _ in found["answers"]],
        "interval": [[error - low, high - error] for error, low, high in found["answers"]],
    }


def _forecast(result: Any) -> list[float] | Feedback:
    return _numbers(result, 3, "three numbers are wanted: error, low, high")


check_error_at_four = Check(
    observe_error_at_four,
    "Draw the errors of one seed against the labels, both in logarithms, with the straight line "
    "that the function lays through them. On which side of it do the first and the last one lie?",
    "For a power b that is given, a and c are found as a line is: nnls(columns, row) takes columns "
    "of the shape (K, 2), sizes**-b and ones. It returns both numbers, and how far off they are.",
    "Write a function that makes one forecast of one row of `errors`. Then there are S forecasts, "
    "and these have a mean and a standard deviation.",
)
