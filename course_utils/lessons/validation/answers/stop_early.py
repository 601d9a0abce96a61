"""Answer of ``stop_early``: the epoch kept; losses rise, tie, recover too late, or never rise."""

from collections.abc import Sequence

from course_utils.exercises.tables import Table
from course_utils.lessons.validation.cases import loss_curves
from course_utils.lessons.validation.exercises import observe_stop_early

Losses = Sequence[float]


def stop_early(
    train: Losses,
    val: Losses,
    patience: int,
    *,
    ties: bool = False,
    keep_last: bool = False,
    compare_with_previous: bool = False,
    start_again: bool = True,
) -> int:
    """Number, from 1, of the epoch kept; the options are known slips."""
    best, waited, epoch = 0, 0, 0
    for epoch in range(1, len(val)):
        lowest = val[epoch - 1] if compare_with_previous else val[best]
        if val[epoch] < lowest or (ties and val[epoch] == lowest):
            best, waited = epoch, 0 if start_again else waited
        else:
            waited += 1
        if waited == patience:
            break
    return (epoch if keep_last else best) + 1


def last_unless_stopped(train: Losses, val: Losses, patience: int) -> int:
    """The same where patience runs out; where the losses end before, the last epoch."""
    best = stop_early(train, val, patience)
    return best if best + patience <= len(val) else len(val)


ANSWER = Table(
    observe_stop_early,
    right=stop_early,
    praise="All cases, easy and nasty, are as they should be.",
    wrong={
        "training-loss": lambda train, val, patience: stop_early(val, train, patience),
        "counts-from-0": lambda *case: stop_early(*case) - 1,
        "last-epoch": lambda *case: stop_early(*case, keep_last=True),
        "last-unless-stopped": last_unless_stopped,
        "looks-ahead": lambda train, val, patience: val.index(min(val)) + 1,
        "first-rise": lambda train, val, patience: stop_early(train, val, 1),
        "tie-is-new-lowest": lambda *case: stop_early(*case, ties=True),
        "previous-epoch": lambda *case: stop_early(*case, compare_with_previous=True),
        "patience-too-long": lambda train, val, patience: stop_early(train, val, patience + 1),
        "never-resets": lambda *case: stop_early(*case, start_again=False),
    },
    messages={
        "training-loss": "This follows the training loss, which falls even while examples are "
        "learned by heart.",
        "counts-from-0": "Each answer is one too small: the first epoch has number 1.",
        "last-epoch": "This is the epoch at which training ended. The weights worth keeping may "
        "be older.",
        "last-unless-stopped": "Where the losses end before patience runs out, this keeps the "
        "last epoch. The lowest loss may be older there, too.",
        "looks-ahead": "This looks at epochs that were never trained: patience had run out before "
        "them.",
        "first-rise": "This gives up after one epoch without a new lowest loss, whatever the "
        "patience.",
        "tie-is-new-lowest": "A loss equal to the lowest so far is no improvement: it starts no "
        "new count.",
        "previous-epoch": "This compares with the epoch before. A loss may fall and still not be "
        "a new lowest.",
        "patience-too-long": "This waits one epoch too long: count the epochs in a row that "
        "brought nothing new.",
        "never-resets": "This counts all epochs that brought nothing new. In a row means that a "
        "new lowest loss starts the count again.",
    },
    otherwise="Walk through losses {case[1]} with patience {case[2]}.",
    cases=loss_curves,
)
