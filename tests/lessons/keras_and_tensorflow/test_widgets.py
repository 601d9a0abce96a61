"""What moves in lesson 12, moved as a learner moves it: layers of two networks, and defaults."""

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from course_utils.figures import axes as figures
from course_utils.lessons.keras_and_tensorflow.carrying import (
    carry,
    torch_outputs,
)
from course_utils.lessons.keras_and_tensorflow.layer_names import words_for
from course_utils.lessons.keras_and_tensorflow.network import (
    AS_TORCH,
    KERAS_DEFAULTS,
    Settings,
    build,
)
from course_utils.lessons.keras_and_tensorflow.widgets.defaults import explore_defaults
from course_utils.lessons.keras_and_tensorflow.widgets.layers import PICTURE, explore_layers
from course_utils.models.classifier import Classifier
from course_utils.models.keras.axes import channels_last
from course_utils.models.keras.library import keras
from course_utils.models.residual import Backbone
from course_utils.session import learner
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.explorer import Explorer
from tests.helpers.module_state import assert_same_state, state_of
from tests.helpers.moving import catch_pictures, every_setting, every_setting_in_time

pytestmark = pytest.mark.slow

CLASS_NAMES = ("no", "$yes_", "so")
FROM_SCRATCH = {0.9: [0.9, 0.92, 0.91], 0.99: [0.2, 0.3, 0.1]}
TWINS = {"as torch": AS_TORCH, "Keras' defaults": KERAS_DEFAULTS}
ROUNDING = 1e-5


@pytest.fixture
def no_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are drawn and read, but not rendered: that is most of the time of a move."""
    monkeypatch.setattr(Blitter, "as_png", lambda self, ax: "pixels")
    monkeypatch.setattr(figures, "as_png", lambda figure: "pixels")


@cache
def a_model() -> Classifier:
    """A small network with statistics and weights of batch norm that are not those at the start."""
    torch.manual_seed(0)
    model = Classifier(Backbone(in_channels=2, width=3), len(CLASS_NAMES))
    with torch.no_grad():
        for _ in range(20):
            model(torch.rand(16, 2, 8, 8))
        model.head.weight *= 20
    return model


@cache
def pictures() -> torch.Tensor:
    return torch.rand(24, 2, 8, 8, generator=torch.Generator().manual_seed(1))


@cache
def labels() -> torch.Tensor:
    return torch.randint(3, (24,), generator=torch.Generator().manual_seed(2))


@cache
def copy_of(settings: Settings) -> Any:
    copy = build((8, 8, 2), 3, len(CLASS_NAMES), settings)
    carry(a_model(), copy)
    return copy


@cache
def layers() -> Explorer:
    twins = {name: copy_of(settings) for name, settings in TWINS.items()}
    return explore_layers(a_model(), twins, pictures()[:4], CLASS_NAMES)


@cache
def defaults() -> Explorer:
    return explore_defaults(a_model(), pictures(), labels(), from_scratch=FROM_SCRATCH)


@cache
def keras_layer(network: str, layer: str) -> np.ndarray:
    """What one layer makes of the four pictures, by a network that ends in it."""
    if layer == PICTURE:
        return channels_last(pictures()[:4])
    copy = copy_of(TWINS[network])
    part = keras.Model(copy.inputs[0], copy.get_layer(layer).output)
    return keras.ops.convert_to_numpy(part(channels_last(pictures()[:4]), training=False))


@cache
def torch_layers() -> dict[str, np.ndarray]:
    model = a_model().eval()
    outputs = torch_outputs(model, pictures()[:4])
    model.train()
    return {PICTURE: channels_last(pictures()[:4])} | outputs


def check_layer(moving: Explorer, network: str, number: int, layer: str) -> str:
    """Maps, labels and words against outputs computed otherwise; what is said of the difference."""
    of_torch = torch_layers()[layer][number - 1]
    of_keras = keras_layer(network, layer)[number - 1]
    for ax, table in zip(moving.axes, (of_torch, of_keras, of_keras - of_torch), strict=True):
        drawn = ax.images[0].get_array().compressed()  # each number as often as the others
        shown = np.unique(drawn), np.unique(table)
        assert drawn.size % table.size == 0 and np.allclose(shown[0], shown[1], atol=2e-6)
    most = float(np.abs(of_keras - of_torch).max())
    (said,) = re.findall(r"Keras - torch: at most ([-+.e\d]+?)(?:, drawn| *\n|$)",
                         moving.axes[2].get_xlabel())  # fmt: skip
    assert float(said) == pytest.approx(most, rel=0.06, abs=2e-6)
    verdict = "no difference" if most == 0 else "rounding" if most <= ROUNDING else "more than "
    assert f"Picture {number}, {network}, {words_for(layer)}: {verdict}" in moving.summary
    logits = torch.from_numpy(torch_layers()["head"][number - 1])
    of_keras_logits = torch.from_numpy(keras_layer(network, "head")[number - 1])
    for ax, who, row in zip(
        moving.axes, ("Torch", "Keras"), (logits, of_keras_logits), strict=False
    ):
        answer, prob = CLASS_NAMES[row.argmax()], row.softmax(0).max().item()
        assert f"{who} answers {answer} with probability {prob:.3f}" in moving.summary
        assert ax.get_xlabel().endswith(f"answers {answer.replace('$', chr(92) + '$')}, {prob:.3f}")
    return verdict


@pytest.mark.usefixtures("no_pixels")
def test_every_layer_shows_what_both_networks_make_of_the_picture() -> None:
    moving, seen = layers(), set()
    assert moving.controls["layer"].value == "backbone-0-1"  # the first that disagrees
    for setting in every_setting(moving):
        seen.add(check_layer(moving, **setting))
    for network in TWINS:
        moving.controls["network"].value = network
        for _, layer in moving.controls["layer"].options[::3]:
            moving.controls["layer"].value = layer
            number = moving.controls["number"].value
            seen.add(check_layer(moving, network, number, layer))
            if network == "as torch":
                assert "more than" not in moving.summary
    assert len(seen) == 3
    names = [layer for _, layer in moving.controls["layer"].options]
    assert names[:2] == [PICTURE, "backbone-0-0"] and names[-1] == "head" and len(names) == 30


@pytest.mark.usefixtures("no_pixels")
def test_one_network_has_no_menu_and_networks_may_change_afterwards() -> None:
    torch.manual_seed(3)
    model = Classifier(Backbone(in_channels=2, width=3), 3)
    before = state_of(model)
    copy = build((8, 8, 2), 3, 3)
    carry(model, copy)
    moving = explore_layers(model, {"copy": copy}, pictures()[:2], CLASS_NAMES)
    assert list(moving.controls) == ["number", "layer"]
    assert_same_state(model, before)
    assert model.training
    moving.controls["layer"].value = "head"
    said = moving.summary
    copy.get_layer("head").set_weights([np.zeros((12, 3)), np.zeros(3)])
    model.head.weight.data.zero_()
    moving.update()
    assert moving.summary == said


@cache
def answers_by_hand(settings: Settings) -> np.ndarray:
    """Logits of a copy that was built here."""
    pictures_of_keras = channels_last(pictures())
    return keras.ops.convert_to_numpy(copy_of(settings)(pictures_of_keras, training=False))


def keras_loss_by_hand(logits: np.ndarray, told: bool) -> float:
    """As Keras' torch backend has it: without being told, numbers are divided by their sum."""
    table = logits.astype(np.float64)
    if told:
        shares = np.exp(table) / np.exp(table).sum(axis=1, keepdims=True)
    else:
        shares = np.clip(table / table.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7)
    if not told:
        shares = np.clip(shares, 1e-7, 1 - 1e-7)
    return float(-np.log(shares[np.arange(len(table)), labels().numpy()]).mean())


@pytest.mark.usefixtures("no_pixels")
def test_every_choice_of_defaults_shows_its_own_logits_answers_and_loss() -> None:
    moving, seen = defaults(), set()
    moving.update()
    with torch.no_grad():
        of_torch = a_model().eval()(pictures())
    a_model().train()
    torch_loss = F.cross_entropy(of_torch, labels()).item()
    for place in range(16):
        # In an order in which one box changes from each to the next.
        chosen = [bool((place ^ place >> 1) >> bit & 1) for bit in range(4)]
        for control, value in zip(moving.controls.values(), chosen, strict=True):
            control.value = value
        momentum, epsilon, same, untold = chosen
        settings = Settings(0.99 if momentum else 0.9, 1e-3 if epsilon else 1e-5, same)
        logits = answers_by_hand(settings)
        changed = logits.argmax(axis=1) != of_torch.argmax(dim=1).numpy()
        lines = {line.get_label(): line for line in moving.axes[0].lines}
        assert np.allclose(lines["changed answer"].get_ydata(), logits[changed].ravel(), atol=1e-5)
        assert np.allclose(lines["same answer"].get_xdata(), of_torch[~changed].ravel(), atol=1e-5)
        right = [(table.argmax(axis=1) == labels().numpy()).mean() for table in
                 (of_torch.numpy(), logits)]  # fmt: skip
        widths = [bar.get_width() for bar in moving.axes[1].patches]
        scratch = np.mean(FROM_SCRATCH[settings.momentum])
        assert widths == pytest.approx([*right, changed.mean(), scratch])
        loss = keras_loss_by_hand(logits, not untold)
        drawn = [line.get_xdata()[0] for line in moving.axes[2].lines]
        assert drawn == pytest.approx([torch_loss, loss], rel=1e-3)
        said = moving.summary
        assert f"{changed.sum()} of 24 answers change ({changed.mean():.1%})." in said
        assert f"momentum {settings.momentum:g}, epsilon {settings.epsilon:g}, " in said
        assert f"from_logits={not untold}:" in said and f"of Keras {right[1]:.3f} [" in said
        assert f"from scratch with {settings.momentum:g}, accuracy {scratch:.3f} [" in said
        bold = [text.get_weight() == "bold" for text in moving.axes[0].texts]
        assert bold == chosen
        seen.add((changed.sum(), round(loss, 4)))
    assert len(seen) > 6


@pytest.mark.usefixtures("no_pixels")
def test_momentum_changes_no_answer_and_stride_does() -> None:
    moving, found = explore_defaults(a_model(), pictures(), labels()), []
    for name in ("momentum", "epsilon", "same"):
        moving.controls[name].value = True
        (most,) = re.findall(r"differ by at most (\S+) from", moving.summary)
        found.append(float(most))
        assert "Momentum counts while a network trains, not when it answers." in moving.summary
        assert len(moving.axes[1].patches) == 3  # no network from scratch
    assert found[0] < ROUNDING < found[1] < found[2]


def test_answers_take_less_than_250_milliseconds() -> None:
    for moving in (layers(), defaults()):
        assert len(list(every_setting_in_time(moving))) > 1


@pytest.mark.usefixtures("no_pixels")
def test_stills_show_what_each_mover_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = catch_pictures(monkeypatch)
    monkeypatch.setattr(learner, "is_live", lambda: False)
    for moving in (layers(), defaults()):
        moving._ipython_display_()
    said = [data["text/plain"] for data, _ in shown]
    assert len(said) == 2 and all(s.endswith("In JupyterLab, move it yourself.") for s in said)
    assert re.search("as torch, stage 1, convolution 1: (rounding|no difference).", said[0])
    assert "Keras' defaults, stage 1, batch norm 1: more than rounding." in said[0]
    assert re.findall(r"With momentum (\S+), epsilon (\S+), (\w+)", said[1]) == [
        ("0.9", "1e-05", "one"),
        ("0.99", "0.001", "one"),
        ("0.99", "0.001", "padding"),
    ]


def test_what_does_not_fit_is_refused() -> None:
    few, twin = pictures()[:2], {"twin": copy_of(AS_TORCH)}
    for wrong in ((few[:0], twin), (few[0], twin), (few, {})):
        with pytest.raises(ValueError, match=r"give pictures \(N, C, H, W\), at least one, and"):
            explore_layers(a_model(), wrong[1], wrong[0], CLASS_NAMES)
    with pytest.raises(ValueError, match="must give 2 logits, one a class"):
        explore_layers(a_model(), twin, few, CLASS_NAMES[:2])
    wide = {"wide": build((8, 8, 2), 4, 3)}
    with pytest.raises(ValueError, match=r"wide: stage 1, convolution 1 gives \(2, 8, 8, 4\) in K"):
        explore_layers(a_model(), wide, few, CLASS_NAMES)
    with pytest.raises(ValueError, match=r"at least one, with a label for each; got .* 23 labels"):
        explore_defaults(a_model(), pictures(), labels()[:23])
    with pytest.raises(ValueError, match="got a Backbone with input size 16"):
        explore_defaults(Classifier(Backbone(2, 3, input_size=16), 3), pictures(), labels())
    with pytest.raises(ValueError, match=r"must have momenta \[0.9, 0.99\], got \[0.9\]"):
        explore_defaults(a_model(), pictures(), labels(), from_scratch={0.9: [1, 1]})
    with pytest.raises(ValueError, match="needs a list of at least 2 finite scores"):
        explore_defaults(a_model(), pictures(), labels(), from_scratch={0.9: [1], 0.99: [1]})
