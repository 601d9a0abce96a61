"""A head on a frozen encoder of Hugging Face: saved without the encoder, which is opened again."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from course_utils.data.sounds.wav_files import read_wav
from course_utils.models.classifier import Classifier
from course_utils.models.side_by_side import seeded
from course_utils.models.sounds.encoders import SoundEncoder
from course_utils.models.sounds.huggingface import open_sound_encoder
from course_utils.models.sounds.padding import pad_sounds
from course_utils.shipping.command import main
from course_utils.shipping.sounds import hearing
from course_utils.shipping.sounds.answering import predict_sounds
from course_utils.shipping.sounds.loading import load_sound_classifier
from tests.helpers.saved_models import change_record
from tests.helpers.saved_sounds import NAMES, TEXTS, save_sounds, tone, write_tones
from tests.helpers.sound_encoders import save_tiny_encoder
from tests.helpers.sound_files import wav

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["wav2vec2 base", "whisper"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny encoder."""
    return save_tiny_encoder(tmp_path_factory.mktemp("hf"), request.param)


@pytest.fixture(scope="module")
def classifier(folder: Path) -> Classifier:
    """A head on it, whose answers are far enough apart to be told."""
    with seeded(0):
        made = Classifier(open_sound_encoder(f"hf:{folder}"), len(NAMES))
    made.head.weight.data *= 5
    return made


@pytest.fixture
def saved(tmp_path: Path, folder: Path, classifier: Classifier) -> Path:
    """The folder of the classifier."""
    texts = replace(TEXTS, backbone=f"hf:{folder}")
    return save_sounds(
        tmp_path / "my_model", classifier=classifier, base=f"hf:{folder}", texts=texts
    )


def test_the_head_alone_is_kept_and_answers_as_before(
    tmp_path: Path, saved: Path, classifier: Classifier
) -> None:
    assert set(safetensors.torch.load_file(saved / "model.safetensors")) == {
        "head.weight", "head.bias",
    }  # fmt: skip
    files = write_tones(tmp_path / "tones")
    model = load_sound_classifier(saved)
    found = predict_sounds(model, files)
    assert not found.problems and found.probs[:, 0].std() > 1e-3
    for place in (0, 9, 23):
        sound = read_wav(files[place], 16_000)
        probs = (classifier(pad_sounds([sound]))[0] / 1.3).softmax(dim=0)
        torch.testing.assert_close(found.probs[place], probs.detach(), atol=1e-4, rtol=0)
    again = predict_sounds(load_sound_classifier(saved), files)
    assert torch.equal(again.probs, found.probs)


def test_the_command_answers_by_it_and_its_encoder_may_lie_elsewhere(
    tmp_path: Path, saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    write_tones(tmp_path / "tones", speakers=("dan",))
    long = wav(np.tile(tone(0, "dan", 0), 4))  # 1.2 s, and the tiny Whisper reads one
    Path("tones/rise/long.wav").write_bytes(long)
    moved = folder.rename(folder.with_name("moved"))
    try:
        arguments = [str(saved), "tones", "--device", "cpu"]
        assert main(arguments) == 2
        assert (
            "needs the encoder" in capsys.readouterr().err and not Path("predictions.csv").exists()
        )
        is_short = load_sound_classifier(saved, base=f"hf:{moved}").encoder.longest is not None
        assert main([*arguments, "--base", f"hf:{moved}"]) == int(is_short)
    finally:
        moved.rename(folder)
    said = capsys.readouterr()
    assert "13 sounds: predictions.csv" in said.out and "accuracy" in said.out
    assert ("long.wav: takes 1.200 s, and the encoder reads" in said.err) == is_short


def test_another_encoder_or_way_to_prepare_is_refused(
    tmp_path: Path, saved: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = copy_with(folder, tmp_path / "other", lambda tensor: tensor * 1.001)
    with pytest.raises(ValueError, match=r"has other weights here.*--base"):
        load_sound_classifier(saved, base=f"hf:{other}")
    read = hearing.read_wav
    monkeypatch.setattr(hearing, "read_wav", lambda file, rate: read(file, rate).flip(0))
    with pytest.raises(ValueError, match="hears a known sound otherwise here"):
        load_sound_classifier(saved)
    monkeypatch.undo()
    change_record(saved, lambda record: record["sounds"].update(rate=8000))
    with pytest.raises(ValueError, match="hears a known sound otherwise here"):
        load_sound_classifier(saved)


def copy_with(folder: Path, target: Path, change: Callable[[torch.Tensor], torch.Tensor]) -> Path:
    """A copy of an encoder with other weights."""
    target.mkdir()
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    weights = safetensors.torch.load_file(target / "model.safetensors")
    weights = {name: change(tensor) for name, tensor in weights.items()}
    safetensors.torch.save_file(weights, target / "model.safetensors", {"format": "pt"})
    return target


def test_the_card_says_what_loading_needs_and_how_sounds_are_prepared(saved: Path) -> None:
    text = (saved / "README.md").read_text("utf-8")
    assert "holds the head alone. All other weights are those of the encoder `hf:" in text
    assert "Rate: 16,000 samples a second." in text and "encoder's own files say" in text
    assert "The backbone came from `hf:" in text and "log-mel" not in text and "bands" not in text


def test_what_does_not_fit_together_is_refused(
    tmp_path: Path, folder: Path, classifier: Classifier
) -> None:
    moved: Classifier = copy.deepcopy(classifier)
    assert isinstance(moved.backbone, SoundEncoder)
    list(moved.backbone.network.parameters())[-1].data += 1  # the first may be one of no use
    for options, said in (
        ({"classifier": classifier}, "say by base what it was opened as"),
        ({"base": f"hf:{folder}"}, "this one keeps all of its own: leave base out"),
        ({"classifier": moved, "base": f"hf:{folder}"}, "has other weights than 'hf:"),
    ):
        with pytest.raises(ValueError, match=said):
            save_sounds(tmp_path / "my_model", **options)
        assert not (tmp_path / "my_model").exists()
