"""A model folder's file for Keras, the lines of its card, and the way back after more training."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from importlib.machinery import PathFinder
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.models.keras.files import load_safely
from course_utils.models.keras.library import keras
from course_utils.shipping import keras_files
from course_utils.shipping.answering import answer, predict_pictures
from course_utils.shipping.card import BOUNDS
from course_utils.shipping.keras_files import export_keras, import_keras, main
from course_utils.shipping.loading import load_model
from tests.helpers.exported_models import (
    all_sorts_of_pictures,
    digits_model,
    lines_of_the_card,
    resnet_model,
)
from tests.helpers.module_state import state_of
from tests.helpers.saved_models import noise_examples, save_small, small_model

# numpy since 2.0 asks of tensors what torch does not say; Keras converts them so.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]
BOUND = BOUNDS["float32"]
# What the card leaves to its reader: files, and what to do with the answers.
ASK = """
import sys
backend, trained, other, *files = sys.argv[1:]
assert "course_utils" not in sys.modules and keras.backend.backend() == backend
assert backend in sys.modules and not ({"torch", "tensorflow"} - {backend}) & set(sys.modules)
np.savez("out.npz", one=probabilities(files[:1]), many=probabilities(files))
with open("names.json", "w") as file:
    json.dump(names, file)
"""
# Another file, and more training.
FURTHER = """
colours = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
probs = np.asarray(keras.saving.load_model(other)(colours))
network.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy", run_eagerly=True)
labels = np.arange(len(files)) % len(names)
network.train_on_batch(np.stack([pixels(file) for file in files])[..., :1], labels)
network.save(trained)
np.savez("after.npz", many=probabilities(files), pixels=colours, probs=probs)
"""


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lesson 07's default with its ``model.keras``."""
    folder = digits_model(tmp_path_factory.mktemp("models") / "digits")
    assert export_keras(folder) == folder / "model.keras"
    return folder


@pytest.fixture(scope="module")
def resnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ResNet-18 for pictures in colour with its ``model.keras``."""
    folder = resnet_model(tmp_path_factory.mktemp("models") / "resnet18")
    export_keras(folder)
    return folder


def run_alone(backend: str, digits: Path, code: str, *arguments: object) -> None:
    """Run the card's lines and ``code`` in a process without the workbook."""
    if PathFinder.find_spec(backend) is None:  # what is installed, though it may be kept out here
        pytest.skip(f"{backend} is not installed: pip install -r requirements/tensorflow.txt")
    code = lines_of_the_card(digits, "keras") + code
    subprocess.run(
        [sys.executable, "-I", "-c", code, backend, *map(str, arguments)],
        cwd=digits,
        env={**os.environ, "KERAS_BACKEND": backend, "KERAS_HOME": str(digits)},
        check=True,
        timeout=300,
    )


def assert_as_predicted(digits: Path, files: list[Path]) -> np.ndarray:
    """The probabilities that the workbook gives, once those of the other process were compared."""
    model = load_model(digits)
    found, expected = np.load(digits / "out.npz"), predict_pictures(model, files).probs.numpy()
    assert np.abs(found["many"] - expected).max() < BOUND
    assert np.abs(found["one"] - expected[:1]).max() < BOUND
    assert expected.std(axis=0).max() > 0.01, "answers can be told apart"
    assert tuple(json.loads((digits / "names.json").read_text("utf-8"))) == model.class_names
    return expected


def test_on_torch_the_cards_lines_answer_as_predict_does(digits: Path, tmp_path: Path) -> None:
    files = all_sorts_of_pictures(tmp_path / "pictures")
    run_alone("torch", digits, ASK, "", "", *files)
    assert_as_predicted(digits, files)


def test_on_tensorflow_they_do_and_more_training_comes_back(
    digits: Path, resnet: Path, tmp_path: Path
) -> None:
    files, trained = all_sorts_of_pictures(tmp_path / "pictures"), tmp_path / "trained.keras"
    other = resnet / "model.keras"
    run_alone("tensorflow", digits, ASK + FURTHER, trained, other, *files)
    expected, after = assert_as_predicted(digits, files), np.load(digits / "after.npz")
    ours = answer(load_model(resnet), torch.from_numpy(after["pixels"]).permute(0, 3, 1, 2))
    assert np.abs(after["probs"] - ours.numpy()).max() < BOUND
    new = load_model(import_keras(trained, digits, tmp_path / "new"))
    assert np.abs(predict_pictures(new, files).probs.numpy() - after["many"]).max() < BOUND
    assert np.abs(after["many"] - expected).max() > 100 * BOUND, "the training changed something"


def trained_a_little(folder: Path, file: Path) -> Path:
    """The ``model.keras`` of ``folder`` with a head that was moved, saved as ``file``."""
    model = load_safely(folder / "model.keras")
    head = model.get_layer("head")
    weights, biases = head.get_weights()
    head.set_weights([weights * 1.1, biases + np.arange(len(biases)) / 10])
    model.save(file)
    return file


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model folder with its ``model.keras``."""
    folder = save_small(tmp_path_factory.mktemp("models") / "small")
    export_keras(folder)
    return folder


def test_the_new_folder_says_what_is_known_of_it(small: Path, tmp_path: Path) -> None:
    file = trained_a_little(small, tmp_path / "trained.keras")
    old, new = load_model(small), load_model(import_keras(file, small, tmp_path / "new"))
    assert new.test is None and old.test is not None
    for key in ("class_names", "architecture", "pictures", "temperature", "learned_from"):
        assert new.record[key] == old.record[key], key
    assert new.learned_digests() == old.learned_digests()
    further = new.record["report"]["more"]["trained_further_in_keras"]
    assert further["file"] == "trained.keras"
    assert further["from"]["weights_sha256"] == old.record["weights"]["sha256"]
    card = (tmp_path / "new" / "README.md").read_text("utf-8")
    assert "Nothing is known of how good it is: it was trained further after the test" in card
    assert "trained further in Keras, on pictures that nobody recorded here" in card
    assert "accuracy" not in card
    assert "Nothing is known" not in (small / "README.md").read_text("utf-8")
    images = noise_examples().images
    probs = answer(new, images)
    pixels = images.permute(0, 2, 3, 1).numpy()
    theirs = keras.ops.convert_to_numpy(load_safely(file)(pixels, training=False))
    assert np.abs(probs.numpy() - theirs).max() < BOUND
    assert (probs - answer(old, images)).abs().max() > 0.01
    before = state_of(old.network)
    moved = [k for k, tensor in new.network.state_dict().items() if not tensor.equal(before[k])]
    assert moved == ["head.weight", "head.bias"]


def only_logits(folder: Path, file: Path) -> None:
    """The part up to the logits."""
    model = load_safely(trained_a_little(folder, file))
    keras.Model(model.inputs[0], model.get_layer("head").output).save(file)


def another_temperature(folder: Path, file: Path) -> None:
    """One that is less sure."""
    model = load_safely(trained_a_little(folder, file))
    model.get_layer("temperature").scale *= 1.05
    model.save(file)


def nothing_trained(folder: Path, file: Path) -> None:
    """As it was exported."""
    file.write_bytes((folder / "model.keras").read_bytes())


def cut_short(folder: Path, file: Path) -> None:
    """Its first 5,000 bytes."""
    file.write_bytes((folder / "model.keras").read_bytes()[:5000])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (only_logits, "from those expected, more than 0.0001: it was not kept"),
        (another_temperature, "from those expected, more than 0.0001: it was not kept"),
        (nothing_trained, "nothing was trained"),
        (cut_short, "cannot be read: cut short"),
    ],
)
def test_a_file_that_is_not_the_folders_makes_none(
    make: object, said: str, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other.keras"
    make(small, file)
    new = tmp_path / "new"
    assert main([str(small), "--back", str(file), "--into", str(new)]) == 2
    assert said in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["other.keras"]


def test_another_architecture_and_a_folder_without_digests_make_none(
    small: Path, tmp_path: Path
) -> None:
    file = trained_a_little(small, tmp_path / "trained.keras")
    wider = save_small(tmp_path / "wider", small_model(width=5))
    with pytest.raises(ValueError, match="'backbone-0-0' of the Keras model has weights of the"):
        import_keras(file, wider, tmp_path / "new")
    alike = save_small(tmp_path / "alike", small_model())
    (alike / "learned_from.txt").unlink()
    with pytest.raises(ValueError, match=r"learned_from\.txt is missing"):
        import_keras(file, alike, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten_and_errors_are_one_line(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (small / "model.keras").read_bytes()
    assert main([str(small)]) == 2
    assert "model.keras is there already" in capsys.readouterr().err
    assert (small / "model.keras").read_bytes() == before
    assert main([str(tmp_path)]) == 2
    assert "is no model folder" in capsys.readouterr().err
    assert main([str(small), "--back", str(tmp_path / "no.keras"), "--into", str(small)]) == 2
    assert "is never overwritten" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(small), "--back", "model.keras"])
    assert "--back and --into go together" in capsys.readouterr().err


def test_a_file_that_answers_otherwise_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_way = keras_files._from_pixels

    def cooler(model: object) -> object:
        record = {**model.record, "temperature": model.temperature * 1.05}
        return whole_way(replace(model, record=record))

    monkeypatch.setattr(keras_files, "_from_pixels", cooler)
    folder = save_small(tmp_path / "my_model")
    with pytest.raises(ValueError, match=r"the exported file differ by .* it was not kept"):
        export_keras(folder)
    assert not (folder / "model.keras").exists()
