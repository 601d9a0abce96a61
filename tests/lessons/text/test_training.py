"""The lesson's loop."""

import torch
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from course_utils.lessons.text.training import train_language_model
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.streams import token_stream
from course_utils.models.text.transformer import Transformer

STREAM = token_stream(Tokenizer([]), ["one two one two one two one two"] * 8)


def small_model() -> Transformer:
    torch.manual_seed(0)
    return Transformer(257, width=16, num_layers=1, num_heads=2, context=16)


def test_the_loss_falls_and_the_same_seed_gives_the_same_weights() -> None:
    ends, weights = [], []
    for seed in (0, 0, 1):
        model = small_model()
        losses = train_language_model(model, STREAM, 0.02, 40, 4, 12, seed)
        ends.append((losses[0].item(), losses[-1].item()))
        weights.append(model.tokens.weight.detach())
    assert all(last < first / 3 for first, last in ends)
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_what_is_frozen_stays_and_another_loss_is_taken() -> None:
    model, asked = small_model(), []
    model.tokens.requires_grad_(False)
    before = model.tokens.weight.clone()

    def loss_of(model: nn.Module, tokens: Tensor) -> Tensor:
        asked.append(tokens.shape)
        return model.logits(tokens).square().mean()

    train_language_model(model, STREAM, 0.02, 3, 4, 12, 0, loss_of)
    assert asked == [(4, 13)] * 3
    assert torch.equal(model.tokens.weight, before)


def test_a_gradient_is_no_longer_than_one() -> None:
    model = small_model()
    lengths = []

    def note(optimizer: torch.optim.Optimizer, *_: object) -> None:
        gradients = [w.grad for group in optimizer.param_groups for w in group["params"]]
        lengths.append(torch.cat([each.flatten() for each in gradients]).norm().item())

    handle = register_optimizer_step_pre_hook(note)
    try:
        train_language_model(
            model, STREAM, 0.001, 2, 4, 12, 0, lambda m, t: 1000 * m.logits(t).square().mean()
        )
    finally:
        handle.remove()
    assert lengths and max(lengths) < 1.001
