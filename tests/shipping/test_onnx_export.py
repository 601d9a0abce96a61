"""The exported file and the lines of the model card: without workbook and torch, the same."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.shipping import onnx_export
from course_utils.shipping.answering import predict_pictures
from course_utils.shipping.card import BOUNDS
from course_utils.shipping.loading import ShippedModel, load_model
from course_utils.shipping.onnx_export import GREY, FromPixels, export_onnx, main
from tests.helpers.exported_models import (
    all_sorts_of_pictures,
    digits_model,
    lines_of_the_card,
    resnet_model,
)
from tests.helpers.saved_models import save_small

pytestmark = pytest.mark.slow

KINDS = ("digits", "resnet18")
# What the card leaves to its reader: which files, and what to do with the answers.
ASK = """
import sys
assert not {"torch", "course_utils"} & set(sys.modules), "on its own"
files = sys.argv[1:]
np.savez("out.npz", one=probabilities(files[:1]), many=probabilities(files),
         bgr=session.run(None, {"pixels": np.stack([pixels(f)[..., ::-1] for f in files])})[0])
json.dump(names, open("names.json", "w"))
"""


@pytest.fixture(scope="module", params=KINDS)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with its ``model.onnx``."""
    folder = tmp_path_factory.mktemp("models") / request.param
    {"digits": digits_model, "resnet18": resnet_model}[request.param](folder)
    assert export_onnx(folder) == folder / "model.onnx"
    return folder


def test_the_cards_lines_alone_answer_as_predict_does(exported: Path, tmp_path: Path) -> None:
    files = all_sorts_of_pictures(tmp_path / "pictures")
    model = load_model(exported)
    expected = predict_pictures(model, files)
    assert not expected.problems
    code = lines_of_the_card(exported, "onnxruntime") + ASK
    command = [sys.executable, "-I", "-c", code, *map(str, files)]
    subprocess.run(command, cwd=exported, check=True, timeout=60)
    found = np.load(exported / "out.npz")
    assert np.abs(found["many"] - expected.probs.numpy()).max() < BOUNDS["float32"]
    assert np.abs(found["one"] - expected.probs[:1].numpy()).max() < BOUNDS["float32"]
    assert tuple(json.loads((exported / "names.json").read_text("utf-8"))) == model.class_names
    # The bound can tell: the order of the colours matters, and pictures are not all answered alike.
    assert expected.probs.std(dim=0).max() > 0.01
    if model.channels == 3:
        assert np.abs(found["bgr"] - expected.probs.numpy()).max() > 100 * BOUNDS["float32"]


def test_the_card_states_the_bound_that_is_kept(exported: Path) -> None:
    text = (exported / "README.md").read_text("utf-8")
    assert f"by less than {BOUNDS['float32']:g}." in text


def test_the_file_says_what_it_takes(exported: Path) -> None:
    import onnxruntime

    session = onnxruntime.InferenceSession(exported / "model.onnx")
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    model = load_model(exported)
    size = model.image_size
    assert (taken.name, taken.type, taken.shape[1:]) == ("pixels", "tensor(uint8)", [size, size, 3])
    assert (given.name, given.shape[1:]) == ("probabilities", [len(model.class_names)])
    assert isinstance(taken.shape[0], str), "any number of pictures"
    kept = session.get_modelmeta().custom_metadata_map
    assert kept["weights_sha256"] == model.record["weights"]["sha256"]


def test_nothing_is_overwritten_and_errors_are_one_line(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (exported / "model.onnx").read_bytes()
    assert main([str(exported)]) == 2
    assert "model.onnx is there already" in capsys.readouterr().err
    assert (exported / "model.onnx").read_bytes() == before
    assert main([str(tmp_path)]) == 2
    assert "is no model folder" in capsys.readouterr().err


def test_a_file_that_answers_otherwise_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Cooler(FromPixels):
        def __init__(self, model: ShippedModel) -> None:
            super().__init__(model)
            self.temperature *= 1.05

    monkeypatch.setattr(onnx_export, "FromPixels", Cooler)
    folder = save_small(tmp_path / "my_model")
    with pytest.raises(ValueError, match="it was not kept"):
        export_onnx(folder)
    assert not (folder / "model.onnx").exists()


def test_a_missing_extra_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "find_spec", lambda name: None if "script" in name else 1)
    with pytest.raises(ModuleNotFoundError, match=r"onnxscript would write.*pip install onnx"):
        export_onnx(tmp_path)


def test_grey_is_pillows_grey() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(colours).convert("L"))
    sums = (torch.from_numpy(colours).float() * torch.tensor(GREY)).sum(2)
    assert np.array_equal((sums + 32768).div(65536).floor().numpy(), expected)
