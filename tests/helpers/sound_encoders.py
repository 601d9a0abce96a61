"""Tiny folders with encoders of sounds of Hugging Face, made here: nothing is fetched."""

from pathlib import Path
from typing import Any

import pytest
import torch

from course_utils.models.side_by_side import seeded

WIDTH = 16
WAVES = {"hidden_size": WIDTH, "num_hidden_layers": 2, "num_attention_heads": 2,
         "intermediate_size": 24, "conv_dim": (8, 8), "conv_kernel": (10, 3), "conv_stride": (5, 2),
         "num_feat_extract_layers": 2, "num_conv_pos_embeddings": 8,
         "num_conv_pos_embedding_groups": 2, "vocab_size": 12}  # fmt: skip
BANDS = {"d_model": WIDTH, "encoder_layers": 2, "encoder_attention_heads": 2,
         "encoder_ffn_dim": 24, "decoder_layers": 1, "decoder_attention_heads": 2,
         "decoder_ffn_dim": 16, "vocab_size": 20, "max_source_positions": 50,
         "max_target_positions": 8, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 1,
         "decoder_start_token_id": 1}  # fmt: skip
# Two networks for each of the first two kinds, as their sizes "base" and "large" are.
KINDS = ("wav2vec2 base", "wav2vec2 large", "hubert base", "hubert large", "whisper")


def library() -> Any:
    """The package transformers; without it the test is skipped."""
    return pytest.importorskip("transformers", reason="not installed: requirements/hf.txt")


def tiny_encoder(kind: str, **changes: Any) -> tuple[Any, Any]:
    """A network with weights larger than first ones, so no two answers agree, and what prepares.

    Args:
        kind: One of ``KINDS``.
        changes: Of the config.
    """
    transformers = library()
    name, _, size = kind.partition(" ")
    if name == "whisper":
        config = transformers.WhisperConfig(**{**BANDS, **changes})
        form, prepare = transformers.WhisperModel, transformers.WhisperFeatureExtractor
        ready = prepare(feature_size=80, chunk_length=1)  # a second instead of thirty
    else:
        large = {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}
        settings = {**WAVES, **(large if size == "large" else {}), **changes}
        config_form, form = {
            "wav2vec2": (transformers.Wav2Vec2Config, transformers.Wav2Vec2Model),
            "hubert": (transformers.HubertConfig, transformers.HubertModel),
        }[name]
        config = config_form(**settings)
        ready = transformers.Wav2Vec2FeatureExtractor(return_attention_mask=size == "large")
    with seeded(0), torch.no_grad():
        network = form(config).eval()
        for weight in network.parameters():
            weight += 0.2 * torch.randn_like(weight)
    return network, ready


def save_tiny_encoder(folder: Path, kind: str, **changes: Any) -> Path:
    """Write network and feature extractor to ``folder``."""
    library().logging.disable_progress_bar()
    network, prepare = tiny_encoder(kind, **changes)
    network.save_pretrained(folder)
    prepare.save_pretrained(folder)
    return folder
