"""Pictures that do not fit into memory: they stay in their files until a batch needs them."""

import os
from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from course_utils.data.damaged_pictures import unreadable_in_stream
from course_utils.data.decoding import read_picture, reading_pictures
from course_utils.data.unreadable import Unreadable
from course_utils.session.cores import usable_cores
from course_utils.session.memory import free_memory, free_shared_memory

MAX_WORKERS = 8  # processes that read ahead; more wait for one another
WORKER_BYTES = 150e6  # memory that each of them takes for itself
SHARE = 0.5  # of what is free that all of them may take


class StreamedImages(Dataset):
    """N files that can be asked what a tensor (N, C, H, W) of uint8 is asked in a lesson.

    Indexing picks files and reads nothing; ``read_batches`` and ``load`` read.

    Args:
        files: Paths of the pictures.
        image_size: H and W in pixels.
        channels: C, 1 for grey or 3 for colour.
    """

    dtype, ndim = torch.uint8, 4

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
            ValueError: If a file cannot be read; it names the file, and why.
        """
        with reading_pictures():
            return [self._read(self.files[index]) for index in indices]

    def _read(self, file: str) -> Tensor:
        picture = read_picture(file, self.image_size, self.channels)
        if isinstance(picture, Unreadable):
            raise unreadable_in_stream(file, picture)
        return torch.from_numpy(picture).permute(2, 0, 1)

    def read_batches(self, batches: Sequence[Tensor], pin_memory: bool) -> Iterator[Tensor]:
        """Batches (B, C, H, W), uint8, read ahead by other processes where these have room.

        Args:
            batches: Indices (B,) of the pictures of each batch.
            pin_memory: Deliver in memory from which a GPU copies without waiting.

        Raises:
            ValueError: If a file cannot be read; it names the file, and why.
            MemoryError: If another process ended for lack of memory.
        """
        loader = DataLoader(
            self,
            batch_sampler=[batch.tolist() for batch in batches],
            num_workers=self._num_workers(batches),
            pin_memory=pin_memory,
            generator=torch.Generator(),  # its own, so that the lesson's random numbers stay
        )
        try:
            yield from loader
        except ValueError as error:  # its message is the stack of the other process; we want ours
            message = str(error).strip().splitlines()[-1].removeprefix("ValueError: ")
            raise ValueError(message) from None
        except RuntimeError as error:
            if "DataLoader worker" not in str(error):
                raise
            raise MemoryError(
                "a process that reads pictures was ended, most often for lack of memory: close "
                "other programs, or lower batch_size or image_size"
            ) from error

    def _num_workers(self, batches: Sequence[Tensor]) -> int:
        """Processes that read ahead, as many as fit; 0 to read in this one."""
        batch = max(map(len, batches)) * self.shape[1:].numel()  # bytes
        # Each prepares two batches; one is in use, and one on its way.
        ready = (SHARE * free_shared_memory() / batch - 2) / 2
        fitting = min(ready, SHARE * free_memory() / WORKER_BYTES)
        return max(0, min(MAX_WORKERS, max(1, usable_cores() - 1), len(batches), int(fitting)))

    def state(self) -> bytes:
        """Which files these are, how large, and when they were last changed: a key for caches."""
        states = [(file, os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in self.files]
        return repr(states).encode()

    def load(self) -> Tensor:
        """All pictures (N, C, H, W), uint8."""
        return torch.stack(self.__getitems__(list(range(len(self)))))
