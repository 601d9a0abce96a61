"""Wrapped networks give what the library gives, whatever stands beside a text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.models.text.backbones import open_language_model
from course_utils.models.text.classifier import POOLINGS, TextFeatures
from course_utils.models.text.generating import generate
from course_utils.models.text.huggingface.network import HuggingFaceModel
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.padding import PADDING, is_real
from course_utils.models.text.scoring import score_texts
from course_utils.models.text.streams import text_rows
from tests.helpers.hugging_face import CONTEXT, TEXTS, WIDTH, tiny_network

CAUSAL, ENCODERS = ("gpt2", "llama", "opt"), ("bert", "roberta", "distilbert")
KINDS = (*CAUSAL, *ENCODERS)
SOME = ("", "The mean.", *TEXTS)


def hidden_states(library: Any, row: Tensor) -> Tensor:
    """Of a row (T,) without padding: (T, D), the last ones, after the last norm."""
    with torch.no_grad():
        return library(input_ids=row[None], output_hidden_states=True).hidden_states[-1][0]


@pytest.mark.parametrize("kind", KINDS)
def test_features_are_the_hidden_states_of_the_library(
    kind: str, opened: Callable, library_of: Callable
) -> None:
    model, tokenizer = opened(kind)
    library = library_of(kind, "AutoModel")
    rows = text_rows(tokenizer, SOME, model.context)
    features = model(rows)
    assert features.shape == (*rows.shape, WIDTH) and model.num_features == WIDTH
    assert not model.training and features.dtype == torch.float32
    for row, found in zip(rows, features, strict=True):
        expected = hidden_states(library, row[row != PADDING])
        torch.testing.assert_close(found[: len(expected)], expected, rtol=1e-5, atol=2e-5)
    assert features[is_real(rows)].std() > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_text_answers_the_same_alone_and_in_a_batch_padded_left_or_right(
    kind: str, pooling: str, opened: Callable, changed: Callable
) -> None:
    model, tokenizer = opened(kind)
    folder = changed(kind, "tokenizer_config.json", padding_side="left")
    left, left_tokenizer = open_language_model(f"hf:{folder}")
    assert left_tokenizer.pads_left and not model.pads_left
    assert left.pads_left or (kind == "distilbert" and not left.takes_positions)  # before 5
    rows = text_rows(tokenizer, SOME, model.context)
    alone = torch.cat([TextFeatures(model, pooling)(row[row != PADDING][None]) for row in rows])
    for each in (model, left):
        assert each(rows).isfinite().all()
        torch.testing.assert_close(TextFeatures(each, pooling)(rows), alone, rtol=1e-5, atol=2e-5)
        wider = F.pad(rows, (0, CONTEXT - rows.shape[1]), value=PADDING)
        torch.testing.assert_close(TextFeatures(each, pooling)(wider), alone, rtol=1e-5, atol=2e-5)


def test_a_network_that_pads_left_is_given_rows_padded_left(
    opened: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = opened("gpt2")
    given = {}
    model.network.transformer.register_forward_pre_hook(
        lambda _, __, kwargs: given.update(kwargs), with_kwargs=True
    )
    tokens = torch.tensor([[5, 6, 7], [8, PADDING, PADDING]])
    model(tokens)
    assert given["input_ids"].tolist() == [[5, 6, 7], [8, model.pad, model.pad]]
    assert given["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    model.pads_left = True
    model(tokens)
    assert given["input_ids"].tolist() == [[5, 6, 7], [model.pad, model.pad, 8]]
    assert given["attention_mask"].tolist() == [[1, 1, 1], [0, 0, 1]]
    assert given["position_ids"].tolist() == [[0, 1, 2], [0, 0, 0]]


def test_a_network_that_would_count_padding_before_a_text_is_given_it_behind(
    opened: Callable, changed: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, tokenizer = opened("gpt2")
    network = type(model.network.transformer)
    forward = network.forward

    def without_positions(self: Any, input_ids: Tensor, **others: Any) -> Any:
        others.pop("position_ids", None)
        return forward(self, input_ids, **others)

    monkeypatch.setattr(network, "forward", without_positions)
    folder = changed("gpt2", "tokenizer_config.json", padding_side="left")
    other, other_tokenizer = open_language_model(f"hf:{folder}")
    assert other_tokenizer.pads_left and not other.pads_left and not other.takes_positions
    rows = text_rows(tokenizer, SOME, model.context)
    real = is_real(rows)
    torch.testing.assert_close(other(rows)[real], model(rows)[real], rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("kind", CAUSAL)
def test_the_loss_is_that_of_the_library_which_shifts_inside(
    kind: str, opened: Callable, library_of: Callable
) -> None:
    model, tokenizer = opened(kind)
    library = library_of(kind, "AutoModelForCausalLM")
    row = text_rows(tokenizer, TEXTS[1:2], model.context)
    with torch.no_grad():
        inside = library(input_ids=row, labels=row).loss
        torch.testing.assert_close(next_token_loss(model, row), inside, rtol=1e-6, atol=0)
        torch.testing.assert_close(
            model.logits(row), library(input_ids=row).logits, rtol=1e-5, atol=1e-5
        )
        rows = text_rows(tokenizer, SOME, model.context)
        mask = is_real(rows).long()
        padded = library(input_ids=rows.clamp(min=0), attention_mask=mask, labels=rows).loss
    torch.testing.assert_close(next_token_loss(model, rows), padded, rtol=1e-6, atol=0)
    assert inside > 1


@pytest.mark.parametrize("kind", CAUSAL)
def test_a_text_scores_as_the_library_says(
    kind: str, opened: Callable, library_of: Callable
) -> None:
    model, tokenizer = opened(kind)
    library = library_of(kind, "AutoModelForCausalLM")
    scores = score_texts(model, tokenizer, [TEXTS[0], TEXTS[3] * 2])
    row = torch.tensor([[tokenizer.start, *tokenizer.encode(TEXTS[0])]])
    assert row.shape[1] <= CONTEXT < len(tokenizer.encode(TEXTS[3] * 2))
    with torch.no_grad():
        logits = library(input_ids=row[:, :-1]).logits
    expected = F.cross_entropy(logits[0], row[0, 1:], reduction="sum").double()
    torch.testing.assert_close(scores.nats[0], expected, rtol=1e-6, atol=0)
    assert scores.num_tokens.tolist() == [
        len(tokenizer.encode(t)) for t in (TEXTS[0], TEXTS[3] * 2)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", CAUSAL)
def test_the_likeliest_text_is_that_of_the_library_with_and_without_a_cache(
    kind: str, opened: Callable, library_of: Callable
) -> None:
    model, tokenizer = opened(kind)
    library = library_of(kind, "AutoModelForCausalLM")
    library.generation_config.eos_token_id = None
    tokens = torch.tensor([tokenizer.as_row("The mean")])
    expected = library.generate(
        tokens, max_new_tokens=10, do_sample=False, pad_token_id=0,
        attention_mask=torch.ones_like(tokens),
    )  # fmt: skip
    for use_cache in (True, False):
        found = generate(model, tokens, 10, temperature=0, use_cache=use_cache)
        assert torch.equal(found, expected)
    long = [generate(model, tokens, 2 * CONTEXT, temperature=0, use_cache=c) for c in (True, False)]
    assert torch.equal(*long)


@pytest.mark.parametrize("kind", ENCODERS)
def test_an_encoder_says_that_it_does_not_predict_the_next_token(
    kind: str, opened: Callable
) -> None:
    model, tokenizer = opened(kind)
    rows = text_rows(tokenizer, TEXTS, model.context)
    for ask in (
        lambda: model.logits(rows),
        lambda: model.logits_of(torch.zeros(1, WIDTH)),
        lambda: next_token_loss(model, rows),
        lambda: score_texts(model, tokenizer, TEXTS),
        lambda: generate(model, rows[:, :3], 1),
        lambda: generate(model, rows[:, :3], 1, use_cache=False),
    ):
        with pytest.raises(ValueError, match=f"{kind} is an encoder: .* take a causal model"):
            ask()


@pytest.mark.parametrize("kind", KINDS)
def test_all_of_the_context_can_be_seen_and_no_more(kind: str, opened: Callable) -> None:
    model, _ = opened(kind)
    assert model.context == CONTEXT
    tokens = torch.full((1, CONTEXT + 1), 7)
    assert model(tokens[:, :-1]).isfinite().all()
    with pytest.raises(ValueError, match="at most 24 tokens can be seen at once, got 25"):
        model(tokens)
    model.context = 4
    with pytest.raises(ValueError, match="at most 4 tokens can be seen at once, got 5"):
        model(tokens[:, :5])
    assert model.untrained().context == 4


def test_more_tokens_than_the_context_are_refused_with_a_past_too(opened: Callable) -> None:
    model, _ = opened("llama")
    past = model.new_past()
    model(torch.full((1, CONTEXT), 7), past)
    with pytest.raises(ValueError, match="at most 24 tokens can be seen at once, got 25"):
        model(torch.full((1, 1), 7), past)


def test_turned_layers_of_gpt2_become_linear_ones_that_answer_the_same() -> None:
    network = tiny_network("gpt2", 50)
    tokens = torch.arange(40).view(2, 20)
    with torch.no_grad():
        before = network(input_ids=tokens).logits
        model = HuggingFaceModel(network, causal=True, pad=0, pads_left=False)
        after = network(input_ids=tokens).logits
    torch.testing.assert_close(after, before, rtol=1e-5, atol=1e-5)
    for each in (model, model.untrained()):
        kinds = [type(part).__name__ for part in each.modules()]
        assert "Conv1D" not in kinds and kinds.count("Linear") == 2 * 4 + 1
    assert network.lm_head.weight is network.transformer.wte.weight


def test_a_network_without_a_context_in_its_config_is_refused() -> None:
    network = tiny_network("gpt2", 50)
    network.config.n_positions = 0
    with pytest.raises(ValueError, match="config of this gpt2 does not say how many tokens"):
        HuggingFaceModel(network, causal=True, pad=0, pads_left=False)


def test_weights_are_float32_whatever_the_file_has(folder_of: Callable, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder_of("gpt2"))
    tiny_network("gpt2", len(tokenizer)).to(torch.bfloat16).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    model, _ = open_language_model(f"hf:{tmp_path}")
    assert {weight.dtype for weight in model.state_dict().values()} == {torch.float32}
    assert {weight.dtype for weight in model.untrained().parameters()} == {torch.float32}
    assert model(torch.tensor([[1, 2]])).dtype == torch.float32


@pytest.mark.parametrize("kind", ["gpt2", "llama", "bert"])
def test_layers_compute_in_the_precision_asked_for(kind: str, opened: Callable) -> None:
    model, tokenizer = opened(kind)
    rows = text_rows(tokenizer, TEXTS, model.context)
    exact = model(rows)
    model.precision = torch.bfloat16
    rough = model(rows)
    assert rough.dtype == torch.float32 and not torch.equal(rough, exact)
    real = is_real(rows)
    assert (rough - exact)[real].abs().mean() < 0.1 * exact[real].abs().mean()


def test_features_are_those_that_the_head_takes_and_float32() -> None:
    network = tiny_network("opt", 50, word_embed_proj_dim=8)  # a layer stands behind the norm
    model = HuggingFaceModel(network, causal=True, pad=0, pads_left=False)
    tokens = torch.arange(10).view(1, 10)
    assert model(tokens).shape == (1, 10, model.num_features) == (1, 10, 8)
    torch.testing.assert_close(model.logits(tokens), network(input_ids=tokens).logits)
    model.precision = torch.bfloat16
    assert model(tokens).dtype == torch.float32
