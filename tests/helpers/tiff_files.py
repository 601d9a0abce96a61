"""Grey TIFF files that Pillow reads but does not write: 12 bits, white as 0, signed numbers."""

import struct
from pathlib import Path

import numpy as np

UNSIGNED, SIGNED, FRACTIONS = 1, 2, 3  # what the tag SampleFormat says


def save_tiff(
    path: Path, values: np.ndarray, bits: int, *, white_is_zero: bool = False, form: int = UNSIGNED
) -> Path:
    """Write ``values`` (H, W), of which 12 bits are packed two to three bytes."""
    height, width = values.shape
    if bits == 12:
        left, right = values.astype(int).reshape(-1, 2).T
        packed = np.stack([left >> 4, (left & 15) << 4 | right >> 8, right & 255], axis=1)
        content = packed.astype(np.uint8).tobytes()
    else:
        content = values.astype(f"<{' uif'[form]}{bits // 8}").tobytes()
    tags = {  # in the order of their numbers, each one number of 4 bytes
        256: width,
        257: height,
        258: bits,
        259: 1,  # not compressed
        262: 0 if white_is_zero else 1,
        273: 8,  # where the pixels begin
        277: 1,  # number a pixel
        278: height,  # rows that lie together
        279: len(content),
        339: form,
    }
    fields = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(
        b"II*\0"
        + struct.pack("<I", 8 + len(content))
        + content
        + struct.pack("<H", len(tags))
        + fields
        + bytes(4)
    )
    return path
