"""torchvision's detectors: labels, sizes, statistics, and what does not count."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.detection import FCOS, FasterRCNN
from torchvision.ops import FrozenBatchNorm2d, box_iou

from course_utils.data.boxes.examples import Target
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.scenes import letter_scenes
from course_utils.files import PROJECT_FOLDER
from course_utils.models.computing import set_up
from course_utils.models.detection.detector import Detections
from course_utils.models.detection.pyramids import check_pyramid
from course_utils.models.detection.torchvision_detectors import KINDS, TorchvisionDetector
from course_utils.models.residual import Backbone
from course_utils.models.side_by_side import seeded
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.session.start import Session

pytestmark = pytest.mark.slow

SHARED = PROJECT_FOLDER.parent / "shared" / "data"
PENN, MAKE_HOME = SHARED / "penn_fudan.zip", SHARED / "weights" / "make_torch_home.py"


@pytest.fixture(scope="module")
def backbone() -> TorchvisionBackbone:
    """A ResNet-18 whose batch norm has statistics, as after pretraining."""
    with seeded(0):
        made = TorchvisionBackbone("resnet18", 64, pretrained=False)
        for part in made.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.running_mean.uniform_(-0.1, 0.1)
                part.running_var.uniform_(0.5, 1.5)
    return made.eval()


@pytest.fixture(scope="module", params=KINDS)
def detector(request: pytest.FixtureRequest, backbone: TorchvisionBackbone) -> TorchvisionDetector:
    """Each kind; tests leave it as it is."""
    with seeded(1):
        made = TorchvisionDetector(backbone, 3, request.param, 64)
    if request.param == "fasterrcnn":  # fewer proposals take less time
        made.model.roi_heads.fg_bg_sampler.batch_size_per_image = 32
        made.model.rpn._post_nms_top_n = {"training": 100, "testing": 100}
    return made


def images_of(*shapes: tuple[int, int, int]) -> list[Tensor]:
    """Noise of these shapes."""
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(shape, generator=generator) for shape in shapes]


def target(boxes: Sequence, labels: Sequence[int], counts: Sequence[bool] | None = None) -> Target:
    """One picture's."""
    return {
        "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        "labels": torch.tensor(labels, dtype=torch.int64),
        "counts": torch.tensor(counts or [True] * len(labels), dtype=torch.bool),
    }


def losses_of(
    detector: TorchvisionDetector, images: list[Tensor], targets: list[Target]
) -> dict[str, float]:
    """Each term, the same proposals drawn each time."""
    with seeded(0):
        return {name: loss.item() for name, loss in detector.losses(images, targets).items()}


@pytest.fixture
def sure_of_1(detector: TorchvisionDetector) -> Iterator[TorchvisionDetector]:
    """A detector that takes everything for class 1, whatever it sees."""
    if detector.kind == "fcos":
        layer, said = detector.model.head.classification_head.cls_logits, [-9.0, 3.0, -9.0]
    else:
        layer, said = detector.model.roi_heads.box_predictor.cls_score, [3.0, -9.0, 3.0, -9.0]
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    layer.load_state_dict({"weight": 0 * layer.weight, "bias": torch.tensor(said)})
    yield detector
    layer.load_state_dict(before)


def test_labels_are_from_0_on_both_ways(sure_of_1: TorchvisionDetector) -> None:
    images = images_of((3, 64, 64))
    (found,) = sure_of_1.detect(images)
    assert len(found["labels"]) > 5 and (found["labels"] == 1).all()
    name = "classification" if sure_of_1.kind == "fcos" else "loss_classifier"
    box = [[10, 10, 50, 50]]
    asked = [losses_of(sure_of_1, images, [target(box, [label])])[name] for label in range(3)]
    assert asked[1] < min(asked[0], asked[2]) - 0.01


def test_it_is_torchvisions_own(detector: TorchvisionDetector) -> None:
    assert type(detector.model) is {"fcos": FCOS, "fasterrcnn": FasterRCNN}[detector.kind]
    (found,) = detector.detect(images_of((3, 48, 64)))
    shapes = {name: (tuple(v.shape[1:]), v.dtype) for name, v in found.items()}
    assert shapes == {
        "boxes": ((4,), torch.float32),
        "labels": ((), torch.int64),
        "scores": ((), torch.float32),
    }
    assert 0 < len(found["boxes"]) <= 100
    assert (found["scores"].diff() <= 0).all() and found["scores"][-1] > 0.05
    assert (found["boxes"][:, 2:] > found["boxes"][:, :2]).all()


def most_overlap(found: Detections) -> float:
    """Of two boxes of one class."""
    overlaps = box_iou(found["boxes"], found["boxes"]).fill_diagonal_(0)
    return overlaps[found["labels"][:, None] == found["labels"]].max().item()


def test_what_is_kept_is_asked_for_each_time(detector: TorchvisionDetector) -> None:
    images = images_of((3, 48, 64))
    (usual,), (few,), (many,) = (
        detector.detect(images, **how) for how in ({}, {"nms_iou": 0.02}, {"nms_iou": None})
    )
    assert most_overlap(few) < 0.03 < most_overlap(many)
    assert most_overlap(usual) < 0.51
    middle = usual["scores"].median().item()
    (sure,) = detector.detect(images, min_score=middle)
    assert torch.equal(sure["scores"], usual["scores"][usual["scores"] > middle])
    assert torch.equal(detector.detect(images)[0]["boxes"], usual["boxes"])


def test_boxes_are_in_the_pixels_of_each_picture(detector: TorchvisionDetector) -> None:
    """Every pixel four times: half of it in both directions is the same picture."""
    (small,) = images_of((3, 64, 48))
    large = small.repeat_interleave(2, 1).repeat_interleave(2, 2)
    found, again = detector.detect([small])[0], detector.detect([large])[0]
    assert len(found["boxes"]) and again["boxes"].max() > 64
    torch.testing.assert_close(again["boxes"], 2 * found["boxes"], rtol=1e-3, atol=1e-2)
    torch.testing.assert_close(again["scores"], found["scores"], rtol=1e-3, atol=1e-4)


def test_losses_move_with_the_size_of_a_picture(detector: TorchvisionDetector) -> None:
    (small,) = images_of((3, 64, 48))
    large = small.repeat_interleave(2, 1).repeat_interleave(2, 2)
    ours = losses_of(detector, [small], [target([[4, 6, 40, 50]], [2])])
    theirs = losses_of(detector, [large], [target([[8, 12, 80, 100]], [2])])
    assert ours == pytest.approx(theirs, rel=1e-3)


def test_grey_counts_as_three_equal_channels(detector: TorchvisionDetector) -> None:
    (grey,) = images_of((1, 40, 64))
    found, expected = detector.detect([grey])[0], detector.detect([grey.repeat(3, 1, 1)])[0]
    for name, values in expected.items():
        assert torch.equal(found[name], values)


def test_mode_changes_nothing_and_is_left(detector: TorchvisionDetector) -> None:
    images, targets = images_of((3, 64, 64)), [target([[4, 4, 50, 40]], [0])]
    found, lost = detector.detect(images)[0], losses_of(detector, images, targets)
    detector.train()
    assert torch.equal(detector.detect(images)[0]["boxes"], found["boxes"])
    assert losses_of(detector, images, targets) == lost
    assert all(part.training for part in detector.modules())
    detector.eval()
    losses_of(detector, images, targets)
    assert not any(part.training for part in detector.modules())


def test_pictures_without_objects_are_learned_from(detector: TorchvisionDetector) -> None:
    images, nothing = images_of((3, 64, 64), (3, 50, 64)), target([], [])
    some = [nothing, target([[5, 5, 30, 40]], [1])]
    losses = [sum(detector.losses(images, each).values()) for each in ([nothing] * 2, some)]
    assert all(loss.isfinite() and loss > 0 for loss in losses)
    sum(losses).backward()
    assert all(w.grad.isfinite().all() for w in detector.parameters() if w.grad is not None)
    detector.zero_grad()


def test_what_does_not_count_is_hidden_but_not_what_counts_before_it(
    detector: TorchvisionDetector,
) -> None:
    (image,) = images_of((3, 64, 64))
    boxes = [[8, 8, 40, 40], [24.4, 24.4, 56.5, 60]]
    shown = target(boxes, [0, 1], [True, False])
    picture = image.clone().requires_grad_(True)
    with seeded(0):
        sum(detector.losses([picture], [shown]).values()).backward()
    detector.zero_grad()
    moved = picture.grad.abs().sum(dim=0)
    hidden = torch.zeros(64, 64, dtype=torch.bool)
    hidden[24:60, 24:57] = True
    hidden[8:40, 8:40] = False
    assert (moved[hidden] == 0).all()
    assert (moved[~hidden] > 0).float().mean() > 0.9
    painted = torch.where(hidden, torch.tensor(detector.mean)[:, None, None], image)
    alone = losses_of(detector, [painted], [target(boxes[:1], [0])])
    assert losses_of(detector, [image], [shown]) == alone
    assert losses_of(detector, [image], [target(boxes[:1], [0])]) != alone


def test_pretrained_statistics_stay_and_weights_are_taken(backbone: TorchvisionBackbone) -> None:
    before = {name: value.clone() for name, value in backbone.state_dict().items()}
    model = TorchvisionDetector(backbone, 2).train()
    body = model.model.backbone.body
    assert torch.equal(body.conv1.weight, backbone.body.conv1.weight)
    assert torch.equal(body.layer4[1].bn2.running_var, backbone.body.layer4[1].bn2.running_var)
    assert any(isinstance(part, FrozenBatchNorm2d) for part in body.modules())
    assert not any(isinstance(part, nn.BatchNorm2d) for part in model.modules())
    optimizer = torch.optim.SGD((w for w in model.parameters() if w.requires_grad), lr=0.1)
    sum(model.losses(images_of((3, 64, 64)), [target([[4, 4, 50, 50]], [1])]).values()).backward()
    optimizer.step()
    assert torch.equal(body.bn1.running_mean, backbone.body.bn1.running_mean)
    assert torch.equal(body.layer1[0].conv1.weight, backbone.body.layer1[0].conv1.weight)
    assert not torch.equal(body.layer4[0].conv1.weight, backbone.body.layer4[0].conv1.weight)
    assert all(torch.equal(value, before[name]) for name, value in backbone.state_dict().items())


def test_from_random_weights_all_layers_learn_with_group_norm(
    backbone: TorchvisionBackbone,
) -> None:
    model = TorchvisionDetector(backbone, 2, pretrained=False)
    body = model.model.backbone.body
    assert all(weight.requires_grad for weight in model.parameters())
    assert not torch.equal(body.conv1.weight, backbone.body.conv1.weight)
    assert sum(isinstance(part, nn.GroupNorm) for part in body.modules()) == 20
    assert not any(isinstance(part, FrozenBatchNorm2d) for part in model.modules())


def test_anchors_grow_with_the_picture(backbone: TorchvisionBackbone) -> None:
    for image_size, sizes in ((1024, (32, 64, 128, 256, 512)), (256, (8, 16, 32, 64, 128))):
        model = TorchvisionDetector(backbone, 1, "fasterrcnn", image_size).model
        assert model.rpn.anchor_generator.sizes == tuple((size,) for size in sizes)
        assert (model.transform.min_size, model.transform.max_size) == ((image_size,), image_size)


def test_bfloat16_gives_nearly_the_same(backbone: TorchvisionBackbone) -> None:
    model = TorchvisionDetector(backbone, 2, image_size=64)
    images, targets = images_of((3, 64, 64)), [target([[4, 4, 50, 50]], [1])]
    exact = losses_of(model, images, targets)
    set_up(model, Session(torch.device("cpu"), Path("data"), 0, torch.bfloat16))
    rough = losses_of(model, images, targets)
    assert rough != exact and rough == pytest.approx(exact, rel=0.02)
    assert model.detect(images)[0]["boxes"].dtype == torch.float32


@pytest.mark.parametrize("name", ["mobilenet_v2", "letters", "vgg11:IMAGENET1K_V1"])
def test_what_has_no_pyramid_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"need a ResNet.*got '{name}'.*resnet18"):
        check_pyramid(name)


def test_what_has_one_is_not(tmp_path: Path, backbone: TorchvisionBackbone) -> None:
    for name in ("resnet18", "resnet50:IMAGENET1K_V1", "resnext50_32x4d", "wide_resnet50_2"):
        check_pyramid(name)
    own = {
        **backbone.body.state_dict(),
        "fc.weight": torch.zeros(2, 512),
        "fc.bias": torch.zeros(2),
    }
    torch.save(own, tmp_path / "my.pth")
    check_pyramid(str(tmp_path / "my.pth"))
    with pytest.raises(FileNotFoundError, match="no backbone 'resnet1'"):
        check_pyramid("resnet1")


def test_arguments_that_do_not_fit_are_refused(backbone: TorchvisionBackbone) -> None:
    for arguments, said in (
        ((Backbone(3), 2), "need a ResNet.*got 'Backbone'"),
        ((backbone, 0), "num_classes must be at least 1, got 0"),
        ((backbone, 2, "yolo"), "kind must be 'fcos' or 'fasterrcnn', got 'yolo'"),
        ((backbone, 2, "fcos", 31), "image_size must be at least 32 pixels, got 31"),
    ):
        with pytest.raises(ValueError, match=said):
            TorchvisionDetector(*arguments)


def test_it_learns_drawn_scenes(backbone: TorchvisionBackbone) -> None:
    """A few steps on two scenes: the loss of these very scenes falls."""
    scenes = letter_scenes(2, 0)
    with seeded(0):
        model = TorchvisionDetector(backbone, scenes.num_classes, image_size=64)
    targets = [
        dict(zip(("boxes", "labels", "counts"), each, strict=True))
        for each in zip(scenes.boxes, scenes.labels, scenes.counts, strict=True)
    ]
    learned = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer, losses = torch.optim.AdamW(learned, lr=3e-4), []
    for _ in range(3):
        loss = sum(model.losses(scenes.images, targets).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.skipif(
    not (PENN.exists() and MAKE_HOME.exists()), reason="no photographs or weights beside it"
)
def test_two_steps_on_photographs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    subprocess.run([sys.executable, MAKE_HOME, home, "resnet18"], check=True, capture_output=True)
    monkeypatch.setenv("TORCH_HOME", str(home))
    with zipfile.ZipFile(PENN) as archive:
        archive.extractall(tmp_path)
    pictures = read_boxes(f"masks:{tmp_path / 'PennFudanPed'}", 64, near_copies=False)
    some = pictures[torch.arange(2)]
    model = TorchvisionDetector(TorchvisionBackbone("resnet18"), 1, image_size=64)
    shutil.rmtree(home)  # pytest would keep it
    optimizer = torch.optim.AdamW((w for w in model.parameters() if w.requires_grad), lr=3e-4)
    for _ in range(2):
        targets = [
            dict(zip(("boxes", "labels", "counts"), each, strict=True))
            for each in zip(some.boxes, some.labels, some.counts, strict=True)
        ]
        loss = sum(model.losses([image / 255 for image in some.images], targets).values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.isfinite()
    for found, image in zip(
        model.detect([im / 255 for im in some.images]), some.images, strict=True
    ):
        height, width = image.shape[1:]
        assert (found["boxes"] <= torch.tensor([width, height] * 2)).all()
        assert (found["labels"] == 0).all()
