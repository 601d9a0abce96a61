"""Picking a picture shows that picture, and the probabilities that each model gives it."""

import io
import re
from base64 import b64decode

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.widgets.model_answers import explore_answers
from course_utils.widgets.picture_buttons import picture_buttons
from tests.helpers.moving import catch_pictures, every_setting

NAMES = ["ant", "bee", "cat", "dog"]
IMAGES = torch.linspace(0, 1, 6)[:, None, None, None].expand(6, 1, 8, 8)
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])
LOGITS = {
    "one": torch.eye(4)[LABELS] * 3,
    "two": torch.eye(4)[(LABELS + torch.tensor([0, 0, 1, 0, 1, 0])) % 4],
}


@pytest.mark.slow
def test_pictures_on_which_the_models_disagree_come_first() -> None:
    explorer = explore_answers(IMAGES, LABELS, LOGITS, NAMES)
    order = [2, 4, 0, 1, 3, 5]
    for values in every_setting(explorer):
        place = order[values["number"] - 1]
        left, right = explorer.axes
        shown = left.images[0].get_array()
        assert shown[0, 0] == pytest.approx(IMAGES[place].mean().item(), abs=1e-6)
        for number, logits in enumerate(LOGITS.values()):
            bars = [bar.get_width() for bar in right.containers[number]]
            assert bars == pytest.approx(logits[place].softmax(0).tolist())
        names = [text.get_text() for text in right.get_yticklabels()]
        assert names[LABELS[place]] == f"{NAMES[LABELS[place]]} (true)"
        wrong = place in (2, 4)
        assert ("two: " in explorer.summary) and (("wrong." in explorer.summary) == wrong)


def test_of_many_classes_the_true_one_and_the_likeliest_are_shown() -> None:
    logits = torch.arange(30.0)[None].repeat(2, 1)
    explorer = explore_answers(
        IMAGES[:2], torch.tensor([3, 29]), {"a": logits}, [*map(str, range(30))]
    )
    explorer.update()
    names = [text.get_text() for text in explorer.axes[1].get_yticklabels()]
    assert names == ["3 (true)", *map(str, range(21, 30))]
    assert "a: 29 with 0.63, wrong." in explorer.summary


def test_a_picture_that_every_model_sees_alike_needs_no_disagreement() -> None:
    explorer = explore_answers(IMAGES[:1], LABELS[:1], {"one": LOGITS["one"][:1]}, NAMES)
    assert list(explorer.stills.values()) == [{"number": 1}]


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        ({"one": torch.zeros(5, 4)}, r"'one' has logits \(5, 4\) for 6 pictures"),
        ({"one": torch.zeros(6, 3)}, r"\(6, 3\) for 6 pictures, 6 labels and 4 classes"),
        ({}, "one to three models, got 6, 0"),
        ({str(n): torch.zeros(6, 4) for n in range(4)}, "one to three models, got 6, 4"),
    ],
)
def test_logits_that_do_not_fit_are_refused(logits: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        explore_answers(IMAGES, LABELS, logits, NAMES)


@pytest.mark.slow
def test_pictures_to_click_on_are_those_shown_when_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    explorer = explore_answers(IMAGES, LABELS, LOGITS, NAMES, by_clicking=True)
    style = explorer.box.children[0].value
    uris = re.findall(r"nth-child\((\d)\) .*?base64,([^)]+)\)", style)
    assert [number for number, _ in uris] == [*"123456"]
    for number, uri in enumerate((uri for _, uri in uris), 1):
        explorer.controls["number"].value = number
        explorer.update()
        on_button = np.asarray(Image.open(io.BytesIO(b64decode(uri))))
        shown = explorer.axes[0].images[0].get_array()[:8, :8]
        assert on_button.shape == (8, 8)
        assert 255 - on_button == pytest.approx(255 * shown, abs=0.51)


def test_where_nobody_clicks_a_sheet_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    explore_answers(IMAGES, LABELS, LOGITS, NAMES, by_clicking=True)._ipython_display_()
    (sheet, _), (stills, _) = shown
    assert sheet["text/plain"] == "6 pictures: those to choose from."
    assert "true class" in stills["text/plain"]


def test_coloured_pictures_keep_their_colours_on_buttons() -> None:
    red = torch.tensor([1.0, 0.0, 0.0])[:, None, None].expand(3, 4, 4)
    _, style = picture_buttons(red[None], "picture")
    uri = re.search(r"base64,([^)]+)\)", style.value)[1]
    assert Image.open(io.BytesIO(b64decode(uri))).getpixel((0, 0)) == (255, 0, 0)
