"""Answers of lesson 06; those about a recipe and a backbone come from the modules beside it."""

from collections.abc import Mapping

from course_utils.exercises.feedback import Feedback, right, wrong
from course_utils.lessons.resnet50_on_cifar10.answers.classic_recipe import (
    BUG_ERRORS,
    judge_bug_hunt,
)
from course_utils.lessons.resnet50_on_cifar10.answers.features import (
    FEATURE_ERRORS,
    judge_fair_features,
)
from course_utils.lessons.resnet50_on_cifar10.answers.head import HEAD_ERRORS, judge_cached_head

__all__ = [
    "ERRORS",
    "judge_bug_hunt",
    "judge_cached_head",
    "judge_fair_features",
    "judge_possible",
    "judge_speed_report",
]
ERRORS = {
    "speed_report": {
        "one-run-enough": "Would A be ahead again next time? Nothing here tells.",
        "interval-cures-all": "The ratio is sure, but it is the ratio of what? Work out the "
        "seconds per picture.",
        "runs-not-read": "Both were repeated. What differs besides A and B?",
        "download-counted": "The download is in none of the runs that count.",
        "warm-up-counted": "The runs left out have a reason. How many are left?",
        "ratio-of-equals": "Which ratio have two that are equally fast? Is it in the interval?",
        "unseen-is-equal": "It claims two things. Which losses of accuracy does the interval still "
        "allow?",
        "other-word": "Same work first, then the number of runs, and then the interval.",
    },
    "possible": {
        "rounding-forgotten": "A printed number stands for every share that rounds to it, so it "
        "need not be one itself.",
        "any-share": "Pictures are right or wrong, so shares of 75 lie 0.0133 apart. Is this one "
        "of them?",
        "looks-too-precise": "Many digits are no proof of an error: see how many a share of 128 "
        "pictures can have.",
        "mean-of-batch-means": "Batches of 4, 4 and 2 can have this mean, but which shares do ten "
        "pictures allow?",
        "percent-not-read": "Read the sign behind the number, then round.",
        "more-than-all": "How many of the 25 pictures would have been right?",
    },
    "fair_features": FEATURE_ERRORS,
    "cached_head": HEAD_ERRORS,
    "bug_hunt": BUG_ERRORS,
}
SPEED_WORDS = (
    "shown",
    "not shown: one run",
    "not shown: other work",
    "not shown: interval allows the opposite",
)
SPEED_VERDICTS = {
    "P": "not shown: one run",
    "Q": "not shown: other work",
    "R": "shown",
    "S": "not shown: interval allows the opposite",
}
SPEED_IDEAS = {
    ("P", "shown"): "one-run-enough",
    ("Q", "shown"): "interval-cures-all",
    ("Q", "not shown: one run"): "runs-not-read",
    ("R", "not shown: other work"): "download-counted",
    ("R", "not shown: one run"): "warm-up-counted",
    ("R", "not shown: interval allows the opposite"): "ratio-of-equals",
    ("S", "shown"): "unseen-is-equal",
}
REPORTED = {  # accuracy as printed, number of pictures
    "P": ("0.8267", 75),
    "Q": ("0.8413", 75),
    "R": ("0.8046875", 128),
    "S": ("0.833", 10),
    "T": ("93.3 %", 30),
    "U": ("1.04", 25),
}
POSSIBLE_WORDS = ("possible", "impossible")
POSSIBLE_IDEAS = {
    ("P", "impossible"): "rounding-forgotten",
    ("Q", "possible"): "any-share",
    ("R", "impossible"): "looks-too-precise",
    ("S", "possible"): "mean-of-batch-means",
    ("T", "impossible"): "percent-not-read",
    ("U", "possible"): "more-than-all",
}


def judge_speed_report(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare the verdicts; the words after "not shown:" are enough."""
    short = {word.removeprefix("not shown: "): word for word in SPEED_WORDS[1:]}
    said = {
        report: short.get(word.removeprefix("not shown:").strip(), word)
        for report, word in observed.items()
    }
    fault = _reading_fault("speed_report", said, SPEED_VERDICTS, SPEED_WORDS, SPEED_IDEAS)
    return fault or right("Same work, same result, several runs in turn: then a ratio is shown.")


def judge_possible(observed: Mapping[str, str], seed: int) -> Feedback:
    """Compare with whether some whole number of right pictures is printed like this."""
    truth = {
        report: "possible" if is_possible(*printed) else "impossible"
        for report, printed in REPORTED.items()
    }
    as_words = {"true": "possible", "false": "impossible"}
    said = {report: as_words.get(word, word) for report, word in observed.items()}
    fault = _reading_fault("possible", said, truth, POSSIBLE_WORDS, POSSIBLE_IDEAS)
    return fault or right("Some whole number of pictures must round to what is printed.")


def is_possible(printed: str, num_pictures: int) -> bool:
    """Whether some number of right pictures, out of ``num_pictures``, is printed like this."""
    number, in_percent = printed.removesuffix("%").strip(), printed.endswith("%")
    decimals = len(number.partition(".")[2])
    shares = (count / num_pictures for count in range(num_pictures + 1))
    half_a_digit = 0.5 * 10**-decimals + 1e-9  # the little more lets halves round either way
    return any(
        abs(share * (100 if in_percent else 1) - float(number)) <= half_a_digit for share in shares
    )


def _reading_fault(
    exercise: str,
    said: Mapping[str, str],
    truth: Mapping[str, str],
    words: tuple[str, ...],
    ideas: Mapping[tuple[str, str], str],
) -> Feedback | None:
    """What is wrong with one word for each report; None if nothing is."""
    if set(said) != set(truth):
        return wrong(f"Keep one entry for each report: {', '.join(truth)}.", "missing-report")
    for report, best in truth.items():
        if said[report] not in words:
            offered = ", ".join(f'"{word}"' for word in words)
            return wrong(f"Report {report}: write one of {offered}.", "unknown-word")
        if said[report] != best:
            name = ideas.get((report, said[report]), "other-word")
            return wrong(f"Report {report}: {ERRORS[exercise][name]}", name)
    return None
