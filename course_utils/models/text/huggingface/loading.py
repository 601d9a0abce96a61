"""Language models of Hugging Face from a folder: loaded and tried, or refused by name."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from course_utils.models.huggingface.folders import find_folder, read_config
from course_utils.models.huggingface.library import import_transformers
from course_utils.models.huggingface.safely import load_safely, refuse_missing, same
from course_utils.models.text.huggingface.network import HuggingFaceModel
from course_utils.models.text.huggingface.tokenizer import HuggingFaceTokenizer
from course_utils.models.text.padding import PADDING


def load_huggingface(name: str) -> tuple[HuggingFaceModel, HuggingFaceTokenizer]:
    """A model in eval mode, float32 whatever its file has, and its tokenizer.

    Causal models, such as GPT-2 and Llama, predict the next token and classify. Encoders, such as
    BERT, RoBERTa and DistilBERT, classify.

    Args:
        name: Of a folder, or of a model in this machine's cache.

    Raises:
        OSError: If it is not here; it says how to get it.
        ValueError: If it is of another kind, or in a form that is not loaded.
        DamagedFileError: If a file is damaged, or weights are missing in it.
        ImportError: If transformers is not installed.
    """
    folder = find_folder(name)
    kind = read_config(folder).get("model_type")
    library = import_transformers()
    if kind not in library.CONFIG_MAPPING:
        raise ValueError(
            f"{folder} holds a model of the kind {kind!r}, which this version of transformers does "
            "not know: where a newer one does, run pip install --upgrade transformers"
        )
    config = load_safely(library.AutoConfig, folder)
    causal = _is_causal(library, config, folder)
    network = _load_network(library, folder, causal)
    inside = load_safely(library.AutoTokenizer, folder)
    try:
        tokenizer = HuggingFaceTokenizer(
            inside, network.get_input_embeddings().num_embeddings, causal
        )
        model = HuggingFaceModel(
            network, causal=causal, pad=tokenizer.pad, pads_left=tokenizer.pads_left
        ).eval()
    except ValueError as error:
        raise ValueError(f"{folder}: {error}") from error
    fault = _fault_of(model)
    if fault and model.pads_left:  # some count padding before a text among its positions
        model.pads_left = False
        fault = _fault_of(model)
    if fault:
        raise ValueError(f"{folder} holds a {kind} that cannot be used here: {fault}")
    return model, tokenizer


def _is_causal(library: Any, config: Any, folder: Path) -> bool:
    """Whether tokens see only those before them; some kinds, such as BERT, can be made so."""
    predicts = type(config) in library.MODEL_FOR_CAUSAL_LM_MAPPING
    fills_gaps = type(config) in library.MODEL_FOR_MASKED_LM_MAPPING
    if config.is_encoder_decoder or not (predicts or fills_gaps):
        raise ValueError(
            f"{folder} holds a model of the kind {config.model_type!r}, neither a causal language "
            "model, such as gpt2 or llama, nor an encoder, such as bert, roberta or distilbert: "
            "take one of these"
        )
    return predicts and (not fills_gaps or getattr(config, "is_decoder", False))


def _load_network(library: Any, folder: Path, causal: bool) -> nn.Module:
    form = library.AutoModelForCausalLM if causal else library.AutoModel
    network, report = load_safely(form, folder, use_safetensors=True, output_loading_info=True)
    missing = [name for name in report["missing_keys"] if "pooler" not in name.split(".")]
    refuse_missing(missing, folder, type(network).__name__)
    return network.float()


@torch.no_grad()
def _fault_of(model: HuggingFaceModel) -> str | None:
    """What makes features or logits of two short texts other than is taken for granted."""
    last = model.vocab_size - 1
    tokens = torch.tensor([[0, last, 0], [0, last, last]])
    tokens = tokens[:, : model.context].to(next(model.parameters()).device)
    try:
        features = model(tokens)
    except Exception as error:  # networks of other kinds fail in many ways
        return f"it takes more than tokens and a mask ({error})"
    if features.shape != (*tokens.shape, model.num_features):
        return f"its features are {tuple(features.shape)}"
    padded = tokens.clone()
    padded[0, 1:] = PADDING
    if not same(model(padded)[0, :1], model(tokens[:1, :1])[0]):
        return "its features of a text depend on the padding behind it"
    if not model.causal:
        return None
    if not same(features[0, :-1], features[1, :-1]):
        return "its tokens see those after them, so its loss would mean nothing"
    if not same(model.logits_of(features), model.network(input_ids=tokens).logits):
        return "its logits are more than a linear layer of its features"
    return None
