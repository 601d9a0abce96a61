"""Features of recordings, computed once by a frozen encoder and kept."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor
from tqdm.auto import tqdm

from course_utils.data.sounds.kept_sounds import checksum_of
from course_utils.data.sounds.outcomes import SoundError
from course_utils.data.sounds.wav_files import read_wav
from course_utils.files import DamagedFileError
from course_utils.models.freezing import fingerprint
from course_utils.models.sounds.encoders import SoundEncoder
from course_utils.models.sounds.padding import pad_sounds
from course_utils.tensor_files import keep_if_possible, load_tensors

SECONDS_BEFORE_PROGRESS = 3  # no bar for quick work, so lessons and batch runs stay clean


def sound_features(
    encoder: SoundEncoder,
    files: Sequence[str | Path],
    *,
    batch_size: int = 16,
    cache_dir: Path | None = None,
) -> Tensor:
    """Features (N, D) of N recordings, on the CPU.

    Args:
        encoder: As ``open_sound_encoder`` gives it, on any device.
        files: N WAV files.
        batch_size: Recordings at a time; changes speed and memory, not the features.
        cache_dir: Folder that keeps the features, filed under a checksum of encoder and recordings,
            so that a second call with the same two only reads; None keeps nothing.

    Raises:
        ValueError: If there are no files, ``batch_size`` is below 1, or a recording cannot be read
            or is too short or too long for the encoder.
    """
    if not files:
        raise ValueError("there are no files of sounds: features need the recordings themselves")
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    paths = [Path(file) for file in files]
    if cache_dir is None:
        return _compute(encoder, paths, batch_size)
    kept = cache_dir / f"sound_features_{_cache_key(encoder, paths)}.pt"
    try:
        return load_tensors(kept)
    except (OSError, DamagedFileError):
        features = _compute(encoder, paths, batch_size)
        keep_if_possible(features, kept)
        return features


def _compute(encoder: SoundEncoder, files: Sequence[Path], batch_size: int) -> Tensor:
    features = torch.empty(len(files), encoder.num_features)
    options = {"unit": "recording", "delay": SECONDS_BEFORE_PROGRESS, "leave": False}
    with tqdm(total=len(files), **options) as bar:
        for start in range(0, len(files), batch_size):
            some = files[start : start + batch_size]
            sounds = [_read(file, encoder.rate) for file in some]
            features[start : start + len(some)] = encoder(pad_sounds(sounds)).cpu()
            bar.update(len(some))
    return features


def _read(file: Path, rate: int) -> Tensor:
    try:
        return read_wav(file, rate)
    except SoundError as error:
        raise SoundError(error.outcome, f"{file} {error}") from error


def _cache_key(encoder: SoundEncoder, files: Sequence[Path]) -> str:
    """32 hexadecimal digits, others for another network or other recordings."""
    text = f"{encoder} {fingerprint(encoder)} {checksum_of(files)}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]
