"""Whether two models of lesson 04 agree."""

import torch

from course_utils.lessons.fine_tuning.trials import Snapshot


def same(end: Snapshot, other: Snapshot, *parts: str) -> bool:
    """Whether two models agree in these parts, or in all."""
    for part in parts or ("head", "backbone", "statistics"):
        pair = torch.tensor(end[part]), torch.tensor(other[part])
        if pair[0].shape != pair[1].shape or not torch.allclose(*pair, rtol=1e-4, atol=1e-5):
            return False
    return True
