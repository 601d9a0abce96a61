"""Saved backbones: the shipped one is whole and worth something; anything else is a clear error."""

import hashlib
import json
import pickle
import re
import shutil
import socket
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.transforms.v2 import functional as transforms

from course_utils.data.digits import load_digits
from course_utils.data.letters import LETTERS
from course_utils.data.splits import split_three_ways, take_per_class
from course_utils.files import PROJECT_FOLDER, DamagedFileError
from course_utils.models import pretrained
from course_utils.models.freezing import extract_features, fingerprint
from course_utils.models.pretrained import (
    SHIPPED_FOLDER,
    check_backbone,
    find_backbone,
    load_backbone,
    read_card,
    save_backbone,
)
from course_utils.models.residual import Backbone


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped backbone and its card, to be damaged."""
    for file in SHIPPED_FOLDER.glob("letters_backbone.*"):
        shutil.copy(file, tmp_path)
    return tmp_path / "letters_backbone.pt"


def write_with_card(content: object, path: Path) -> None:
    """Write ``content`` as torch does, with a card whose checksum is right."""
    torch.save(content, path)
    write_card(path)


def write_card(path: Path) -> None:
    card = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card))


@pytest.mark.parametrize("name", ["letters", "scenes", "words"])
def test_a_shipped_file_has_the_checksum_on_its_card(name: str) -> None:
    content = (SHIPPED_FOLDER / f"{name}_backbone.pt").read_bytes()
    assert hashlib.sha256(content).hexdigest() == read_card(name)["sha256"]
    assert len(content) < 3e6


def recipe_of(lesson: str) -> dict[str, int]:
    """What ``make backbone`` gives that lesson, of numbers."""
    lines = (PROJECT_FOLDER / "Makefile").read_text().split("\nbackbone:")[1].split("\n\n")[0]
    (command,) = (part for part in lines.split("$(RUN)") if f"batch {lesson} " in part)
    return {name: int(value) for name, value in re.findall(r"-p (\w+) (\d+)\b", command)}


@pytest.mark.parametrize(("lesson", "name"), [("02", "letters"), ("08", "scenes")])
def test_the_card_says_how_a_shipped_backbone_was_made(lesson: str, name: str) -> None:
    card, settings = read_card(name), recipe_of(lesson)
    assert len(settings) == 3
    for setting, value in settings.items():
        assert f"-p {setting} {value}" in card["command"], "run make backbone"


def test_the_cards_hold_what_their_lessons_were_given() -> None:
    card, settings = read_card("letters"), recipe_of("02")
    assert card["num_letters"] == settings["num_letters"]
    assert card["num_steps"] == settings["num_epochs"] * settings["steps_per_epoch"]
    assert card["accuracy"] > 0.5 and card["num_fresh"] == 4000
    card, settings = read_card("scenes"), recipe_of("08")
    assert card["num_scenes"] == settings["pretrain_scenes"]
    assert card["num_steps"] == settings["pretrain_steps"]


@pytest.mark.parametrize("name", ["letters", "scenes"])
def test_a_shipped_backbone_was_made_from_the_letters_of_today(name: str) -> None:
    assert read_card(name)["letters"] == "".join(LETTERS), "run make backbone"


def test_the_shipped_backbone_is_given_in_eval_mode() -> None:
    backbone = load_backbone("letters")
    assert not any(part.training for part in backbone.modules())
    assert (backbone.in_channels, backbone.num_features) == (1, 64)


def test_a_head_on_its_features_beats_one_on_random_features() -> None:
    split = split_three_ways(load_digits(), val_fraction=0.2, test_fraction=0.35, seed=0)
    few = take_per_class(split.train, 5, seed=0)
    torch.manual_seed(0)
    scores = []
    for backbone in (load_backbone("letters"), Backbone()):
        features, val_features = (
            standardised(extract_features(backbone, images), extract_features(backbone, few.images))
            for images in (few.images, split.val.images)
        )
        head = fit_head(features, few.labels)
        answers = head(val_features).argmax(1)
        scores.append((answers == split.val.labels).float().mean().item())
    pretrained, random = scores
    assert pretrained > random + 0.1 and pretrained > 0.85


def standardised(features: Tensor, like: Tensor) -> Tensor:
    return (features - like.mean(0)) / like.std()


def fit_head(features: Tensor, labels: Tensor) -> nn.Linear:
    head = nn.Linear(features.shape[1], 10)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        F.cross_entropy(head(features), labels).backward()
        optimizer.step()
    return head


def test_a_saved_backbone_comes_back_bit_for_bit_with_its_facts(tmp_path: Path) -> None:
    backbone, path = Backbone(in_channels=3, width=4), tmp_path / "own.pt"
    read_back = save_backbone(backbone, path, num_steps=7)
    assert read_back is not backbone and fingerprint(read_back) == fingerprint(backbone)
    assert fingerprint(load_backbone(str(path))) == fingerprint(backbone)
    card = read_card(str(path))
    assert card["sha256"] == sha256(path.read_bytes()).hexdigest() and card["num_steps"] == 7
    assert card["architecture"] == {"in_channels": 3, "width": 4}


def test_three_equal_channels_give_the_features_of_one() -> None:
    grey = load_digits().images[:50]
    expected = extract_features(load_backbone("letters"), grey)
    found = extract_features(load_backbone("letters", in_channels=3), grey.expand(-1, 3, -1, -1))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_pictures_are_resized_to_the_input_size_asked_for() -> None:
    digits = load_digits().images[:20]
    assert load_backbone("letters").input_size is None
    scaled = load_backbone("letters", input_size=16)
    assert scaled.input_size == 16
    larger = transforms.resize(digits, [16, 16], antialias=True)
    expected = extract_features(load_backbone("letters"), larger)
    torch.testing.assert_close(extract_features(scaled, digits), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["letters", "resnet18"])
@pytest.mark.parametrize("input_size", [0, -8])
def test_an_input_size_below_1_is_refused(name: str, input_size: int) -> None:
    with pytest.raises(ValueError, match=f"input_size must be at least 1 pixel, got {input_size}"):
        load_backbone(name, input_size=input_size)


def test_the_name_of_a_classifier_asks_for_its_file_of_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(OSError, match=r'resnet18-.*backbone = "letters"'):
        load_backbone("resnet18")
    with pytest.raises(ValueError, match="resnet18 has no weights 'V9'; it has IMAGENET1K_V1"):
        load_backbone("resnet18:V9")


def test_a_file_of_the_learner_goes_before_a_classifier_of_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained, "PROJECT_FOLDER", tmp_path)
    backbone = Backbone(in_channels=3, width=4)
    save_backbone(backbone, tmp_path / "resnet18")
    check_backbone("resnet18")  # asks for no download
    assert fingerprint(load_backbone("resnet18")) == fingerprint(backbone)


def test_a_check_finds_what_loading_would_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    check_backbone("letters")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("resnet18", "resnet18:V9", "resnet19", str(tmp_path / "own.pt")):
        said = []
        for use in (check_backbone, load_backbone):
            with pytest.raises((OSError, ValueError)) as error:
                use(name)
            said.append((error.type, str(error.value)))
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("name", "close"),
    [
        ("resnet19", "resnet"),
        ("ResNet50", "resnet50"),
        ("mobilnet_v2", "mobilenet_v2"),
        ("leters", "resnet18"),  # nothing alike: well-known ones
    ],
)
def test_a_name_that_is_nowhere_is_refused_with_one_spelt_alike(name: str, close: str) -> None:
    shipped = r"\(letters, scenes, words\)"
    message = rf"no backbone '{name}'.*{shipped}.*torchvision \(such as .*{close}.*Lesson 02"
    with pytest.raises(FileNotFoundError, match=message):
        load_backbone(name)


def test_a_colour_backbone_refuses_other_channels(tmp_path: Path) -> None:
    path = tmp_path / "colour.pt"
    save_backbone(Backbone(in_channels=3, width=4), path)
    with pytest.raises(ValueError, match="pretrained on 3 channels; it cannot take 1"):
        load_backbone(str(path), in_channels=1)


@pytest.mark.parametrize("use", [load_backbone, check_backbone])
def test_one_changed_byte_is_found(copy: Path, use: Callable[[str], object]) -> None:
    use(str(copy))
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(DamagedFileError, match=r"has SHA-256 .*, expected .*damaged"):
        use(str(copy))


def test_a_truncated_file_is_found(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-1000])
    with pytest.raises(DamagedFileError, match="SHA-256"):
        load_backbone(str(copy))
    write_card(copy)  # even with a checksum that fits
    with pytest.raises(DamagedFileError, match="cannot be read: cut short"):
        load_backbone(str(copy))


def test_another_architecture_is_found(copy: Path) -> None:
    content = torch.load(copy, weights_only=True)
    for architecture in ({"in_channels": 1, "width": 8}, {"layers": 50}, {}):
        write_with_card(content | {"architecture": architecture}, copy)
        if architecture:
            with pytest.raises(DamagedFileError, match="weights do not fit the architecture"):
                load_backbone(str(copy))
        else:  # the default width: it fits
            load_backbone(str(copy))


@pytest.mark.parametrize("content", [{"weights": 1}, [1, 2], torch.zeros(3)])
def test_a_file_of_something_else_is_found(copy: Path, content: object) -> None:
    write_with_card(content, copy)
    with pytest.raises(DamagedFileError, match="does not hold a backbone"):
        load_backbone(str(copy))


def test_a_missing_card_is_named(copy: Path) -> None:
    copy.with_suffix(".json").unlink()
    with pytest.raises(FileNotFoundError, match=r"letters_backbone.json is missing.*lesson 02"):
        load_backbone(str(copy))


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json"])
def test_a_damaged_card_is_found(copy: Path, text: str) -> None:
    copy.with_suffix(".json").write_text(text)
    with pytest.raises(DamagedFileError, match=r"letters_backbone.json"):
        load_backbone(str(copy))


def test_a_missing_file_is_named_with_the_way_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(
        FileNotFoundError, match=r"no backbone 'leters'.*\(letters, scenes, words\).*Lesson 02"
    ):
        load_backbone("leters")
    with pytest.raises(FileNotFoundError, match="Lesson 02 writes one"):
        load_backbone(str(tmp_path / "nothing.pt"))


def test_a_relative_path_starts_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = "course_utils/models/weights/letters_backbone.pt"
    assert find_backbone(path) == PROJECT_FOLDER / path


class Harmful:
    """Pickles to a call that leaves a trace where it is run."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("writer", [torch.save, lambda content, path: dump(content, path)])
def test_code_in_a_file_is_never_run(copy: Path, writer: object) -> None:
    trace = copy.with_name("trace")
    writer(Harmful(trace), copy)
    write_card(copy)
    with pytest.raises(DamagedFileError, match="cannot be read"):
        load_backbone(str(copy))
    assert not trace.exists()


def dump(content: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(content, protocol=2))
