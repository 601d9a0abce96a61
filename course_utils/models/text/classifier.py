"""Texts to classes: a language model's features of a whole text, for a head on top."""

import torch
from torch import Tensor, nn

from course_utils.models.inference import predict
from course_utils.models.text.padding import count_real, is_real

POOLINGS = ("last", "mean")


class TextFeatures(nn.Module):
    """A backbone for a ``Classifier``: tokens (B, T) to features (B, D), padding left out.

    The language model sees no padding, because that stands behind all it looks at. So a text has
    the same features alone as in a batch.

    Args:
        model: Its weights are used as they are, not copied.
        pooling: ``"last"`` takes the features of the last token, of a causal model the only one
            that has seen the whole text; ``"mean"`` the mean over all tokens. None takes the last
            of a causal model, else the mean.

    Raises:
        ValueError: If there is no such pooling.
    """

    def __init__(self, model: nn.Module, pooling: str | None = None) -> None:
        super().__init__()
        if pooling is None:
            pooling = "last" if model.causal else "mean"
        if pooling not in POOLINGS:
            raise ValueError(f"pooling must be {' or '.join(map(repr, POOLINGS))}, got {pooling!r}")
        self.model, self.pooling = model, pooling
        self.num_features = model.num_features

    def forward(self, tokens: Tensor) -> Tensor:
        """Features (B, D).

        Args:
            tokens: (B, T), int64, as ``text_rows`` gives them.

        Raises:
            ValueError: If a row holds no token, or padding stands before one.
        """
        counts = count_real(tokens)  # (B,)
        tokens = tokens[:, : int(counts.max())]  # columns of padding alone cost time
        features = self.model(tokens)  # (B, T, D)
        if self.pooling == "last":
            return features[torch.arange(len(tokens), device=tokens.device), counts - 1]
        return (features * is_real(tokens)[..., None]).sum(dim=1) / counts[:, None]

    def extra_repr(self) -> str:
        """What the weights do not tell; the key of kept features depends on it."""
        return f"pooling={self.pooling!r}"

    def untrained(self) -> "TextFeatures":
        """The same with fresh random weights."""
        return TextFeatures(self.model.untrained(), self.pooling)


def predict_rows(model: nn.Module, rows: Tensor, batch_size: int) -> Tensor:
    """Logits (N, K) of texts, or features (N, D), as ``predict`` gives them.

    Texts of like length are computed on together, so that little of a batch is padding.

    Args:
        model: A classifier, or its backbone.
        rows: Tokens (N, T) as ``text_rows`` gives them.
        batch_size: Texts at a time; changes the memory needed, not the answers.
    """
    order = count_real(rows).argsort(stable=True)
    return predict(model, rows[order], batch_size)[order.argsort()]
