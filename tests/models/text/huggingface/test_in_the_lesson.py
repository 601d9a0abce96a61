"""What the lesson does with its own model works with those of Hugging Face: heads, LoRA, files."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features, fingerprint, freeze
from course_utils.models.text.adapter_files import load_adapter, save_adapter
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.huggingface.network import HuggingFaceModel
from course_utils.models.text.lora import (
    LAYERS,
    adapter_layers,
    add_adapter,
    changes_of,
    merged,
    remove_adapters,
    use_adapter,
)
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.streams import draw_windows, text_rows, token_stream
from course_utils.models.text.transformer import Transformer
from course_utils.training import train_one_epoch
from tests.helpers.hugging_face import SMALL, TEXTS, libraries, tiny_network

NAMES = {
    "gpt2": {"c_attn", "c_proj", "c_fc"},
    "llama": {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"},
    "opt": {"q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"},
    "bert": {"query", "key", "value", "dense"},
    "roberta": {"query", "key", "value", "dense"},
    "distilbert": {"q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"},
}
IN_A_BLOCK = {"gpt2": 4, "llama": 7, "opt": 6, "bert": 6, "roberta": 6, "distilbert": 6}


@pytest.mark.slow
@pytest.mark.parametrize("kind", NAMES)
def test_an_adapter_is_for_the_linear_layers_of_all_blocks(kind: str, opened: Callable) -> None:
    model, tokenizer = opened(kind)
    rows = text_rows(tokenizer, TEXTS, model.context)
    before = model(rows)
    assert set(adapter_layers(model)) == set(adapter_layers(TextFeatures(model))) == NAMES[kind]
    base = fingerprint(model)
    add_adapter(TextFeatures(model), "mine", rank=2)
    changes = changes_of(model, "mine")
    assert len(changes) == 2 * IN_A_BLOCK[kind]
    assert torch.equal(model(rows), before)
    learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert len(learning) == 2 * len(changes)
    model(rows).square().sum().backward()
    assert all(change.b.grad.any() for change in changes.values())
    with torch.no_grad():
        for change in changes.values():
            change.b.normal_(std=0.1)
    changed = model(rows)
    assert not torch.allclose(changed, before, atol=0.01)
    torch.testing.assert_close(merged(model)(rows), changed, rtol=1e-4, atol=1e-4)
    use_adapter(model, None)
    assert torch.equal(model(rows), before)
    remove_adapters(model)
    assert fingerprint(model) == base


def test_a_linear_layer_outside_the_blocks_is_left() -> None:
    transformers, _ = libraries()
    sizes = {**SMALL, "vocab_size": 50, "embedding_size": 8}
    network = transformers.AlbertModel(transformers.AlbertConfig(**sizes))
    model = HuggingFaceModel(network, causal=False, pad=0, pads_left=False)
    assert isinstance(network.encoder.embedding_hidden_mapping_in, nn.Linear)
    assert set(model.adapter_layers) == {"query", "key", "value", "dense", "ffn", "ffn_output"}


def test_the_workbooks_own_model_keeps_its_layers() -> None:
    assert adapter_layers(Transformer(300, width=16)) == LAYERS
    assert adapter_layers(TextFeatures(Transformer(300, width=16))) == LAYERS


def test_an_adapter_of_its_own_file_fits_the_same_model_alone(
    opened: Callable, tmp_path: Path
) -> None:
    model, tokenizer = opened("gpt2")
    rows = text_rows(tokenizer, TEXTS, model.context)
    add_adapter(model, "mine")
    with torch.no_grad():
        for change in changes_of(model, "mine").values():
            change.b.normal_(std=0.1)
    save_adapter(model, "mine", tmp_path / "mine.pt")
    other, _ = opened("gpt2")
    load_adapter(other, "mine", tmp_path / "mine.pt")
    assert torch.equal(other(rows), model(rows))
    with pytest.raises(ValueError, match="belongs to another base"):
        load_adapter(model.untrained(), "mine", tmp_path / "mine.pt")


def test_a_causal_model_learns_a_stream_with_an_adapter(opened: Callable) -> None:
    model, tokenizer = opened("llama")
    torch.manual_seed(0)
    add_adapter(model, "mine")
    stream = token_stream(tokenizer, TEXTS)
    windows = draw_windows(stream, model.context + 1, 8, torch.Generator().manual_seed(0))
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights, lr=0.02)
    losses = []
    for _ in range(25):
        loss = next_token_loss(model, windows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["gpt2", "distilbert"])
def test_a_classifier_learns_by_the_workbooks_own_loop(kind: str, opened: Callable) -> None:
    model, tokenizer = opened(kind)
    torch.manual_seed(0)
    backbone = TextFeatures(model)
    assert backbone.pooling == ("last" if model.causal else "mean")
    rows = text_rows(tokenizer, [text[:n] for text in TEXTS for n in (9, 20, 30)], model.context)
    examples = LabelledImages(rows, torch.arange(12) % 3, ("short", "middle", "long"))
    classifier = Classifier(backbone, 3)
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
    losses = []
    for _ in range(20):
        classifier.train()
        train_one_epoch(classifier, BatchLoader(examples, 6, shuffle=True, seed=0), optimizer)
        with torch.no_grad():
            classifier.eval()
            losses.append(nn.functional.cross_entropy(classifier(rows), examples.labels).item())
    assert losses[-1] < 0.3 < losses[0]


def test_frozen_features_are_kept_for_each_model(opened: Callable, tmp_path: Path) -> None:
    for kind in ("gpt2", "bert"):
        model, tokenizer = opened(kind)
        rows = text_rows(tokenizer, TEXTS, model.context)
        backbone = TextFeatures(model)
        freeze(backbone)
        before = fingerprint(backbone)
        backbone.train()
        for _ in range(2):
            kept = extract_features(backbone, rows, cache_dir=tmp_path)
            torch.testing.assert_close(kept, backbone(rows), rtol=1e-5, atol=1e-5)
        assert fingerprint(backbone) == before and not model.network.training
    assert len(list(tmp_path.iterdir())) == 2


def test_what_the_weights_do_not_tell_is_told() -> None:
    def described(**changes: int | str) -> str:
        network = tiny_network("bert", 50, **changes)
        return repr(HuggingFaceModel(network.bert, causal=False, pad=0, pads_left=False))

    assert described() == described()
    assert "kind='bert', causal=False" in described()
    assert described(num_attention_heads=4) != described() != described(layer_norm_eps=1e-3)


@pytest.mark.parametrize("kind", NAMES)
def test_an_untrained_model_has_the_same_form_and_leaves_the_other(
    kind: str, opened: Callable
) -> None:
    model, tokenizer = opened(kind)
    before = fingerprint(model)
    fresh = model.untrained()
    assert fresh.training and repr(fresh) == repr(model)
    assert fresh.network.config is not model.network.config
    assert fingerprint(fresh) not in (before, fingerprint(model.untrained()))
    assert fresh.state_dict().keys() == model.state_dict().keys()
    assert fresh(text_rows(tokenizer, TEXTS, 12)).isfinite().all()
    assert fingerprint(model) == before
