"""Answer of ``clean_exam``: which questions were read, and the score of the others."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.text.answers import exam_rules as rules
from course_utils.lessons.text.answers.exam_rules import Rule, Words, anyhow, was_read, words_of
from course_utils.lessons.text.exam_cases import exams
from course_utils.lessons.text.exercises import observe_clean_exam

Z = 1.959964  # normal quantile that leaves out 5 %, half of it above
Answer = Callable[[Sequence[str], Sequence[str], np.ndarray, int], tuple]
Ends = Callable[[float, int], tuple[float, float]]  # of a share and of the number behind it
Score = Callable[[np.ndarray, np.ndarray], float]  # of right and read, (N,) each, bool


def wilson(z: float = Z, moved: bool = True) -> Ends:
    """Wilson's interval, or one as wide with the share in its middle."""

    def ends(share: float, number: int) -> tuple[float, float]:
        below = 1 + z**2 / number
        middle = (share + z**2 / (2 * number)) / below if moved else share
        half = z / below * (share * (1 - share) / number + z**2 / (4 * number**2)) ** 0.5
        return middle - half, middle + half

    return ends


def normal(share: float, number: int) -> tuple[float, float]:
    """So many standard errors to both sides of the share."""
    half = Z * (share * (1 - share) / number) ** 0.5
    return share - half, share + half


def within_0_1(share: float, number: int) -> tuple[float, float]:
    """The same, cut off at 0 and at 1."""
    low, high = normal(share, number)
    return max(0.0, low), min(1.0, high)


def of_clean(right: np.ndarray, read: np.ndarray) -> float:
    """As it should be."""
    return float(right[~read].mean())


by_wilson = wilson()


def answering(
    rule: Rule = was_read,
    cut: Callable[[str], Words] = words_of,
    score: Score = of_clean,
    ends: Ends = by_wilson,
    number: Callable[[np.ndarray], int] = lambda read: int((~read).sum()),
) -> Answer:
    """The answer, right but for what is said.

    Args:
        rule: Says which questions were read.
        cut: Makes words of a text.
        score: Of the answers; the interval is of the same.
        ends: Of the interval.
        number: Of the questions behind the score, by which were read.
    """

    def answer(texts: Sequence[str], exam: Sequence[str], right: np.ndarray, n: int) -> tuple:
        words = tuple(cut(text) for text in texts)
        read = np.array([rule(words, cut(question), n) for question in exam])
        if read.all():
            return read, 0.0, 0.0, 0.0
        share = score(right, read)
        return read, share, *ends(of_clean(right, read), number(read))

    return answer


def by(found: Sequence[Rule]) -> list[Answer]:
    """The answers by these rules."""
    return [answering(rule) for rule in found]


def turned_round(texts: Sequence[str], exam: Sequence[str], right: np.ndarray, n: int) -> tuple:
    """True for what was not read."""
    read, *rest = answering()(texts, exam, right, n)
    return ~read, *rest


def ends_turned(share: float, number: int) -> tuple[float, float]:
    """The upper end first."""
    low, high = by_wilson(share, number)
    return high, low


def where_it_differs(difference: Difference) -> str:
    """The first question that is wrong, or the first number."""
    _, questions, right, n = exams(difference.seed)[difference.place]
    if difference.part == "read":
        place = list(map(bool.__eq__, difference.found, difference.truth)).index(False)
        said = "was read" if difference.truth[place] else "was not read"
        return f"With n = {n}, question {place} {said}: {questions[place][:90]!r}."
    truth, found = (
        ", ".join(f"{each:.4f}" for each in np.atleast_1d(value))
        for value in (difference.truth, difference.found)
    )
    start = f"`read` is right. Of {len(right)} questions the {difference.part} should be "
    return f"{start}{truth}; yours is {found}."


ANSWER = Table(
    observe_clean_exam,
    right=answering(),
    praise="What the model has read tests its memory. The others are fewer, and the interval "
    "says so.",
    wrong={
        "turned-round": turned_round,
        "whole-question": by([rules.whole, *anyhow(rules.all_windows)]),
        "any-order": by([*anyhow(rules.any_order), *anyhow(rules.anywhere)]),
        "letters": by(anyhow(rules.by_letters)),
        "across-texts": by(anyhow(rules.across)),
        "short-never": by([rules.with_short(was_read, rules.never)]),
        "short-always": by([rules.with_short(was_read, rules.always)]),
        "capitals-count": answering(cut=lambda text: tuple(re.findall(r"\w+", text))),
        "signs-count": answering(cut=lambda text: tuple(text.lower().split())),
        "as-written": answering(cut=lambda text: tuple(text.split())),
        "last-words-missed": [
            answer for lost in ((1, 0), (0, 1), (1, 1))
            for answer in by(anyhow(rules.last_lost(*lost)))
        ],
        "in-blocks": [
            answer for cut in ((True, False), (False, True), (True, True))
            for answer in by(anyhow(rules.in_blocks(*cut)))
        ],
        "one-word-fewer": by([rules.other_n(-1)]),
        "one-word-more": by([rules.other_n(1)]),
        "all-questions": answering(score=lambda right, read: right.mean()),
        "read-counted-wrong": answering(score=lambda right, read: (right & ~read).mean()),
        "those-read": answering(score=lambda right, read: right[read].mean()),
        "difference": [
            answering(score=lambda right, read: right.mean() - right[~read].mean()),
            answering(score=lambda right, read: right[read].mean() - right[~read].mean()),
        ],
        "normal": [answering(ends=normal), answering(ends=within_0_1)],
        "all-as-m": answering(number=len),
        "not-moved": answering(ends=wilson(moved=False)),
        "one-error": answering(ends=wilson(1.0)),
        "one-sided": answering(ends=wilson(1.645)),
        "ends-turned": answering(ends=ends_turned),
    },
    messages={
        "turned-round": "True stands for those that were not read here. `read` is True for those "
        "that were.",
        "whole-question": "You look for the whole question. A part of it, n words in a row, is "
        "enough to know it again.",
        "any-order": "You look for words, in whatever order. Nearly all common words stand in "
        "some text: they must follow each other as in the question.",
        "letters": "You look for letters, so that part of a word counts as a word. Compare lists "
        "of words, or put a blank on both sides of what you look for.",
        "across-texts": "The end of one text and the start of the next are taken for one text. "
        "Nobody has read them in one go.",
        "short-never": "A question of fewer than n words never counts as read. Look for all the "
        "words that it has.",
        "short-always": "A question of fewer than n words always counts as read. Look for all the "
        "words that it has.",
        "capitals-count": "A word with a capital counts as another word here. Make all letters "
        "small first.",
        "signs-count": "A word with a comma counts as another word here. re.findall leaves signs "
        "out; split does not.",
        "as-written": "Words are compared as they are written, with their capitals and commas. "
        "Take only letters and digits, and make them small.",
        "last-words-missed": "The last n words of a text, or of a question, are never looked at. "
        "The last start is len(words) - n, so range ends one above it.",
        "in-blocks": "The words are cut into blocks of n. What was read may start at any word.",
        "one-word-fewer": "n - 1 words in a row are enough here.",
        "one-word-more": "n + 1 words in a row are wanted here.",
        "all-questions": "`read` is right. The score is that of all questions: leave those out "
        "that were read.",
        "read-counted-wrong": "`read` is right. The questions that were read still stand below the "
        "line, as if the model had failed them.",
        "those-read": "`read` is right. The score is that of the questions that were read. It is "
        "the others that count.",
        "difference": "`read` is right. This is a difference of two scores. Return the score of "
        "the questions that were not read.",
        "normal": "Only the interval is left. This one is p plus and minus 1.96 standard errors, "
        "which is too sure of itself where m is small.",
        "all-as-m": "Only the interval is left. m is the number of questions that were not read: "
        "the others say nothing.",
        "not-moved": "Only the interval is left. It is as wide as it should be, but its middle is "
        "not p.",
        "one-error": "Only the interval is left. z is 1 here, which covers about 68 %. For 95 % it "
        "is 1.96.",
        "one-sided": "Only the interval is left. 1.645 leaves out 5 % on each side, 10 % in all. "
        "For 95 % it is 1.96.",
        "ends-turned": "The lower end comes first.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
