"""Texts that nobody labelled, answered by a classifier that was loaded from its folder."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.models.text.classifier import predict_rows
from course_utils.models.text.padding import count_real
from course_utils.models.text.streams import text_rows
from course_utils.shipping.texts.loading import ShippedTextClassifier

MOST_AT_ONCE = 32  # texts that the network computes on together
SORTED = 8  # batches whose texts are sorted by length, so that little of a batch is padding


@dataclass(frozen=True)
class TextAnswers:
    """What a model says of N texts.

    Args:
        probs: (N, K), float32 on the CPU, with the model's temperature; nan for a text without
            anything but blanks.
        num_cut: How many were longer than what the model reads, so that their ends were cut off.
    """

    probs: Tensor
    num_cut: int


def predict_texts(
    model: ShippedTextClassifier, texts: Sequence[str], most: int = MOST_AT_ONCE
) -> TextAnswers:
    """What ``model`` says of ``texts``, however many; no answer depends on the other texts.

    Args:
        model: From ``load_text_classifier``.
        texts: N of them.
        most: Texts of a batch; changes the memory needed, not the answers.
    """
    found = list(answer_in_batches(model, texts, most))
    empty = torch.empty(0, len(model.class_names))
    probs = torch.cat([empty, *(some.probs for some in found)])
    return TextAnswers(probs, sum(some.num_cut for some in found))


def answer_in_batches(
    model: ShippedTextClassifier, texts: Sequence[str], most: int = MOST_AT_ONCE
) -> Iterator[TextAnswers]:
    """The same, some texts at a time in their order: no more tokens are in memory.

    Args:
        model: From ``load_text_classifier``.
        texts: As above.
        most: Texts of a batch.
    """
    for start in range(0, len(texts), most * SORTED):
        some = [text.strip() for text in texts[start : start + most * SORTED]]
        probs = torch.full((len(some), len(model.class_names)), math.nan)
        filled = [place for place, text in enumerate(some) if text]
        num_cut = 0
        if filled:
            probs[filled], num_cut = _answer(model, [some[place] for place in filled], most)
        yield TextAnswers(probs, num_cut)


def _answer(model: ShippedTextClassifier, texts: Sequence[str], most: int) -> tuple[Tensor, int]:
    """Probabilities (N, K) of texts that hold something, and how many of them were cut."""
    rows = text_rows(model.tokenizer, texts, model.longest)
    logits = predict_rows(model.network, rows, most)
    full = (count_real(rows) == model.longest).nonzero().flatten().tolist()
    num_cut = sum(_is_longer(model, texts[place]) for place in full)
    return (logits / model.temperature).softmax(dim=1), num_cut


def _is_longer(model: ShippedTextClassifier, text: str) -> bool:
    return text_rows(model.tokenizer, [text], model.longest + 1).shape[1] > model.longest
