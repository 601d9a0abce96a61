"""Backbones of torchvision: its own numbers from its own files, and a word for each bad file."""

import hashlib
import shutil
import socket
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn
from torchvision.models import MobileNet_V2_Weights, ResNet18_Weights, get_model

from course_utils.data.examples import PARTS, LabelledImages
from course_utils.data.folder import load_folder
from course_utils.files import PROJECT_FOLDER, DamagedFileError
from course_utils.models.classifier import Classifier
from course_utils.models.computing import set_up
from course_utils.models.freezing import extract_features, fingerprint, freeze
from course_utils.models.pretrained import load_backbone
from course_utils.models.torchvision_backbones import (
    TorchvisionBackbone,
    fetch_weights,
    find_weights,
    is_torchvision_name,
    similar_names,
)
from course_utils.session.start import Session

pytestmark = pytest.mark.slow

RESNET, MOBILENET = ResNet18_Weights.DEFAULT, MobileNet_V2_Weights.DEFAULT
SHARED = PROJECT_FOLDER.parent / "shared" / "data"
MAKE_TORCH_HOME = SHARED / "weights" / "make_torch_home.py"
CIFAR = SHARED / "cifar10_jpg.zip"


def file_of(weights: object, home: Path) -> Path:
    """Where torch looks for the file of ``weights``."""
    return home / "hub" / "checkpoints" / Path(weights.url).name


def random_state(name: str) -> dict[str, Tensor]:
    """Random weights of a network of torchvision, and random statistics of its batch norm."""
    torch.manual_seed(0)
    net = get_model(name)
    for part in net.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.uniform_(-0.1, 0.1)
            part.running_var.uniform_(0.5, 1.5)
    return net.state_dict()


@pytest.fixture(scope="module")
def random_home() -> Iterator[Path]:
    """A folder with files of random weights under the names of the real ones."""
    with tempfile.TemporaryDirectory() as folder:  # pytest's own would keep 60 MB of each run
        file_of(RESNET, Path(folder)).parent.mkdir(parents=True)
        for name, weights in (("resnet18", RESNET), ("mobilenet_v2", MOBILENET)):
            torch.save(random_state(name), file_of(weights, Path(folder)))
        yield Path(folder)


@pytest.fixture
def home(random_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``random_home``, in use."""
    monkeypatch.setenv("TORCH_HOME", str(random_home))
    return random_home


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in use, for files that a test damages."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    yield tmp_path
    shutil.rmtree(tmp_path)  # pytest would keep 45 MB for each test


@pytest.fixture(scope="module")
def images() -> Tensor:
    """Four pictures (4, 3, 60, 60) from 0 to 1."""
    return torch.rand(4, 3, 60, 60, generator=torch.Generator().manual_seed(0))


def torchvisions_features(name: str, weights: object, home: Path, images: Tensor) -> Tensor:
    """Features by torchvision alone, on its own preprocessing without cutting the edges off."""
    net = get_model(name)
    net.load_state_dict(torch.load(file_of(weights, home)))
    if name == "resnet18":
        net.fc = nn.Identity()
    else:
        net.classifier = nn.Identity()
    preprocess = weights.transforms(resize_size=224)
    with torch.inference_mode():
        return net.eval()(preprocess(images))


@pytest.mark.parametrize(
    ("name", "weights", "num_features"),
    [("resnet18", RESNET, 512), ("mobilenet_v2", MOBILENET, 1280)],
)
@pytest.mark.parametrize("size", [60, 300])
def test_features_are_those_of_torchvision(
    home: Path, name: str, weights: object, num_features: int, size: int
) -> None:
    images = torch.rand(1, 3, size, size, generator=torch.Generator().manual_seed(size))
    backbone = TorchvisionBackbone(name).eval()
    assert backbone.num_features == num_features
    features = extract_features(backbone, images)
    expected = torchvisions_features(name, weights, home, images)
    assert features.shape == (1, num_features) and features.std() > 0.01
    torch.testing.assert_close(features, expected, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("name", "weights"), [("resnet18", RESNET), ("mobilenet_v2", MOBILENET)])
def test_size_and_normalisation_are_those_of_the_weights(
    home: Path, name: str, weights: object
) -> None:
    backbone, preset = TorchvisionBackbone(name), weights.transforms()
    assert [backbone.input_size] == preset.crop_size == [224]
    assert backbone.mean.flatten().tolist() == pytest.approx(preset.mean)
    assert backbone.std.flatten().tolist() == pytest.approx(preset.std)
    assert backbone.mean.flatten().tolist() == pytest.approx([0.485, 0.456, 0.406])  # ImageNet's
    assert (backbone.in_channels, backbone.name) == (3, name)


def test_other_weights_have_other_sizes_and_ways_of_resizing() -> None:
    inception = TorchvisionBackbone("inception_v3", pretrained=False)
    assert (inception.input_size, inception.interpolation) == (299, "bilinear")
    efficient = TorchvisionBackbone("efficientnet_b0", pretrained=False)
    assert (efficient.input_size, efficient.interpolation) == (224, "bicubic")


def test_mean_and_deviation_are_nothing_to_learn_or_to_save(home: Path) -> None:
    backbone = TorchvisionBackbone("resnet18")
    assert not {"mean", "std"} & backbone.state_dict().keys()
    assert len(list(backbone.parameters())) == 60  # 62 of ResNet-18 less the head's two


@pytest.mark.parametrize("input_size", [64, 96])
def test_another_input_size_is_kept_to(home: Path, images: Tensor, input_size: int) -> None:
    backbone = TorchvisionBackbone("resnet18", input_size).eval()
    sizes = []
    backbone.body.conv1.register_forward_hook(lambda _, inputs, __: sizes.append(inputs[0].shape))
    backbone(images[..., :40])
    assert backbone.input_size == input_size and sizes == [(4, 3, input_size, input_size)]


def test_grey_pictures_count_as_three_equal_channels(home: Path, images: Tensor) -> None:
    backbone, grey = TorchvisionBackbone("resnet18", 64).eval(), images[:, :1]
    expected = extract_features(backbone, grey.expand(-1, 3, -1, -1))
    torch.testing.assert_close(extract_features(backbone, grey), expected)


def test_a_name_may_say_which_weights(home: Path) -> None:
    named = load_backbone("resnet18:IMAGENET1K_V1", in_channels=1, input_size=64)
    assert named.name == "resnet18:IMAGENET1K_V1" and not named.training
    assert fingerprint(named) == fingerprint(load_backbone("resnet18"))


def test_a_classifier_learns_on_it_and_it_can_be_frozen(home: Path, images: Tensor) -> None:
    model = Classifier(load_backbone("resnet18", input_size=32), num_classes=2)
    freeze(model.backbone)
    before = fingerprint(model.backbone)
    model.train()
    torch.nn.functional.cross_entropy(model(images), torch.arange(4) % 2).backward()
    assert fingerprint(model.backbone) == before
    assert model.head.weight.grad is not None and model.backbone.body.conv1.weight.grad is None


def test_bfloat16_gives_nearly_the_features_of_float32(home: Path, images: Tensor) -> None:
    backbone = load_backbone("resnet18", input_size=64)
    exact = extract_features(backbone, images)
    set_up(backbone, Session(torch.device("cpu"), Path("data"), 0, torch.bfloat16))
    features = extract_features(backbone, images)
    assert features.dtype == torch.float32
    assert 1e-5 < (features - exact).norm() / exact.norm() < 0.02


def test_an_untrained_one_has_the_same_shapes_and_other_weights(home: Path) -> None:
    torch.manual_seed(0)
    backbone = load_backbone("resnet18", input_size=64)
    before = fingerprint(backbone)
    fresh, other = backbone.untrained(), backbone.untrained()
    assert fingerprint(backbone) == before and not backbone.training
    shapes = [
        {name: value.shape for name, value in net.state_dict().items()} for net in (backbone, fresh)
    ]
    assert shapes[0] == shapes[1]
    for name, value in fresh.state_dict().items():
        if value.dim() == 4:
            assert not torch.equal(value, backbone.state_dict()[name])
            assert not torch.equal(value, other.state_dict()[name])
    assert (fresh.name, fresh.input_size, fresh.num_features) == ("resnet18", 64, 512)
    assert all(part.training for part in fresh.modules())


def test_an_untrained_one_needs_no_file(own_home: Path) -> None:
    TorchvisionBackbone("resnet18", 64, pretrained=False)
    assert list(own_home.iterdir()) == []


@pytest.mark.parametrize(("name", "num_features"), [("googlenet", 1024), ("inception_v3", 2048)])
def test_side_outputs_for_training_are_left_out(name: str, num_features: int) -> None:
    backbone = TorchvisionBackbone(name, 96, pretrained=False).untrained()
    assert backbone(torch.rand(2, 3, 20, 20)).shape == (2, num_features)


def test_loading_leaves_torchs_random_state_to_the_seed(home: Path) -> None:
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        TorchvisionBackbone("resnet18", 64)
        states.append(torch.get_rng_state())
    assert torch.equal(*states)


def test_names_of_torchvision_are_told_from_others() -> None:
    assert all(map(is_torchvision_name, ["resnet18", "vit_b_16", "resnet50:IMAGENET1K_V2"]))
    others = ["letters", "ResNet18", "", "fcn_resnet50", "fasterrcnn_resnet50_fpn", "raft_small"]
    assert not any(map(is_torchvision_name, others))


def test_an_unknown_name_is_refused_with_one_spelt_alike() -> None:
    with pytest.raises(ValueError, match=r"no classifier called 'resnet80'.*resnet"):
        TorchvisionBackbone("resnet80")
    with pytest.raises(ValueError, match=r"called 'vitb16'; there is, for example, vit_"):
        TorchvisionBackbone("vitb16")
    assert similar_names("RESNET50")[0] == "resnet50"
    assert similar_names("zzz") == ["resnet18", "resnet50", "mobilenet_v2"]


def test_unknown_weights_are_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="resnet50 has no weights 'V3'; it has IMAGENET1K_V1, IMA"):
        TorchvisionBackbone("resnet50:V3")
    assert find_weights("resnet50").name == "IMAGENET1K_V2"  # the newest
    assert find_weights("resnet50:IMAGENET1K_V1").name == "IMAGENET1K_V1"


def test_a_network_without_one_linear_head_is_refused() -> None:
    message = "squeezenet1_0 has 0 linear layers with 1000 outputs, .* take resnet18, resnet50"
    with pytest.raises(ValueError, match=message):
        TorchvisionBackbone("squeezenet1_0", pretrained=False)


@pytest.mark.parametrize(("name", "input_size"), [("vit_b_16", 96), ("alexnet", 16)])
def test_a_size_that_a_network_cannot_take_is_refused(name: str, input_size: int) -> None:
    message = rf"{name} cannot take pictures of input_size = {input_size} .*; leave input_size out"
    with pytest.raises(ValueError, match=message):
        TorchvisionBackbone(name, input_size, pretrained=False)


@pytest.fixture
def damaged(random_home: Path, own_home: Path) -> Path:
    """A copy of the file of ResNet-18, to be damaged."""
    path = file_of(RESNET, own_home)
    path.parent.mkdir(parents=True)
    shutil.copy(file_of(RESNET, random_home), path)
    return path


def assert_named_and_left_alone(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(DamagedFileError, match="move or delete it, then run again") as error:
        TorchvisionBackbone("resnet18")
    assert str(path) in str(error.value)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("num_bytes", [0, 1000, 30_000_000, -1000])
def test_a_truncated_file_is_named_and_left_alone(damaged: Path, num_bytes: int) -> None:
    content = damaged.read_bytes()
    damaged.write_bytes(content[:num_bytes])
    assert_named_and_left_alone(damaged)


@pytest.mark.parametrize(
    ("offset_in", "bit"),  # Python's zipfile stops at each of them with another kind of error
    [
        (lambda archive: archive.start_dir // 2, 0),  # in the middle of the weights
        (lambda archive: archive.infolist()[0].header_offset + 29, 7),  # the length of a header
        (lambda archive: archive.infolist()[0].header_offset + 30, 7),  # the name in the header
        (lambda archive: archive.start_dir + 6, 6),  # the directory: the version of its format
        (lambda archive: archive.start_dir + 8, 0),  # "is encrypted"
        (lambda archive: archive.start_dir + 10, 0),  # the way of compression: unknown
        (lambda archive: archive.start_dir + 10, 3),  # another one, which it was not
        (lambda archive: archive.start_dir + 46, 7),  # the name
    ],
)
def test_one_flipped_bit_is_named_and_the_file_left_alone(
    damaged: Path, offset_in: Callable[[zipfile.ZipFile], int], bit: int
) -> None:
    with zipfile.ZipFile(damaged) as archive:
        offset = offset_in(archive)
    with damaged.open("r+b") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 1 << bit]))
    assert_named_and_left_alone(damaged)


@pytest.mark.parametrize(
    "content", [{"weights": torch.zeros(3)}, [1, 2], get_model("mobilenet_v2").state_dict()]
)
def test_a_whole_file_of_something_else_is_named_and_left_alone(
    own_home: Path, content: object
) -> None:
    path = file_of(RESNET, own_home)
    path.parent.mkdir(parents=True)
    torch.save(content, path)
    assert_named_and_left_alone(path)


def test_a_file_with_the_checksum_in_its_name_is_taken_though_it_is_no_zip(own_home: Path) -> None:
    file = own_home / "old.pth"
    torch.save({"weight": torch.zeros(3)}, file, _use_new_zipfile_serialization=False)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    weights = SimpleNamespace(url=f"https://download.pytorch.org/models/old-{sha256[:8]}.pth")
    path = file_of(weights, own_home)
    path.parent.mkdir(parents=True)
    file.rename(path)
    fetch_weights(weights)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(DamagedFileError, match=f"expected {sha256[:8]}"):
        fetch_weights(weights)


def test_a_missing_file_offline_is_one_message_with_the_ways_out(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(OSError, match="not on this machine") as error:
        TorchvisionBackbone("resnet18")
    said = str(error.value)
    what, where, how, setting = (
        "the weights ResNet18_Weights.IMAGENET1K_V1",
        str(file_of(RESNET, own_home)),
        RESNET.url,
        'backbone = "letters"',
    )
    assert all(part in said for part in (what, where, how, setting, "Name or service not known"))
    assert error.value.__cause__ is None and error.value.__suppress_context__
    assert not file_of(RESNET, own_home).exists()


def build_home(home: Path, names: list[str]) -> None:
    command = [sys.executable, str(MAKE_TORCH_HOME), str(home), *names]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="session")
def real_home() -> Iterator[Path]:
    """A folder with real ImageNet weights, removed after the tests: it takes 270 MB."""
    if not MAKE_TORCH_HOME.exists():
        pytest.skip(f"no ../shared/data/weights/{MAKE_TORCH_HOME.name} beside the project")
    with tempfile.TemporaryDirectory() as folder:
        build_home(Path(folder), ["resnet18", "resnet50", "mobilenet_v2"])
        yield Path(folder)


@pytest.mark.parametrize(
    ("name", "num_features"), [("resnet18", 512), ("resnet50", 2048), ("mobilenet_v2", 1280)]
)
def test_real_weights_load(
    real_home: Path, monkeypatch: pytest.MonkeyPatch, name: str, num_features: int
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(real_home))
    backbone = load_backbone(name, input_size=64)
    assert backbone.num_features == num_features
    assert backbone(torch.rand(1, 3, 32, 32)).shape == (1, num_features)


@pytest.fixture
def photographs(tmp_path: Path) -> LabelledImages:
    """The first five training and five test photographs of each of ten classes."""
    if not CIFAR.exists():
        pytest.skip(f"no ../shared/data/{CIFAR.name} beside the project")
    with zipfile.ZipFile(CIFAR) as archive:
        chosen: dict[str, list[str]] = {}
        for name in sorted(archive.namelist()):
            chosen.setdefault(str(Path(name).parent), []).append(name)
        for names in chosen.values():
            archive.extractall(tmp_path, [name for name in names if name.endswith(".jpg")][:5])
    return load_folder(tmp_path / "cifar10", image_size=32)


def test_a_head_on_real_features_tells_photographs_apart(
    real_home: Path, photographs: LabelledImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(real_home))
    features = extract_features(load_backbone("resnet18", input_size=96), photographs.images)
    train, test = (photographs.parts == PARTS.index(part) for part in ("train", "test"))
    assert train.sum() == test.sum() == 50
    head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    head.fit(features[train], photographs.labels[train])
    assert head.score(features[test], photographs.labels[test]) > 0.3  # by chance: 0.1
