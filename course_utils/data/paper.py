"""Paper that is not clean: a smooth shadow lies on it, and every pixel is a little off."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

PATCHES = 3  # a side: so many random greys make one smooth shadow


@dataclass(frozen=True)
class Paper:
    """What scenes are drawn on.

    Args:
        grey: How dark the shadow may be, from 0 (none) to 1 (ink).
        noise: Standard deviation of what is added to each pixel.
        clean_share: Share of the scenes that are on clean paper all the same.

    Raises:
        ValueError: If a number is out of its range.
    """

    grey: float = 0.0
    noise: float = 0.0
    clean_share: float = 0.0

    def __post_init__(self) -> None:
        for name in ("grey", "clean_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be from 0 to 1, got {getattr(self, name)}")
        if self.noise < 0:
            raise ValueError(f"noise must be at least 0, got {self.noise}")

    def put_under(self, canvas: np.ndarray, generator: np.random.Generator) -> None:
        """Put the paper under the ink of ``canvas`` (H, W), float32 from 0 to 1, in its place."""
        if generator.random() < self.clean_share:
            return
        if self.grey:
            patches = generator.uniform(0, self.grey, (PATCHES, PATCHES)).astype(np.float32)
            size = canvas.shape[::-1]
            shadow = Image.fromarray(patches).resize(size, Image.Resampling.BICUBIC)
            np.maximum(canvas, np.asarray(shadow), out=canvas)
        if self.noise:
            canvas += generator.normal(0, self.noise, canvas.shape)
        np.clip(canvas, 0, 1, out=canvas)
