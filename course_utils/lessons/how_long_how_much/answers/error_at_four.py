"""Answer of ``error_at_four``: a curve with a floor for each seed, and an interval over seeds."""

from collections.abc import Callable
from functools import partial

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.how_long_how_much.answers.forecast_intervals import (
    Ways,
    between,
    over_sizes,
    spread,
    spread_of_measured,
    t_quantile,
    z_quantile,
)
from course_utils.lessons.how_long_how_much.answers.label_curves import (
    Forecasts,
    Rows,
    by_logarithms,
    each,
    first,
    floors_alone,
    in_logarithms,
    mean,
    of,
    straight,
    with_floor,
)
from course_utils.lessons.how_long_how_much.exercise_cases import learning_curves
from course_utils.lessons.how_long_how_much.exercises import observe_error_at_four

POWERS, FINE = 0.01, 0.0002  # between powers: as in the text, and as for whoever searches further
BY_POWERS, BY_SEARCH = with_floor(POWERS), with_floor(FINE)
Answer = Callable[[np.ndarray, np.ndarray, int], tuple[float, float, float]]


def answering(
    forecasts: Forecasts = BY_POWERS,
    ways: Ways | None = None,
    *,
    middle_of: Rows = each,
    turned: bool = False,
) -> Answer:
    """The answer, right but for what is said.

    Args:
        forecasts: One for each seed.
        ways: To both ends.
        middle_of: Whose forecasts the middle is the mean of: the seeds, or their mean.
        turned: Whether the upper end comes first.
    """

    def answer(sizes: np.ndarray, errors: np.ndarray, size: int) -> tuple[float, float, float]:
        down, up = (ways or spread())(forecasts(sizes, errors, size), sizes, errors)
        middle = float(forecasts(sizes, middle_of(errors), size).mean())
        ends = (middle - down, middle + up)
        return middle, *(ends[::-1] if turned else ends)

    return answer


AS_GIVEN = answering(of(in_logarithms, first), over_sizes(in_logarithms, first, spread()))


def where_it_differs(difference: Difference) -> str:
    """The first set of errors that is wrong."""
    sizes, errors, size = learning_curves(difference.seed)[difference.place]
    case = f"For {len(errors)} seeds, {sizes[0]} to {sizes[-1]} labels, and a forecast for {size}:"
    if difference.part == "error":
        return (
            f"{case} the error should be {difference.truth:.4f}; yours is {difference.found:.4f}."
        )
    (down, up), (found_down, found_up) = difference.truth, difference.found
    return (
        f"{case} low and high should lie {down:.4f} below and {up:.4f} above error; yours lie "
        f"{found_down:.4f} below and {found_up:.4f} above."
    )


ANSWER = Table(
    observe_error_at_four,
    right=[
        answering(curve, middle_of=rows) for curve in (BY_POWERS, BY_SEARCH)
        for rows in (each, mean)
    ],
    praise="Every seed has its curve with a floor, and the interval is for their mean.",
    as_given=AS_GIVEN,
    say_as_given="The forecast is that of the function as it was given: a straight line through "
    "the logarithms of the first seed.",
    wrong={
        "accuracy": lambda *case: tuple(1 - each for each in answering()(*case)),
        "line-through-accuracy": [
            answering(of(straight(sizes_in_logs=in_logs, errors_in_logs=False), rows))
            for in_logs in (True, False) for rows in (first, mean)
        ],
        "no-floor": [
            answering(in_logarithms),
            answering(of(in_logarithms, mean)),
            answering(of(in_logarithms, lambda errors: np.exp(mean(np.log(errors))))),
        ],
        "one-seed": [
            answering(of(curve, rows))
            for curve in (BY_POWERS, BY_SEARCH) for rows in (first, lambda errors: errors[-1:])
        ],
        "floor-below-0": [
            answering(with_floor(step, bounded=False), middle_of=rows)
            for step in (POWERS, FINE) for rows in (each, mean)
        ],
        "by-logarithms": answering(by_logarithms),
        "floor-alone": answering(floors_alone),
        "sizes-as-n": [
            answering(ways=over_sizes(curve, rows, spread(number_of, ddof)))
            for curve in (BY_POWERS, in_logarithms) for rows in (first, mean)
            for number_of in (t_quantile, z_quantile) for ddof in (0, 1)
        ],
        "no-interval": [
            answering(ways=lambda *_: (0.0, 0.0), middle_of=rows) for rows in (each, mean)
        ],
        "spread-of-the-measured": answering(ways=spread_of_measured),
        "z": answering(ways=spread(z_quantile)),
        "no-root": [
            answering(ways=spread(number_of, root=False))
            for number_of in (t_quantile, z_quantile, lambda number: 1.0, lambda number: 2.0)
        ],
        "population-sd": [
            answering(ways=spread(number_of, ddof=0)) for number_of in (t_quantile, z_quantile)
        ],
        "n-degrees": answering(ways=spread(lambda number: t_quantile(number + 1))),
        "one-sided": answering(ways=spread(partial(t_quantile, share=0.95))),
        "one-error": answering(ways=spread(lambda number: 1.0)),
        "range": [
            answering(ways=between(np.min, np.max)),
            answering(ways=between(partial(np.quantile, q=0.025), partial(np.quantile, q=0.975))),
        ],
        "ends-turned": answering(turned=True),
    },
    messages={
        "accuracy": "This is the accuracy. Asked for is the error, 1 minus that.",
        "line-through-accuracy": "A straight line through the errors, or through the accuracy, "
        "takes away as much at every step. With labels enough the error falls below 0.",
        "no-floor": "All seeds count now. But in logarithms a straight line has no floor: it "
        "promises that the error goes on falling as it did.",
        "one-seed": "The curve has a floor now. But it is that of one seed: other labels and "
        "another start draw another one.",
        "floor-below-0": "Some of these curves have a floor below 0, and no error can come down "
        "to that. Neither a nor c may be below 0.",
        "by-logarithms": "These curves miss the logarithms of the errors least. Asked for are "
        "those that miss the errors themselves least.",
        "floor-alone": "This is the floor. The rest of the curve, a · size^-b, has not vanished "
        "at that many labels.",
        "sizes-as-n": "The forecast is right. The interval says how far a curve misses the errors "
        "at K numbers of labels. But these K are no repeats of one thing: seeds are.",
        "no-interval": "The forecast is right. Both ends of the interval lie on it: a forecast of "
        "each seed by itself is needed to see how much they differ.",
        "spread-of-the-measured": "The forecast is right. The interval is that of the errors which "
        "were measured last. Forecasts spread in another way.",
        "z": "The forecast is right. 1.96 is for many seeds. For few the standard deviation is "
        "itself a guess: take Student's t.",
        "no-root": "The forecast is right. So far the forecast of one seed may lie away. For the "
        "mean of S of them, divide by the root of S.",
        "population-sd": "The forecast is right. np.std has S below the line unless asked. Of a "
        "draw it is S - 1: ddof=1.",
        "n-degrees": "The forecast is right. Student's t has S degrees of freedom here. One was "
        "used up for the mean.",
        "one-sided": "The forecast is right. 0.95 leaves out 5 % on either side, 10 % in all.",
        "one-error": "The forecast is right. This is one standard error to each side: some two "
        "thirds of all draws, and for few seeds less.",
        "range": "The forecast is right. Between these ends the forecasts of single seeds lie. "
        "Where their mean lies is another question.",
        "ends-turned": "The forecast is right. The lower end comes first.",
    },
    otherwise=where_it_differs,
    atol=1e-7,
    rtol=0.03,
)  # fmt: skip
