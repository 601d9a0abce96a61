"""A classifier of texts saved and loaded again: the same answers, or a refusal that says why."""

import copy
import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from torch import Tensor, nn

from course_utils.files import DamagedFileError
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.classifier import TextFeatures
from course_utils.models.text.lora import add_adapter, merged, use_adapter
from course_utils.models.text.streams import text_rows
from course_utils.shipping.fingerprint import digests_of_texts
from course_utils.shipping.loading import load_model
from course_utils.shipping.texts import tokenizing
from course_utils.shipping.texts.loading import load_text_classifier
from tests.helpers.saved_models import change_record, save_small
from tests.helpers.saved_texts import (
    FORMS,
    LONGEST,
    NAMES,
    RANK,
    SCORE,
    base_model,
    labelled_texts,
    open_tiny,
    save_texts,
    trained_on_texts,
)

IN_A_FRESH_PROCESS = """
import hashlib, sys, torch
from course_utils.models.inference import predict
from course_utils.models.text.streams import text_rows
from course_utils.shipping.texts import architecture
from course_utils.shipping.texts.loading import load_text_classifier
from tests.helpers.saved_texts import labelled_texts, open_tiny
torch.set_num_threads(int(sys.argv[1]))
architecture.open_language_model = open_tiny
for folder in sys.argv[2:]:
    model = load_text_classifier(folder)
    rows = text_rows(model.tokenizer, labelled_texts(9, seed=9).texts, model.longest)
    print(hashlib.sha256(predict(model.network, rows).numpy().tobytes()).hexdigest())
"""


def logits_of(model: nn.Module, tokenizer: Tokenizer | None = None) -> Tensor:
    """Logits (9, 2) of some texts."""
    rows = text_rows(tokenizer or base_model()[1], labelled_texts(9, seed=9).texts, LONGEST)
    logits = predict(model, rows)
    assert logits.std() > 0
    return logits


def weights_in(folder: Path) -> set[str]:
    """The names of the weights that were kept."""
    return set(safetensors.torch.load_file(folder / "model.safetensors"))


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_logits_to_the_bit(tmp_path: Path) -> None:
    expected = []
    for form in FORMS:
        save_texts(tmp_path / form, form)
        logits = logits_of(trained_on_texts(form))
        expected.append(hashlib.sha256(logits.numpy().tobytes()).hexdigest())
    assert len(set(expected)) == len(FORMS)
    arguments = [str(torch.get_num_threads()), *(str(tmp_path / form) for form in FORMS)]
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == expected, done.stderr


def test_a_loaded_classifier_knows_what_it_is(tmp_path: Path) -> None:
    model = load_text_classifier(save_texts(tmp_path / "my_model", more={"curve": [0.5, 0.9]}))
    assert (model.class_names, model.longest, model.temperature) == (NAMES, LONGEST, 1.3)
    assert model.test == replace(SCORE, commonest="fruit")
    assert not any(part.training for part in model.network.modules())
    assert not any(weight.requires_grad for weight in model.network.parameters())
    assert model.tokenizer.merges == base_model()[1].merges
    assert (model.record["task"], model.record["format"]) == ("text-classification", 2)
    assert model.record["report"]["more"] == {"curve": [0.5, 0.9]}
    files = {"model.safetensors", "model.json", "tokenizer.json", "learned_from.txt", "README.md"}
    assert {file.name for file in model.folder.iterdir()} == files
    learned = model.record["learned_from"]
    assert (learned["texts"], learned["by_class"]) == (60, [30, 30])
    assert model.learned_digests() == set(digests_of_texts(labelled_texts().texts))
    assert set(model.record["versions"]) == {"workbook", "python", "torch", "numpy", "safetensors"}


def test_a_digest_is_the_same_however_wide_the_blanks_are() -> None:
    one, other, third = digests_of_texts(["a  b\n c", "a b c", "a b d"])
    assert one == other != third


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ("head", {"head.weight", "head.bias"}),
        (
            "adapter",
            {"head.weight", "head.bias"}
            | {
                f"backbone.model.blocks.0.{layer}.changes.0.{name}"
                for layer in ("attention.qkv", "attention.out", "up", "down")
                for name in "ab"
            },
        ),
        ("whole", set(trained_on_texts("whole").state_dict())),
    ],
)
def test_only_what_the_base_does_not_have_is_kept(
    tmp_path: Path, form: str, kept: set[str]
) -> None:
    folder = save_texts(tmp_path / "my_model", form)
    assert weights_in(folder) == kept
    assert torch.equal(
        logits_of(load_text_classifier(folder).network), logits_of(trained_on_texts(form))
    )


def test_one_of_two_adapters_is_kept_and_the_other_left_alone(tmp_path: Path) -> None:
    classifier = copy.deepcopy(trained_on_texts("head"))
    model = classifier.backbone.model
    add_adapter(model, "first", rank=1, layers=["up"])
    add_adapter(model, "second", rank=RANK, layers=["up", "qkv"])
    for weight in model.parameters():
        if weight.requires_grad:
            torch.nn.init.normal_(weight, std=0.3)
    use_adapter(model, "second")
    folder = save_texts(tmp_path / "my_model", classifier=classifier, adapter="second")
    assert len(weights_in(folder)) == 2 + 2 * 2
    loaded = load_text_classifier(folder)
    assert torch.equal(logits_of(loaded.network), logits_of(classifier))
    assert not torch.equal(logits_of(classifier), logits_of(trained_on_texts("head")))


def test_a_merged_adapter_and_a_model_made_anew_are_kept_whole(tmp_path: Path) -> None:
    adapted = trained_on_texts("adapter")
    whole = Classifier(TextFeatures(merged(adapted.backbone.model), "mean"), 2)
    whole.head.load_state_dict(adapted.head.state_dict())
    for name, base in (("merged", "docstrings"), ("anew", "random")):
        folder = save_texts(tmp_path / name, classifier=whole, base=base)
        assert len(weights_in(folder)) == len(whole.state_dict())
        loaded = load_text_classifier(folder, base="nowhere")  # which is not needed
        assert torch.equal(logits_of(loaded.network), logits_of(whole))


@pytest.mark.parametrize("form", ["adapter", "head"])
def test_another_base_is_refused_and_a_moved_one_is_found(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_texts(tmp_path / "my_model", form)
    with pytest.raises(ValueError, match=r"'hf:other' has other weights here.*--base"):
        load_text_classifier(folder, base="hf:other")
    with pytest.raises(ValueError, match=r"needs its base 'hf:gone'.*no language model.*--base"):
        load_text_classifier(folder, base="hf:gone")
    moved = load_text_classifier(folder, base="hf:moved")
    assert torch.equal(logits_of(moved.network), logits_of(trained_on_texts(form)))


def test_all_weights_of_a_model_from_elsewhere_are_kept_and_its_base_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, tokenizer = open_tiny("hf:elsewhere")
    model.tokens.weight.data *= 1.5
    classifier = Classifier(TextFeatures(model, "last"), 2)
    folder = save_texts(
        tmp_path / "my_model", classifier=classifier, tokenizer=tokenizer, base="hf:elsewhere"
    )
    assert weights_in(folder) == set(classifier.state_dict())
    assert not (folder / "tokenizer.json").exists()
    loaded = load_text_classifier(folder)
    assert type(loaded.network.backbone.model) is type(model)
    assert torch.equal(logits_of(loaded.network), logits_of(classifier))
    with pytest.raises(ValueError, match="needs its base 'hf:gone'"):
        load_text_classifier(folder, base="hf:gone")
    said = (folder / "README.md").read_text("utf-8")
    assert "not how they are connected: loading opens `hf:elsewhere`" in said
    monkeypatch.setattr(tokenizing, "PROBE", "another text")
    with pytest.raises(ValueError, match="cuts texts otherwise than when the model was saved"):
        load_text_classifier(folder)


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    folder = save_texts(tmp_path / "my_model", "adapter")
    content = (folder / "model.json").read_bytes()
    for place in range(0, len(content), 29):
        changed = bytearray(content)
        changed[place] ^= 1
        (folder / "model.json").write_bytes(changed)
        with pytest.raises(ValueError, match=r"model\.json"):
            load_text_classifier(folder)
    (folder / "model.json").write_bytes(content)
    for name in ("model.safetensors", "tokenizer.json"):
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        with pytest.raises(DamagedFileError, match=f"{name} was changed or damaged"):
            load_text_classifier(folder)
        (folder / name).unlink()
        with pytest.raises(FileNotFoundError, match=f"there is no .*{name}"):
            load_text_classifier(folder)
        (folder / name).write_bytes(whole)
    load_text_classifier(folder)


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda r: r.update(format=3), "has the format 3, and this workbook reads formats 1 and 2"),
        (lambda r: r.update(task="translation"), "holds a model for 'translation'"),
        (
            lambda r: r["texts"].update(recipe="cut"),
            "texts prepared by 'cut'.*answers would differ",
        ),
        (lambda r: r["texts"].update(tokenizer="0"), "cuts texts otherwise"),
        (lambda r: r["architecture"].update(kind="lstm"), "architecture 'lstm' is not known"),
        (lambda r: r["architecture"].update(num_classes=5), "do not fit the architecture"),
        (lambda r: r["architecture"].update(changes={}), "do not fit the architecture"),
    ],
)
def test_what_would_change_answers_is_refused(
    tmp_path: Path, do: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = save_texts(tmp_path / "my_model", "adapter")
    change_record(folder, do)
    with pytest.raises(ValueError, match=said):
        load_text_classifier(folder)


def test_other_versions_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = save_texts(tmp_path / "my_model")
    load_text_classifier(folder)
    assert capsys.readouterr().out == ""
    change_record(folder, lambda record: record["versions"].update(torch="2.6.0"))
    load_text_classifier(folder)
    (line,) = capsys.readouterr().out.splitlines()
    assert "my_model was made with torch 2.6.0 (here" in line
    assert "probabilities may differ in their last digits" in line


def test_models_of_pictures_and_of_texts_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'text-classification', and this.*'image-class"):
        load_model(save_texts(tmp_path / "texts"))
    with pytest.raises(ValueError, match=r"'image-classification', and this.*'text-class"):
        load_text_classifier(save_small(tmp_path / "pictures"))
    with pytest.raises(FileNotFoundError, match="is no model folder"):
        load_text_classifier(tmp_path)


def test_what_cannot_be_shipped_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    class Louder(Classifier):
        pass

    broken, adapted = (copy.deepcopy(trained_on_texts(form)) for form in ("whole", "adapter"))
    broken.head.bias.data[1] = float("nan")
    off, strong, moved = (copy.deepcopy(adapted) for _ in range(3))
    use_adapter(off.backbone.model, None)
    use_adapter(strong.backbone.model, "mine", strength=2)
    moved.backbone.model.norm.weight.data += 1
    learned = labelled_texts()
    for options, said in (
        ({"classifier": broken}, "'head.bias' hold numbers that are not finite"),
        ({"classifier": Louder(TextFeatures(base_model()[0]), 2)}, "got Louder"),
        ({"classifier": adapted}, "has adapters, 'mine': say which one to keep"),
        ({"classifier": adapted, "adapter": "yours"}, "no adapter 'yours'; it has 'mine'"),
        ({"classifier": off, "adapter": "mine"}, "not in use at strength 1"),
        ({"classifier": strong, "adapter": "mine"}, "not in use at strength 1"),
        ({"classifier": moved, "adapter": "mine"}, "does not lie on the base 'docstrings'"),
        ({"classifier": adapted, "adapter": "mine", "base": "random"}, "whose weights are all"),
        ({"base": "nowhere"}, "no language model 'nowhere'"),
        ({"tokenizer": Tokenizer([])}, "Tokenizer of 257 tokens, does not belong"),
        ({"longest": 33}, "longest must be from 1 to 32"),
        ({"longest": 0}, "longest must be from 1 to 32"),
        ({"temperature": 0.0}, "temperature must be a number above 0"),
        ({"learned_from": replace(learned, class_names=("a", "a"))}, "1 different names"),
        ({"learned_from": learned[torch.arange(0)]}, "holds no texts"),
        ({"test": replace(SCORE, class_names=NAMES[::-1])}, "other classes or orders"),
        ({"more": {"curve": float("nan")}}, "holds what JSON cannot"),
    ):
        with pytest.raises((ValueError, FileNotFoundError), match=said):
            save_texts(tmp_path / "my_model", **options)
        assert list(tmp_path.iterdir()) == [], said


def test_a_network_that_hides_something_is_found_out(tmp_path: Path) -> None:
    classifier = copy.deepcopy(trained_on_texts("whole"))
    classifier.head.register_forward_hook(lambda part, taken, given: given + 2 * given.sigmoid())
    with pytest.raises(ValueError, match="answers otherwise than yours"):
        save_texts(tmp_path / "my_model", classifier=classifier)
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_stays_as_it_is_and_nothing_is_overwritten(tmp_path: Path) -> None:
    classifier = copy.deepcopy(trained_on_texts("adapter")).train()
    folder = save_texts(tmp_path / "my_model", "adapter", classifier=classifier)
    assert all(part.training for part in classifier.modules())
    for name, values in trained_on_texts("adapter").state_dict().items():
        assert torch.equal(classifier.state_dict()[name], values), name
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(ValueError, match="is there already"):
        save_texts(folder)
    assert before == {file: file.read_bytes() for file in folder.iterdir()}
