"""A segmenter saved and loaded again: the same maps, or a refusal that names the file."""

import copy
import hashlib
import json
import math
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
from PIL import Image
from torch import nn

from course_utils.data.boxes.examples import IGNORED
from course_utils.files import DamagedFileError
from course_utils.models.feature_map import FeatureMap
from course_utils.models.residual import Backbone
from course_utils.models.segmentation.answering import logits_on
from course_utils.models.segmentation.dense import DenseSegmenter
from course_utils.models.segmentation.torchvision_segmenters import TorchvisionSegmenter
from course_utils.models.side_by_side import seeded
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.shipping.boxes.loading import load_detector
from course_utils.shipping.fingerprint import digests
from course_utils.shipping.loading import load_model
from course_utils.shipping.masks.architecture import describe_segmenter, rebuild_segmenter
from course_utils.shipping.masks.card import card_text
from course_utils.shipping.masks.loading import load_segmenter
from course_utils.shipping.masks.saving import count_pixels
from course_utils.shipping.masks.score import from_json, to_json
from tests.helpers.saved_models import change_record, save_small
from tests.helpers.saved_segmenters import (
    ALL_NAMES,
    NAMES,
    SCORE,
    SIDE,
    TEXTS,
    mapped,
    save_trained,
    trained_segmenter,
)

IN_A_FRESH_PROCESS = """
import hashlib, sys, torch
from course_utils.models.segmentation.answering import logits_on
from course_utils.shipping.masks.loading import load_segmenter
from tests.helpers.saved_segmenters import mapped
torch.set_num_threads(int(sys.argv[1]))
for folder in sys.argv[2:]:
    logits = logits_on(load_segmenter(folder).network, list(mapped(3, seed=9).images))
    print(hashlib.sha256(torch.stack(logits).numpy().tobytes()).hexdigest())
"""


def coarse_segmenter() -> DenseSegmenter:
    """An untrained one for grey pictures and without skip connections."""
    with seeded(2):
        return DenseSegmenter(FeatureMap(Backbone(1, 4)), len(NAMES), skip=False).eval()


def torchvisions(kind: str, pretrained: bool) -> TorchvisionSegmenter:
    """An untrained segmenter of torchvision whose statistics are not those of a new one."""
    with seeded(3):
        name = "resnet18:IMAGENET1K_V1" if kind == "lraspp" else "resnet50"
        backbone = TorchvisionBackbone(name, 32, pretrained=False)
        for part in backbone.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.running_var.uniform_(0.5, 1.5)
        backbone.mean += 0.01
        weights = torch.tensor([0.1, 1.0, 2.0])
        how = {"pretrained": pretrained, "terms": ("dice",), "class_weights": weights}
        return TorchvisionSegmenter(backbone, len(NAMES), kind, SIDE, **how)


def logits_of(model: nn.Module, channels: int = 3) -> torch.Tensor:
    """Logits (3, 1 + K, H, W) of some pictures."""
    logits = torch.stack(logits_on(model, list(mapped(3, seed=9).images[:, :channels])))
    assert logits.std() > 0
    return logits


@pytest.mark.slow
def test_a_fresh_process_gives_the_same_maps(tmp_path: Path) -> None:
    models = {"dense": trained_segmenter(), "lraspp": torchvisions("lraspp", True)}
    expected = []
    for name, model in models.items():
        save_trained(tmp_path / name, model=model, learned_from=mapped(2))
        expected.append(hashlib.sha256(logits_of(model).numpy().tobytes()).hexdigest())
    arguments = [str(torch.get_num_threads()), *(str(tmp_path / name) for name in models)]
    command = [sys.executable, "-c", IN_A_FRESH_PROCESS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == expected, done.stderr
    shutil.rmtree(tmp_path / "lraspp")  # pytest would keep its 45 MB


def test_a_loaded_segmenter_knows_what_it_is(tmp_path: Path) -> None:
    model = load_segmenter(save_trained(tmp_path / "my_model"))
    assert (model.class_names, model.image_size, model.channels) == (ALL_NAMES, SIDE, 3)
    assert model.num_classes == 2
    assert to_json(model.test) == to_json(SCORE)
    assert not any(part.training for part in model.network.modules())
    assert (model.record["task"], model.record["format"]) == ("semantic-segmentation", 2)
    files = {"model.safetensors", "model.json", "learned_from.txt", "README.md"}
    assert {file.name for file in model.folder.iterdir()} == files
    pixels = mapped().maps.flatten().bincount().tolist()
    learned = model.record["learned_from"]
    assert (learned["pictures"], learned["by_class"]) == (64, pixels)
    assert model.learned_digests() == set(digests(mapped().images))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "pretrained"),
    [("lraspp", True), ("lraspp", False), ("fcn", True), ("deeplabv3", False)],
)
def test_what_is_rebuilt_is_the_same_segmenter(kind: str, pretrained: bool) -> None:
    model = torchvisions(kind, pretrained)
    architecture = describe_segmenter(model)
    assert architecture["backbone"]["mean"][0] == pytest.approx(0.495)
    again = rebuild_segmenter(json.loads(json.dumps(architecture)))
    assert describe_segmenter(again) == architecture
    again.load_state_dict(model.state_dict())
    assert torch.equal(logits_of(again), logits_of(model))


def test_one_without_skip_connections_comes_back_without_them(tmp_path: Path) -> None:
    model, learned = coarse_segmenter(), mapped(4)
    grey = replace(learned, images=learned.images[:, :1])
    folder = save_trained(tmp_path / "grey", model=model, learned_from=grey, test=None)
    loaded = load_segmenter(folder)
    assert (loaded.channels, loaded.test) == (1, None)
    assert loaded.record["architecture"]["skip"] is False
    assert torch.equal(logits_of(loaded.network, 1), logits_of(model, 1))


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    folder = save_trained(tmp_path / "my_model")
    content = (folder / "model.json").read_bytes()
    for place in range(0, len(content), 29):
        changed = bytearray(content)
        changed[place] ^= 1
        (folder / "model.json").write_bytes(changed)
        with pytest.raises(ValueError, match=re.escape("model.json")):
            load_segmenter(folder)
    (folder / "model.json").write_bytes(content)
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "model.safetensors").write_bytes(weights)
    with pytest.raises(DamagedFileError, match=r"model\.safetensors was changed or damaged"):
        load_segmenter(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        load_segmenter(folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda r: r.update(format=3), "has the format 3, and this workbook reads formats 1 and 2"),
        (lambda r: r.update(task="image-matting"), "holds a model for 'image-matting'"),
        (lambda r: r["pictures"].update(recipe="crop"), "prepared by 'crop'.*answers would differ"),
        (lambda r: r["architecture"].update(kind="unet"), "the segmenter 'unet' is not known"),
        (lambda r: r["architecture"].update(skip=False), "do not fit the architecture"),
        (lambda r: r["architecture"].update(num_classes=5), "do not fit the architecture"),
    ],
)
def test_what_would_change_maps_is_refused(
    tmp_path: Path, do: Callable[[dict[str, Any]], object], said: str
) -> None:
    folder = save_trained(tmp_path / "my_model")
    change_record(folder, do)
    with pytest.raises(ValueError, match=said):
        load_segmenter(folder)


def test_other_versions_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = save_trained(tmp_path / "my_model")
    load_segmenter(folder)
    assert capsys.readouterr().out == ""
    change_record(folder, lambda record: record["versions"].update(torch="2.6.0"))
    load_segmenter(folder)
    (line,) = capsys.readouterr().out.splitlines()
    assert "my_model was made with torch 2.6.0 (here" in line
    assert "logits of maps may differ in their last digits" in line


def test_three_kinds_of_model_are_told_apart(tmp_path: Path) -> None:
    folder = save_trained(tmp_path / "maps")
    for load, task in ((load_model, "image-classification"), (load_detector, "object-detection")):
        with pytest.raises(ValueError, match=f"'semantic-segmentation', and this.*'{task}'"):
            load(folder)
    with pytest.raises(ValueError, match=r"'image-classification', and this.*segmentation'"):
        load_segmenter(save_small(tmp_path / "classes"))


def test_what_cannot_be_shipped_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    class Louder(DenseSegmenter):
        pass

    broken, learned = copy.deepcopy(trained_segmenter()), mapped()
    broken.head.classes.bias.data[1] = float("nan")
    strange = learned.maps.clone()
    strange[3, 0, 0] = 7
    other = replace(SCORE, class_names=(ALL_NAMES[0], *NAMES[::-1]))
    for options, said in (
        ({"model": broken}, r"'head.classes.bias' hold numbers that are not finite"),
        ({"model": Louder(trained_segmenter().backbone, len(NAMES))}, "got Louder"),
        ({"learned_from": replace(learned, class_names=("a", "b"))}, "tells 3 classes.* 2 diff"),
        ({"learned_from": replace(learned, class_names=("a", "b", "a"))}, "2 different names"),
        ({"learned_from": replace(learned, maps=strange)}, r"map of 3\.png holds the class 7"),
        ({"image_size": 64}, "longer side of 32 pixels, and image_size is 64"),
        ({"test": other}, "other classes or orders"),
        ({"more": {"curve": float("nan")}}, "holds what JSON cannot"),
        ({"learned_from": learned[torch.arange(0)]}, "holds no pictures"),
    ):
        with pytest.raises(ValueError, match=said):
            save_trained(tmp_path / "my_model", **options)
        assert list(tmp_path.iterdir()) == []


def test_a_network_that_hides_something_is_found_out_where_all_is_background(
    tmp_path: Path,
) -> None:
    model = copy.deepcopy(trained_segmenter())
    model.head.classes.bias.data[0] = 50.0
    model.head.register_forward_hook(lambda part, taken, given: given + 2 * given.sigmoid())
    nothing = mapped()[torch.arange(8)]
    assert not any(each.any() for each in model.segment(nothing.images / 255))
    with pytest.raises(ValueError, match="answers otherwise than yours"):
        save_trained(tmp_path / "my_model", model=model, learned_from=nothing)
    assert list(tmp_path.iterdir()) == []


def test_a_segmenter_that_was_left_in_train_mode_is_saved_and_stays_as_it_is(
    tmp_path: Path,
) -> None:
    model = copy.deepcopy(trained_segmenter()).train()
    folder = save_trained(tmp_path / "my_model", model=model)
    assert all(part.training for part in model.modules())
    for name, values in trained_segmenter().state_dict().items():
        assert torch.equal(model.state_dict()[name], values), name
    assert torch.equal(logits_of(load_segmenter(folder).network), logits_of(trained_segmenter()))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "my_model").mkdir()
    with pytest.raises(ValueError, match="is there already"):
        save_trained(tmp_path / "my_model")


def test_pixels_that_do_not_count_are_in_no_class_and_pictures_may_differ_in_size() -> None:
    learned = mapped(4)
    maps = [learned.maps[0], learned.maps[1][:, :20].clone(), *learned.maps[2:]]
    maps[1][:5] = IGNORED
    expected = torch.cat([each.flatten() for each in maps]).bincount(minlength=256)
    pixels = count_pixels(replace(learned, images=tuple(learned.images), maps=tuple(maps)))
    assert pixels == expected[:3].tolist() and sum(pixels) == 3 * SIDE**2 + 27 * 20


def test_scores_are_kept_as_they_are() -> None:
    again = from_json(json.loads(json.dumps(to_json(SCORE), allow_nan=False)))
    assert to_json(again) == to_json(SCORE)
    assert again.class_iou[:2] == SCORE.class_iou[:2] and math.isnan(again.class_iou[2])
    assert math.isnan(again.class_iou_ends[2][0]) and isinstance(again.class_iou_ends[1], tuple)
    known = replace(SCORE, class_iou=(0.9, 0.3, 0.2), class_iou_ends=((0.1, 0.9),) * 3)
    assert from_json(to_json(known)) == known


def test_the_card_is_what_a_hub_reads_and_says_the_scores(tmp_path: Path) -> None:
    card = ModelCard.load(save_trained(tmp_path / "my: model #1") / "README.md")
    assert card.data.pipeline_tag == "image-segmentation" and card.data.license == "mit"
    assert "semantic-segmentation" in card.data.tags
    assert card.data.model_name == "my: model #1"
    mean_iou, accuracy = card.data.eval_results
    assert (mean_iou.task_type, mean_iou.metric_type) == ("image-segmentation", "mean_iou")
    assert (mean_iou.metric_value, accuracy.metric_value) == (0.61, 0.9)
    assert "n = 20 pictures, 95 % interval 0.500 to 0.720" in mean_iou.metric_name
    assert ModelCard(str(card)).data.to_dict() == card.data.to_dict()
    background, red, blue = (f"{n:,}" for n in mapped().maps.flatten().bincount().tolist())
    for said in (
        "On 20 test pictures that had no part",
        "| mean IoU | 0.610 | 0.500 to 0.720 |",
        "| pixel accuracy | 0.900 | 0.850 to 0.950 |",
        f"| background | 0.920 | 0.900 to 0.940 | 20 | {background} |",
        f"| red ✓ | 0.300 | 0.200 to 0.400 | 12 | {red} |",
        f"| blue \\| \\<b\\> | not tested | none | 0 | {blue} |",
        "background alone is\n0.918 of the pixels",
        "Learned from 64 pictures with 65,536 pixels",
        "all weights began as random",
        TEXTS.untried,
        "Longer side: 32 pixels, colour",
    ):
        assert said in card.text, said


def test_the_lines_of_python_on_the_card_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (save_trained(tmp_path / "my_model") / "README.md").read_text("utf-8")
    Image.fromarray(mapped(3).images[2].permute(1, 2, 0).numpy()).save("picture.jpg", quality=95)
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(code, {})
    assert "torch.Size([32, 32]) ['background', " in capsys.readouterr().out


def test_the_card_tells_what_was_never_tested_and_what_groups_were(tmp_path: Path) -> None:
    card = ModelCard.load(save_trained(tmp_path / "a", test=None) / "README.md")
    assert card.data.eval_results is None and "It was never tested" in card.text
    grouped = replace(SCORE, num_units=7, unit="group")
    text = (save_trained(tmp_path / "b", test=grouped) / "README.md").read_text("utf-8")
    assert "in 7 groups that belong together" in text and "n = 7 groups" in text
    assert "| groups that show it |" in text and "On 7 test groups" in text


@pytest.mark.parametrize(
    ("pretrained", "said"), [(False, "all weights began as random"), (True, "1.28 million photog")]
)
def test_the_card_tells_what_the_backbone_may_have_seen(
    tmp_path: Path, pretrained: bool, said: str
) -> None:
    texts = replace(TEXTS, backbone="resnet18")
    record = load_segmenter(save_trained(tmp_path / "a", texts=texts)).record
    architecture = {"kind": "torchvision", "pretrained": pretrained}
    assert said in card_text({**record, "architecture": architecture}, None, "a")
