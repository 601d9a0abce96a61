"""Pictures that do not fit into memory: they stay in their files until a batch needs them."""

import os
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from course_utils.data.damaged_pictures import damaged_in_stream
from course_utils.data.decoding import quiet_about_remarks, read_picture

MAX_WORKERS = 8  # processes that read ahead; more wait for one another


class StreamedImages(Dataset):
    """N files that can be asked what a tensor (N, C, H, W) of uint8 is asked in a lesson.

    Indexing picks files and reads nothing; ``read_batches`` and ``load`` read.

    Args:
        files: Paths of the pictures.
        image_size: H and W in pixels.
        channels: C, 1 for grey or 3 for colour.
    """

    dtype = torch.uint8

    def __init__(self, files: Sequence[str], image_size: int, channels: int) -> None:
        self.files, self.image_size, self.channels = files, image_size, channels

    @property
    def shape(self) -> torch.Size:
        """(N, C, H, W)."""
        return torch.Size((len(self.files), self.channels, self.image_size, self.image_size))

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, indices: int | slice | Tensor) -> "Tensor | StreamedImages":
        """One picture (C, H, W), read; or the files at a slice or tensor, still unread."""
        if isinstance(indices, int):
            return self.__getitems__([indices])[0]
        chosen = torch.arange(len(self))[indices].tolist()
        return StreamedImages([self.files[i] for i in chosen], self.image_size, self.channels)

    def __getitems__(self, indices: list[int]) -> list[Tensor]:
        """Read the pictures at ``indices``, each (C, H, W), uint8; what DataLoader calls.

        Raises:
            ValueError: If a file is damaged; it names the file.
        """
        with quiet_about_remarks():
            return [self._read(self.files[index]) for index in indices]

    def _read(self, file: str) -> Tensor:
        picture = read_picture(file, self.image_size, self.channels)
        if picture is None:
            raise damaged_in_stream(file)
        return torch.from_numpy(picture).permute(2, 0, 1)

    def read_batches(self, batches: Sequence[Tensor], pin_memory: bool) -> Iterator[Tensor]:
        """Batches (B, C, H, W), uint8, read ahead by other processes.

        Args:
            batches: Indices (B,) of the pictures of each batch.
            pin_memory: Deliver in memory from which a GPU copies without waiting.
        """
        loader = DataLoader(
            self,
            batch_sampler=[batch.tolist() for batch in batches],
            num_workers=min(MAX_WORKERS, max(1, (os.cpu_count() or 1) - 1), len(batches)),
            pin_memory=pin_memory,
            generator=torch.Generator(),  # its own, so that the lesson's random numbers stay
        )
        try:
            yield from loader
        except ValueError as error:  # its message is the stack of the other process; we want ours
            message = str(error).strip().splitlines()[-1].removeprefix("ValueError: ")
            raise ValueError(message) from None

    def state(self) -> bytes:
        """Which files these are, how large, and when they were last changed: a key for caches."""
        states = [(file, os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in self.files]
        return repr(states).encode()

    def load(self) -> Tensor:
        """All pictures (N, C, H, W), uint8."""
        return torch.stack(self.__getitems__(list(range(len(self)))))
