"""A decoder-only transformer: it reads tokens from left to right and says which comes next.

Sources: Vaswani and others, "Attention Is All You Need" (2017), section 3.2; Radford and others,
    "Language Models are Unsupervised Multitask Learners" (2019), section 2.3, with the norm before
    each layer and the output tied to the embedding. As there, but without biases.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.computing import computing_in
from course_utils.models.text.padding import PADDING

FIRST_STD = 0.02  # standard deviation of the first weights, as in GPT-2


class Past:
    """The keys and values of the tokens that an attention has read already."""

    def __init__(self) -> None:
        self.keys_values: Tensor | None = None  # (2, B, heads, T, D / heads)

    def __len__(self) -> int:
        return 0 if self.keys_values is None else self.keys_values.shape[-2]

    def extend(self, keys_values: Tensor) -> Tensor:
        """Add those of the tokens that follow; return all."""
        if self.keys_values is not None:
            keys_values = torch.cat([self.keys_values, keys_values], dim=-2)
        self.keys_values = keys_values
        return keys_values


class Attention(nn.Module):
    """Every token looks at those before it and at itself: (B, T, D) to the same.

    Args:
        width: D.
        num_heads: How many looks at once, each at D / num_heads features.
        causal: Whether the tokens after it are hidden from a token.
    """

    def __init__(self, width: int, num_heads: int, causal: bool) -> None:
        super().__init__()
        self.num_heads, self.causal = num_heads, causal
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, features: Tensor, past: Past | None = None) -> Tensor:
        """What the tokens see, mixed; ``past`` holds those before them, and is extended."""
        B, T, D = features.shape  # noqa: N806
        split = self.qkv(features).view(B, T, 3, self.num_heads, D // self.num_heads)
        queries, *keys_values = split.permute(2, 0, 3, 1, 4)  # each (B, heads, T, D / heads)
        num_past = 0 if past is None else len(past)
        if past is not None:
            keys_values = past.extend(torch.stack(keys_values))
        if num_past == 0:
            seen = F.scaled_dot_product_attention(queries, *keys_values, is_causal=self.causal)
        else:  # the last of all tokens sees all, the one before it all but one, and so on
            shown = torch.ones(T, num_past + T, dtype=torch.bool, device=features.device)
            shown = shown.tril(diagonal=num_past)
            seen = F.scaled_dot_product_attention(queries, *keys_values, attn_mask=shown)
        return self.out(seen.transpose(1, 2).reshape(B, T, D))

    def extra_repr(self) -> str:
        """What the weights do not tell; the key of kept features depends on it."""
        return f"num_heads={self.num_heads}, causal={self.causal}"


class Block(nn.Module):
    """Attention, then two layers for each token alone; both add to what they were given."""

    def __init__(self, width: int, num_heads: int, causal: bool) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, bias=False)
        self.attention = Attention(width, num_heads, causal)
        self.token_norm = nn.LayerNorm(width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.down = nn.Linear(4 * width, width, bias=False)

    def forward(self, features: Tensor, past: Past | None = None) -> Tensor:
        """(B, T, D) to the same."""
        features = features + self.attention(self.attention_norm(features), past)
        hidden = F.gelu(self.up(self.token_norm(features)), approximate="tanh")  # (B, T, 4 D)
        return features + self.down(hidden)


class Transformer(nn.Module):
    """Tokens (B, T) to features (B, T, D), and from there to logits (B, T, V).

    Args:
        vocab_size: V, that of the tokenizer.
        width: D, features of a token.
        num_layers: Blocks.
        num_heads: Of each attention; divides ``width``.
        context: Tokens it can see at once, the largest T.
        causal: False lets tokens see those after them: then nothing is left to predict.

    Raises:
        ValueError: If a size is below 1, or ``num_heads`` does not divide ``width``.
    """

    precision = torch.float32  # of the layers; ``set_up`` may lower it

    def __init__(
        self,
        vocab_size: int,
        *,
        width: int = 96,
        num_layers: int = 3,
        num_heads: int = 4,
        context: int = 128,
        causal: bool = True,
    ) -> None:
        super().__init__()
        sizes = {"vocab_size": vocab_size, "width": width, "num_layers": num_layers,
                 "num_heads": num_heads, "context": context}  # fmt: skip
        _check(sizes)
        self.architecture = {**sizes, "causal": causal}
        self.causal = causal
        self.vocab_size, self.context, self.num_features = vocab_size, context, width
        self.tokens = nn.Embedding(vocab_size, width)
        self.positions = nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, num_heads, causal) for _ in range(num_layers))
        self.norm = nn.LayerNorm(width, bias=False)
        self._draw_first_weights()

    def forward(self, tokens: Tensor, past: list[Past] | None = None) -> Tensor:
        """Features (B, T, D) of tokens (B, T); those of padding mean nothing.

        Args:
            tokens: int64; padding on the right, where no token sees it.
            past: As ``new_past`` gives it, or with the tokens before these; they are added to it.

        Raises:
            ValueError: If there are more tokens than ``context``.
        """
        num_past, num_tokens = (len(past[0]) if past else 0), tokens.shape[1]
        if num_past + num_tokens > self.context:
            raise ValueError(
                f"at most {self.context} tokens can be seen at once, got {num_past + num_tokens}: "
                "cut the text, or make a model with a larger context"
            )
        positions = self.positions.weight[num_past : num_past + num_tokens]  # (T, D)
        with computing_in(self.precision, tokens.device):
            features = self.tokens(tokens.where(tokens != PADDING, 0)) + positions
            for number, block in enumerate(self.blocks):
                features = block(features, past[number] if past else None)
            return self.norm(features).to(positions.dtype)

    def logits_of(self, features: Tensor) -> Tensor:
        """Logits (..., V) of the token that follows on features (..., D)."""
        return F.linear(features, self.tokens.weight)

    def logits(self, tokens: Tensor) -> Tensor:
        """For each of tokens (B, T), logits (B, T, V) of the one that follows it."""
        return self.logits_of(self(tokens))

    def new_past(self) -> list[Past]:
        """An empty past, for reading a text bit by bit.

        Raises:
            ValueError: If the model is not causal: then a later token changes what is kept.
        """
        if not self.causal:
            raise ValueError("only a causal model can keep its past; make it with causal=True")
        return [Past() for _ in self.blocks]

    def untrained(self) -> "Transformer":
        """A model like this one with fresh random weights."""
        return Transformer(**self.architecture)

    def _draw_first_weights(self) -> None:
        """Layers that add to the features begin smaller, the more of them there are."""
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                adds = name.endswith(("out.weight", "down.weight"))
                std = FIRST_STD / math.sqrt(2 * len(self.blocks)) if adds else FIRST_STD
                nn.init.normal_(weight, std=std)


def _check(sizes: dict[str, int]) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"{name} must be at least 1, got {size}")
    if sizes["width"] % sizes["num_heads"]:
        raise ValueError(
            f"num_heads must divide width, got {sizes['num_heads']} for {sizes['width']}"
        )
