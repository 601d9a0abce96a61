"""The model card of a classifier of texts: read as a model hub reads it, and what it says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from course_utils.evaluation.scores import wilson_interval
from course_utils.shipping.texts.loading import load_text_classifier
from tests.helpers.saved_texts import NAMES, SCORE, TEXTS, labelled_texts, save_texts


def test_the_card_is_what_a_hub_reads_and_says_the_scores(tmp_path: Path) -> None:
    card = ModelCard.load(save_texts(tmp_path / "my: model #1") / "README.md")
    assert card.data.pipeline_tag == "text-classification" and card.data.license == "mit"
    assert card.data.model_name == "my: model #1"
    (accuracy,) = card.data.eval_results
    assert (accuracy.task_type, accuracy.metric_type) == ("text-classification", "accuracy")
    assert (accuracy.metric_value, accuracy.dataset_type) == (34 / 40, "own-texts")
    assert "n = 40, 95 % interval" in accuracy.metric_name
    assert ModelCard(str(card)).data.to_dict() == card.data.to_dict()
    for said in (
        "A classifier of texts",
        "On 40 test texts that had no part",
        "| accuracy | 0.850 | {:.3f} to {:.3f} |".format(*wilson_interval(34, 40)),
        "| guessing (always fruit) | 0.500 | |",
        "| tools | 0.800 | {:.3f} to {:.3f} | 20 | 30 |".format(*wilson_interval(16, 20)),
        "Commonest mistakes: tools taken for fruit (4); fruit taken for tools (2).",
        "intervals cover which texts were drawn",
        "Learned from 60 texts",
        "docstrings of numpy, scipy",
        "It has read none of scikit-learn",
        TEXTS.data,
        TEXTS.choice,
        TEXTS.untried,
        "Length: 24 tokens",
        "softmax of logits / 1.3",
    ):
        assert said in card.text, said
    assert "picture" not in card.text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("whole", "\nAll weights are in `model.safetensors`.\n"),
        ("head", "holds 34 numbers: the head alone. All others are those of the base `docstrings`"),
        ("adapter", "holds 546 numbers: the head and an adapter (LoRA of rank 2 in 4 layers)"),
    ],
)
def test_it_says_what_is_kept_and_what_loading_needs(tmp_path: Path, form: str, said: str) -> None:
    folder = save_texts(tmp_path / "my_model", form)
    text = (folder / "README.md").read_text("utf-8")
    assert said in text
    print_of_base = load_text_classifier(folder).record["architecture"]["base_fingerprint"]
    assert (print_of_base is None) == (form == "whole")
    assert print_of_base is None or f"(fingerprint `{print_of_base[:16]}`)" in text


@pytest.mark.parametrize(
    ("backbone", "said"),
    [
        ("random", "Nothing was pretrained"),
        ("hf:maker/small", "The language model is `hf:maker/small`, and nobody recorded"),
        ("hf:/home/me/models/small", "The language model is `hf:small`, and nobody recorded"),
    ],
)
def test_it_says_what_the_language_model_may_have_read(
    tmp_path: Path, backbone: str, said: str
) -> None:
    texts = replace(TEXTS, backbone=backbone)
    assert said in (save_texts(tmp_path / "a", texts=texts) / "README.md").read_text("utf-8")


def test_it_says_what_was_never_tested_and_what_groups_were(tmp_path: Path) -> None:
    card = ModelCard.load(save_texts(tmp_path / "a", test=None) / "README.md")
    assert card.data.eval_results is None and "It was never tested" in card.text
    grouped = replace(SCORE, over_groups=(9, 0.7, 0.95))
    text = (save_texts(tmp_path / "b", test=grouped) / "README.md").read_text("utf-8")
    assert "| the same, redrawing 9 groups | | 0.700 to 0.950 |" in text
    assert "Some of these texts belong together, in 9 groups" in text


@pytest.mark.parametrize("name", ['a"b', "a: b", "| x |", "№ 1 é", "{{ x }}", "a\nb", "\ud800"])
def test_odd_names_break_neither_header_nor_tables(tmp_path: Path, name: str) -> None:
    names = (name, NAMES[1])
    learned = replace(labelled_texts(), class_names=names)
    score = replace(SCORE, class_names=names)
    folder = save_texts(tmp_path / "m", learned_from=learned, test=score)
    card = ModelCard.load(folder / "README.md")
    table = card.text.split("| class |")[1].split("Commonest")[0].strip().splitlines()
    assert len(table) == 2 + 2
    assert {line.replace("\\|", "").count("|") for line in table[1:]} == {6}


def test_the_lines_of_python_on_the_card_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (save_texts(tmp_path / "my_model") / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(code, {})
    assert capsys.readouterr().out.startswith("('fruit', 'tools') tensor([[")
