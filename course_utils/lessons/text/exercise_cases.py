"""Inputs of the exercises of lesson 10: nasty ones that stay, and others that the seed draws."""

import numpy as np
import torch
from torch import Tensor, nn

Scored = tuple[list[np.ndarray], list[str]]  # the losses in nats of each text's tokens; the texts

# Letters of one, two, three and four bytes.
WORDS = ("train", "naïve", "größer", "π", "日本語", "loss", "Ångström", "été", "🙂", "token")
# Rank, alpha, and whether there is a bias; then the sizes of the layer and of what it is given.
ADAPTED = (
    (2, 8.0, True, (6, 4), (5,)),
    (1, 3.0, False, (5, 5), (4,)),
    (3, 1.0, True, (4, 7), (2, 3)),  # a batch of texts, with a vector for each of their tokens
)


def scored_texts(seed: int) -> list[Scored]:
    """Texts with a number of tokens that is neither that of their letters nor of their bytes."""
    generator = np.random.default_rng([seed, 1])
    cases: list[Scored] = [([np.array([1.0, 0.5]), np.array([2.0])], ["no", "né"])]
    for number in (1, 3, 7):
        texts, nats = [], []
        for _ in range(number):
            words = generator.choice(WORDS, generator.integers(2, 9))
            texts.append("größer als " + " ".join(words))
            nats.append(generator.uniform(0.05, 6, generator.integers(3, len(texts[-1]))))
        cases.append((nats, texts))
    return cases


def padded_batches(seed: int) -> list[tuple[Tensor, Tensor]]:
    """Features (B, T, D) and where a token stands (B, T), bool, padded on the right or the left.

    In some batches no row is full, and in the last one all are.
    """
    generator = torch.Generator().manual_seed(1000 + seed)
    cases = []
    for lengths, width, on_left in (
        ((3, 6, 1, 4), 6, False),
        ((5, 2, 7), 7, True),
        ((4, 1, 5, 2, 5), 8, False),
        ((3, 3), 3, False),
    ):
        counts = torch.tensor(lengths)[torch.randperm(len(lengths), generator=generator)]
        places = torch.arange(width).expand(len(lengths), width)
        real = places >= width - counts[:, None] if on_left else places < counts[:, None]
        cases.append((torch.randn(len(lengths), width, 4, generator=generator), real))
    return cases


def token_rows(seed: int) -> list[tuple[Tensor, Tensor, Tensor]]:
    """Logits (B, T, V), tokens (B, T) and lengths (B,) of rows, with 0 for the end and for padding.

    In each batch a row has one token alone, a row fills all places, a row was cut off before its
    end, and in some rows one text ends and the next begins.
    """
    generator = torch.Generator().manual_seed(2000 + seed)
    cases = []
    for lengths, width, num_tokens in (((1, 5, 3), 5, 4), ((6, 1, 8, 2, 5), 8, 11)):
        number = len(lengths)
        logits = 2 * torch.randn(number, width, num_tokens, generator=generator)
        tokens = torch.randint(1, num_tokens, (number, width), generator=generator)
        counts = torch.tensor(lengths)[torch.randperm(number, generator=generator)]
        tokens[torch.arange(width) >= counts[:, None]] = 0
        tokens[counts == max(lengths), 2] = 0
        finished = counts < max(lengths)
        tokens[finished, counts[finished] - 1] = 0
        cases.append((logits.requires_grad_(), tokens, counts))
    return cases


def layers_to_adapt(seed: int) -> list[tuple[nn.Linear, int, float, Tensor, Tensor, Tensor]]:
    """A linear layer, rank, alpha, what the layer is given, and values for ``a`` and ``b``."""
    generator = torch.Generator().manual_seed(3000 + seed)
    cases = []
    for rank, alpha, has_bias, (size, num_out), front in ADAPTED:
        layer = nn.Linear(size, num_out, bias=has_bias)
        with torch.no_grad():
            for weight in layer.parameters():
                weight.copy_(torch.randn(weight.shape, generator=generator))
        features, a, b = (
            torch.randn(shape, generator=generator)
            for shape in ((*front, size), (rank, size), (num_out, rank))
        )
        cases.append((layer, rank, alpha, features, a, b))
    return cases
