"""The loop of lesson 10, as its cell shows it."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim.lr_scheduler import OneCycleLR

from course_utils.models.text import streams
from course_utils.models.text.losses import next_token_loss


def train_language_model(
    model: nn.Module,
    stream: Tensor,
    rate: float,
    num_steps: int,
    batch_size: int,
    length: int,
    seed: int,
    loss_of: Callable[[nn.Module, Tensor], Tensor] = next_token_loss,
) -> Tensor:
    """Take num_steps steps; return the loss of each (num_steps,)."""
    weights = [w for w in model.parameters() if w.requires_grad]
    optimizer = torch.optim.AdamW(weights, rate, weight_decay=0.1, fused=True)
    schedule = OneCycleLR(optimizer, rate, total_steps=num_steps)
    generator = torch.Generator().manual_seed(seed)
    losses = torch.zeros(num_steps)
    for step in range(num_steps):
        tokens = streams.draw_windows(stream, length + 1, batch_size, generator)
        loss = loss_of(model, tokens)
        optimizer.zero_grad()
        loss.backward()
        clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        losses[step] = loss.detach()
    return losses
