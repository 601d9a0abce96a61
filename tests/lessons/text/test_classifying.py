"""The lesson's classifiers: trained from the same draws, asked in any order."""

import torch

from course_utils.lessons.text.classifying import answer_texts, train_classifier
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import freeze
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.streams import text_rows
from course_utils.models.text.transformer import Transformer

TOKENIZER = Tokenizer([])
TEXTS = [f"{number} {'good' if number % 2 else 'a bad one, and long'}" for number in range(12)]
LABELS = torch.arange(12) % 2
HOW = {"rate": 0.02, "num_steps": 40, "batch_size": 6}


def new_classifier() -> Classifier:
    torch.manual_seed(0)
    model = Transformer(257, width=16, num_layers=1, num_heads=2, context=32)
    return Classifier(TextFeatures(model, "mean"), 2).train()


def test_it_learns_and_the_same_seed_gives_the_same_weights() -> None:
    rows, heads = text_rows(TOKENIZER, TEXTS, 24), []
    for seed in (0, 0, 1):
        model = new_classifier()
        train_classifier(model, rows, LABELS, seed=seed, **HOW)
        answers = answer_texts(model.eval(), TOKENIZER, TEXTS, 24)
        assert torch.equal(answers.argmax(dim=1), LABELS)
        heads.append(model.head.weight.detach())
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_what_is_frozen_stays() -> None:
    model = new_classifier()
    freeze(model.backbone)
    before = model.backbone.model.tokens.weight.clone()
    train_classifier(model, text_rows(TOKENIZER, TEXTS, 24), LABELS, seed=0, **HOW)
    assert torch.equal(model.backbone.model.tokens.weight, before)


def test_answers_are_those_of_each_text_alone_in_the_order_of_the_texts() -> None:
    model = new_classifier().eval()
    together = answer_texts(model, TOKENIZER, TEXTS, 24)
    alone = torch.cat([model(text_rows(TOKENIZER, [text], 24)) for text in TEXTS])
    assert torch.allclose(together, alone.detach(), atol=1e-5)
    assert together.unique(dim=0).shape == together.shape  # no two texts are alike
