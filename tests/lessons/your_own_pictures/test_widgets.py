"""What moves in lesson 07, moved as a learner moves it: a threshold, a picture to be answered."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.examples import LabelledImages
from course_utils.evaluation.scores import wilson_interval
from course_utils.figures.axes import new_axes, summary_of
from course_utils.lessons.your_own_pictures.widgets.trust import explore_trust
from course_utils.lessons.your_own_pictures.widgets.use import explore_use
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.session import learner
from course_utils.shipping.loading import ShippedModel, load_model
from course_utils.shipping.saving import save_model
from course_utils.shipping.writing import CardTexts
from tests.helpers.moving import catch_pictures, every_setting

pytestmark = pytest.mark.slow

GENERATOR = torch.Generator().manual_seed(0)
LOGITS = 3 * torch.randn(200, 3, generator=GENERATOR)
LABELS = torch.multinomial((LOGITS / 2).softmax(dim=1), 1, generator=GENERATOR).squeeze(1)


def test_every_threshold_counts_what_is_answered_and_what_is_right() -> None:
    moved = explore_trust(LOGITS, LABELS, 2.0)
    right = LOGITS.argmax(dim=1) == LABELS
    for setting in every_setting(moved):
        probs = (LOGITS / (2.0 if setting["divided"] else 1.0)).softmax(dim=1).amax(dim=1)
        sure = probs >= setting["least"]
        text = f"{int(sure.sum())} of 200 get an answer"
        assert text in moved.summary
        if sure.any():
            n, r = int(sure.sum()), int(right[sure].sum())
            low, high = wilson_interval(r, n)
            assert f"{r / n:.3f} [{low:.3f}, {high:.3f}] of these are right" in moved.summary
            assert f"{probs[sure].mean():.3f} was promised" in moved.summary


def test_the_temperature_brings_the_promise_to_what_comes_true() -> None:
    moved = explore_trust(LOGITS, LABELS, 2.0)
    apart = {}
    for divided in (False, True):
        ax = new_axes()
        moved.draw(ax, least=0.0, divided=divided)
        promised = ax.lines[-1].get_ydata()[0]
        apart[divided] = abs(promised - (LOGITS.argmax(dim=1) == LABELS).float().mean().item())
    assert apart[True] < apart[False] / 2


def test_no_answer_at_all_is_said() -> None:
    moved = explore_trust(0.01 * LOGITS, LABELS, 1.0)
    moved.controls["least"].value = 0.999
    assert moved.summary == "Divided by T: from probability 0.999 on, 0 of 200 get an answer."


@pytest.mark.parametrize(("count", "temperature"), [(0, 1.0), (200, 0.0), (5, 1.0)])
def test_what_does_not_fit_is_refused(count: int, temperature: float) -> None:
    with pytest.raises(ValueError, match="give logits and labels of the same pictures"):
        explore_trust(LOGITS[: count and 200], LABELS[:count], temperature)


@pytest.fixture(scope="module")
def learned() -> LabelledImages:
    images = torch.randint(0, 255, (24, 3, 12, 12), dtype=torch.uint8, generator=GENERATOR)
    return LabelledImages(images, torch.arange(24) % 3, ("ant", "bee", "$c_$"))


@pytest.fixture(scope="module")
def shipped(learned: LabelledImages, tmp_path_factory: pytest.TempPathFactory) -> ShippedModel:
    torch.manual_seed(0)
    model = Classifier(Backbone(3, width=4).eval(), 3).eval()
    folder = tmp_path_factory.mktemp("models") / "my_model"
    texts = CardTexts("noise", "none", "anything", "letters")
    save_model(folder, model, learned_from=learned, texts=texts, test=None)
    return load_model(folder)


def png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def test_a_picture_that_was_learned_is_its_own_nearest(
    shipped: ShippedModel, learned: LabelledImages
) -> None:
    moved = explore_use(shipped, learned, learned.images[:4])
    for number in (1, 2, 4):
        moved.controls["number"].value = number
        moved.update()
        name = learned.class_names[(number - 1) % 3]
        assert f"nearest that it learned from: {name}, " in moved.summary
        assert "The model says" in moved.summary


def test_an_upload_is_read_as_predict_reads_it_and_what_is_none_is_said(
    shipped: ShippedModel, learned: LabelledImages
) -> None:
    moved = explore_use(shipped, learned, learned.images[:4])
    pixels = learned.images[5].permute(1, 2, 0).numpy()
    upload = {"name": "mine.png", "content": memoryview(png(Image.fromarray(pixels)))}
    axes = new_axes(3)
    moved.draw(axes, number=1, upload=(upload,))
    said = summary_of(axes[0].figure)
    assert f"nearest that it learned from: {learned.class_names[5 % 3]}, " in said
    axes = new_axes(3)
    moved.draw(axes, number=1, upload=({"name": "note.txt", "content": b"no picture"},))
    assert "note.txt cannot be read" in summary_of(axes[0].figure)


def test_stills_show_some_pictures(
    shipped: ShippedModel, learned: LabelledImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    explore_use(shipped, learned, learned.images[:2])._ipython_display_()
    explore_trust(LOGITS, LABELS, 2.0)._ipython_display_()
    assert len(shown) == 2
    with pytest.raises(ValueError, match="no pictures to choose from"):
        explore_use(shipped, learned, learned.images[:0])


def test_the_slider_knows_only_its_pictures(shipped: ShippedModel, learned: LabelledImages) -> None:
    moved = explore_use(shipped, learned, learned.images[:3])
    assert moved.controls["number"].options == (1, 2, 3)
    assert isinstance(np.asarray(moved.controls["upload"].value), np.ndarray)
    assert Path(shipped.folder).name == "my_model"
