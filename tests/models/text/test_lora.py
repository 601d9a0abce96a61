"""LoRA: what is added, what stays bit for bit, and what must not happen twice."""

import copy
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.files import DamagedFileError
from course_utils.models.classifier import Classifier, parameter_groups
from course_utils.models.freezing import extract_features, fingerprint, fingerprint_of_state
from course_utils.models.text.adapter_files import load_adapter, save_adapter
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.costs import num_learning
from course_utils.models.text.lora import (
    LAYERS,
    adapter_names,
    add_adapter,
    base_state,
    changes_of,
    merged,
    remove_adapters,
    use_adapter,
)
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.low_rank import LowRank
from course_utils.models.text.transformer import Transformer
from tests.helpers.module_state import optimizer_bytes


def learn(model: nn.Module, tokens: Tensor, num_steps: int = 3) -> None:
    """Some steps on all that learns, with a rate that moves it far."""
    optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], lr=0.05)
    for _ in range(num_steps):
        loss = next_token_loss(model, tokens)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


@pytest.fixture
def adapted(model: Transformer, tokens: Tensor) -> Transformer:
    """The model with two adapters that learned other texts; ``second`` is in use."""
    torch.manual_seed(3)
    add_adapter(model, "first", rank=2)
    learn(model, tokens[:1])
    add_adapter(model, "second", layers=("qkv", "down"), rank=3, alpha=6)
    learn(model, tokens[1:])
    return model


def test_a_change_is_the_product_of_two_thin_matrices() -> None:
    torch.manual_seed(0)
    change = LowRank(nn.Linear(5, 7), rank=2, alpha=6)
    nn.init.normal_(change.b)
    x = torch.randn(4, 5)
    expected = 3 * (change.b @ (change.a @ x.T)).T
    torch.testing.assert_close(change(x), expected)
    torch.testing.assert_close(x @ change.change().T, expected)
    assert torch.linalg.matrix_rank(change.change()) == 2


def test_a_new_adapter_changes_no_answer_and_alone_learns(
    model: Transformer, tokens: Tensor
) -> None:
    before = model.logits(tokens)
    add_adapter(model, "mine", rank=2)
    assert torch.equal(model.logits(tokens), before)
    learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert len(learning) == 2 * 4 * 2 and all(".changes." in name for name in learning)
    sizes = [(16, 48), (16, 16), (16, 64), (64, 16)]
    assert num_learning(model) == 2 * sum(2 * (a + b) for a, b in sizes)


def test_no_bit_of_the_base_moves_while_an_adapter_learns(
    model: Transformer, tokens: Tensor
) -> None:
    weights, logits = fingerprint(model), model.logits(tokens)
    add_adapter(model, "mine")
    learn(model, tokens)
    assert not torch.allclose(model.logits(tokens), logits, atol=0.1)
    assert fingerprint_of_state(base_state(model)) == weights
    use_adapter(model, None)
    assert torch.equal(model.logits(tokens), logits)
    remove_adapters(model)
    assert fingerprint(model) == weights and torch.equal(model.logits(tokens), logits)
    assert adapter_names(model) == []


def test_an_adapter_answers_again_when_it_is_turned_on_again(
    adapted: Transformer, tokens: Tensor
) -> None:
    answers = {}
    for name in ("first", "second", None, "second", "first", None):
        use_adapter(adapted, name)
        now = adapted.logits(tokens)
        assert torch.equal(answers.setdefault(name, now), now)
    for one, other in (("first", "second"), ("first", None), ("second", None)):
        assert not torch.allclose(answers[one], answers[other], atol=0.01)


def test_only_the_adapter_in_use_learns(adapted: Transformer, tokens: Tensor) -> None:
    kept = [copy.deepcopy(changes_of(adapted, name)) for name in ("first", "second")]
    learn(adapted, tokens)
    moved = []
    for name, before in zip(("first", "second"), kept, strict=True):
        now = changes_of(adapted, name)
        moved.append([not torch.equal(now[place].b, before[place].b) for place in before])
    assert not any(moved[0]) and all(moved[1])
    use_adapter(adapted, None)
    assert num_learning(adapted) == 0


def test_each_adapter_is_where_it_was_put(adapted: Transformer) -> None:
    assert adapter_names(adapted) == ["first", "second"]
    first, second = (set(changes_of(adapted, name)) for name in ("first", "second"))
    assert len(first) == 8 and second == {p for p in first if p.endswith((".qkv", ".down"))}
    assert "blocks.0.attention.qkv" in second


def test_a_merged_copy_answers_the_same_and_the_model_stays(
    adapted: Transformer, tokens: Tensor
) -> None:
    adapted.double()
    weights = fingerprint(adapted)
    twin = merged(adapted)
    assert fingerprint(adapted) == weights
    torch.testing.assert_close(twin.logits(tokens), adapted.logits(tokens), rtol=0, atol=1e-10)
    assert adapter_names(twin) == [] and twin.state_dict().keys() == base_state(adapted).keys()
    use_adapter(adapted, None)
    assert not torch.allclose(twin.logits(tokens), adapted.logits(tokens), atol=0.01)


def test_merging_twice_is_refused(adapted: Transformer, model: Transformer) -> None:
    with pytest.raises(ValueError, match="merged already, it must not be merged again"):
        merged(merged(adapted))
    use_adapter(adapted, None)
    with pytest.raises(ValueError, match="no adapter is in use"):
        merged(adapted)


def test_merged_twice_is_another_model(adapted: Transformer, tokens: Tensor) -> None:
    adapted.double()
    once = adapted.logits(tokens)
    use_adapter(adapted, "second", strength=2)
    twice = adapted.logits(tokens)
    torch.testing.assert_close(merged(adapted).logits(tokens), twice, rtol=0, atol=1e-10)
    assert not torch.allclose(once, twice, atol=0.01)
    by_hand = merged(adapted)
    use_adapter(adapted, "second")
    with torch.no_grad():
        for place, change in changes_of(adapted, "second").items():
            by_hand.get_submodule(place).weight -= change.change()
    torch.testing.assert_close(by_hand.logits(tokens), once, rtol=0, atol=1e-10)
    use_adapter(adapted, "second", strength=0)
    off = adapted.logits(tokens)
    use_adapter(adapted, None)
    torch.testing.assert_close(adapted.logits(tokens), off, rtol=0, atol=0)


def test_gradients_are_those_of_the_full_matrix(model: Transformer, tokens: Tensor) -> None:
    model.double()
    full = copy.deepcopy(model)
    add_adapter(model, "mine", layers=["up"], rank=3, alpha=6)
    change = changes_of(model, "mine")["blocks.1.up"]
    next_token_loss(model, tokens).backward()
    next_token_loss(full, tokens).backward()
    gradient = full.blocks[1].up.weight.grad  # of the base, which the change starts equal to
    torch.testing.assert_close(change.b.grad, 2 * gradient @ change.a.T)
    assert (change.a.grad == 0).all(), "b is 0 at first"


def test_the_head_of_a_classifier_goes_on_learning(model: Transformer, tokens: Tensor) -> None:
    classifier = Classifier(TextFeatures(model), 3)
    add_adapter(classifier.backbone, "mine", rank=1)
    groups = parameter_groups(classifier, head_lr=0.1, backbone_lr=0.01)
    assert [len(group["params"]) for group in groups] == [2, 2 * 4 * 2]
    F.cross_entropy(classifier(tokens), torch.tensor([0, 1, 2])).backward()
    assert all(weight.grad is not None for group in groups for weight in group["params"])


def test_kept_features_know_which_adapter_was_in_use(
    adapted: Transformer, tokens: Tensor, tmp_path: Path
) -> None:
    backbone = TextFeatures(adapted)
    for name, strength in (("first", 1), ("second", 1), ("second", 2), (None, 1)):
        use_adapter(backbone, name, strength)
        kept = extract_features(backbone, tokens, cache_dir=tmp_path)
        torch.testing.assert_close(kept, backbone(tokens))


def test_an_adapter_costs_a_small_part_of_full_fine_tuning(
    model: Transformer, tokens: Tensor, tmp_path: Path
) -> None:
    def step(learner: Transformer) -> tuple[int, int]:
        optimizer = torch.optim.Adam([w for w in learner.parameters() if w.requires_grad])
        next_token_loss(learner, tokens).backward()
        assert optimizer_bytes(optimizer) == 0
        optimizer.step()
        num_tensors = sum(weight.requires_grad for weight in learner.parameters())
        return num_learning(learner), optimizer_bytes(optimizer) - 4 * num_tensors  # its counts

    full, full_bytes = step(copy.deepcopy(model))
    assert full == sum(weight.numel() for weight in model.parameters())
    add_adapter(model, "mine", layers=("qkv",), rank=1)
    few, few_bytes = step(model)
    assert (full_bytes, few_bytes) == (8 * full, 8 * few) and few < full / 50


def test_an_adapter_comes_back_from_a_file_of_its_own(
    model: Transformer, tokens: Tensor, tmp_path: Path
) -> None:
    base = copy.deepcopy(model)
    add_adapter(model, "other", layers=["out"], rank=1)
    add_adapter(model, "mine", rank=2, alpha=5.0)
    learn(model, tokens)
    save_adapter(model, "mine", tmp_path / "mine.pt")
    load_adapter(base, "train", tmp_path / "mine.pt")
    assert adapter_names(base) == ["train"], "a word that torch uses for itself"
    assert torch.equal(base.logits(tokens), model.logits(tokens))
    assert num_learning(base) == num_learning(model)
    load_adapter(base, "again", tmp_path / "mine.pt")
    assert torch.equal(base.logits(tokens), model.logits(tokens))


def test_an_adapter_of_another_base_is_refused(
    adapted: Transformer, tokens: Tensor, tmp_path: Path
) -> None:
    path = tmp_path / "second.pt"
    save_adapter(adapted, "second", path)
    tuned = merged(adapted)
    other = copy.deepcopy(adapted)
    remove_adapters(other)
    with torch.no_grad():
        other.norm.weight[0] += 1e-6
    for base in (tuned, other):
        before = fingerprint(base)
        with pytest.raises(ValueError, match=r"second.pt belongs to another base"):
            load_adapter(base, "second", path)
        assert fingerprint(base) == before and adapter_names(base) == []


@pytest.mark.parametrize(
    "place", [("changes", "blocks.0.up", "a"), ("changes", "nowhere"), ("rank",), ("format",)]
)
def test_a_file_of_something_else_is_refused(
    adapted: Transformer, tmp_path: Path, place: tuple
) -> None:
    path = tmp_path / "first.pt"
    save_adapter(adapted, "first", path)
    content = torch.load(path, weights_only=True)
    inner = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = torch.zeros(1) if place[0] == "changes" else 7
    torch.save(content, path)
    before = fingerprint(adapted)
    with pytest.raises(DamagedFileError, match=r"first.pt holds no adapter"):
        load_adapter(adapted, "third", path)
    torch.save([1], path)
    with pytest.raises(DamagedFileError, match=r"first.pt holds no adapter"):
        load_adapter(adapted, "third", path)
    assert fingerprint(adapted) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"layers": ["gate"]}, "no linear layer 'gate'; it has 'down', 'out', 'qkv', 'up'"),
        ({"layers": ["up", "gate"]}, "no linear layer 'gate'"),
        ({"layers": ["tokens"]}, "tokens is a Embedding: only nn.Linear can be adapted"),
        ({"layers": "up"}, "layers must be a list of names, got 'up'"),
        ({"layers": []}, r"layers must be a list of names, got \[\]"),
        ({"rank": 0}, "rank must be from 1 to 16, as small as the layers, got 0"),
        ({"rank": 17}, "rank must be from 1 to 16, as small as the layers, got 17"),
        ({"alpha": 0}, "alpha must be a number above 0, got 0"),
        ({"alpha": float("nan")}, "alpha must be a number above 0, got nan"),
    ],
)
def test_adapters_that_do_not_fit_are_refused_before_anything_changes(
    model: Transformer, arguments: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        add_adapter(model, "mine", **arguments)
    assert adapter_names(model) == [] and all(w.requires_grad for w in model.parameters())


def test_names_are_used_once_and_asked_for_as_they_are(adapted: Transformer) -> None:
    with pytest.raises(ValueError, match="already has an adapter 'first'"):
        add_adapter(adapted, "first")
    with pytest.raises(ValueError, match="no linear layer 'base'; it has 'down', 'out', 'qkv'"):
        add_adapter(adapted, "third", layers=["base"])  # the layers within those that are adapted
    with pytest.raises(ValueError, match="has no adapter 'third'; it has 'first', 'second'"):
        use_adapter(adapted, "third")
    remove_adapters(adapted)
    with pytest.raises(ValueError, match="has no adapter 'first'; it has none"):
        changes_of(adapted, "first")
    assert set(LAYERS) == {"qkv", "out", "up", "down"}
