"""Part b: batches cut and augmented whole, against a DataLoader that does it picture by picture."""

from collections.abc import Callable, Iterable

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmark.measurements import Comparison, Result, Side, Turn, alternate, seconds_of
from benchmark.settings import Settings
from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.session.cores import usable_cores

BATCH_SIZE = 128
SIZE = 32  # pixels a side
PADDING = 4  # pixels on each side, filled with 0, within which the crop moves
GOAL = 10


class FlipAndCrop:
    """Random crop after padding and random horizontal flip; each picture has its own draw.

    Args:
        padding: Pixels P added on each side, so that the crop has (2 P + 1)² places.
        seed: Of the draws.
    """

    def __init__(self, padding: int = PADDING, seed: int = 0) -> None:
        self.padding, self.generator = padding, torch.Generator().manual_seed(seed)

    def __call__(self, images: Tensor) -> Tensor:
        """As many pictures (B, C, H, W) as given, augmented."""
        count, places = len(images), 2 * self.padding + 1
        tops, lefts = torch.randint(places, (2, count), generator=self.generator)
        flips = torch.rand(count, generator=self.generator) < 0.5
        return crop_and_flip(images, tops, lefts, flips, self.padding)


def crop_and_flip(
    images: Tensor, tops: Tensor, lefts: Tensor, flips: Tensor, padding: int
) -> Tensor:
    """Each padded picture cut to its old size from its own corner, some then mirrored.

    A row of W pixels that are neighbours in memory is fetched at once, at any place.

    Args:
        images: (B, C, H, W), of any type.
        tops: (B,), row of the corner in the padded picture, from 0 to 2 * padding.
        lefts: (B,), its column, likewise.
        flips: (B,), bool: which pictures are mirrored left to right.
        padding: Pixels of 0 on each side.
    """
    count, channels, height, width = images.shape
    padded = F.pad(images, (padding,) * 4)
    rows, columns = padded.shape[-2:]
    planes = torch.arange(count * channels).view(count, channels, 1) * rows  # (B, C, 1)
    wanted = planes + (tops[:, None] + torch.arange(height))[:, None]  # (B, C, H)
    starts = wanted * columns + lefts[:, None, None]
    windows = padded.flatten().unfold(0, width, 1)  # every W neighbours, a view
    cropped = windows.index_select(0, starts.flatten()).view_as(images)
    mirrored = flips.nonzero().squeeze(1)
    return cropped.index_copy_(0, mirrored, cropped.index_select(0, mirrored).flip(-1))


class OneByOne(Dataset):
    """Pictures augmented one at a time, as torchvision's own data sets do.

    Args:
        pictures: Whatever ``transform`` takes, by index.
        labels: (N,).
        transform: From such a picture to a tensor (C, H, W).
    """

    def __init__(self, pictures: Tensor | np.ndarray, labels: Tensor, transform: Callable) -> None:
        self.pictures, self.labels, self.transform = pictures, labels, transform

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.transform(self.pictures[index]), self.labels[index]


def random_pictures(count: int, channels: int, size: int, seed: int) -> LabelledImages:
    """``count`` pictures of noise, uint8, in ten classes."""
    generator = torch.Generator().manual_seed(seed)
    shape = (count, channels, size, size)
    images = torch.randint(256, shape, dtype=torch.uint8, generator=generator)
    labels = torch.randint(10, (count,), generator=generator)
    return LabelledImages(images, labels, tuple("0123456789"))


def one_by_one(examples: LabelledImages) -> dict[str, OneByOne]:
    """The two usual ways: through PIL, as CIFAR10 of torchvision does, and on tensors."""
    moves = [transforms.RandomCrop(SIZE, padding=PADDING), transforms.RandomHorizontalFlip()]
    through_pil = transforms.Compose([Image.fromarray, *moves, transforms.ToTensor()])
    on_tensors = transforms.Compose([*moves, transforms.ConvertImageDtype(torch.float32)])
    arrays = examples.images.permute(0, 2, 3, 1).contiguous().numpy()  # (N, H, W, C)
    return {
        "PIL": OneByOne(arrays, examples.labels, through_pil),
        "tensors": OneByOne(examples.images, examples.labels, on_tensors),
    }


def make_loaders(
    examples: LabelledImages, seed: int, workers: Iterable[int]
) -> dict[str, Iterable]:
    """Our loader, and each DataLoader that others might choose; all shuffle and augment alike."""
    loaders: dict[str, Iterable] = {
        "ours": BatchLoader(
            examples, BATCH_SIZE, shuffle=True, seed=seed, augment=FlipAndCrop(seed=seed)
        )
    }
    for kind, dataset in one_by_one(examples).items():
        for number in workers:
            loaders[f"{kind}, {number} workers"] = DataLoader(
                dataset, BATCH_SIZE, shuffle=True, num_workers=number,
                persistent_workers=number > 0,
            )  # fmt: skip
    return loaders


def pass_over(loader: Iterable) -> int:
    """Take every batch; return the number of pictures."""
    return sum(len(labels) for _, labels in loader)


def measure(settings: Settings, workers: Iterable[int] | None = None) -> list[Result]:
    """Pictures per second of one pass, against the fastest DataLoader of each round."""
    examples = random_pictures(settings.num_pictures, 3, SIZE, settings.seed)
    workers = (0, usable_cores()) if workers is None else workers
    loaders = make_loaders(examples, settings.seed, workers)
    sides = {
        name: Side(run=lambda _, loader=loader: pass_over(loader), note=lambda count: count)
        for name, loader in loaders.items()
    }
    alternate(sides, 1)  # starts the workers, which then stay
    turns = alternate(sides, settings.rounds)
    return [compare(turns, len(examples))]


def compare(turns: dict[str, list[Turn]], num_pictures: int) -> Comparison:
    """Ours against the fastest of the others, round by round."""
    times = {name: seconds_of(each) for name, each in turns.items()}
    our_times = times.pop("ours")
    fastest = [min(times, key=lambda name: times[name][i]) for i in range(len(our_times))]
    return Comparison(
        "b",
        f"batches of {BATCH_SIZE} augmented pictures, {SIZE} px",
        "pictures/s",
        ours=[num_pictures / seconds for seconds in our_times],
        other=[num_pictures / times[name][i] for i, name in enumerate(fastest)],
        other_name="the fastest DataLoader",
        goal=GOAL,
        note="fastest: " + ", ".join(sorted(set(fastest))),
    )
