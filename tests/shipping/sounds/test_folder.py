"""A classifier of sounds saved and loaded again: the same answers, or a refusal that says why."""

import copy
import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from course_utils.data.sounds import log_mel
from course_utils.files import DamagedFileError
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.models.residual import Backbone
from course_utils.shipping.fingerprint import digests
from course_utils.shipping.loading import load_model
from course_utils.shipping.sounds import hearing
from course_utils.shipping.sounds.loading import load_sound_classifier
from tests.helpers.saved_models import change_record, save_small
from tests.helpers.saved_sounds import (
    NAMES,
    TESTED,
    labelled_sounds,
    save_sounds,
    score_of,
    trained_on_sounds,
)

IN_A_FRESH_PROCESS = """
import hashlib, sys, torch
from course_utils.models.inference import predict
from course_utils.shipping.sounds.loading import load_sound_classifier
from tests.helpers.saved_sounds import TESTED, labelled_sounds
torch.set_num_threads(int(sys.argv[1]))
logits = predict(load_sound_classifier(sys.argv[2]).network, labelled_sounds(TESTED).images)
print(hashlib.sha256(logits.numpy().tobytes()).hexdigest())
"""


def logits_of(model: nn.Module) -> Tensor:
    """Logits (24, 2) of sounds that it did not learn."""
    logits = predict(model, labelled_sounds(TESTED).images)
    assert logits.std() > 0
    return logits


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_logits_to_the_bit(tmp_path: Path) -> None:
    folder = save_sounds(tmp_path / "my_model")
    expected = hashlib.sha256(logits_of(trained_on_sounds()).numpy().tobytes()).hexdigest()
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, str(torch.get_num_threads()), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == [expected], done.stderr


def test_a_loaded_classifier_knows_what_it_is(tmp_path: Path) -> None:
    model = load_sound_classifier(save_sounds(tmp_path / "my_model", more={"curve": [0.5, 0.9]}))
    assert (model.class_names, model.image_size, model.temperature) == (NAMES, 16, 1.3)
    assert model.test == replace(score_of(), commonest="rise")
    assert not any(part.training for part in model.network.modules())
    assert (model.record["task"], model.record["format"]) == ("audio-classification", 2)
    assert model.record["report"]["more"] == {"curve": [0.5, 0.9]}
    files = {"model.safetensors", "model.json", "learned_from.txt", "README.md"}
    assert {file.name for file in model.folder.iterdir()} == files
    learned = model.record["learned_from"]
    assert (learned["sounds"], learned["by_class"]) == (36, [18, 18])
    assert model.learned_digests() == set(digests(labelled_sounds().images))
    assert model.record["speakers"] == {"learned_from": 3, "tested_on": 2, "in_both": 0}
    told = {key: model.record["sounds"][key] for key in ("rate", "frame", "hop", "floor")}
    assert told == {"rate": 8000, "frame": 256, "hop": 80, "floor": 1e-4}


@pytest.mark.slow
@pytest.mark.parametrize("name", hearing.NUMBERS)
def test_another_number_of_log_mel_is_refused(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_sounds(tmp_path / "my_model")
    load_sound_classifier(folder)
    now = getattr(log_mel, name)
    monkeypatch.setattr(log_mel, name, now + 1 if isinstance(now, int) else 2 * now)
    with pytest.raises(ValueError, match=rf"other pictures here than.*{name.lower()} .*\(here "):
        load_sound_classifier(folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("FLOOR", lambda floor: 3 * floor),
        ("QUIET", lambda quiet: quiet / 4),
        ("HIGHEST", lambda highest: highest - 100),
        ("fit_width", lambda fit: lambda bands, width: fit(bands[:, 1:], width)),
        ("log_mel", lambda do: lambda sound, num: do(sound + 0.3 * sound.roll(1), num)),
    ],
)
def test_another_way_to_a_picture_is_refused_though_no_number_says_so(
    tmp_path: Path, name: str, change: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save_sounds(tmp_path / "my_model")
    monkeypatch.setattr(log_mel, name, change(getattr(log_mel, name)))
    if name in hearing.NUMBERS:
        number = getattr(log_mel, name)
        change_record(folder, lambda record: record["sounds"].update({name.lower(): number}))
    with pytest.raises(ValueError, match="a known sound gave another picture"):
        load_sound_classifier(folder)


def test_another_way_to_read_a_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, read = save_sounds(tmp_path / "my_model"), hearing.read_wav
    monkeypatch.setattr(hearing, "read_wav", lambda file: read(file, 9000))
    with pytest.raises(ValueError, match="a known sound gave another picture"):
        load_sound_classifier(folder)


def test_a_rounding_on_another_processor_is_not_refused(tmp_path: Path) -> None:
    folder = save_sounds(tmp_path / "my_model")

    def move(record: dict[str, Any], steps: int) -> None:
        pixels = bytearray.fromhex(record["sounds"]["probe"])
        pixels[40] += steps
        record["sounds"]["probe"] = pixels.hex()

    change_record(folder, lambda record: move(record, 1))
    load_sound_classifier(folder)
    change_record(folder, lambda record: move(record, 1))
    with pytest.raises(ValueError, match="another picture"):
        load_sound_classifier(folder)


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    folder = save_sounds(tmp_path / "my_model")
    for name in ("model.json", "model.safetensors"):
        whole = (folder / name).read_bytes()
        for place in (len(whole) // 3, len(whole) - 2):
            changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
            (folder / name).write_bytes(changed)
            with pytest.raises(DamagedFileError, match=f"{name} was changed or damaged"):
                load_sound_classifier(folder)
        (folder / name).write_bytes(whole)
    load_sound_classifier(folder)


def test_another_recipe_is_refused(tmp_path: Path) -> None:
    folder = save_sounds(tmp_path / "my_model")
    change_record(folder, lambda record: record["sounds"].update(recipe="mfcc-1"))
    with pytest.raises(ValueError, match=r"sounds prepared by 'mfcc-1'.*answers would differ"):
        load_sound_classifier(folder)


def test_models_of_pictures_and_of_sounds_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'audio-classification', and this.*'image-class"):
        load_model(save_sounds(tmp_path / "sounds"))
    with pytest.raises(ValueError, match=r"'image-classification', and this.*'audio-class"):
        load_sound_classifier(save_small(tmp_path / "pictures"))
    with pytest.raises(FileNotFoundError, match=r"is no model folder.*07 to 11"):
        load_sound_classifier(tmp_path)


def test_what_cannot_be_shipped_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    broken = copy.deepcopy(trained_on_sounds())
    broken.head.bias.data[1] = float("nan")
    learned = labelled_sounds()
    for options, said in (
        ({"classifier": broken}, "'head.bias' hold numbers that are not finite"),
        ({"classifier": Classifier(Backbone(1, 4), 3)}, "tells 3 classes, and there are 2"),
        ({"temperature": 0.0}, "temperature must be a number above 0"),
        ({"learned_from": replace(learned, class_names=("a", "a"))}, "1 different names"),
        ({"learned_from": learned[torch.arange(0)]}, "holds no sounds"),
        (
            {"learned_from": replace(learned, images=learned.images.expand(-1, 3, -1, -1))},
            r"pictures of sounds \(N, 1, S, S\), got \(36, 3, 16, 16\)",
        ),
        ({"test": replace(score_of(), class_names=NAMES[::-1])}, "other classes or orders"),
        ({"test": None}, "tested_on holds 24 sounds, and there is no score"),
        ({"tested_on": labelled_sounds(("dan",))}, "holds 12 sounds, and the score is of 24"),
        ({"more": {"curve": float("nan")}}, "holds what JSON cannot"),
    ):
        with pytest.raises(ValueError, match=said):
            save_sounds(tmp_path / "my_model", **options)
        assert list(tmp_path.iterdir()) == [], said


def test_a_network_that_hides_something_is_found_out(tmp_path: Path) -> None:
    classifier = copy.deepcopy(trained_on_sounds())
    classifier.head.register_forward_hook(lambda part, taken, given: given + 2 * given.sigmoid())
    with pytest.raises(ValueError, match="answers otherwise than yours"):
        save_sounds(tmp_path / "my_model", classifier=classifier)
    assert list(tmp_path.iterdir()) == []


def test_what_is_saved_stays_as_it_is_and_nothing_is_overwritten(tmp_path: Path) -> None:
    classifier = copy.deepcopy(trained_on_sounds()).train()
    folder = save_sounds(tmp_path / "my_model", classifier=classifier)
    assert all(part.training for part in classifier.modules())
    before = {file: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(ValueError, match="is there already"):
        save_sounds(folder)
    assert before == {file: file.read_bytes() for file in folder.iterdir()}
