"""Answer of ``scene_interval``: by how much A is better, how sure that is, and what it takes."""

from collections.abc import Callable
from functools import cache

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.semantic_segmentation.exercise_cases import segmented_scenes
from course_utils.lessons.semantic_segmentation.exercises import observe_scene_interval

Z = 1.959964  # normal quantile that leaves out 5 %, half of it above
Answer = Callable[[np.ndarray, np.ndarray, float], tuple[float, float, float, float]]
# Of the shares of each scene that A and B get right, (N,) each, and of the pixels of all scenes.
Spread = Callable[[np.ndarray, np.ndarray, int], float]
Needed = Callable[[np.ndarray, float], float]  # of the scenes' differences (N,) and half_width


@cache
def t_quantile(num_scenes: int, share: float = 0.975) -> float:
    """Student's t for the mean of so many scenes, which so large a share lies below."""
    from scipy.stats import t  # here, because it takes half a second to import

    return float(t.ppf(share, num_scenes - 1))


def z_quantile(num_scenes: int) -> float:
    """The same for very many scenes."""
    return Z


def sd(a: np.ndarray, b: np.ndarray, ddof: int = 1) -> float:
    """Standard deviation of the differences of the scenes."""
    return float(np.std(a - b, ddof=ddof))


def errors(number_of: Callable[[int], float] = t_quantile, ddof: int = 1) -> Spread:
    """Half the interval as so many standard errors, of ``number_of`` the scenes."""
    return lambda a, b, pixels: number_of(len(a)) * sd(a, b, ddof) / len(a) ** 0.5


by_t = errors()  # as it should be


def two_sds(a: np.ndarray, b: np.ndarray) -> float:
    """The standard error for whom A and B saw different scenes."""
    return float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / len(a)))


def two_shares(a: np.ndarray, b: np.ndarray, pixels: int) -> float:
    """The standard error for whom each pixel of A and of B was drawn by itself."""
    return float(np.sqrt(sum(each.mean() * (1 - each.mean()) for each in (a, b)) / pixels))


def least_scenes(differences: np.ndarray, half_width: float) -> int:
    """The least number with an interval that is narrow enough, if the spread stays as it is."""
    number, spread = 2, differences.std(ddof=1)
    while t_quantile(number) * spread / number**0.5 > half_width:
        number += 1
    return number


def in_proportion(differences: np.ndarray, half_width: float, power: int = 2) -> float:
    """Scenes there are, times the wanted gain to a power, rounded up."""
    half = by_t(differences, np.zeros_like(differences), 0)
    return float(np.ceil(len(differences) * (half / half_width) ** power))


def answering(
    spread: Spread = by_t, needed: Needed = least_scenes, sign: int = 1, turned: bool = False
) -> Answer:
    """The answer, right but for what is said.

    Args:
        spread: Gives half of the interval.
        needed: Gives the number of scenes.
        sign: -1 for B minus A.
        turned: Whether the upper end comes first.
    """

    def answer(right_a: np.ndarray, right_b: np.ndarray, half_width: float) -> tuple:
        a, b = (right.mean(axis=(1, 2)) for right in (right_a, right_b))
        difference, half = sign * float((a - b).mean()), spread(a, b, right_a.size)
        ends = (difference - half, difference + half)
        return (difference, *(ends[::-1] if turned else ends), needed(a - b, half_width))

    return answer


def of_pixels(spread: Spread) -> Answer:
    """Half the interval so, were each pixel a scene."""

    def answer(right_a: np.ndarray, right_b: np.ndarray, half_width: float) -> tuple:
        a, b = (right.ravel().astype(float) for right in (right_a, right_b))
        difference, half = float((a - b).mean()), spread(a, b, len(a))
        return difference, difference - half, difference + half, len(right_a)

    return answer


def of_those_that_differ(right_a: np.ndarray, right_b: np.ndarray, half_width: float) -> tuple:
    """The difference as a share of the pixels of which one is right and the other wrong."""
    a, b = (right_a & ~right_b).sum(), (right_b & ~right_a).sum()
    _, low, high, needed = answering()(right_a, right_b, half_width)
    return float((a - b) / max(1, a + b)), low, high, needed


def where_it_differs(difference: Difference) -> str:
    """What is wrong with the first set of scenes."""
    number = len(segmented_scenes(difference.seed)[difference.place][0])
    truth, found = (
        ", ".join(f"{each:.4f}".removesuffix(".0000") for each in np.atleast_1d(value))
        for value in (difference.truth, difference.found)
    )
    what = {"difference": "The difference", "interval": "The interval", "needed": "needed"}
    return f"{what[difference.part]} for {number} scenes should be {truth}; yours is {found}."


ANSWER = Table(
    observe_scene_interval,
    right=answering(),
    praise="Scenes were drawn, so scenes are counted; and both segmenters had the same ones.",
    wrong={
        "turned-round": answering(sign=-1),
        "where-they-differ": of_those_that_differ,
        "pixels-as-n": [
            of_pixels(errors()),
            of_pixels(errors(z_quantile)),
            of_pixels(errors(z_quantile, 0)),
            answering(lambda a, b, pixels: Z * two_shares(a, b, pixels)),
            answering(lambda a, b, pixels: Z * sd(a, b) / pixels**0.5),
            answering(lambda a, b, pixels: t_quantile(pixels) * sd(a, b) / pixels**0.5),
        ],
        "not-paired": [
            answering(lambda a, b, pixels: Z * two_sds(a, b)),
            answering(lambda a, b, pixels: t_quantile(len(a)) * two_sds(a, b)),
            answering(lambda a, b, pixels: t_quantile(2 * len(a) - 1) * two_sds(a, b)),
        ],
        "z": answering(errors(z_quantile)),
        "no-root": [
            answering(lambda a, b, pixels: t_quantile(len(a)) * sd(a, b)),
            answering(lambda a, b, pixels: Z * sd(a, b)),
        ],
        "over-n": answering(lambda a, b, pixels: by_t(a, b, pixels) / len(a) ** 0.5),
        "population-sd": [answering(errors(ddof=0)), answering(errors(z_quantile, 0))],
        "one-sided": answering(errors(lambda number: t_quantile(number, 0.95))),
        "n-degrees": answering(errors(lambda number: t_quantile(number + 1))),
        "one-error": answering(errors(lambda number: 1.0)),
        "ends-turned": answering(turned=True),
        "same-quantile": answering(needed=in_proportion),
        "z-planned": answering(
            needed=lambda d, half_width: float(np.ceil((Z * d.std(ddof=1) / half_width) ** 2))
        ),
        "not-squared": answering(needed=lambda d, half_width: in_proportion(d, half_width, 1)),
        "whole-width": answering(needed=lambda d, half_width: least_scenes(d, half_width / 2)),
        "how-many-more": answering(
            needed=lambda d, half_width: least_scenes(d, half_width) - len(d)
        ),
        "one-too-few": answering(needed=lambda d, half_width: least_scenes(d, half_width) - 1),
    },
    messages={
        "turned-round": "This is by how much B is better. Asked for is A minus B.",
        "where-they-differ": "This is a share of the pixels of which only one is right. Take the "
        "share of all pixels of the scene.",
        "pixels-as-n": "The interval counts pixels. Those of one scene are right or wrong "
        "together, so it is far too narrow: count scenes.",
        "not-paired": "The spread of A and that of B are added, as if each had seen other scenes. "
        "What is hard for both drops out of the differences: take their spread.",
        "z": "1.96 is right for many scenes. For few, the standard deviation is itself a guess: "
        "take t.",
        "no-root": "This says how far one scene may lie from the mean. For the mean of n scenes, "
        "divide the standard deviation by the root of n.",
        "over-n": "The standard deviation is divided by n, or twice by its root. Of the mean it is "
        "divided by the root once.",
        "population-sd": "The standard deviation has N below the line, as np.std has it unless "
        "asked. Of a draw it is N - 1: ddof=1.",
        "one-sided": "0.95 leaves out 5 % above and 5 % below, 10 % in all. Of 95 % the upper end "
        "lies at 0.975.",
        "n-degrees": "Student's t has n degrees of freedom here. One was used up for the mean: "
        "n - 1.",
        "one-error": "This is one standard error to either side, which covers about 68 %. It takes "
        "t of them for 95 %.",
        "ends-turned": "The lower end comes first.",
        "same-quantile": "The interval is right. With more scenes t becomes smaller, and with "
        "fewer larger: `needed` has to take that of n, not that of now.",
        "z-planned": "The interval is right. For `needed` 1.96 stands in the place of t, so that a "
        "plan for few scenes is too small.",
        "not-squared": "The interval is right. But half the width takes four times the scenes, not "
        "twice as many: the root of n stands below the line.",
        "whole-width": "The interval is right. half_width is the way from the middle to an end, "
        "not from end to end.",
        "how-many-more": "The interval is right. `needed` counts all scenes, also those there are "
        "already.",
        "one-too-few": "The interval is right. With one scene fewer than needed it is still a "
        "little too wide: round up.",
    },
    otherwise=where_it_differs,
)
