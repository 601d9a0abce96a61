"""Answer of ``mel_bands``: triangles that are equally wide in mels, and the logarithm last."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.speech.answers import mel_filters as mel
from course_utils.lessons.speech.answers.mel_filters import Filters, filters
from course_utils.lessons.speech.exercise_cases import power_frames
from course_utils.lessons.speech.exercises import observe_mel_bands

FLOOR = 1e-4
ATOL = 2e-3  # filters in 32 bits differ by as much where an edge lies close to a frequency
Answer = Callable[[Tensor, int, int], Tensor]
Last = Callable[[Tensor, Tensor], Tensor]  # of filters (M, F) and power (F, T)


def log_of_bands(weights: Tensor, power: Tensor) -> Tensor:
    """As it should be."""
    return torch.log(weights @ power + FLOOR)


def answering(make: Filters | None = None, last: Last = log_of_bands) -> Answer:
    """The answer, right but for the filters, or for what is done with them and the power."""

    def answer(power: Tensor, num_bands: int, rate: int) -> Tensor:
        weights = (make or filters())(len(power), num_bands, rate)
        return last(weights, power.double())

    return answer


def standardised(ddof: int) -> Last:
    """Brings the result to a mean of 0 and a spread of 1; a single number to 0."""

    def last(weights: Tensor, power: Tensor) -> Tensor:
        bands = log_of_bands(weights, power)
        spread = bands.std(correction=ddof) if bands.numel() > 1 else torch.tensor(1.0)
        return (bands - bands.mean()) / spread

    return last


def where_it_differs(difference: Difference) -> str:
    """The first number that is wrong."""
    power, num_bands, rate = power_frames(difference.seed)[difference.place]
    truth, found = np.array(difference.truth), np.array(difference.found)
    with np.errstate(invalid="ignore"):
        band, frame = np.argwhere(~(np.abs(found - truth) < ATOL))[0]
    return (
        f"For {len(power)} frequencies, {num_bands} bands and a rate of {rate:,}, band {band} at "
        f"step {frame} should be {truth[band, frame]:.4f}; yours is {found[band, frame]:.4f}."
    )


ANSWER = Table(
    observe_mel_bands,
    right=answering(),
    praise="Narrow bands below, wide ones above, and a logarithm of what each of them holds.",
    wrong={
        "linear": answering(filters(scale=mel.LINEAR)),
        "other-scale": [answering(filters(scale=scale)) for scale in (mel.SLANEY, mel.BARK)],
        "log-first": [answering(last=lambda weights, power: weights @ torch.log(power + FLOOR)),
                      answering(filters(mel.of_sum_1), lambda weights, power:
                                weights @ torch.log(power + FLOOR))],
        "up-to-the-rate": [answering(filters(top=top, last=last))
                           for top, last in ((1, 0.5), (1, 1), (0.5, 1))],
        "do-not-meet": [answering(filters(mel.narrow)),
                        answering(filters(mel.side_by_side, more_edges=1))],
        "boxes": [answering(filters(mel.boxes)),
                  answering(filters(mel.bins_between, more_edges=1))],
        "not-cut": answering(filters(mel.lines)),
        "straight-in-mels": answering(filters(mel.in_mels)),
        "whole-frequencies": [answering(filters(rounded=mel.to_bins(near, more)))
                              for near in (torch.floor, torch.round) for more in (0, 1)],
        "last-frequency": answering(filters(has_last=False)),
        "same-weight": [answering(filters(shape)) for shape in (mel.of_sum_1, mel.of_area_1)],
        "always-8000": answering(filters(always=8000)),
        "bounds-of-the-lesson": answering(filters(lowest=60.0)),
        "no-log": answering(last=lambda weights, power: weights @ power),
        "other-log": [
            answering(last=lambda weights, power, log=log, times=times:
                      times * log(weights @ power + FLOOR))
            for log, times in ((torch.log10, 1), (torch.log10, 10), (torch.log10, 20),
                               (torch.log2, 1))
        ],
        "no-floor": answering(last=lambda weights, power: torch.log(weights @ power)),
        "at-least": answering(last=lambda weights, power:
                              torch.log((weights @ power).clamp(min=FLOOR))),
        "floor-first": answering(last=lambda weights, power: torch.log(weights @ (power + FLOOR))),
        "other-floor": [answering(last=lambda weights, power, floor=floor:
                                  torch.log(weights @ power + floor))
                        for floor in (1.0, 1e-3, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12)],
        "root-of-power": answering(last=lambda weights, power: log_of_bands(weights, power.sqrt())),
        "squared-again": answering(last=lambda weights, power: log_of_bands(weights, power**2)),
        "high-first": answering(last=lambda weights, power: log_of_bands(weights, power).flip(0)),
        "standardised": [answering(last=standardised(ddof)) for ddof in (0, 1)],
    },
    messages={
        "linear": "The edges lie equally far apart in Hz. Make mels of both ends first, and turn "
        "the edges back into Hz.",
        "other-scale": "The bands become wider, but on another scale. Asked for are mels by "
        "2595 log10(1 + f / 700).",
        "log-first": "The logarithm is taken before the filters. So quiet frequencies count as "
        "much as loud ones: add up power, then take the logarithm.",
        "up-to-the-rate": "The rate stands where half of it should: samples at a rate hold "
        "frequencies up to half of it, for the last edge and for the last frequency.",
        "do-not-meet": "The triangles end where the next ones begin, so that what lies between two "
        "of them is lost. Each reaches to the tips of its neighbours.",
        "boxes": "A band has sharp ends here. A triangle counts a frequency less, the further it "
        "is from the middle.",
        "not-cut": "Beyond its edges a band goes on below 0, and takes away what others hold. Cut "
        "the triangle off at 0.",
        "straight-in-mels": "The edges are right. But the sides of the triangles are straight in "
        "mels here, and are to be straight in Hz.",
        "whole-frequencies": "The edges are rounded to frequencies that are there. Leave them as "
        "they are: with short frames low bands become far too coarse, or empty.",
        "last-frequency": "The last frequency is half the rate itself. So F frequencies have F - 1 "
        "steps between them.",
        "same-weight": "Each triangle is divided by its size. Asked for are tips of 1.",
        "always-8000": "The rate is 8,000 whatever is given. Other recordings have other rates.",
        "bounds-of-the-lesson": "The lowest edge is 60 Hz, as in the lesson. Here it is 0.",
        "no-log": "The bands are right. Only the logarithm is missing.",
        "other-log": "The bands are right. But this is another logarithm, or a multiple of it: "
        "asked for is the natural one, torch.log.",
        "no-floor": "Where nothing was heard, the logarithm is minus infinity, and no network can "
        "learn from it. Add 1e-4 first.",
        "at-least": "Nothing is lower than 1e-4 here. Asked for is that 1e-4 is added everywhere.",
        "floor-first": "1e-4 is added to each frequency, so that wide bands get more of it. Add it "
        "to the bands.",
        "other-floor": "Nearly: another number than 1e-4 is added.",
        "root-of-power": "The filters add up roots of the power. Take the power as it is given.",
        "squared-again": "What is given is power. Here it is squared once more.",
        "high-first": "The bands are right, but the highest comes first.",
        "standardised": "This is brought to a mean of 0 and a spread of 1. That is another step: "
        "return the bands before it.",
    },
    otherwise=where_it_differs,
    atol=ATOL,
)  # fmt: skip
