"""A small language model, and short texts in several scripts."""

import pytest
import torch
from torch import Tensor

from course_utils.models.text.byte_pairs import Tokenizer, fit_merges
from course_utils.models.text.transformer import Transformer

TEXTS = (
    "The mean of the array along the axis.\n    A mean over nothing is not a number.",
    "Größe und Länge: 12 Äpfel, 3 Öfen; größer, länger, größer.",
    "The array is sorted along the axis; the order of equal items is kept.",
    "日本語のテキスト、日本語のトークン。",
)


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer(fit_merges(TEXTS, 30))


@pytest.fixture
def model(tokenizer: Tokenizer) -> Transformer:
    """Weights larger than first ones are, so that no wrong token passes for a right one."""
    torch.manual_seed(0)
    model = Transformer(tokenizer.vocab_size, width=16, num_layers=2, num_heads=2, context=24)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.3 * torch.randn_like(weight)
    return model


@pytest.fixture
def tokens(tokenizer: Tokenizer) -> Tensor:
    """Three rows of ten tokens (3, 10), without padding."""
    generator = torch.Generator().manual_seed(1)
    return torch.randint(tokenizer.vocab_size, (3, 10), generator=generator)
