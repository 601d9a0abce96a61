"""A detector saved and loaded again: the same boxes, or a refusal that names the file."""

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import ModelCard
from torch import nn

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.files import DamagedFileError
from course_utils.models.detection.answering import detect_on
from course_utils.models.detection.dense import DenseDetector
from course_utils.models.detection.torchvision_detectors import TorchvisionDetector
from course_utils.models.side_by_side import seeded
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.shipping import record as records
from course_utils.shipping.boxes.architecture import describe_detector, rebuild_detector
from course_utils.shipping.boxes.card import card_text
from course_utils.shipping.boxes.loading import load_detector
from course_utils.shipping.fingerprint import digests as digests_of
from course_utils.shipping.fingerprint import read_digests
from course_utils.shipping.loading import load_model
from tests.helpers.saved_detectors import (
    NAMES,
    SCORE,
    SIDE,
    TEXTS,
    rectangles,
    save_trained,
    trained_detector,
)
from tests.helpers.saved_models import change_record, save_small

IN_A_FRESH_PROCESS = """
import json, sys, torch
from course_utils.models.detection.answering import detect_on
from course_utils.shipping.boxes.card import card_text
from course_utils.shipping.boxes.loading import load_detector
from tests.helpers.saved_detectors import rectangles
torch.set_num_threads(int(sys.argv[1]))
images = list(rectangles(3, seed=9).images)
for folder in sys.argv[2:]:
    found = detect_on(load_detector(folder).network, images)
    print(json.dumps([{name: v.tolist() for name, v in each.items()} for each in found]))
"""


def torchvisions(kind: str, pretrained: bool) -> TorchvisionDetector:
    """An untrained detector of torchvision whose statistics are not those of a new one."""
    with seeded(3):
        backbone = TorchvisionBackbone("resnet18:IMAGENET1K_V1", 32, pretrained=False)
        for part in backbone.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.running_var.uniform_(0.5, 1.5)
        backbone.mean += 0.01
        return TorchvisionDetector(backbone, len(NAMES), kind, SIDE, pretrained=pretrained)


def found_by(model: nn.Module) -> list[dict[str, Any]]:
    """Detections on some pictures, as JSON has them."""
    found = detect_on(model, list(rectangles(3, seed=9).images))
    assert sum(len(each["boxes"]) for each in found) >= 3
    return [{name: values.tolist() for name, values in each.items()} for each in found]


@pytest.mark.slow
def test_a_fresh_process_finds_the_same_boxes(tmp_path: Path) -> None:
    models = {"dense": trained_detector(), "fcos": torchvisions("fcos", True)}
    expected = []
    for name, model in models.items():
        save_trained(tmp_path / name, model=model, learned_from=rectangles(2))
        expected.append(found_by(model))
    arguments = [str(torch.get_num_threads()), *(str(tmp_path / name) for name in models)]
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert [json.loads(line) for line in done.stdout.splitlines()] == expected, done.stderr
    shutil.rmtree(tmp_path / "fcos")  # pytest would keep its 75 MB


def test_a_loaded_detector_knows_what_it_is(tmp_path: Path) -> None:
    model = load_detector(save_trained(tmp_path / "my_model"))
    assert (model.class_names, model.image_size, model.channels) == (NAMES, SIDE, 3)
    assert (model.min_score, model.test) == (0.3, SCORE)
    assert not any(part.training for part in model.network.modules())
    assert (model.record["task"], model.record["format"]) == ("object-detection", 2)
    files = {"model.safetensors", "model.json", "learned_from.txt", "README.md"}
    assert {file.name for file in model.folder.iterdir()} == files


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "pretrained"), [("fcos", True), ("fasterrcnn", False)])
def test_what_is_rebuilt_is_the_same_detector(kind: str, pretrained: bool) -> None:
    model = torchvisions(kind, pretrained)
    architecture = describe_detector(model)
    assert architecture["backbone"]["mean"][0] == pytest.approx(0.495)
    again = rebuild_detector(json.loads(json.dumps(architecture)))
    assert describe_detector(again) == architecture
    again.load_state_dict(model.state_dict())
    assert found_by(again) == found_by(model)


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    folder = save_trained(tmp_path / "my_model")
    content = (folder / "model.json").read_bytes()
    for place in range(0, len(content), 13):
        changed = bytearray(content)
        changed[place] ^= 1
        (folder / "model.json").write_bytes(changed)
        with pytest.raises(ValueError, match=re.escape("model.json")):
            records.read_record(folder / "model.json")
    (folder / "model.json").write_bytes(content)
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(DamagedFileError, match=r"model\.safetensors was changed or damaged"):
        load_detector(folder)


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda r: r.update(format=3), "has the format 3, and this workbook reads formats 1 and 2"),
        (lambda r: r.update(task="segmentation"), "holds a model for 'segmentation'"),
        (lambda r: r["pictures"].update(recipe="crop"), "prepared by 'crop'.*answers would differ"),
        (lambda r: r["architecture"].update(kind="yolo"), "the detector 'yolo' is not known"),
        (lambda r: r["architecture"].update(width=4), "do not fit the architecture"),
    ],
)
def test_what_would_change_boxes_is_refused(
    tmp_path: Path, do: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = save_trained(tmp_path / "my_model")
    change_record(folder, do)
    with pytest.raises(ValueError, match=said):
        load_detector(folder)


def test_a_detector_and_a_classifier_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"model for 'object-detection', and this.*classification'"
    ):
        load_model(save_trained(tmp_path / "boxes"))
    with pytest.raises(ValueError, match=r"model for 'image-classification', and this.*detection'"):
        load_detector(save_small(tmp_path / "classes"))
    record = records.read_record(tmp_path / "classes" / "model.json")
    assert record["format"] == 1 and "task" not in record


def test_what_cannot_be_shipped_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    class Louder(DenseDetector):
        pass

    broken = copy.deepcopy(trained_detector())
    broken.head.sides.bias.data[1] = float("nan")
    louder = Louder(trained_detector().backbone, len(NAMES))
    other = replace(SCORE, by_class=SCORE.by_class[::-1])
    for options, said in (
        ({"model": broken}, r"'head.sides.bias' hold numbers that are not finite"),
        ({"model": louder}, "got Louder"),
        ({"learned_from": replace(rectangles(), class_names=("a", "a"))}, "1 different names"),
        ({"image_size": 64}, "longer side of 32 pixels, and image_size is 64"),
        ({"test": other}, "other classes or orders"),
        ({"min_score": 1.5}, "min_score must be from 0 to 1, got 1.5"),
        ({"more": {"curve": float("nan")}}, "holds what JSON cannot"),
        ({"learned_from": rectangles()[torch.arange(0)]}, "holds no pictures"),
    ):
        with pytest.raises(ValueError, match=said):
            save_trained(tmp_path / "my_model", **options)
        assert list(tmp_path.iterdir()) == []


def test_a_network_that_hides_something_is_found_out(tmp_path: Path) -> None:
    model = copy.deepcopy(trained_detector())
    model.head.sides.register_forward_hook(lambda part, taken, given: given + 1)
    with pytest.raises(ValueError, match="finds otherwise than yours"):
        save_trained(tmp_path / "my_model", model=model)
    assert list(tmp_path.iterdir()) == []


def test_a_detector_that_was_left_in_train_mode_is_saved_and_stays_as_it_is(tmp_path: Path) -> None:
    model = copy.deepcopy(trained_detector()).train()
    folder = save_trained(tmp_path / "my_model", model=model)
    assert all(part.training for part in model.modules())
    for name, values in trained_detector().state_dict().items():
        assert torch.equal(model.state_dict()[name], values), name
    assert found_by(load_detector(folder).network) == found_by(model)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "my_model").mkdir()
    with pytest.raises(ValueError, match="is there already"):
        save_trained(tmp_path / "my_model")


def test_the_fingerprint_knows_pictures_of_any_sizes(tmp_path: Path) -> None:
    learned = rectangles(8)
    images = (*learned.images[:7], learned.images[7][:, :20] / 255)
    several = replace(learned, images=images)
    folder = save_trained(tmp_path / "my_model", learned_from=several)
    digests = (folder / "learned_from.txt").read_text().split()
    assert len(set(digests)) == len(digests) == 8
    assert digests == sorted(digests_of([*images[:7], (images[7] * 255).round().byte()]))
    fingerprint = load_detector(folder).record["learned_from"]["fingerprint"]
    assert read_digests(folder / "learned_from.txt", fingerprint) == set(digests)
    whole = save_trained(tmp_path / "whole", learned_from=learned)
    assert len(set(digests) & set((whole / "learned_from.txt").read_text().split())) == 7


def test_only_boxes_that_count_are_counted(tmp_path: Path) -> None:
    learned: BoxedPictures = rectangles()
    counts = tuple(torch.zeros_like(counts) for counts in learned.counts)
    record = load_detector(save_trained(tmp_path / "a")).record["learned_from"]
    numbers = torch.cat(learned.labels).bincount().tolist()
    assert (record["pictures"], record["by_class"]) == (64, numbers)
    nothing = save_trained(tmp_path / "b", learned_from=replace(learned, counts=counts))
    assert load_detector(nothing).record["learned_from"]["by_class"] == [0, 0]


def test_the_card_is_what_a_hub_reads_and_says_the_scores(tmp_path: Path) -> None:
    card = ModelCard.load(save_trained(tmp_path / "my: model #1") / "README.md")
    assert card.data.pipeline_tag == "object-detection" and card.data.license == "mit"
    assert card.data.model_name == "my: model #1"
    mean_ap, ap50 = card.data.eval_results
    assert (mean_ap.task_type, mean_ap.metric_value) == ("object-detection", 0.41)
    assert ap50.metric_value == 0.8 and "0.700 to 0.900" in ap50.metric_name
    assert "n = 20 pictures, 35 boxes" in ap50.metric_name
    assert ModelCard(str(card)).data.to_dict() == card.data.to_dict()
    for said in (
        "On 20 pictures with 35 boxes",
        "| mAP (IoU 0.50 to 0.95) | 0.410 | 0.300 to 0.520 |",
        "| AP50 (IoU 0.50) | 0.800 | 0.700 to 0.900 |",
        "| red ✓ | 0.500 | 35 | 27 |",
        "| blue \\| \\<b\\> | not tested | 0 | 36 |",
        "Learned from 64 pictures with 63 boxes",
        "all weights began as random",
        TEXTS.untried,
        "Longer side: 32 pixels, colour",
    ):
        assert said in card.text, said


def test_the_card_tells_what_was_never_tested_and_what_groups_were(tmp_path: Path) -> None:
    card = ModelCard.load(save_trained(tmp_path / "a", test=None) / "README.md")
    assert card.data.eval_results is None and "It was never tested" in card.text
    grouped = replace(SCORE, num_units=7, unit="group")
    text = (save_trained(tmp_path / "b", test=grouped) / "README.md").read_text("utf-8")
    assert "in 7 groups that belong together" in text and "n = 7 groups" in text
    assert load_detector(tmp_path / "b").test == grouped


@pytest.mark.parametrize(
    ("pretrained", "said"), [(False, "all weights began as random"), (True, "1.28 million photog")]
)
def test_the_card_tells_what_the_backbone_may_have_seen(
    tmp_path: Path, pretrained: bool, said: str
) -> None:
    texts = replace(TEXTS, backbone="resnet18")
    record = load_detector(save_trained(tmp_path / "a", texts=texts)).record
    architecture = {"kind": "torchvision", "pretrained": pretrained}
    assert said in card_text({**record, "architecture": architecture}, None, "a")
