"""WAV files for tests, written byte by byte, and words for them that all differ."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

KINDS = ("int8", "int16", "int24", "int32", "float32", "float64")
GUID = bytes.fromhex("000000001000800000aa00389b71")  # what follows the form in extensible headers


def word(number: int = 0, seconds: float = 0.3, rate: int = 8000) -> np.ndarray:
    """A sound (T,) from -0.8 to 0.8 that glides between two pitches of its own."""
    chance = np.random.default_rng(number)
    low, high = chance.uniform(150, 900), chance.uniform(900, 2500)
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * (low * time + (high - low) * time**2 / (2 * seconds))
    return 0.8 * np.sin(phase) * np.hanning(len(time)) + 0.01 * chance.standard_normal(len(time))


def as_bytes(sound: np.ndarray, kind: str, order: str = "<") -> bytes:
    """Samples (T,) or (T, C), from -1 to 1, as a WAV file of that kind has them."""
    if kind.startswith("float"):
        return sound.astype(f"{order}f{int(kind[5:]) // 8}").tobytes()
    bits = int(kind[3:])
    whole = np.clip(np.round(sound * 2 ** (bits - 1)), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    whole = whole.astype(np.int64).ravel()
    if bits == 8:
        return (whole + 128).astype(np.uint8).tobytes()
    name = "little" if order == "<" else "big"
    return b"".join(number.to_bytes(bits // 8, name, signed=True) for number in whole.tolist())


def wav(
    sound: np.ndarray,
    rate: int = 8000,
    kind: str = "int16",
    *,
    order: str = "<",
    extensible: bool = False,
    before: bytes = b"",
    after: bytes = b"",
    said: int | None = None,
    form: int | None = None,
) -> bytes:
    """A WAV file.

    Args:
        sound: (T,) or (T, C), from -1 to 1.
        rate: Frames a second.
        kind: One of ``KINDS``.
        order: ``"<"``, or ``">"`` for big-endian numbers.
        extensible: Whether its header has the long form.
        before: Chunks before that of the samples.
        after: Chunks after it.
        said: Bytes of samples that it says it has; None for the truth.
        form: The number of the form that it says; None for the truth.
    """
    channels, bits = 1 if sound.ndim == 1 else sound.shape[1], int(kind.lstrip("intfloa"))
    block = channels * bits // 8
    number = form or (3 if kind.startswith("float") else 1)
    about = struct.pack(
        f"{order}HHIIHH",
        0xFFFE if extensible else number,
        channels,
        rate,
        (rate * block) % 2**32,
        block,
        bits,
    )
    if extensible:
        about += struct.pack(f"{order}HHIH", 22, bits, 3, number) + GUID
    content = as_bytes(sound, kind, order)
    size = len(content) if said is None else said
    body = b"WAVE" + chunk(b"fmt ", about, order) + before
    body += b"data" + struct.pack(f"{order}I", size) + content + b"\0" * (len(content) % 2) + after
    first = b"RIFF" if order == "<" else b"RIFX"
    return first + struct.pack(f"{order}I", len(body)) + body


def chunk(name: bytes, content: bytes, order: str = "<") -> bytes:
    """A chunk of a WAV file, with a byte at its end where its size is odd."""
    return name + struct.pack(f"{order}I", len(content)) + content + b"\0" * (len(content) % 2)


def write_words(root: Path, classes: Mapping[str, int], first: int = 0, **how: object) -> str:
    """A folder for each class with that many different words; returns the name of the data set."""
    number = first
    for label, count in classes.items():
        (root / label).mkdir(parents=True, exist_ok=True)
        for take in range(count):
            (root / label / f"{take}.wav").write_bytes(wav(word(number), **how))
            number += 1
    return f"sounds:{root}"


def write_spoken(
    root: Path, classes: Sequence[str], speakers: Sequence[str], takes: int, first: int = 0
) -> str:
    """As ``write_words``, with files such as ``yes/yes_anna_0.wav``."""
    number = first
    for label in classes:
        (root / label).mkdir(parents=True, exist_ok=True)
        for speaker in speakers:
            for take in range(takes):
                (root / label / f"{label}_{speaker}_{take}.wav").write_bytes(wav(word(number)))
                number += 1
    return f"sounds:{root}"
