"""Answer of ``possible``: some whole number of right pictures is printed like this, or none is."""

from course_utils.exercises.tables import Table
from course_utils.lessons.resnet50_on_cifar10.exercises import observe_possible

REPORTED = {  # accuracy as printed, number of pictures
    "P": ("0.8267", 75),
    "Q": ("0.8413", 75),
    "R": ("0.8046875", 128),
    "S": ("0.833", 10),
    "T": ("93.3 %", 30),
    "U": ("1.04", 25),
}


def is_possible(printed: str, num_pictures: int) -> bool:
    """Whether some number of right pictures, out of ``num_pictures``, is printed like this."""
    number, in_percent = printed.removesuffix("%").strip(), printed.endswith("%")
    decimals = len(number.partition(".")[2])
    shares = (count / num_pictures for count in range(num_pictures + 1))
    half_a_digit = 0.5 * 10**-decimals + 1e-9  # the little more lets halves round either way
    return any(
        abs(share * (100 if in_percent else 1) - float(number)) <= half_a_digit for share in shares
    )


RIGHT = {report: is_possible(*printed) for report, printed in REPORTED.items()}

ANSWER = Table(
    observe_possible,
    right=RIGHT,
    praise="Some whole number of pictures must round to what is printed.",
    opening="Report {part}: ",
    wrong={
        "rounding-forgotten": RIGHT | {"P": "impossible"},
        "any-share": RIGHT | {"Q": "possible"},
        "looks-too-precise": RIGHT | {"R": "impossible"},
        "mean-of-batch-means": RIGHT | {"S": "possible"},
        "percent-not-read": RIGHT | {"T": "impossible"},
        "more-than-all": RIGHT | {"U": "possible"},
    },
    messages={
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
    otherwise="write one of the words for it.",
)
