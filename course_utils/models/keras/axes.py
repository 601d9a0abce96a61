"""The order of a picture's axes: torch puts channels first, Keras puts them last."""

import numpy as np
from torch import Tensor


def channels_last(images: Tensor) -> np.ndarray:
    """Pictures (B, C, H, W) of torch as Keras takes them, (B, H, W, C)."""
    return images.permute(0, 2, 3, 1).contiguous().numpy()
