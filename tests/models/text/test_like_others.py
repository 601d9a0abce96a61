"""The same numbers as well-kept libraries give: LoRA as peft's, the transformer as GPT-2."""

import copy

import pytest
import torch
from torch import Tensor

from course_utils.models.text.generating import generate
from course_utils.models.text.lora import LAYERS, add_adapter, changes_of, merged, use_adapter
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.padding import PADDING
from course_utils.models.text.transformer import Transformer


@pytest.fixture
def both(model: Transformer) -> tuple[Transformer, object]:
    """The model with an adapter of the workbook, and of peft, whose A and B are the same."""
    peft = pytest.importorskip("peft", reason="not installed: requirements/hf.txt")
    model.double()
    config = peft.LoraConfig(r=3, lora_alpha=6, target_modules=list(LAYERS), bias="none")
    theirs = peft.get_peft_model(copy.deepcopy(model), config)
    add_adapter(model, "mine", rank=3, alpha=6)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for place, change in changes_of(model, "mine").items():
            change.b.normal_(generator=generator)
            layer = theirs.base_model.model.get_submodule(place)
            layer.lora_A["default"].weight.copy_(change.a)
            layer.lora_B["default"].weight.copy_(change.b)
    return model, theirs


def test_lora_answers_as_that_of_peft(both: tuple, tokens: Tensor) -> None:
    ours, theirs = both
    answers = theirs.base_model.model.logits(tokens)
    torch.testing.assert_close(ours.logits(tokens), answers, rtol=0, atol=1e-10)
    use_adapter(ours, None)
    with theirs.disable_adapter():
        assert torch.equal(ours.logits(tokens), theirs.base_model.model.logits(tokens))
    assert not torch.allclose(ours.logits(tokens), answers, atol=0.01)


def test_lora_learns_as_that_of_peft(both: tuple, tokens: Tensor) -> None:
    ours, theirs = both
    next_token_loss(ours, tokens).backward()
    next_token_loss(theirs.base_model.model, tokens).backward()
    for place, change in changes_of(ours, "mine").items():
        layer = theirs.base_model.model.get_submodule(place)
        torch.testing.assert_close(change.a.grad, layer.lora_A["default"].weight.grad)
        torch.testing.assert_close(change.b.grad, layer.lora_B["default"].weight.grad)
    learning = {name for name, weight in theirs.named_parameters() if weight.requires_grad}
    assert len(learning) == sum(weight.requires_grad for weight in ours.parameters())


def test_lora_merges_as_that_of_peft(both: tuple) -> None:
    ours, theirs = both
    expected = theirs.merge_and_unload().state_dict()
    found = merged(ours).state_dict()
    assert found.keys() == expected.keys()
    for name, weight in found.items():
        torch.testing.assert_close(weight, expected[name], rtol=0, atol=1e-12)


@pytest.fixture
def gpt2(model: Transformer) -> object:
    """GPT-2 with the weights of the model, and biases of zero, which it does not have."""
    transformers = pytest.importorskip("transformers", reason="not installed: requirements/hf.txt")
    sizes = model.architecture
    config = transformers.GPT2Config(
        vocab_size=sizes["vocab_size"], n_positions=sizes["context"], n_embd=sizes["width"],
        n_layer=sizes["num_layers"], n_head=sizes["num_heads"], bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    twin = transformers.GPT2LMHeadModel(config).eval()
    names = {"attention_norm": "ln_1", "attention.qkv": "attn.c_attn", "token_norm": "ln_2",
             "attention.out": "attn.c_proj", "up": "mlp.c_fc", "down": "mlp.c_proj"}  # fmt: skip
    inside = twin.transformer
    pairs = [(inside.wte, model.tokens), (inside.wpe, model.positions), (inside.ln_f, model.norm)]
    for block, theirs in zip(model.blocks, inside.h, strict=True):
        pairs += [(theirs.get_submodule(t), block.get_submodule(o)) for o, t in names.items()]
    with torch.no_grad():
        for theirs, own in pairs:
            if isinstance(own, torch.nn.Linear):  # GPT-2 keeps those turned over
                theirs.weight.copy_(own.weight.T)
            else:
                theirs.weight.copy_(own.weight)
            if hasattr(theirs, "bias"):
                theirs.bias.zero_()
    return twin


def test_the_transformer_is_gpt2_without_biases(
    model: Transformer, gpt2: object, tokens: Tensor
) -> None:
    expected = gpt2(tokens).logits
    torch.testing.assert_close(model.logits(tokens), expected, rtol=0, atol=1e-4)
    assert expected.std() > 1


def test_the_loss_is_that_of_gpt2_which_shifts_inside(
    model: Transformer, gpt2: object, tokens: Tensor
) -> None:
    padded = tokens.clone()
    padded[1, 6:] = PADDING
    inside = gpt2(padded.clamp(min=0), labels=padded).loss
    torch.testing.assert_close(next_token_loss(model, padded), inside, rtol=1e-5, atol=0)


def test_the_likeliest_text_is_that_of_gpt2(
    model: Transformer, gpt2: object, tokens: Tensor
) -> None:
    gpt2.generation_config.eos_token_id = None
    expected = gpt2.generate(
        tokens, max_new_tokens=10, do_sample=False, pad_token_id=0,
        attention_mask=torch.ones_like(tokens),
    )  # fmt: skip
    assert torch.equal(generate(model, tokens, 10, temperature=0), expected)
