"""Pictures with a class for every pixel: what every such data set comes as."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.data.boxes.examples import IGNORED, BoxedPictures, class_map, taken

BACKGROUND = "background"  # class 0, what is none of the others
MOST_CLASSES = IGNORED  # a map holds them in bytes, below ``IGNORED``


@dataclass(frozen=True)
class MappedPictures:
    """N pictures, each with a map of classes as large as itself.

    Args:
        images: (N, C, H, W) where all have one size, else N of (C, H, W): float32 from 0 to 1, or
            uint8 from 0 to 255. What does not fit into memory is read from its file each time.
        maps: (N, H, W), or N of (H, W), uint8: 0 for background, classes from 1 to K, or
            ``IGNORED``. Losses want them as int64.
        class_names: (1 + K,), background first.
        files: N names.
        present: (N, 1 + K), bool, which classes each map holds, as its file has it: scaling may
            lose some. None where nobody looked.
        parts: (N,), int64, places in ``PARTS``; None where the data set brings no parts.
        groups: (N,), int64; pictures with the same number belong into one part; None where nobody
            looked.
    """

    images: Tensor | Sequence[Tensor]
    maps: Tensor | Sequence[Tensor]
    class_names: tuple[str, ...]
    files: tuple[str, ...]
    present: Tensor | None = None
    parts: Tensor | None = None
    groups: Tensor | None = None

    def __len__(self) -> int:
        return len(self.files)

    @property
    def num_classes(self) -> int:
        """K; background is none of them."""
        return len(self.class_names) - 1

    def __getitem__(self, indices: Tensor) -> "MappedPictures":
        """The pictures at ``indices``, an int64 or bool tensor, with all that belongs to them."""
        return taken(self, indices)


def classes_in(pictures: MappedPictures) -> Tensor:
    """Which classes each map holds (N, 1 + K), bool, also where nobody looked yet."""
    if pictures.present is not None:
        return pictures.present
    found = torch.zeros(len(pictures), MOST_CLASSES + 1, dtype=torch.bool)
    for place in range(len(pictures)):
        found[place, pictures.maps[place].unique().long()] = True
    return found[:, : 1 + pictures.num_classes]


def scene_maps(scenes: BoxedPictures) -> MappedPictures:
    """Scenes, or other pictures with masks, as pictures with maps; background comes first.

    Where masks overlap, the smaller one is in front; what does not count is ``IGNORED``.

    Args:
        scenes: N pictures; their own pixels are kept.

    Raises:
        ValueError: If they have no masks.
    """
    if scenes.masks is None:
        raise ValueError("these pictures have boxes but no masks, so no pixel has a class")
    each = zip(scenes.masks, scenes.labels, scenes.counts, strict=True)
    maps = [class_map(*one).byte() for one in each]
    return MappedPictures(
        scenes.images,
        torch.stack(maps) if isinstance(scenes.images, Tensor) else tuple(maps),
        (BACKGROUND, *scenes.class_names),
        scenes.files,
        parts=scenes.parts,
        groups=scenes.groups,
    )
