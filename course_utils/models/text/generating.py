"""Text that a language model writes, token by token."""

import torch
from torch import Tensor, nn

from course_utils.models.inference import eval_mode


def next_token_probs(logits: Tensor, temperature: float) -> Tensor:
    """Probabilities (..., V) of the next token.

    Args:
        logits: (..., V).
        temperature: 1 takes the model's own; smaller ones favour what is likely, up to 0, which
            leaves the likeliest token alone; larger ones favour what is unlikely.

    Raises:
        ValueError: If ``temperature`` is below 0 or not finite.
    """
    if not 0 <= temperature < float("inf"):
        raise ValueError(f"temperature must be a number from 0, got {temperature}")
    if temperature == 0:
        likeliest = logits.argmax(dim=-1, keepdim=True)
        return torch.zeros_like(logits).scatter_(-1, likeliest, 1.0)
    below = logits - logits.amax(dim=-1, keepdim=True)  # at most 0, so that no quotient is infinite
    return (below / temperature).softmax(dim=-1)


def generate(
    model: nn.Module,
    tokens: Tensor,
    num_tokens: int,
    *,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
    use_cache: bool = True,
) -> Tensor:
    """Go on with some texts: tokens (B, T) to (B, T + num_tokens), in eval mode.

    Where a text outgrows the model's context, the model goes on with the second half of it.

    Args:
        model: A ``Transformer``, or another causal one; it stays as it is.
        tokens: (B, T), without padding, at least one a row.
        num_tokens: How many are written; from 0.
        temperature: As of ``next_token_probs``.
        generator: On the CPU; None draws from torch's own.
        use_cache: Whether keys and values of earlier tokens are kept instead of computed anew at
            each step. It is faster, and the tokens are the same.

    Raises:
        ValueError: If there is nothing to go on from, or a number is out of its range.
    """
    if tokens.ndim != 2 or tokens.shape[1] == 0:
        raise ValueError(f"tokens must be (B, T) with T from 1, got {tuple(tokens.shape)}")
    if num_tokens < 0:
        raise ValueError(f"num_tokens must be at least 0, got {num_tokens}")
    first, past = 0, None  # where the context begins, and what is kept of it
    with eval_mode(model), torch.no_grad():
        for _ in range(num_tokens):
            if tokens.shape[1] - first > model.context:
                first, past = tokens.shape[1] - max(1, model.context // 2), None
            unread = tokens[:, first:] if past is None else tokens[:, -1:]
            if use_cache and past is None:
                past = model.new_past()
            logits = model.logits_of(model(unread, past)[:, -1])  # (B, V)
            probs = next_token_probs(logits, temperature).cpu()
            drawn = torch.multinomial(probs, 1, generator=generator)  # (B, 1)
            tokens = torch.cat([tokens, drawn.to(tokens.device)], dim=1)
    return tokens
