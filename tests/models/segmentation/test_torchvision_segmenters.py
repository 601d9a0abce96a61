"""torchvision's segmenters: sizes, statistics, what learns, and which ResNets will do."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.segmentation import FCN, LRASPP, DeepLabV3
from torchvision.ops import FrozenBatchNorm2d

from course_utils.data.boxes.examples import class_map
from course_utils.data.boxes.reading import read_boxes
from course_utils.files import PROJECT_FOLDER
from course_utils.models.computing import set_up
from course_utils.models.freezing import fingerprint
from course_utils.models.residual import Backbone
from course_utils.models.segmentation.answering import logits_on, segment_all
from course_utils.models.segmentation.building import KINDS, check_segmenter
from course_utils.models.segmentation.losses import TERMS
from course_utils.models.segmentation.torchvision_segmenters import (
    TorchvisionSegmenter,
    scaled_map,
    scaled_to,
)
from course_utils.models.side_by_side import seeded
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.session.start import Session

pytestmark = pytest.mark.slow

SHARED = PROJECT_FOLDER.parent / "shared" / "data"
PENN, MAKE_HOME = SHARED / "penn_fudan.zip", SHARED / "weights" / "make_torch_home.py"


def backbone_of(name: str) -> TorchvisionBackbone:
    """One whose batch norm has statistics, as after pretraining."""
    with seeded(0):
        made = TorchvisionBackbone(name, 64, pretrained=False)
        for part in made.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.running_mean.uniform_(-0.1, 0.1)
                part.running_var.uniform_(0.5, 1.5)
    return made.eval()


@pytest.fixture(scope="module")
def small() -> TorchvisionBackbone:
    return backbone_of("resnet18")


@pytest.fixture(scope="module")
def large() -> TorchvisionBackbone:
    return backbone_of("resnet50")


@pytest.fixture(scope="module", params=KINDS)
def segmenter(
    request: pytest.FixtureRequest, small: TorchvisionBackbone, large: TorchvisionBackbone
) -> TorchvisionSegmenter:
    """Each kind; tests leave it as it is."""
    with seeded(1):
        backbone = small if request.param == "lraspp" else large
        return TorchvisionSegmenter(backbone, 3, request.param, 48)


def images_of(*shapes: tuple[int, int, int]) -> list[Tensor]:
    """Noise of these shapes."""
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(shape, generator=generator) for shape in shapes]


def losses_of(
    segmenter: TorchvisionSegmenter, images: list[Tensor], maps: list[Tensor]
) -> dict[str, float]:
    """Each term, the same numbers dropped each time."""
    with seeded(0):
        return {name: loss.item() for name, loss in segmenter.losses(images, maps).items()}


def test_it_is_torchvisions_own(segmenter: TorchvisionSegmenter) -> None:
    kinds = {"lraspp": LRASPP, "fcn": FCN, "deeplabv3": DeepLabV3}
    assert type(segmenter.model) is kinds[segmenter.kind]
    assert not any(isinstance(part, nn.BatchNorm2d) for part in segmenter.modules())


def test_maps_have_the_size_of_their_pictures_and_do_not_depend_on_the_batch(
    segmenter: TorchvisionSegmenter,
) -> None:
    sizes = [(48, 48), (30, 70), (48, 48), (21, 13)]
    images = images_of(*((3, *size) for size in sizes))
    maps = segment_all(segmenter, images)
    assert [tuple(each.shape) for each in maps] == sizes
    assert all(each.dtype == torch.uint8 and each.max() <= 3 for each in maps)
    assert len(torch.cat([each.flatten() for each in maps]).unique()) > 1
    for image, found in zip(images, maps, strict=True):
        same = found == segmenter.segment([image])[0]
        assert same.float().mean() > 0.999  # ties of rounding aside


def test_grey_counts_as_three_equal_channels(segmenter: TorchvisionSegmenter) -> None:
    (grey,) = images_of((1, 40, 64))
    found, expected = segmenter.segment([grey]), segmenter.segment([grey.repeat(3, 1, 1)])
    assert torch.equal(found[0], expected[0])


def test_mode_changes_nothing_and_no_statistics_move(segmenter: TorchvisionSegmenter) -> None:
    images, maps = images_of((3, 48, 48)), [torch.ones(48, 48, dtype=torch.int64)]
    found, lost = segmenter.segment(images)[0], losses_of(segmenter, images, maps)
    before = fingerprint(segmenter)
    segmenter.train()
    assert torch.equal(segmenter.segment(images)[0], found)
    assert torch.equal(logits_on(segmenter, images)[0].argmax(dim=0).byte(), found)  # drops nothing
    assert losses_of(segmenter, images, maps) == lost
    assert all(part.training for part in segmenter.modules())
    segmenter.eval()
    losses_of(segmenter, images, maps)
    assert not any(part.training for part in segmenter.modules())
    assert fingerprint(segmenter) == before


def test_empty_and_ignored_maps_are_learned_from_without_harm(
    segmenter: TorchvisionSegmenter,
) -> None:
    images = images_of((3, 48, 40), (1, 60, 48))
    for value, is_above in ((0, True), (255, False)):
        maps = [torch.full(image.shape[1:], value) for image in images]
        loss = segmenter.losses(images, maps)["cross_entropy"]
        assert (loss.item() > 0) == is_above
        loss.backward()
        assert all(w.grad.isfinite().all() for w in segmenter.parameters() if w.grad is not None)
    segmenter.zero_grad()


def test_maps_are_scaled_without_new_classes(small: TorchvisionBackbone) -> None:
    """Background and class 2 side by side: a mean of the numbers would be class 1."""
    true = torch.zeros(10, 14, dtype=torch.uint8)
    true[:, 7:] = 2
    for size in ((48, 67), (5, 7), (4, 3)):
        assert scaled_map(true, size).unique().tolist() == [0, 2]
    assert torch.equal(
        scaled_map(true, (20, 28)), true.repeat_interleave(2, 0).repeat_interleave(2, 1)
    )
    model = TorchvisionSegmenter(small, 3, image_size=56, terms=TERMS)
    images = images_of((3, 10, 14))
    shown = scaled_to(images[0][None], 56)
    assert shown.shape == (1, 3, 40, 56)
    large = true.repeat_interleave(4, 0).repeat_interleave(4, 1)
    expected = model.loss(model(images[0][None]), [large])
    torch.testing.assert_close(model.losses(images, [true]), expected)


def test_maps_that_do_not_fit_are_refused(small: TorchvisionBackbone) -> None:
    model, images = TorchvisionSegmenter(small, 3, image_size=32), images_of((3, 40, 32))
    with pytest.raises(ValueError, match=r"picture 0 is \(40, 32\) .* and its map \(32, 40\)"):
        model.losses(images, [torch.zeros(32, 40, dtype=torch.int64)])
    for wrong in (-1, 4, 259):
        with pytest.raises(ValueError, match=f"classes from 0 to 3, or 255 .* got {wrong}"):
            model.losses(images, [torch.full((40, 32), wrong)])


def test_pretrained_it_has_the_weights_and_its_first_layers_stay(
    small: TorchvisionBackbone,
) -> None:
    before = fingerprint(small)
    model = TorchvisionSegmenter(small, 2, image_size=64)
    layers = model.model.backbone
    assert sum(isinstance(part, FrozenBatchNorm2d) for part in layers.modules()) == 20
    images = torch.rand(2, 3, 64, 64)
    normalised = (images - small.mean) / small.std
    pooled = layers(normalised)["high"].mean(dim=(2, 3))
    torch.testing.assert_close(pooled, small(images), rtol=1e-3, atol=1e-4)
    learns = {name.split(".")[0] for name, w in layers.named_parameters() if w.requires_grad}
    assert learns == {"layer2", "layer3", "layer4"}
    assert all(weight.requires_grad for weight in model.model.classifier.parameters())
    with torch.no_grad():
        layers.conv1.weight.zero_()
    assert fingerprint(small) == before


def test_from_random_weights_all_layers_learn_with_group_norm(small: TorchvisionBackbone) -> None:
    model = TorchvisionSegmenter(small, 2, pretrained=False)
    layers = model.model.backbone
    assert all(weight.requires_grad for weight in model.parameters())
    assert not torch.equal(layers.conv1.weight, small.body.conv1.weight)
    assert sum(isinstance(part, nn.GroupNorm) for part in layers.modules()) == 20


def test_bfloat16_gives_nearly_the_same(small: TorchvisionBackbone) -> None:
    model = TorchvisionSegmenter(small, 2, image_size=64)
    images, maps = images_of((3, 64, 64)), [torch.ones(64, 64, dtype=torch.int64)]
    exact = losses_of(model, images, maps)
    set_up(model, Session(torch.device("cpu"), Path("data"), 0, torch.bfloat16))
    rough = losses_of(model, images, maps)
    assert rough != exact and rough == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("name", ["mobilenet_v2", "letters", "vgg11:IMAGENET1K_V1"])
def test_what_is_no_resnet_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"need a ResNet.*got '{name}'.*resnet18"):
        check_segmenter(name, "lraspp")


def test_what_cannot_be_dilated_is_refused_by_name(small: TorchvisionBackbone) -> None:
    for kind in KINDS:
        for name in ("resnet50:IMAGENET1K_V1", "resnet101", "resnext50_32x4d"):
            check_segmenter(name, kind)
    for name in ("resnet18", "resnet34:IMAGENET1K_V1"):
        check_segmenter(name, "lraspp")
        for kind in ("fcn", "deeplabv3"):
            with pytest.raises(
                ValueError, match=f"{kind} .* not dilate {name[:8]}; take .resnet50"
            ):
                check_segmenter(name, kind)
    with pytest.raises(ValueError, match=r"fcn needs .* torchvision does not dilate resnet18"):
        TorchvisionSegmenter(small, 2, "fcn")


def test_arguments_that_do_not_fit_are_refused(small: TorchvisionBackbone) -> None:
    for arguments, said in (
        ((Backbone(3), 2), "need a ResNet.*got 'Backbone'"),
        ((small, 0), "num_classes must be at least 1, got 0"),
        ((small, 2, "unet"), "kind must be 'lraspp', 'fcn', 'deeplabv3', got 'unet'"),
        ((small, 2, "lraspp", 31), "image_size must be at least 32 pixels, got 31"),
    ):
        with pytest.raises(ValueError, match=said):
            TorchvisionSegmenter(*arguments)


@pytest.mark.skipif(
    not (PENN.exists() and MAKE_HOME.exists()), reason="no photographs or weights beside it"
)
def test_a_few_steps_on_photographs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    subprocess.run([sys.executable, MAKE_HOME, home, "resnet18"], check=True, capture_output=True)
    monkeypatch.setenv("TORCH_HOME", str(home))
    with zipfile.ZipFile(PENN) as archive:
        few = [name for name in archive.namelist() if "FudanPed0000" in name]
        archive.extractall(tmp_path, few)
    pictures = read_boxes(f"masks:{tmp_path / 'PennFudanPed'}", 96, near_copies=False)
    some = pictures[torch.arange(2)]
    maps = [class_map(*each) for each in zip(some.masks, some.labels, some.counts, strict=True)]
    with seeded(0):
        model = TorchvisionSegmenter(TorchvisionBackbone("resnet18"), 1, image_size=96)
    shutil.rmtree(home)  # pytest would keep it
    optimizer = torch.optim.AdamW((w for w in model.parameters() if w.requires_grad), lr=1e-3)
    losses = []
    for _ in range(4):
        loss = sum(model.losses([image / 255 for image in some.images], maps).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    assert [each.shape for each in segment_all(model, some.images)] == [m.shape for m in maps]
