"""Tiny folders with models of Hugging Face, made here: nothing is fetched."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from course_utils.models.side_by_side import seeded

WIDTH, CONTEXT = 16, 24
TEXTS = (
    "The mean of the array along the axis.",
    "A mean over nothing is not a number, and the order of equal items is kept.",
    "Sort the array along the last axis: the smallest item comes first.",
    "If True, copy the array; otherwise the result shares its memory.",
)
SMALL = {"vocab_size": None, "hidden_size": WIDTH, "num_hidden_layers": 2,
         "num_attention_heads": 2, "intermediate_size": 32}  # fmt: skip


def libraries() -> tuple[Any, Any]:
    """The packages transformers and tokenizers; without them the test is skipped."""
    why = "not installed: requirements/hf.txt"
    return pytest.importorskip("transformers", reason=why), pytest.importorskip("tokenizers")


def byte_pairs(special: dict[str, str], **options: Any) -> Any:
    """A tokenizer of bytes and pairs, such as those of GPT-2, Llama 3 and RoBERTa.

    Args:
        special: Special tokens by what they are called, such as ``eos_token``.
        options: As its class takes them.
    """
    transformers, tokenizers = libraries()
    inside = tokenizers.Tokenizer(tokenizers.models.BPE())
    inside.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    inside.decoder = tokenizers.decoders.ByteLevel()
    names = list(dict.fromkeys(special.values()))
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=300 + len(names), show_progress=False, special_tokens=names,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    inside.train_from_iterator(TEXTS, trainer)
    if "cls_token" in special:
        _frame(inside, special)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=inside, **special, **options)


def word_pieces(**options: Any) -> Any:
    """A tokenizer of small letters and pieces of words, as that of BERT."""
    transformers, tokenizers = libraries()
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]",
               "sep_token": "[SEP]", "mask_token": "[MASK]"}  # fmt: skip
    inside = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    inside.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    inside.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    inside.decoder = tokenizers.decoders.WordPiece()
    trainer = tokenizers.trainers.WordPieceTrainer(
        vocab_size=200, show_progress=False, special_tokens=list(special.values())
    )
    inside.train_from_iterator(TEXTS, trainer)
    _frame(inside, special)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=inside, **special, **options)


def _frame(inside: Any, special: dict[str, str]) -> None:
    """Have the tokenizer put its first and last special token around every text."""
    _, tokenizers = libraries()
    first, last = special["cls_token"], special["sep_token"]
    inside.post_processor = tokenizers.processors.TemplateProcessing(
        single=f"{first} $A {last}",
        special_tokens=[(name, inside.token_to_id(name)) for name in (first, last)],
    )


def tiny_tokenizer(kind: str, **options: Any) -> Any:
    """A tokenizer as models of that kind have."""
    if kind in ("bert", "distilbert"):
        return word_pieces(**options)
    if kind == "roberta":
        special = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>",
                   "cls_token": "<s>", "sep_token": "</s>"}  # fmt: skip
        return byte_pairs(special, **options)
    if kind == "llama":
        return byte_pairs({"bos_token": "<s>", "eos_token": "</s>"}, **options)
    return byte_pairs({"bos_token": "<end>", "eos_token": "<end>"}, **options)


def tiny_network(kind: str, vocab_size: int, seed: int = 0, **changes: Any) -> Any:
    """A network of two layers with weights larger than first ones, so that no two answers agree.

    Args:
        kind: ``gpt2``, ``llama``, ``bert``, ``roberta``, ``distilbert`` or ``opt``.
        vocab_size: Tokens.
        seed: Of the weights.
        changes: Of the config.
    """
    transformers, _ = libraries()
    sizes = {**SMALL, "vocab_size": vocab_size, "max_position_embeddings": CONTEXT}
    configs = {
        "gpt2": (
            transformers.GPT2LMHeadModel,
            {"n_inner": 32, "bos_token_id": 0, "eos_token_id": 0},
        ),
        "llama": (transformers.LlamaForCausalLM, {}),
        "opt": (transformers.OPTForCausalLM, {"ffn_dim": 32, "word_embed_proj_dim": WIDTH}),
        "bert": (transformers.BertForMaskedLM, {}),
        "roberta": (transformers.RobertaModel, {"max_position_embeddings": CONTEXT + 2}),
        "distilbert": (transformers.DistilBertModel, {"hidden_dim": 32}),
    }
    form, own = configs[kind]
    with seeded(seed):
        network = form(form.config_class(**{**sizes, **own, **changes})).eval()
        with torch.no_grad():
            for weight in network.parameters():
                weight += 0.3 * torch.randn_like(weight)
    return network


def save_tiny(folder: Path, kind: str, seed: int = 0, **options: Any) -> Path:
    """Write model and tokenizer to ``folder``; ``options`` are those of the tokenizer."""
    transformers, _ = libraries()
    transformers.logging.disable_progress_bar()
    tokenizer = tiny_tokenizer(kind, **options)
    tiny_network(kind, len(tokenizer), seed).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def changed_copy(source: Path, target: Path, file: str, **settings: Any) -> Path:
    """A copy of the folder ``source`` at ``target``, with other settings in one JSON file of it."""
    target.mkdir()
    for path in source.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    content = json.loads((target / file).read_text())
    (target / file).write_text(json.dumps({**content, **settings}))
    return target
