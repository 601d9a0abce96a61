"""Streamed pictures: a lesson cannot tell them from a tensor, but for the memory they take."""

import os
import random
import shutil
import signal
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
import torch
from torch import Tensor
from torchvision.transforms import v2

from course_utils.data.batches import BatchLoader, in_memory
from course_utils.data.examples import LabelledImages
from course_utils.data.pictures import load_pictures
from course_utils.data.splits import split_three_ways, take_per_class
from course_utils.data.streamed import WORKER_BYTES, StreamedImages
from course_utils.evaluation.scores import evaluate
from course_utils.figures.plots import plot_images
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features
from course_utils.models.inference import predict
from course_utils.models.residual import Backbone
from tests.helpers.picture_files import save_broken_remark, scramble, write_noise

NUM_PICTURES = 24
CLASSES = 3


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[LabelledImages, LabelledImages]:
    """The same pictures (24, 3, 8, 8) in memory and streamed."""
    found = write_noise(tmp_path_factory.mktemp("pictures"), NUM_PICTURES, CLASSES)
    return load_pictures(found, 8), load_pictures(found, 8, memory_limit=0)


@pytest.fixture
def streamed(both: tuple[LabelledImages, LabelledImages]) -> StreamedImages:
    return both[1].images


@pytest.fixture
def model() -> Classifier:
    torch.manual_seed(0)
    return Classifier(Backbone(in_channels=3, width=4), CLASSES).eval()


def stream(tmp_path: Path, num_pictures: int = 4) -> StreamedImages:
    """Pictures of its own for a test that changes them."""
    return load_pictures(write_noise(tmp_path, num_pictures), 8, memory_limit=0).images


def random_states() -> list:
    return [random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()]


def test_they_have_the_shape_and_type_of_the_tensor_and_open_no_file(
    both: tuple[LabelledImages, LabelledImages],
) -> None:
    whole, streamed = (examples.images for examples in both)
    assert isinstance(whole, Tensor) and isinstance(streamed, StreamedImages)
    assert streamed.shape == whole.shape == (NUM_PICTURES, 3, 8, 8)
    assert streamed.dtype == whole.dtype and len(streamed) == len(whole)
    nowhere = StreamedImages(["no such file"] * 5, image_size=6, channels=1)
    assert nowhere.shape == (5, 1, 6, 6) and nowhere[1:3].shape == (2, 1, 6, 6)


@pytest.mark.parametrize(
    "indices",
    [
        torch.tensor([3, 0, 3]),
        torch.arange(NUM_PICTURES) % 5 == 0,
        slice(2, 9, 3),
        slice(-4, None),
        torch.zeros(NUM_PICTURES, dtype=torch.bool),
    ],
)
def test_they_are_indexed_as_the_tensor_is(
    both: tuple[LabelledImages, LabelledImages], indices: Tensor | slice
) -> None:
    whole, streamed = (examples.images[indices] for examples in both)
    assert isinstance(streamed, StreamedImages) and streamed.shape == whole.shape
    assert len(streamed) == 0 or torch.equal(streamed.load(), whole)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"shuffle": True, "seed": 3, "num_batches": 7}])
def test_batches_are_bit_for_bit_those_of_the_tensor(
    both: tuple[LabelledImages, LabelledImages], options: dict[str, int]
) -> None:
    loaders = [BatchLoader(examples, 10, **options) for examples in both]
    assert len(loaders[0]) == len(loaders[1])
    for _ in range(2):  # passes, in orders of their own where shuffled
        for batch, other in zip(*loaders, strict=True):
            assert all(torch.equal(one, two) for one, two in zip(batch, other, strict=True))
            assert batch[0].dtype == torch.float32
    assert torch.equal(loaders[0].generator.get_state(), loaders[1].generator.get_state())


def test_augmentation_draws_the_same_for_both(both: tuple[LabelledImages, LabelledImages]) -> None:
    augment = v2.Compose([v2.RandomHorizontalFlip(), v2.RandomCrop(8, padding=2)])
    passes = []
    for examples in both:
        torch.manual_seed(5)
        passes.append([images for images, _ in BatchLoader(examples, 5, augment=augment)])
    assert all(torch.equal(one, other) for one, other in zip(*passes, strict=True))


def test_streaming_leaves_every_random_state_alone(
    both: tuple[LabelledImages, LabelledImages],
) -> None:
    before = random_states()
    list(BatchLoader(both[1], 10, shuffle=True, seed=0))
    both[1].images.load()
    assert random_states() == before


def test_in_memory_gives_the_same_numbers_for_both(
    both: tuple[LabelledImages, LabelledImages],
) -> None:
    whole, streamed = (in_memory(examples) for examples in both)
    assert torch.equal(whole.images, streamed.images) and whole.images.dtype == torch.float32


def test_one_picture_is_read_by_its_number(both: tuple[LabelledImages, LabelledImages]) -> None:
    whole, streamed = (examples.images for examples in both)
    for index in (0, 5, NUM_PICTURES - 1, -1):
        assert torch.equal(streamed[index], whole[index])
    with pytest.raises(IndexError):
        streamed[NUM_PICTURES]
    assert torch.equal(torch.stack(list(streamed)), whole)  # so a loop over them ends


def test_a_sheet_of_them_looks_the_same(both: tuple[LabelledImages, LabelledImages]) -> None:
    sheets = [
        plot_images(examples.images[:6], what="noise").images[0].get_array() for examples in both
    ]
    assert np.array_equal(*sheets) and sheets[0].max() <= 1


def test_a_split_puts_the_same_pictures_in_each_part(
    both: tuple[LabelledImages, LabelledImages],
) -> None:
    parts = []
    for examples in both:
        split = split_three_ways(examples, val_fraction=0.25, test_fraction=0.25, seed=1)
        split.test.decide("nothing, this is a test")
        parts.append([split.train, split.val, split.test.open()])
        parts[-1].append(take_per_class(split.train, 2, seed=0))
    for whole, streamed in zip(*parts, strict=True):
        assert isinstance(streamed.images, StreamedImages)
        assert torch.equal(whole.images, streamed.images.load())
        assert torch.equal(whole.labels, streamed.labels)


def test_a_model_is_evaluated_alike_on_both(
    both: tuple[LabelledImages, LabelledImages], model: Classifier
) -> None:
    results = [evaluate(model, BatchLoader(examples, 7)) for examples in both]
    assert results[0] == results[1]
    logits = [predict(model, examples.images, batch_size=7) for examples in both]
    assert torch.equal(*logits)


def test_training_ends_in_the_same_weights(
    both: tuple[LabelledImages, LabelledImages], model: Classifier
) -> None:
    start = {name: value.clone() for name, value in model.state_dict().items()}
    ends = []
    for examples in both:
        model.load_state_dict(start)
        optimizer = torch.optim.SGD(model.train().parameters(), lr=0.1)
        for images, labels in BatchLoader(examples, 8, shuffle=True, seed=0, num_batches=5):
            loss = torch.nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        ends.append(torch.nn.utils.parameters_to_vector(model.parameters()).detach().clone())
    assert torch.equal(*ends)


def test_features_are_those_of_the_tensor_and_are_kept(
    both: tuple[LabelledImages, LabelledImages], model: Classifier, tmp_path: Path
) -> None:
    features = [extract_features(model.backbone, examples.images) for examples in both]
    assert torch.equal(*features)
    first = extract_features(model.backbone, both[1].images, cache_dir=tmp_path)
    calls = []
    model.backbone.register_forward_hook(lambda *_: calls.append(1))
    again = extract_features(model.backbone, both[1].images, cache_dir=tmp_path)
    assert calls == [] and torch.equal(first, features[0]) and torch.equal(again, first)


def test_kept_features_are_not_those_of_files_that_have_changed(
    model: Classifier, tmp_path: Path
) -> None:
    images = stream(tmp_path / "pictures")
    old = extract_features(model.backbone, images, cache_dir=tmp_path / "cache")
    os.replace(images.files[0], images.files[1])
    write_noise(tmp_path / "more", 4)
    os.replace(tmp_path / "more" / "003.png", images.files[0])
    new = extract_features(model.backbone, images, cache_dir=tmp_path / "cache")
    assert torch.equal(new, extract_features(model.backbone, images))
    assert not torch.equal(new[:2], old[:2]) and torch.equal(new[2:], old[2:])


def test_the_state_changes_with_the_files_their_order_and_their_content(tmp_path: Path) -> None:
    images = stream(tmp_path)
    states = {images.state(), images[torch.tensor([1, 0, 2, 3])].state(), images[:3].state()}
    os.utime(images.files[0], ns=(0, 0))
    states.add(images.state())
    assert len(states) == 4 and images.state() in states


def test_grey_pictures_come_with_one_channel(tmp_path: Path) -> None:
    found = write_noise(tmp_path, 3)
    whole = load_pictures(found, 8, channels=1).images
    streamed = load_pictures(found, 8, channels=1, memory_limit=0).images
    assert streamed.shape == (3, 1, 8, 8) and torch.equal(streamed.load(), whole)
    ((images, _),) = BatchLoader(LabelledImages(streamed, found.labels, ("a", "b")), 3)
    assert torch.equal(images, whole.float() / 255)


@pytest.mark.parametrize("how", ["load", "batches"])
def test_a_damaged_picture_is_named_when_its_batch_is_read(tmp_path: Path, how: str) -> None:
    images = stream(tmp_path)
    scramble(Path(images.files[2]))
    loader = BatchLoader(LabelledImages(images, torch.zeros(4, dtype=torch.int64), ("a",)), 1)
    with pytest.raises(
        ValueError, match=r"^\S*002\.png cannot be read \(damaged.*remove\); then run again$"
    ):
        images.load() if how == "load" else list(loader)
    assert len(images[:2].load()) == 2


def test_a_damaged_remark_in_a_photograph_is_no_damage(tmp_path: Path) -> None:
    file = save_broken_remark(tmp_path / "1.jpg")
    images = StreamedImages([str(file)] * 2, image_size=8, channels=3)
    assert (images.load() == 255).all()
    examples = LabelledImages(images, torch.zeros(2, dtype=torch.int64), ("a",))
    ((batch, _),) = BatchLoader(examples, 2)
    assert (batch == 1).all()


def test_a_pass_may_be_left_half_way(both: tuple[LabelledImages, LabelledImages]) -> None:
    loader = BatchLoader(both[1], 2)
    first = next(iter(loader))[0]
    assert torch.equal(first, next(iter(loader))[0])
    assert torch.equal(first, both[0].images[:2].float() / 255)


@pytest.mark.parametrize(
    ("shared", "free", "expected"),  # bytes; a batch of 10 pictures has 1,920
    [
        (64e6, 8e9, 3),  # as many as cores but one
        (2 * 8 * 1920, 8e9, 3),  # two batches for each of three, and two in use
        (2 * 6 * 1920, 8e9, 2),
        (2 * 3 * 1920, 8e9, 0),
        (0, 8e9, 0),
        (64e6, 2 * WORKER_BYTES, 1),
        (64e6, 0, 0),
    ],
)
def test_no_more_processes_read_ahead_than_have_room(
    streamed: StreamedImages,
    monkeypatch: pytest.MonkeyPatch,
    shared: float,
    free: float,
    expected: int,
) -> None:
    monkeypatch.setattr("course_utils.data.streamed.usable_cores", lambda: 4)
    monkeypatch.setattr("course_utils.data.streamed.free_shared_memory", lambda: shared)
    monkeypatch.setattr("course_utils.data.streamed.free_memory", lambda: free)
    assert streamed._num_workers(torch.arange(40).split(10)) == expected


def test_without_shared_memory_the_same_batches_are_read_here(
    both: tuple[LabelledImages, LabelledImages], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    others = set(psutil.Process().children())  # of an earlier test, not gone yet
    for batch, other in zip(*(BatchLoader(e, 10) for e in both), strict=True):
        assert set(psutil.Process().children()) <= others
        assert all(torch.equal(one, two) for one, two in zip(batch, other, strict=True))


def test_a_process_that_was_ended_is_told_as_lack_of_memory(
    streamed: StreamedImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_or_end(self: StreamedImages, file: str) -> Tensor:
        os.kill(os.getpid(), signal.SIGKILL)  # as Linux does to who takes too much

    monkeypatch.setattr("course_utils.data.streamed.usable_cores", lambda: 2)
    monkeypatch.setattr(StreamedImages, "_read", read_or_end)
    with pytest.raises(MemoryError, match=r"was ended.*lower batch_size or image_size"):
        list(streamed.read_batches([torch.arange(5)], pin_memory=False))


def test_processes_end_with_the_pass(both: tuple[LabelledImages, LabelledImages]) -> None:
    before, during = set(psutil.Process().children()), set()
    for _ in BatchLoader(both[1], 2):
        during |= set(psutil.Process().children())
    assert during - before and not (during - before) & set(psutil.Process().children())
