"""Answer of ``speaker_interval``: a mean over speakers, and t standard errors to both sides."""

from collections.abc import Callable
from functools import cache

import numpy as np

from course_utils.evaluation.scores import wilson_interval
from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.speech.exercise_cases import heard_answers
from course_utils.lessons.speech.exercises import observe_speaker_interval

Z = 1.959964  # normal quantile that leaves out 5 %, half of it above
Answer = Callable[[np.ndarray, np.ndarray], tuple[float, float, float]]
# Half the interval, of the speakers' accuracies (S,) and of whether each take is right (N,).
Half = Callable[[np.ndarray, np.ndarray], float]
Middle = Callable[[np.ndarray, np.ndarray], float]  # of the same


@cache
def t_quantile(number: int, share: float = 0.975) -> float:
    """Student's t for the mean of so many numbers, which so large a share lies below."""
    from scipy.stats import t  # here, because it takes half a second to import

    return float(t.ppf(share, number - 1))


def z_quantile(number: int) -> float:
    """The same for very many."""
    return Z


def error(values: np.ndarray, ddof: int = 1) -> float:
    """Standard error of the mean of ``values``."""
    return float(values.std(ddof=ddof)) / len(values) ** 0.5


def errors(number_of: Callable[[int], float] = t_quantile, ddof: int = 1) -> Half:
    """So many standard errors of the mean over speakers."""
    return lambda shares, right: number_of(len(shares)) * error(shares, ddof)


def over_takes(number_of: Callable[[int], float], ddof: int = 1) -> list[Half]:
    """So many standard errors, were each take a speaker: by the spread of takes, or of speakers."""
    return [
        lambda shares, right: number_of(len(right)) * error(right.astype(float), ddof),
        lambda shares, right: number_of(len(right)) * shares.std(ddof=ddof) / len(right) ** 0.5,
    ]


def shares_of(right: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """The accuracy on the takes of each speaker, (S,)."""
    return np.array([right[speakers == name].mean() for name in np.unique(speakers)])


def of_speakers(shares: np.ndarray, right: np.ndarray) -> float:
    """As it should be."""
    return float(shares.mean())


def of_takes(shares: np.ndarray, right: np.ndarray) -> float:
    """The share of all takes."""
    return float(right.mean())


def answering(half: Half | None = None, middle: Middle = of_speakers) -> Answer:
    """The answer, right but for what is said.

    Args:
        half: Half of the interval, which lies about the middle.
        middle: The mean.
    """

    def answer(right: np.ndarray, speakers: np.ndarray) -> tuple[float, float, float]:
        shares = shares_of(right, speakers)
        mean, way = middle(shares, right), (half or errors())(shares, right)
        return mean, mean - way, mean + way

    return answer


def in_either_middle(half: Half) -> list[Answer]:
    """Right but for half the interval, and with the mean of all takes, too."""
    return [answering(half), answering(half, of_takes)]


def wilson_of_takes(right: np.ndarray, speakers: np.ndarray) -> tuple[float, float, float]:
    """Wilson's interval for the share of all takes."""
    return float(right.mean()), *wilson_interval(int(right.sum()), len(right))


def wilson_of_speakers(right: np.ndarray, speakers: np.ndarray) -> tuple[float, float, float]:
    """The same formula, as if so many speakers had been right or wrong."""
    shares = shares_of(right, speakers)
    p, n = shares.mean(), len(shares)
    below, centre = 1 + Z**2 / n, p + Z**2 / (2 * n)
    half = Z * (p * (1 - p) / n + Z**2 / (4 * n**2)) ** 0.5
    return p, (centre - half) / below, (centre + half) / below


def rewritten(change: Callable[..., tuple]) -> Answer:
    """The right three numbers, changed, with the speakers' accuracies to help."""
    return lambda right, speakers: change(*answering()(right, speakers), shares_of(right, speakers))


def where_it_differs(difference: Difference) -> str:
    """The first set of takes that is wrong."""
    right, speakers = heard_answers(difference.seed)[difference.place]
    truth, found = (
        ", ".join(f"{number:.4f}" for number in numbers)
        for numbers in (difference.truth, difference.found)
    )
    return (
        f"For {len(right)} takes of {len(np.unique(speakers))} speakers mean, low and high should "
        f"be {truth}; yours are {found}."
    )


ANSWER = Table(
    observe_speaker_interval,
    right=answering(),
    praise="Speakers are the unit: each counts the same, and their number is n.",
    wrong={
        "wilson-of-takes": [wilson_of_takes, lambda *case: (
            answering()(*case)[0], *wilson_of_takes(*case)[1:])],
        "takes-as-n": [
            answer for number_of in (t_quantile, z_quantile) for ddof in (0, 1)
            for half in over_takes(number_of, ddof) for answer in in_either_middle(half)
        ],
        "mean-of-takes": answering(middle=of_takes),
        "wilson-of-speakers": wilson_of_speakers,
        "deviation": [
            answer for number_of in (t_quantile, z_quantile, lambda number: 1.0,
                                     lambda number: 2.0)
            for answer in in_either_middle(
                lambda shares, right, number_of=number_of:
                number_of(len(shares)) * shares.std(ddof=1))
        ],
        "z": in_either_middle(errors(z_quantile)),
        "population-sd": [*in_either_middle(errors(ddof=0)),
                          *in_either_middle(errors(z_quantile, 0))],
        "one-sided": in_either_middle(errors(lambda number: t_quantile(number, 0.95))),
        "n-degrees": in_either_middle(errors(lambda number: t_quantile(number + 1))),
        "takes-degrees": answering(lambda shares, right: t_quantile(len(right)) * error(shares)),
        "one-error": in_either_middle(errors(lambda number: 1.0)),
        "over-n": in_either_middle(lambda shares, right: errors()(shares, right)
                                   / len(shares) ** 0.5),
        "worst-and-best": rewritten(lambda mean, low, high, shares:
                                    (mean, shares.min(), shares.max())),
        "ends-turned": rewritten(lambda mean, low, high, shares: (mean, high, low)),
        "half-alone": rewritten(lambda mean, low, high, shares: (mean, mean - high, high - mean)),
        "errors-counted": rewritten(lambda mean, low, high, shares: (1 - mean, 1 - high, 1 - low)),
    },
    messages={
        "wilson-of-takes": "This is Wilson's interval for all takes. The takes of one speaker are "
        "right or wrong together, so it is far too narrow: count speakers.",
        "takes-as-n": "The number of takes stands below the root, so the interval is far too "
        "narrow. Who was drawn by chance? Count speakers.",
        "mean-of-takes": "Takes are averaged, so a speaker with many takes counts more. Average "
        "the takes of each speaker first, then the speakers.",
        "wilson-of-speakers": "n is right. But Wilson's interval is for answers that are right or "
        "wrong, and a speaker's share is neither: see how far the shares lie apart.",
        "deviation": "This says how far one speaker may lie from the mean. For the mean of S "
        "speakers, divide the standard deviation by the root of S.",
        "z": "1.96 is right for many speakers. For few, their standard deviation is itself a "
        "guess: take t.",
        "population-sd": "The standard deviation has S below the line, as np.std has it unless "
        "asked. Of a draw it is S - 1: ddof=1.",
        "one-sided": "0.95 leaves out 5 % above and 5 % below, 10 % in all. Of 95 % the upper end "
        "lies at 0.975.",
        "n-degrees": "Student's t has S degrees of freedom here. One was used up for the mean: "
        "S - 1.",
        "takes-degrees": "The standard error is right. But t has as many degrees of freedom as "
        "there are takes, so it is nearly 1.96: count speakers here, too.",
        "one-error": "This is one standard error to either side, which covers far less than 95 %. "
        "It takes t of them.",
        "over-n": "The standard deviation is divided by S, or twice by its root. Of a mean it is "
        "divided by the root once.",
        "worst-and-best": "These are the worst and the best speaker. An interval for the mean is "
        "another thing, and with more speakers it becomes narrower.",
        "ends-turned": "The lower end comes first.",
        "half-alone": "The way from the mean to an end is right. Return the ends themselves: the "
        "mean minus it, and the mean plus it.",
        "errors-counted": "This is the share of wrong answers. Return that of right ones.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
