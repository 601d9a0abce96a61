"""Encoders of sounds of Hugging Face from a folder: loaded and tried, or refused by name."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_utils.models.huggingface.folders import find_folder, read_config
from course_utils.models.huggingface.library import import_transformers
from course_utils.models.huggingface.safely import load_safely, refuse_missing, same
from course_utils.models.sounds.encoders import SoundEncoder, WaveEncoder, WhisperEncoder
from course_utils.models.sounds.padding import pad_sounds

OF_HUGGING_FACE = "hf:"
FORMS = {"wav2vec2": WaveEncoder, "hubert": WaveEncoder, "whisper": WhisperEncoder}
EXTRACTORS = ("preprocessor_config.json", "processor_config.json")  # as versions differ
# Weights that features do not need: of what covers frames in training, and of what writes text.
NOT_NEEDED = ("masked_spec_embed", "decoder.")


def open_sound_encoder(name: str) -> SoundEncoder:
    """A frozen encoder of sounds in eval mode, float32 whatever its file has.

    Args:
        name: ``"hf:"`` and the path of a folder with a model of Hugging Face, or the name of one in
            this machine's cache: wav2vec 2.0, HuBERT or Whisper.

    Raises:
        OSError: If it is not here; it says how to get it.
        ValueError: If it is of another kind, or in a form that is not loaded.
        DamagedFileError: If a file is damaged, or weights are missing in it.
        ImportError: If transformers is not installed.
    """
    if not name.startswith(OF_HUGGING_FACE):
        raise ValueError(
            f"there is no encoder of sounds {name!r}: there are models of Hugging Face, 'hf:PATH' "
            "of a folder or 'hf:NAME' of one in this machine's cache"
        )
    folder = find_folder(name.removeprefix(OF_HUGGING_FACE))
    kind = read_config(folder).get("model_type")
    if kind not in FORMS:
        raise ValueError(
            f"{folder} holds a model of the kind {kind!r}, which encodes no sounds here: take one "
            f"of {', '.join(FORMS)}"
        )
    if not any((folder / file).is_file() for file in EXTRACTORS):
        raise FileNotFoundError(
            f"{folder} does not say how sounds are prepared: copy its {EXTRACTORS[0]} too"
        )
    library = import_transformers()
    prepare = load_safely(library.AutoFeatureExtractor, folder)
    encoder = FORMS[kind](_load_network(library, folder), prepare).eval()
    fault = _fault_of(encoder)
    if fault and encoder.together:
        encoder.together = False
        fault = _fault_of(encoder)
    if fault:
        raise ValueError(f"{folder} holds a {kind} that cannot be used here: {fault}")
    return encoder


def _load_network(library: Any, folder: Path) -> nn.Module:
    network, report = load_safely(
        library.AutoModel, folder, use_safetensors=True, output_loading_info=True
    )
    missing = [name for name in report["missing_keys"] if not name.startswith(NOT_NEEDED)]
    refuse_missing(missing, folder, type(network).__name__)
    return network.float()


def _fault_of(encoder: SoundEncoder) -> str | None:
    """What makes features of a short and a long sound other than is taken for granted."""
    chance = torch.Generator().manual_seed(0)
    longest = encoder.longest or 8 * encoder.shortest
    sounds = [0.1 * torch.randn(longest // part, generator=chance) for part in (4, 2)]
    try:
        alone = [encoder(sound[None])[0] for sound in sounds]
        both = encoder(pad_sounds(sounds))
    except Exception as error:  # networks and extractors that do not belong together fail so
        return f"it takes more than sounds, or others ({error})"
    if both.shape != (2, encoder.num_features) or not both.isfinite().all():
        return f"its features of 2 sounds are {tuple(both.shape)}, or not finite"
    if not same(both, torch.stack(alone)):
        return "its features of a sound depend on those beside it"
    return None
