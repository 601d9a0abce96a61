"""Features of files: those of their sounds, in any batches, and kept until something changes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from course_utils.data.sounds.outcomes import SoundError
from course_utils.data.sounds.wav_files import read_wav
from course_utils.models.sounds import features as features_module
from course_utils.models.sounds.features import sound_features
from course_utils.models.sounds.huggingface import open_sound_encoder
from tests.helpers.sound_files import wav, word


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Five words of several lengths and rates."""
    paths = [tmp_path / f"{number}.wav" for number in range(5)]
    for number, path in enumerate(paths):
        rate = (8_000, 16_000, 44_100)[number % 3]
        path.write_bytes(wav(word(number, 0.2 + 0.05 * number, rate), rate))
    return [str(path) for path in paths]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["wav2vec2 base", "wav2vec2 large", "whisper"])
@pytest.mark.parametrize("batch_size", [1, 2, 16])
def test_features_are_those_of_each_sound_at_the_rate_of_the_encoder(
    kind: str, batch_size: int, opened: Callable, files: list[str]
) -> None:
    encoder = opened(kind)
    features = sound_features(encoder, files, batch_size=batch_size)
    expected = torch.cat([encoder(read_wav(Path(file), 16_000)[None]) for file in files])
    assert torch.allclose(features, expected, rtol=0, atol=1e-5 * float(expected.abs().max()))
    assert features.device.type == "cpu"


@pytest.mark.slow
def test_features_are_kept_until_encoder_or_recordings_change(
    opened: Callable,
    changed: Callable,
    files: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    encoder, kept = opened("wav2vec2 large"), tmp_path / "kept"
    first = sound_features(encoder, files, cache_dir=kept)
    with monkeypatch.context() as patch:
        patch.setattr(features_module, "read_wav", None)  # whoever calls it, fails
        assert torch.equal(sound_features(encoder, files, cache_dir=kept), first)
    loud = changed("wav2vec2 large", "preprocessor_config.json", do_normalize=False)
    others = sound_features(open_sound_encoder(f"hf:{loud}"), files, cache_dir=kept)
    assert not torch.allclose(others, first, rtol=1e-3)
    Path(files[1]).write_bytes(wav(word(9)))
    again = sound_features(encoder, files, cache_dir=kept)
    assert not torch.allclose(again[1], first[1], rtol=1e-3) and torch.equal(again[2], first[2])
    assert len(list(kept.iterdir())) == 3


def test_a_damaged_file_of_kept_features_is_made_again(
    opened: Callable, files: list[str], tmp_path: Path
) -> None:
    encoder, kept = opened("hubert base"), tmp_path / "kept"
    first = sound_features(encoder, files, cache_dir=kept)
    (file,) = kept.iterdir()
    file.write_bytes(b"damaged")
    assert torch.equal(sound_features(encoder, files, cache_dir=kept), first)


def test_what_gives_no_features_is_named(opened: Callable, files: list[str]) -> None:
    encoder = opened("hubert base")
    with pytest.raises(ValueError, match="there are no files of sounds"):
        sound_features(encoder, [])
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        sound_features(encoder, files, batch_size=0)
    Path(files[3]).write_text("seven")
    with pytest.raises(SoundError, match=r"3\.wav is a text, no sound"):
        sound_features(encoder, files)
