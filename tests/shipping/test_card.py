"""The model card: read as a model hub reads it, and what it says."""

from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard

from course_utils.evaluation.scores import wilson_interval
from course_utils.shipping.card import in_markdown, seen_before
from course_utils.shipping.loading import load_model
from course_utils.shipping.score import Score
from tests.helpers.saved_models import NAMES, TEXTS, noise_examples, save_small, score_of

UNEQUAL = Score(NAMES, (50, 3, 0, 1), (60, 4, 0, 2), ((NAMES[0], NAMES[3], 10),))


def test_the_header_is_what_a_hub_reads(tmp_path: Path) -> None:
    folder = save_small(tmp_path / "my: model #1", test=UNEQUAL)
    card = ModelCard.load(folder / "README.md")
    assert card.data.license == "mit"
    assert card.data.pipeline_tag == "image-classification"
    assert card.data.model_name == "my: model #1"
    accuracy, balanced = card.data.eval_results
    assert (accuracy.metric_type, accuracy.metric_value) == ("accuracy", 54 / 66)
    assert balanced.metric_value == pytest.approx((50 / 60 + 3 / 4 + 1 / 2) / 3)
    assert "n = 66" in accuracy.metric_name and "guessing 0.909" in accuracy.metric_name
    assert accuracy.task_type == "image-classification"
    again = ModelCard(str(card))
    assert again.data.to_dict() == card.data.to_dict()


@pytest.mark.slow
@pytest.mark.parametrize("name", ['a"b', "a: b", "- x", "№ 1 é", "{{ x }}", "a\nb", "\ud800", "'"])
def test_odd_names_break_neither_header_nor_tables(tmp_path: Path, name: str) -> None:
    examples = replace(noise_examples(), class_names=(name, "| x |", "```", "---"))
    score = replace(score_of(), class_names=examples.class_names)
    texts = replace(TEXTS, data=name, license=None)
    folder = save_small(tmp_path / "my_model", examples=examples, test=score, texts=texts)
    card = ModelCard.load(folder / "README.md")
    assert card.data.license is None
    table = card.text.split("| class |")[1].split("Commonest")[0].strip().splitlines()
    assert len(table) == 2 + 4
    assert {line.replace("\\|", "").count("|") for line in table[1:]} == {6}


def test_it_says_scores_beside_guessing_and_each_class(tmp_path: Path) -> None:
    text = (save_small(tmp_path / "my_model", test=UNEQUAL) / "README.md").read_text("utf-8")
    for said in (
        "| accuracy | 0.818 | {:.3f} to {:.3f} |".format(*wilson_interval(54, 66)),
        f"always {in_markdown(NAMES[0])}) | 0.909 |",
        "| balanced accuracy | 0.694 |",
        "| guessing, balanced | 0.333 |",
        "| =1+1 | 0.750 | {:.3f} to {:.3f} | 4 | 6 |".format(*wilson_interval(3, 4)),
        "| a/b | not tested | 0.000 to 1.000 | 0 | 6 |",
        "On 66 test pictures",
        "Learned from 24 pictures",
        TEXTS.data,
        TEXTS.choice,
        TEXTS.untried,
        "softmax of logits / 1.7",
    ):
        assert said in text, said


def test_guessing_knows_only_what_was_learned_from(tmp_path: Path) -> None:
    examples = noise_examples(num_pictures=25)  # one more of class 0, of which the test has few
    score = Score(NAMES, (3, 30, 2, 1), (4, 40, 2, 4))
    folder = save_small(tmp_path / "my_model", examples=examples, test=score)
    text = (folder / "README.md").read_text("utf-8")
    assert f"guessing (always {in_markdown(NAMES[0])}) | 0.080 |" in text
    assert "guessing 0.080" in text.split("---")[1]
    loaded = load_model(folder).test
    assert loaded.guess == (NAMES[0], 4 / 50)
    assert f"guessing (always {NAMES[0]!r}) scores 0.080" in str(loaded)


def test_groups_have_an_interval_of_their_own(tmp_path: Path) -> None:
    score = replace(UNEQUAL, over_groups=(5, 0.7, 0.9))
    folder = save_small(tmp_path / "my_model", test=score)
    text = (folder / "README.md").read_text("utf-8")
    assert "| the same, redrawing 5 groups | | 0.700 to 0.900 |" in text
    assert "single classes among them, count pictures" in text
    assert "over 5 groups 0.700 to 0.900" in text.split("---")[1]
    assert load_model(folder).test.over_groups == (5, 0.7, 0.9)
    alone = (save_small(tmp_path / "other", test=UNEQUAL) / "README.md").read_text("utf-8")
    assert "groups" not in alone


def test_a_model_without_a_test_says_so(tmp_path: Path) -> None:
    folder = save_small(tmp_path / "my_model", test=None)
    card = ModelCard.load(folder / "README.md")
    assert card.data.eval_results is None
    assert "It was never tested" in card.text


@pytest.mark.parametrize(
    ("backbone", "kind", "said"),
    [
        ("letters", "residual", "letters drawn from fonts"),
        ("resnet50:IMAGENET1K_V2", "torchvision", "resnet50:IMAGENET1K\\_V2"),
        ("resnet50", "torchvision", "are probably too good"),
        ("weights/my_net.pth", "torchvision", "nobody recorded"),
        ("data/letters_backbone.pt", "residual", "nobody recorded"),
    ],
)
def test_it_says_what_the_backbone_may_have_seen(backbone: str, kind: str, said: str) -> None:
    assert said.replace("\\", "") in seen_before(backbone, kind)
