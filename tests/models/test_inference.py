"""A model answers in eval mode, and every part gets its own flag back."""

import pytest
import torch
from torch import Tensor, nn

from course_utils.models.classifier import Classifier
from course_utils.models.inference import eval_mode, predict
from tests.helpers.device_models import OnAnotherDevice


def test_eval_mode_gives_every_part_its_own_flag_back(model: Classifier) -> None:
    model.train()
    model.backbone[1].eval()
    flags = [part.training for part in model.modules()]
    with eval_mode(model):
        assert not any(part.training for part in model.modules())
    assert [part.training for part in model.modules()] == flags


def test_eval_mode_gives_the_flags_back_after_an_error_too(model: Classifier) -> None:
    model.train()
    model.backbone[1].eval()
    flags = [part.training for part in model.modules()]
    with pytest.raises(KeyError), eval_mode(model):
        raise KeyError
    assert [part.training for part in model.modules()] == flags


def flags(model: nn.Module) -> list[bool]:
    return [module.training for module in model.modules()]


def test_predict_gives_the_same_logits_for_every_batch_size(
    small_model: nn.Module, examples: tuple[Tensor, Tensor]
) -> None:
    small_model.train()
    before = flags(small_model)
    logits = predict(small_model, examples[0], batch_size=3)
    assert logits.shape == (7, 3)
    torch.testing.assert_close(logits, predict(small_model, examples[0]))
    assert flags(small_model) == before


def test_predict_takes_bytes_as_numbers_from_0_to_1() -> None:
    pixels = torch.arange(256, dtype=torch.uint8).view(8, 2, 4, 4)
    logits = predict(nn.Flatten(), pixels, batch_size=3)
    assert logits.dtype == torch.float32 and torch.equal(logits, pixels.flatten(1) / 255)


def test_predict_moves_batches_to_the_model_and_answers_on_the_cpu(
    examples: tuple[Tensor, Tensor],
) -> None:
    model = OnAnotherDevice(3)
    logits = predict(model, examples[0], batch_size=3)
    assert model.seen == ["meta"] * 3
    assert logits.shape == (7, 3) and logits.device.type == "cpu"


def test_predict_gives_the_flags_back_even_when_the_model_breaks(small_model: nn.Module) -> None:
    small_model.train()
    small_model[1].eval()
    before = flags(small_model)
    with pytest.raises(RuntimeError):
        predict(small_model, torch.zeros(2, 5))
    assert flags(small_model) == before


def test_a_head_can_be_trained_on_what_predict_gives(
    small_model: nn.Module, examples: tuple[Tensor, Tensor]
) -> None:
    head = nn.Linear(3, 3)
    head(predict(small_model, examples[0])).sum().backward()  # inference tensors would be refused
    assert head.weight.grad is not None
    assert small_model[0].weight.grad is None


def test_predict_refuses_no_images_and_no_batch(small_model: nn.Module) -> None:
    with pytest.raises(ValueError, match="no images"):
        predict(small_model, torch.zeros(0, 4))
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        predict(small_model, torch.zeros(1, 4), batch_size=0)
