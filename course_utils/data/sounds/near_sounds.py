"""Recordings that are nearly the same: one recording, made louder or stored at another rate."""

import torch
from torch import Tensor

# Measured on 1,800 spoken digits: half of the pictures of one recording at another loudness or rate
# differ by less than 0.6; no two recordings, even of one speaker's same word, by less than 4.
NEAR = 2.0  # of 255, root mean square
CELLS = 2**22  # pairs that are looked at together: some 50 MB


def find_near_sounds(images: Tensor) -> Tensor:
    """Pairs of sounds (P, 2), int64, with nearly the same picture, the smaller place first.

    Args:
        images: N pictures of sound (N, 1, size, size), uint8.
    """
    flat = images.flatten(1).float() - 128  # (N, size * size), small numbers for the sake of bits
    squares = flat.square().sum(1)
    pairs, rows = [], max(1, CELLS // max(1, len(flat)))
    for start in range(0, len(flat), rows):
        some = flat[start : start + rows]
        products = some @ flat[start:].T  # (rows, N - start)
        distances = squares[start : start + rows, None] + squares[start:] - 2 * products
        found = (distances < NEAR**2 * flat.shape[1]).triu(diagonal=1).nonzero()
        pairs.append(found + start)
    return torch.cat(pairs) if pairs else torch.empty(0, 2, dtype=torch.int64)
