"""What training takes is known before it begins: counted by hand, and kept to."""

import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from course_utils.models.classifier import Classifier
from course_utils.models.freezing import freeze
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import num_at_once
from course_utils.models.training_memory import GRADIENTS, bytes_kept, bytes_to_train
from course_utils.session.start import Session
from tests.helpers.groups import write_groups

SESSION = Session(torch.device("cpu"), Path("data"), 0)


def test_what_layers_keep_for_the_way_back_is_counted_once() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 2))
    kept = 4 * (12 + 5)  # bytes a picture: the pixels, and what comes out of ReLU
    assert bytes_to_train(model, (10, 3, 2, 2)) == GRADIENTS * 10 * kept


class Attending(nn.Module):
    """Rows of a picture, eight numbers each, that attend to one another."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """What the rows make of one another."""
        rows = images[:, 0]
        return self.attention(rows, rows, rows, need_weights=False)[0]


@pytest.mark.parametrize("model", [Classifier(Backbone(1, 4), 2), Attending()], ids=["", "attends"])
def test_without_numbers_as_much_is_counted_as_with_them(model: nn.Module) -> None:
    empty = copy.deepcopy(model).to("meta")
    assert bytes_kept(empty, (6, 1, 40, 8)) == bytes_kept(model, (6, 1, 40, 8)) > 0
    assert all(weight.is_meta for weight in empty.parameters())


def test_in_16_bits_numbers_take_half_and_places_as_much_as_before() -> None:
    model = nn.Sequential(nn.Conv2d(1, 3, 1), nn.MaxPool2d(2))
    pixels, numbers, places = 4 * 16, 4 * 3 * 16, 8 * 3 * 4
    assert bytes_kept(model, (1, 1, 4, 4)) == pixels + numbers + places
    half = bytes_kept(model, (1, 1, 4, 4), torch.bfloat16)
    assert half == (pixels + numbers) / 2 + places


def test_a_batch_of_no_pictures_is_refused() -> None:
    with pytest.raises(ValueError, match=r"batch_shape must be numbers from 1, got \(0, 1, 8, 8\)"):
        bytes_kept(Backbone(), (0, 1, 8, 8))


def test_it_grows_with_batch_and_pixels_and_frozen_layers_count_as_learning() -> None:
    model = Classifier(Backbone(3, 4), 2)
    needed = bytes_to_train(model, (4, 3, 16, 16))
    assert bytes_to_train(model, (8, 3, 16, 16)) == 2 * needed
    assert 3.5 * needed < bytes_to_train(model, (4, 3, 32, 32)) < 4.5 * needed
    model.requires_grad_(False)
    assert bytes_to_train(model, (4, 3, 16, 16)) == needed


def test_counting_leaves_model_and_random_numbers_alone() -> None:
    model = nn.Sequential(Classifier(Backbone(1, 4), 2), nn.Dropout(0.5)).eval()
    freeze(model[0].backbone)
    state, random = {n: t.clone() for n, t in model.state_dict().items()}, torch.get_rng_state()
    bytes_to_train(model, (2, 1, 8, 8))
    assert all(torch.equal(state[n], t) for n, t in model.state_dict().items())
    assert torch.equal(random, torch.get_rng_state()) and not model.training
    assert not any(weight.requires_grad for weight in model[0].backbone.parameters())


def test_no_more_trainings_run_at_once_than_memory_is_free_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, batch = Classifier(Backbone(3, 4), 2), (64, 3, 128, 128)
    needed = bytes_to_train(model, batch)
    assert needed > 100e6
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    for times, at_once in ((5.5, 4), (2.5, 2), (1.5, 1)):
        limit = str(round(times * needed))
        write_groups(tmp_path, monkeypatch, memory_max=limit, memory_current="0")
        assert num_at_once(model, SESSION, batch) == at_once
        assert num_at_once(model, SESSION) == 4
    write_groups(tmp_path, monkeypatch, memory_max=str(round(needed / 2)), memory_current="0")
    message = r"training on 64 pictures of 3x128x128 at a time would need .*lower batch_size"
    with pytest.raises(MemoryError, match=message):
        num_at_once(model, SESSION, batch)
