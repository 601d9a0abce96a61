"""A model answers in eval mode, and every part gets its own flag back."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from course_utils.models.classifier import Classifier
from course_utils.models.inference import eval_mode, predict
from tests.helpers.device_models import OnAnotherDevice
from tests.helpers.groups import write_groups


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


class Counting(nn.Module):
    """Flattens pictures, and keeps how many came at a time."""

    def __init__(self, input_size: int | None = None) -> None:
        super().__init__()
        self.input_size, self.counts = input_size, []

    def forward(self, images: Tensor) -> Tensor:
        """The pixels as rows."""
        self.counts.append(len(images))
        return images.flatten(1)


def test_few_large_pictures_are_taken_at_a_time_also_where_a_backbone_enlarges_them() -> None:
    images = torch.rand(30, 3, 8, 8)
    for input_size, counts in ((None, [30]), (224, [26, 4])):
        model = nn.Sequential(Counting(input_size))
        assert torch.equal(predict(model, images), images.flatten(1))
        assert model[0].counts == counts


def test_answers_that_do_not_fit_are_refused_after_the_first_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = torch.zeros(1, 1, 1, 1, dtype=torch.uint8).expand(40_000, 3, 32, 32)  # takes nothing
    model = Counting()
    write_groups(tmp_path, monkeypatch, memory_max="400000000", memory_current="0")
    message = r"answers to 40,000 pictures would need 491\.52 MB of memory, .*lower image_size"
    with pytest.raises(MemoryError, match=message):
        predict(model, images)
    assert len(model.counts) == 1


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
