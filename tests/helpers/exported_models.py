"""Model folders to be exported, pictures of all sorts to ask them about, and their cards' lines."""

import re
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.heads import fit_linear
from course_utils.models.inference import predict
from course_utils.models.pretrained import load_backbone
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from tests.helpers.picture_files import noise, save_picture
from tests.helpers.saved_models import NAMES, TEXTS, noise_examples, save_small, write_pictures


def bytes_of_digits() -> LabelledImages:
    """The digits as the loader gives them, once they are files."""
    digits = load_digits()
    return replace(digits, images=digits.images.mul(255).round().to(torch.uint8))


def digits_model(folder: Path) -> Path:
    """Lesson 07's default: digits, and a head on the letters backbone."""
    digits = bytes_of_digits()[torch.arange(300)]
    backbone = load_backbone("letters", 1, input_size=20)
    model = Classifier(backbone, 10)
    features = replace(digits, images=predict(backbone, digits.images))
    model.head = fit_linear(features, num_steps=50)
    return save_small(folder, model, digits, test=None, temperature=0.8)


def resnet_model(folder: Path) -> Path:
    """A ResNet-18 with random weights, batch norm that has seen pictures, answers far apart."""
    torch.manual_seed(0)
    backbone = TorchvisionBackbone("resnet18", 32, pretrained=False).train()
    for _ in range(3):
        backbone(torch.rand(8, 3, 32, 32))
    model = Classifier(backbone, len(NAMES)).eval()
    model.head.weight.data *= 10
    texts = replace(TEXTS, backbone="resnet18")
    return save_small(folder, model, noise_examples(3, 32), texts=texts)


def all_sorts_of_pictures(folder: Path) -> list[Path]:
    """What a folder of photographs may hold, of 8 bits."""
    colour = noise(90, 70).resize((360, 280))
    clear = colour.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    turned = Image.Exif()
    turned[0x0112] = 6
    palette = colour.quantize(16)
    return [
        save_picture(folder / "a.jpg", colour),
        save_picture(folder / "turned.jpg", colour, exif=turned),
        save_picture(folder / "clear.png", clear),
        save_picture(folder / "palette.gif", palette, transparency=3),
        save_picture(folder / "print.jpg", colour.convert("CMYK")),
        save_picture(folder / "grey.png", noise(20, 31).convert("L")),
        save_picture(folder / "ink.png", noise(20, 31).convert("1")),
        *write_pictures(folder / "more", noise_examples(3, 40, 6)),
        *write_pictures(folder / "digits", bytes_of_digits()[torch.arange(20)]),
    ]


def lines_of_the_card(folder: Path, library: str) -> str:
    """The Python that the card shows for the file that ``library`` reads."""
    blocks = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.S)
    (prepared,) = [block for block in blocks if "def pixels" in block]
    (lines,) = [block for block in blocks if f"import {library}\n" in block]
    return prepared + lines
