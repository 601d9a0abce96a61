"""Answer of ``bits_per_byte``: all bits over all bytes."""

from collections.abc import Callable, Sequence

import numpy as np

from course_utils.exercises.tables import Difference, Table
from course_utils.lessons.text.exercise_cases import scored_texts
from course_utils.lessons.text.exercises import observe_bits_per_byte

Answer = Callable[[Sequence[np.ndarray], Sequence[str]], float]
LN_2 = float(np.log(2))


def num_bytes(text: str) -> int:
    """Of a text in UTF-8."""
    return len(text.encode())


def all_over(size_of: Callable[[str], float], factor: float = 1 / LN_2) -> Answer:
    """All nats times a factor, by the sizes of all texts together."""
    return lambda nats, texts: factor * float(np.concatenate(nats).sum()) / sum(map(size_of, texts))


def in_either(size_of: Callable[[str], float]) -> list[Answer]:
    """The same in bits, and in nats."""
    return [all_over(size_of), all_over(size_of, 1.0)]


def for_each_token(factor: float) -> Answer:
    """The mean over all tokens, times a factor."""
    return lambda nats, texts: factor * float(np.concatenate(nats).mean())


def mean_of_texts(answer: Answer) -> Answer:
    """The answer for each text by itself, then the mean."""
    return lambda nats, texts: float(
        np.mean([answer([losses], [text]) for losses, text in zip(nats, texts, strict=True)])
    )


def perplexity(nats: Sequence[np.ndarray], texts: Sequence[str]) -> float:
    """Of each token."""
    return float(np.exp(np.concatenate(nats).mean()))


def mean_losses(nats: Sequence[np.ndarray], texts: Sequence[str]) -> float:
    """The mean loss of a token, in bits, by the bytes."""
    return for_each_token(1 / LN_2)(nats, texts) / sum(map(num_bytes, texts))


def where_it_differs(difference: Difference) -> str:
    """The first set of texts that is wrong."""
    nats, texts = scored_texts(difference.seed)[difference.place]
    total = float(np.concatenate(nats).sum())
    return (
        f"For {len(texts)} texts with {sum(map(num_bytes, texts))} bytes, whose tokens cost "
        f"{total:.4f} nats, it should be {difference.truth:.4f}; yours is {difference.found:.4f}."
    )


bits_per_byte = all_over(num_bytes)
ANSWER = Table(
    observe_bits_per_byte,
    right=bits_per_byte,
    praise="All bits over all bytes: whatever the tokens are, the texts are the same.",
    wrong={
        "per-token": [for_each_token(1 / LN_2), for_each_token(1.0),
                      mean_of_texts(for_each_token(1 / LN_2)), mean_of_texts(for_each_token(1.0))],
        "perplexity": [perplexity, mean_of_texts(perplexity)],
        "per-character": [*in_either(len), *map(mean_of_texts, in_either(len))],
        "per-word": in_either(lambda text: len(text.split())),
        "per-text": in_either(lambda text: 1.0),
        "another-encoding": [
            answer for name in ("utf-16", "utf-16-le", "utf-32", "utf-32-le")
            for answer in in_either(lambda text, name=name: len(text.encode(name)))
        ],
        "in-nats": all_over(num_bytes, 1.0),
        "times-ln-2": all_over(num_bytes, LN_2),
        "mean-of-texts": [mean_of_texts(bits_per_byte), mean_of_texts(all_over(num_bytes, 1.0))],
        "mean-loss": mean_losses,
        "of-eight-bits": all_over(num_bytes, 1 / LN_2 / 8),
        "turned-over": [lambda *case: 1 / bits_per_byte(*case),
                        lambda *case: 1 / all_over(num_bytes, 1.0)(*case)],
    },
    messages={
        "per-token": "This is the cost of a token. Long tokens cost more and there are fewer of "
        "them, so it depends on how the text was cut: divide by bytes.",
        "perplexity": "This is the perplexity of a token, e to its mean loss. It compares models "
        "of the same tokens only: take bits, and divide by bytes.",
        "per-character": "The letters are counted, and not the bytes. In UTF-8 é has two bytes, "
        "and 日 has three.",
        "per-word": "The words are counted, and not the bytes.",
        "per-text": "The number of texts stands below the line. A long text has more to tell than "
        "a short one: divide by bytes.",
        "another-encoding": "These are the bytes of another encoding. Asked for are those in "
        "UTF-8, where most letters have one byte.",
        "in-nats": "These are nats for each byte. A bit is ln 2 nats, so there are more bits than "
        "nats.",
        "times-ln-2": "The nats are multiplied by ln 2. A bit is the smaller unit, so its number "
        "is larger: divide.",
        "mean-of-texts": "Each text counts the same here, however short. Add up first, for all "
        "texts, and divide once.",
        "mean-loss": "Above the line stands the mean loss of a token. It is the sum of all losses "
        "that belongs there, as below it stand all bytes.",
        "of-eight-bits": "This is the share of the 8 bits that a byte takes as it is. Return the "
        "bits.",
        "turned-over": "These are bytes for each bit. The bits stand above the line.",
    },
    otherwise=where_it_differs,
)  # fmt: skip
