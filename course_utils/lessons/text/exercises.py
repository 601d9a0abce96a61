"""Exercises of lesson 10: bits per byte, the last token, reports, a loss, LoRA, a clean exam."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises.checking import VISIBLE_SEED, Check, Observed
from course_utils.exercises.feedback import Feedback, as_one_number, call, wrong
from course_utils.exercises.reading import answers_to, as_lists, choices, of_another_type
from course_utils.lessons.text.adapted_layers import take_down
from course_utils.lessons.text.exam_cases import exams
from course_utils.lessons.text.exercise_cases import (
    layers_to_adapt,
    padded_batches,
    scored_texts,
    token_rows,
)

REPORT_VERDICTS = (
    "stands",
    "other tokens",
    "padding counted",
    "exam was read",
    "mean of texts",
    "tokens as n",
    "chosen on the test",
)


def observe_bits_per_byte(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The number that ``function(nats, texts)`` gives for each set of texts."""
    return answers_to(function, scored_texts(seed), as_one_number)


check_bits_per_byte = Check(
    observe_bits_per_byte,
    "You need two numbers: what all the tokens of all the texts cost together, and how many bytes "
    "all the texts have together.",
    "How many bytes has one text? `text.encode()` gives them, and len counts them. A letter "
    "such as é has two.",
    "One bit is ln 2 nats, about 0.69. So a cost in nats is a larger number in bits: divide it by "
    "np.log(2).",
)


def observe_last_token(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The features (B, D) that ``function(features, real)`` takes of each batch."""
    batches = padded_batches(seed)
    found = answers_to(function, batches, as_lists)
    if isinstance(found, Feedback):
        return found
    for (features, _), answer in zip(batches, found["answers"], strict=True):
        wanted = (len(features), features.shape[2])
        if (shape := tuple(torch.tensor(answer).shape)) != wanted:
            return wrong(
                f"For features of shape {tuple(features.shape)} the answer has the shape {wanted}; "
                f"yours has {shape}. Each row gives the features of one token."
            )
    return found


check_last_token = Check(
    observe_last_token,
    "Two things are needed: the number of the row, and in each row the place of its last token. "
    "Draw a row padded on the right, and one padded on the left.",
    "torch.arange(T) counts the places. Times `real` it is 0 where padding stands, so the largest "
    "number that is left is the place you look for.",
    "With two lists of numbers, features[rows, places] takes one token of each row. The rows are "
    "torch.arange(B).",
)


def observe_text_reports(answers: Any, seed: int = VISIBLE_SEED) -> Observed:
    """The verdict on each report."""
    return choices(answers, "PQRSTUVWX", REPORT_VERDICTS)


check_text_reports = Check(
    observe_text_reports,
    "Hold each report against what was agreed: what is divided by what, over which tokens, who "
    "knew the texts before, and what is n?",
    "A perplexity says how unsure a model is at each token. What if the tokens of one model are "
    "three times as long as those of the other?",
    "Ask of each step whether it could have been done without the 300 texts: reading, choosing, "
    "padding. And ask what chance drew: texts, or tokens?",
)


def observe_next_token(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """The loss by ``function(logits, tokens, lengths)`` of each batch, and whether it can learn."""
    found = answers_to(function, token_rows(seed), _loss)
    if isinstance(found, Feedback):
        return found
    losses, learns = zip(*found["answers"], strict=True)
    return {"losses": list(losses), "learns": all(learns)}


def _loss(result: Any) -> list[Any] | Feedback:
    number = as_one_number(result)
    if isinstance(number, Feedback):
        return number
    return [number, isinstance(result, Tensor) and result.requires_grad]


check_next_token = Check(
    observe_next_token,
    "Write down a row of four tokens and one place of padding. Which logits are to say which "
    "token? For which tokens does no logit say anything?",
    "All logits but the last of a row, and all tokens but the first, have the same shape and "
    "belong together.",
    "The number 0 does not tell the end from padding. `lengths` does: compare torch.arange with "
    "it, and you get True where a real token stands.",
)


def observe_low_rank(answer: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """What layers with ``answer(layer, rank, alpha)`` on top give, learn, and are merged to."""
    rows = []
    for case in layers_to_adapt(seed):
        row = call(take_down, answer, *case)
        if isinstance(row, Feedback):
            return row
        rows.append(row)
    return {part: [row[part] for row in rows] for part in rows[0]}


check_low_rank = Check(
    observe_low_rank,
    "A vector x of the layer's input goes through a first, which makes it as short as the rank, "
    "and then through b. F.linear(x, a) does the first step for any number of axes.",
    "What learns is what requires a gradient. Two new nn.Parameter do; the parameters of the old "
    "layer must be told not to: requires_grad_(False).",
    "Merging adds one matrix, of the shape of the old weight, to a copy of the layer: "
    "copy.deepcopy. Under torch.no_grad() its weight may be changed in place.",
)


def observe_clean_exam(function: Callable[..., Any], seed: int = VISIBLE_SEED) -> Observed:
    """Of ``function(texts, questions, right, n)``: which were read, score, interval of the rest."""
    found = answers_to(function, exams(seed), _four_parts)
    if isinstance(found, Feedback):
        return found
    for (_, questions, *_), (read, *_) in zip(exams(seed), found["answers"], strict=True):
        if len(read) != len(questions):
            return wrong(
                f"`read` has one entry for each question, True or False: {len(questions)} here; "
                f"yours has {len(read)}."
            )
    return {
        "read": [row[0] for row in found["answers"]],
        "score": [row[1] for row in found["answers"]],
        "interval": [row[2:] for row in found["answers"]],
    }


def _four_parts(result: Any) -> list[Any] | Feedback:
    try:
        read, *numbers = result
        read = [bool(each) for each in read]
        numbers = [float(each) for each in numbers]
    except (TypeError, ValueError, RuntimeError):
        return of_another_type(
            result, "a list and three numbers are wanted: read, score, low, high"
        )
    if len(numbers) != 3:
        return wrong(f"Return read, score, low and high; yours are {1 + len(numbers)} parts.")
    return [read, *numbers]


check_clean_exam = Check(
    observe_clean_exam,
    "First make lists of words of all texts and questions. Then write a function that takes the "
    "words of one question and says whether it was read.",
    "All n words in a row of a text: words[k : k + n] for each k from 0 to len(words) - n, the "
    "last one included. As tuples they can be kept in a set.",
    "A question of fewer than n words has no n words in a row: look for as many as it has. For the "
    "interval, m is the number of questions that were not read.",
)
