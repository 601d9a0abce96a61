"""A model saved and loaded again: the same answers, or a refusal that names the file."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import torch

from course_utils.files import DamagedFileError
from course_utils.models.classifier import Classifier
from course_utils.models.computing import set_up
from course_utils.models.inference import predict
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.session.start import Session
from course_utils.shipping import record as records
from course_utils.shipping.architecture import check_shippable, describe, rebuild
from course_utils.shipping.fingerprint import digests, read_digests
from course_utils.shipping.loading import load_model
from tests.helpers.saved_models import (
    NAMES,
    change_record,
    noise_examples,
    save_small,
    score_of,
    small_model,
)

IN_A_FRESH_PROCESS = """
import hashlib, sys, torch
from course_utils.models.inference import predict
from course_utils.shipping.loading import load_model
from tests.helpers.saved_models import noise_examples
torch.set_num_threads(int(sys.argv[1]))
for folder in sys.argv[2:]:
    model = load_model(folder)
    logits = predict(model.network, noise_examples(model.channels).images)
    print(hashlib.sha256(logits.numpy().tobytes()).hexdigest())
"""


def resnet18(channels: int) -> Classifier:
    """A small-pictured ResNet-18 with random weights and settled batch norm."""
    torch.manual_seed(0)
    backbone = TorchvisionBackbone("resnet18:IMAGENET1K_V1", 32, pretrained=False).train()
    for _ in range(3):
        backbone(torch.rand(8, channels, 32, 32))
    return Classifier(backbone, len(NAMES)).eval()


def lay_out_last(model: Classifier, precision: torch.dtype) -> Classifier:
    """The model as a lesson sets it up: its answers are other ones in their last digits."""
    before = predict(model, noise_examples(3).images)
    session = Session(torch.device("cpu"), Path(), 0, precision)
    assert not torch.equal(predict(set_up(model, session), noise_examples(3).images), before)
    return model


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_logits_to_the_bit(tmp_path: Path) -> None:
    models = {
        "plain": (small_model(), 1),
        "channels last": (lay_out_last(small_model(3), torch.float32), 3),
        "bfloat16": (lay_out_last(small_model(3), torch.bfloat16), 3),
        "resnet": (resnet18(3), 3),
    }
    expected = []
    for name, (model, channels) in models.items():
        examples = noise_examples(channels)
        save_small(tmp_path / name, model, examples)
        logits = predict(model, examples.images)
        expected.append(hashlib.sha256(logits.numpy().tobytes()).hexdigest())
    arguments = [str(torch.get_num_threads()), *(str(tmp_path / name) for name in models)]
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == expected, done.stderr


def test_a_loaded_model_knows_what_it_is(tmp_path: Path) -> None:
    model = load_model(save_small(tmp_path / "my_model"))
    assert (model.class_names, model.image_size, model.channels) == (NAMES, 12, 1)
    learned = model.record["learned_from"]["by_class"]
    assert (model.temperature, model.test) == (1.7, score_of().beside_guessing(learned))
    assert not any(part.training for part in model.network.modules())
    assert model.record["computed"]["channels_last"] is False


def test_names_of_classes_are_any_text(tmp_path: Path) -> None:
    names = ("\ud800 half", "a\nb", "", "| <b> `x` $1$ ﷽")
    examples = replace(noise_examples(), class_names=names)
    folder = save_small(tmp_path / "my_model", examples=examples, test=None)
    assert load_model(folder).class_names == names
    (folder / "README.md").read_text(encoding="utf-8")


def test_the_folder_holds_no_pickle_and_all_may_read_it(tmp_path: Path) -> None:
    folder = save_small(tmp_path / "my_model")
    files = {"model.safetensors", "model.json", "learned_from.txt", "README.md"}
    assert {file.name for file in folder.iterdir()} == files
    header = (folder / "model.safetensors").read_bytes()[8:]
    assert json.loads(header[: header.index(b"}}") + 2])["__metadata__"] == {"format": "pt"}
    assert len({file.stat().st_mode for file in folder.iterdir()}) == 1


@pytest.mark.slow
def test_every_changed_byte_of_the_record_is_refused(tmp_path: Path) -> None:
    file = save_small(tmp_path / "my_model") / "model.json"
    content = file.read_bytes()
    for place in range(0, len(content), 3):
        changed = bytearray(content)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises(ValueError, match=re.escape("model.json")):
            records.read_record(file)
    for changed in (b"", content[:-1], content + b" ", b"[1]", b'{"format": 1}'):
        file.write_bytes(changed)
        with pytest.raises(DamagedFileError, match=r"model\.json was changed or damaged"):
            records.read_record(file)


@pytest.mark.parametrize("place", [0, 9, 500, -1])
def test_a_changed_byte_of_the_weights_is_refused(tmp_path: Path, place: int) -> None:
    folder = save_small(tmp_path / "my_model")
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[place] ^= 1
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"model\.safetensors was changed or damaged"):
        load_model(folder)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    folder = save_small(tmp_path / "my_model")
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        load_model(folder)
    with pytest.raises(FileNotFoundError, match="is no model folder"):
        load_model(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda r: r.update(format=3), "has the format 3, and this workbook reads formats 1 and 2"),
        (lambda r: r["architecture"].update(kind="vit-2"), "architecture 'vit-2' is not known"),
        (lambda r: r["pictures"].update(recipe="crop"), "prepared by 'crop'.*answers would differ"),
        (lambda r: r["architecture"].update(width=8), "do not fit the architecture"),
        (
            lambda r: r.update(architecture=describe(resnet18(3)) | {"name": "resnet18000"}),
            "has no 'resnet18000'",
        ),
    ],
)
def test_what_would_change_answers_is_refused(
    tmp_path: Path, do: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = save_small(tmp_path / "my_model")
    change_record(folder, do)
    with pytest.raises(ValueError, match=said):
        load_model(folder)


def test_other_versions_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = save_small(tmp_path / "my_model")
    load_model(folder)
    assert capsys.readouterr().out == ""
    change_record(folder, lambda r: r["versions"].update(torch="2.6.0", workbook="9"))
    change_record(folder, lambda r: r["computed"].update(device="cuda", compiled=True))
    load_model(folder)
    (line,) = capsys.readouterr().out.splitlines()
    for part in ("my_model", "workbook 9", f"torch 2.6.0 (here {version('torch')}",
                 "on cuda (here cpu)", "compiled"):  # fmt: skip
        assert part in line


@pytest.mark.slow
def test_what_torchvision_says_today_does_not_count() -> None:
    architecture = describe(resnet18(3))
    architecture |= {"mean": [0.0, 0.5, 1.0], "interpolation": "bicubic", "input_size": 40}
    again = rebuild(architecture)
    assert describe(again) == architecture
    inception = describe(Classifier(TorchvisionBackbone("googlenet", 64, pretrained=False), 2))
    assert inception["transform_input"] is False
    assert rebuild(inception | {"transform_input": True}).backbone.body.transform_input is True


def test_rebuilding_leaves_the_random_numbers_of_a_lesson(tmp_path: Path) -> None:
    folder = save_small(tmp_path / "my_model")
    torch.manual_seed(5)
    first = torch.rand(3)
    torch.manual_seed(5)
    load_model(folder)
    assert torch.equal(torch.rand(3), first)


def test_a_model_that_cannot_be_shipped_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    class Louder(Classifier):
        pass

    broken = small_model()
    broken.head.bias.data[1] = float("nan")
    for model, options, said in (
        (broken, {}, r"'head.bias' hold numbers that are not finite"),
        (Louder(small_model().backbone, 4), {}, "got Louder"),
        (small_model(), {"temperature": 0.0}, "temperature must be a number above 0, got 0"),
        (small_model(), {"more": {"curve": float("inf")}}, "holds what JSON cannot"),
        (small_model(), {"examples": replace(noise_examples(), class_names=("a", "a", "b", "c"))},
         "there are 3 different names"),
        (small_model(), {"test": replace(score_of(), class_names=NAMES[::-1])}, "other classes"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            save_small(tmp_path / "my_model", model, **options)
        assert list(tmp_path.iterdir()) == []


def test_a_network_that_hides_something_is_found_out(tmp_path: Path) -> None:
    model = small_model()
    model.backbone[7].register_forward_hook(lambda part, taken, given: given.flip(1))
    with pytest.raises(ValueError, match="answers otherwise than yours"):
        save_small(tmp_path / "my_model", model)
    assert list(tmp_path.iterdir()) == []


def test_a_backbone_is_asked_beforehand_whether_it_can_be_shipped() -> None:
    check_shippable(small_model().backbone)
    grown = TorchvisionBackbone("resnet18", 32, pretrained=False)
    grown.body.layer4.append(torch.nn.Conv2d(512, 512, 1))
    with pytest.raises(ValueError, match="do not fit the network that torchvision builds"):
        check_shippable(grown)
    with pytest.raises(ValueError, match="backbone of the kind Flatten"):
        check_shippable(torch.nn.Flatten())


def test_the_fingerprint_knows_pictures_again(tmp_path: Path) -> None:
    examples = noise_examples()
    folder = save_small(tmp_path / "my_model", examples=examples)
    fingerprint = load_model(folder).record["learned_from"]["fingerprint"]
    known = read_digests(folder / "learned_from.txt", fingerprint)
    assert known == {
        hashlib.sha256(picture.numpy().tobytes()).hexdigest()[:16] for picture in examples.images
    }
    nearly = (examples.images.float() / 255 - 1e-4).clamp(min=0)
    assert known == set(digests(nearly))  # the same pictures as numbers
    assert known.isdisjoint(digests(255 - examples.images))
    with (folder / "learned_from.txt").open("ab") as file:
        file.write(b"0\n")
    with pytest.raises(DamagedFileError, match=r"learned_from\.txt was changed"):
        read_digests(folder / "learned_from.txt", fingerprint)
