"""Rules by which a question of ``clean_exam`` counts as read, the right one and wrong ones."""

import re
from collections.abc import Callable
from functools import lru_cache

Words = tuple[str, ...]
# Of the words of all texts, those of a question, and n: whether it was read.
Rule = Callable[[tuple[Words, ...], Words, int], bool]
Windows = frozenset[Words]


def words_of(text: str) -> Words:
    """In small letters, without signs."""
    return tuple(re.findall(r"\w+", text.lower()))


def windows(words: Words, n: int, lost: int = 0, step: int = 1) -> Windows:
    """All n words in a row, but for so many of the last, or of every so many the first."""
    return frozenset(words[k : k + n] for k in range(0, len(words) - n + 1 - lost, step))


@lru_cache(200)  # many rules ask it of the same texts, once for each question
def in_texts(texts: tuple[Words, ...], n: int, lost: int = 0, step: int = 1) -> Windows:
    """Those of all texts."""
    return frozenset().union(*(windows(text, n, lost, step) for text in texts))


def was_read(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """As it should be."""
    n = min(n, len(question))
    return bool(windows(question, n) & in_texts(texts, n))


def with_short(rule: Rule, of_short: Rule) -> Rule:
    """A rule for questions of n words or more, and one for those of fewer."""
    return lambda texts, question, n: (rule if len(question) >= n else of_short)(texts, question, n)


def never(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """Nothing was read."""
    return False


def always(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """All was read."""
    return True


def anyhow(rule: Rule) -> list[Rule]:
    """A wrong rule with all that is done with questions of fewer than n words."""
    return [rule, *(with_short(rule, of_short) for of_short in (was_read, never, always))]


def all_windows(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """All of its n words in a row must stand in a text."""
    n = min(n, len(question))
    return windows(question, n) <= in_texts(texts, n)


def any_order(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """So many of its words stand in one text, wherever."""
    return any(len(set(question) & set(text)) >= min(n, len(question)) for text in texts)


def anywhere(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """So many of its words stand in any text."""
    return any_order((joined(texts),), question, n)


def by_letters(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """Looks for the letters, also within words."""
    written = [" ".join(text) for text in texts]
    some = [" ".join(each) for each in windows(question, min(n, len(question)))]
    return any(each in text for each in some for text in written)


def whole(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """All of the question must stand in a text."""
    return was_read(texts, question, len(question))


def joined(texts: tuple[Words, ...]) -> Words:
    """All texts as one."""
    return tuple(word for text in texts for word in text)


def across(texts: tuple[Words, ...], question: Words, n: int) -> bool:
    """Looks beyond the end of a text."""
    return was_read((joined(texts),), question, n)


def last_lost(of_text: int, of_question: int) -> Rule:
    """Never looks at the last n words of texts, or of questions."""

    def rule(texts: tuple[Words, ...], question: Words, n: int) -> bool:
        n = min(n, len(question))
        return bool(windows(question, n, of_question) & in_texts(texts, n, of_text))

    return rule


def in_blocks(text: bool, question: bool) -> Rule:
    """Cuts texts, or questions, into blocks of n words."""

    def rule(texts: tuple[Words, ...], words: Words, n: int) -> bool:
        n = min(n, len(words))
        of_question = windows(words, n, step=n if question else 1)
        return bool(of_question & in_texts(texts, n, step=n if text else 1))

    return rule


def other_n(more: int) -> Rule:
    """Asks for some words more."""
    return lambda texts, question, n: was_read(texts, question, n + more)
