"""What a language model is trained on: the cross-entropy of the next token."""

import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.models.text.padding import PADDING


def token_losses(model: nn.Module, tokens: Tensor) -> Tensor:
    """Cross-entropy in nats of each token but the first, given those before it: (B, T - 1).

    Args:
        model: Gives ``logits``, such as a ``Transformer``.
        tokens: (B, T), with padding on the right, where the loss is 0.

    Raises:
        ValueError: If T is below 2: there is no token to predict.
    """
    if tokens.shape[1] < 2:
        raise ValueError(f"rows must have at least 2 tokens, got {tokens.shape[1]}")
    logits = model.logits(tokens[:, :-1])  # (B, T - 1, V), each for the token one place later
    targets = tokens[:, 1:]
    losses = F.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=PADDING, reduction="none"
    )
    return losses.view_as(targets)


def next_token_loss(model: nn.Module, tokens: Tensor) -> Tensor:
    """Mean of ``token_losses`` over all tokens that are not padding, in nats per token.

    Every token counts the same, in whatever row it stands.

    Raises:
        ValueError: If no row has two tokens.
    """
    num_predicted = (tokens[:, 1:] != PADDING).sum()
    if num_predicted == 0:
        raise ValueError("no row has two tokens: there is nothing to predict")
    return token_losses(model, tokens).sum() / num_predicted
