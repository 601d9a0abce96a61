"""A small language model, classifiers of texts on it, and what they learned from."""

import copy
import random
from functools import cache
from pathlib import Path

import torch

from course_utils.data.texts.examples import LabelledTexts
from course_utils.models.classifier import Classifier
from course_utils.models.side_by_side import seeded
from course_utils.models.text.byte_pairs import Tokenizer, fit_merges
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.lora import add_adapter
from course_utils.models.text.streams import text_rows
from course_utils.models.text.transformer import Transformer
from course_utils.shipping.score import Score
from course_utils.shipping.texts.saving import save_text_classifier
from course_utils.shipping.writing import CardTexts

NAMES = ("fruit", "tools")
WORDS = (
    ("apple", "pear", "lemon", "plum", "banana", "cherry", "melon"),
    ("hammer", "saw", "screw", "pliers", "chisel", "drill", "wrench"),
)
FILLERS = ("the", "a", "one", "is", "on", "in", "old", "new", "red", "small", "and", "with")
TEXTS = CardTexts("Fruit and tools.", "There was one.", "Anything else.", "docstrings", "mit")
SCORE = Score(NAMES, (18, 16), (20, 20), (("tools", "fruit", 4), ("fruit", "tools", 2)))
LONGEST = 24  # tokens; the longest of the texts below are cut
FORMS = ("whole", "adapter", "head")
RANK, NUM_STEPS = 2, 40


def labelled_texts(num_texts: int = 60, seed: int = 0) -> LabelledTexts:
    """Short texts, of which each has one word that tells its class."""
    draw, texts = random.Random(seed), []
    for number in range(num_texts):
        words = draw.choices(FILLERS, k=draw.randrange(2, 10))
        words.insert(draw.randrange(len(words)), draw.choice(WORDS[number % 2]))
        texts.append(" ".join([*words, str(number)]))
    labels = torch.arange(num_texts) % 2
    return LabelledTexts(tuple(texts), labels, NAMES, tuple(f"{n}.txt" for n in range(num_texts)))


@cache
def base_model() -> tuple[Transformer, Tokenizer]:
    """An untrained language model; whoever changes it copies it."""
    tokenizer = Tokenizer(fit_merges(labelled_texts(200).texts, 60))
    with seeded(0):
        model = Transformer(tokenizer.vocab_size, width=16, num_layers=1, num_heads=2, context=32)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.1 * torch.randn_like(weight)
    return model.eval(), tokenizer


class ElsewhereModel(Transformer):
    """One of another make, as those of Hugging Face are: its sizes are not for a folder to know."""


class ElsewhereTokenizer(Tokenizer):
    """The same of a tokenizer."""


def open_tiny(name: str) -> tuple[Transformer, Tokenizer]:
    """What stands in for ``open_language_model``: the same base under two names, and others."""
    model, tokenizer = copy.deepcopy(base_model())
    if name == "hf:elsewhere":
        model.__class__, tokenizer.__class__ = ElsewhereModel, ElsewhereTokenizer
    elif name == "hf:other":
        model.norm.weight.data[0] += 1e-3
    elif name not in ("docstrings", "hf:moved"):
        raise FileNotFoundError(f"there is no language model {name!r}")
    return model, tokenizer


@cache
def trained_on_texts(form: str) -> Classifier:
    """One that learned for a moment; whoever changes it copies it."""
    model, tokenizer = base_model()
    model, learn = copy.deepcopy(model), labelled_texts()
    rows = text_rows(tokenizer, learn.texts, LONGEST)
    with seeded(0):
        if form == "adapter":
            add_adapter(model, "mine", rank=RANK)
        elif form == "head":
            model.requires_grad_(False)
        classifier = Classifier(TextFeatures(model, "mean"), len(NAMES)).train()
        learning = [weight for weight in classifier.parameters() if weight.requires_grad]
        optimizer = torch.optim.AdamW(learning, lr=0.03)
        for _ in range(NUM_STEPS):
            loss = torch.nn.functional.cross_entropy(classifier(rows), learn.labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return classifier.eval()


def save_texts(folder: Path, form: str = "whole", **more: object) -> Path:
    """The folder of such a classifier; its base must be opened by ``open_tiny``."""
    options = {
        "learned_from": labelled_texts(), "texts": TEXTS, "test": SCORE, "longest": LONGEST,
        "base": "docstrings", "adapter": "mine" if form == "adapter" else None,
        "temperature": 1.3,
    } | more  # fmt: skip
    classifier = options.pop("classifier", None) or trained_on_texts(form)
    tokenizer = options.pop("tokenizer", None) or base_model()[1]
    return save_text_classifier(folder, classifier, tokenizer, **options)
