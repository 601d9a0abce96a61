"""Batches: what torch's own DataLoader gives; orders that repeat and go on where they stopped."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from torchvision.transforms import v2

from course_utils.data.batches import BatchLoader, fitting_batch, in_memory, read_batches
from course_utils.data.examples import LabelledImages
from tests.helpers.groups import write_groups

Batches = list[tuple[Tensor, Tensor]]


@pytest.fixture
def examples() -> LabelledImages:
    """Ten pictures, each recognisable by its value, with labels to match."""
    images = torch.arange(10.0).view(10, 1, 1, 1).expand(10, 3, 4, 4).contiguous()
    return LabelledImages(images, torch.arange(10) % 4, tuple("abcd"))


def order(batches: Batches) -> list[int]:
    return [int(image[0, 0, 0]) for images, _ in batches for image in images]


def assert_same(got: Batches, expected: Batches) -> None:
    for (images, labels), (other_images, other_labels) in zip(got, expected, strict=True):
        assert torch.equal(images, other_images) and torch.equal(labels, other_labels)


@pytest.mark.parametrize("batch_size", [1, 4, 5, 10, 64])
def test_batches_are_those_of_torchs_dataloader(examples: LabelledImages, batch_size: int) -> None:
    theirs = DataLoader(TensorDataset(examples.images, examples.labels), batch_size=batch_size)
    ours = BatchLoader(examples, batch_size)
    assert_same(list(ours), list(map(tuple, theirs)))
    assert len(ours) == len(theirs)


@pytest.mark.parametrize("options", [{}, {"shuffle": True, "seed": 0, "num_batches": 5}])
def test_bytes_come_out_as_numbers_from_0_to_1(options: dict[str, int]) -> None:
    images = torch.arange(256, dtype=torch.uint8).view(16, 1, 4, 4)
    examples = LabelledImages(images, torch.arange(16), tuple("abcdefghijklmnop"))
    kept = images.clone()
    for batch, labels in BatchLoader(examples, 5, **options):
        assert batch.dtype == torch.float32
        assert torch.equal(batch, images[labels] / 255)  # bit for bit
    assert torch.equal(examples.images, kept)


def test_numbers_from_0_to_1_stay_as_they_are_and_are_not_shared() -> None:
    images = torch.tensor([0.0, 1.0, 0.5, 200.0]).view(4, 1, 1, 1)
    examples = LabelledImages(images, torch.arange(4), tuple("abcd"))
    ((batch, _),) = BatchLoader(examples, 4)
    assert batch.dtype == torch.float32 and torch.equal(batch, images)
    batch += 1  # as an augmentation might
    assert examples.images.max() == 200


def test_augmentation_sees_numbers_from_0_to_1() -> None:
    images = torch.full((4, 3, 2, 2), 255, dtype=torch.uint8)
    examples = LabelledImages(images, torch.arange(4), tuple("abcd"))
    ((batch, _),) = BatchLoader(examples, 4, augment=lambda images: images / 2)
    assert torch.equal(batch, torch.full((4, 3, 2, 2), 0.5))


def test_batches_are_delivered_where_they_are_asked_for(examples: LabelledImages) -> None:
    for images, labels in BatchLoader(examples, 4, shuffle=True, seed=0, device="meta"):
        assert images.device.type == labels.device.type == "meta"
    assert examples.images.device.type == "cpu"


def test_read_batches_reads_those_that_it_is_told_in_their_order(examples: LabelledImages) -> None:
    wanted = [torch.tensor([3, 0]), torch.tensor([7]), torch.tensor([3])]
    read = list(read_batches(examples.images, wanted, torch.device("cpu")))
    assert [batch[:, 0, 0, 0].tolist() for batch in read] == [[3, 0], [7], [3]]


def test_in_memory_gives_numbers_from_0_to_1_and_all_else_as_it_was() -> None:
    pixels = torch.arange(256, dtype=torch.uint8).view(16, 1, 4, 4)
    labels, parts = torch.arange(16) % 3, torch.arange(16) % 2
    found = in_memory(LabelledImages(pixels, labels, tuple("abc"), parts))
    assert torch.equal(found.images, pixels / 255) and pixels.dtype == torch.uint8
    assert torch.equal(found.labels, labels) and torch.equal(found.parts, parts)
    assert found.class_names == ("a", "b", "c")


def test_work_on_pixels_that_do_not_fit_is_refused_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = torch.zeros(1, 1, 1, 1, dtype=torch.uint8).expand(40_000, 3, 32, 32)  # takes nothing
    examples = LabelledImages(pixels, torch.zeros(40_000), ("a",))
    write_groups(tmp_path, monkeypatch, memory_max="400000000", memory_current="0")
    message = (
        r"single pixels of 40,000 pictures of 3x32x32 would need 491\.52 MB of memory, and "
        r"400\.00 MB are free; lower image_size \(now 32\)"
    )
    with pytest.raises(MemoryError, match=message):
        in_memory(examples)


@pytest.mark.parametrize(
    ("shape", "most", "expected"),
    [
        ((100, 1, 8, 8), 1024, 1024),
        ((100, 3, 32, 32), 1024, 1024),
        ((100, 3, 224, 224), 1024, 26),
        ((100, 3, 224, 224), 20, 20),
        ((100, 3, 4000, 4000), 1024, 1),
        ((100, 2048), 1024, 1024),
    ],
)
def test_large_pictures_are_taken_few_at_a_time(
    shape: tuple[int, ...], most: int, expected: int
) -> None:
    assert fitting_batch(shape, most) == expected


def test_features_make_batches_as_pictures_do() -> None:
    features = LabelledImages(torch.rand(5, 64), torch.arange(5), tuple("abcde"))
    assert [len(images) for images, _ in BatchLoader(features, 3)] == [3, 2]


@pytest.mark.parametrize("options", [{}, {"shuffle": True, "seed": 0}])
def test_a_single_example_left_over_joins_the_batch_before_it(
    examples: LabelledImages, options: dict[str, int]
) -> None:
    loader = BatchLoader(examples, 3, **options)
    assert [len(labels) for _, labels in loader] == [3, 3, 4] and len(loader) == 3
    net = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.BatchNorm2d(3)).train()
    for images, _ in loader:
        net(images)  # stops at one example: "Expected more than 1 value per channel"
    endless = BatchLoader(examples, 3, num_batches=7, **options)
    assert [len(labels) for _, labels in endless] == [3, 3, 4, 3, 3, 4, 3]


def test_a_shuffled_pass_gives_every_example_once_with_its_label(examples: LabelledImages) -> None:
    loader = BatchLoader(examples, 3, shuffle=True, seed=0)
    first, second = list(loader), list(loader)
    assert sorted(order(first)) == sorted(order(second)) == list(range(10))
    assert order(first) != order(second) != list(range(10))
    labels = torch.cat([labels for _, labels in first])
    assert labels.tolist() == examples.labels[order(first)].tolist()


def test_the_same_seed_gives_the_same_orders_and_another_others(examples: LabelledImages) -> None:
    first, again, other = (BatchLoader(examples, 3, shuffle=True, seed=seed) for seed in (7, 7, 8))
    orders = [[order(list(loader)) for _ in range(3)] for loader in (first, again, other)]
    assert orders[0] == orders[1]
    assert all(a != b for a, b in zip(orders[0], orders[2], strict=True))


def test_a_saved_generator_goes_on_with_the_orders(examples: LabelledImages) -> None:
    loader = BatchLoader(examples, 3, shuffle=True, seed=0)
    order(list(loader))
    state = loader.generator.get_state()
    expected = [order(list(loader)) for _ in range(2)]
    resumed = BatchLoader(examples, 3, shuffle=True, seed=99)
    resumed.generator.set_state(state)
    assert [order(list(resumed)) for _ in range(2)] == expected


def test_shuffling_leaves_torchs_own_random_state_alone(examples: LabelledImages) -> None:
    before = torch.get_rng_state()
    list(BatchLoader(examples, 3, shuffle=True, seed=0))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("num_batches", [1, 3, 4, 5, 9])
def test_num_batches_is_kept_exactly(examples: LabelledImages, num_batches: int) -> None:
    loader = BatchLoader(examples, 4, shuffle=True, seed=0, num_batches=num_batches)
    batches = list(loader)
    assert len(batches) == len(loader) == num_batches
    for start in range(0, num_batches - 2, 3):  # every whole pass of 3 batches
        assert sorted(order(batches[start : start + 3])) == list(range(10))


def test_augmentation_changes_whole_batches_and_not_the_examples(examples: LabelledImages) -> None:
    before, seen = examples.images.clone(), []

    def shift(images: Tensor) -> Tensor:
        seen.append(len(images))
        return images + 100

    batches = list(BatchLoader(examples, 4, augment=shift))
    assert seen == [4, 4, 2]
    assert order(batches) == list(range(100, 110))
    assert torch.equal(examples.images, before)


def test_a_torchvision_transform_augments() -> None:
    images = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    examples = LabelledImages(images, torch.arange(6) % 2, ("even", "odd"))
    flip = v2.RandomHorizontalFlip(p=1.0)
    ((flipped, labels),) = BatchLoader(examples, 6, augment=flip)
    assert torch.equal(flipped, images.flip(3)) and torch.equal(labels, examples.labels)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ({"batch_size": 2, "num_batches": 0}, "num_batches must be at least 1, or None, got 0"),
        ({"batch_size": 2, "num_batches": -1}, "num_batches must be at least 1, or None, got -1"),
        ({"batch_size": 2, "shuffle": True}, "shuffle=True needs a seed"),
    ],
)
def test_sizes_below_1_and_a_missing_seed_are_refused(
    examples: LabelledImages, options: dict[str, int | bool], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        BatchLoader(examples, **options)


def test_no_examples_are_refused(examples: LabelledImages) -> None:
    with pytest.raises(ValueError, match="there are no examples"):
        BatchLoader(examples[torch.zeros(10, dtype=torch.bool)], 2)
