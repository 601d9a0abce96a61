"""Small data sets of boxes that the tests write in each of the four forms."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement

import numpy as np
from PIL import Image

from tests.helpers.picture_files import noise, save_picture

Corners = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shown:
    """A picture and what it shows.

    Args:
        name: Its file, below the folder of pictures.
        size: Width and height.
        boxes: Left, top, right, bottom of each object, one past the last pixel.
        names: What each object is.
        values: The number of each object at its pixels (H, W); None to fill the boxes.
        file: A picture to copy; None for noise.
    """

    name: str
    size: tuple[int, int] = (40, 30)
    boxes: Sequence[Corners] = ((5, 6, 15, 16), (20, 8, 36, 28))
    names: Sequence[str] = ("cat", "dog")
    values: np.ndarray | None = None
    file: Path | None = None
    seed: int = field(default=0, kw_only=True)

    def save(self, path: Path) -> None:
        """Write the picture to ``path``."""
        if self.file is None:
            save_picture(path, noise(*self.size, seed=self.seed or sum(self.name.encode())))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.file.read_bytes())

    def drawn(self) -> np.ndarray:
        """The number of each object at its pixels."""
        if self.values is not None:
            return self.values
        values = np.zeros(self.size[::-1], dtype=np.uint8)
        for number, (left, top, right, bottom) in enumerate(self.boxes, start=1):
            values[int(top) : int(bottom), int(left) : int(right)] = number
        return values


TWO = (Shown("a.png"), Shown("b.png", boxes=((1, 2, 30, 29),), names=("dog",)))


def names_of(shown: Sequence[Shown]) -> list[str]:
    """All names, sorted."""
    return sorted({name for picture in shown for name in picture.names})


def coco_content(shown: Sequence[Shown], run_lengths: bool = False) -> dict[str, Any]:
    """What a COCO file says of these pictures; with masks as run lengths if asked for."""
    names = names_of(shown)
    content = {
        "images": [],
        "annotations": [],
        "categories": [{"id": 7 + 2 * place, "name": name} for place, name in enumerate(names)],
    }
    for number, picture in enumerate(shown, start=100):
        width, height = picture.size
        content["images"].append(
            {"id": number, "file_name": picture.name, "width": width, "height": height}
        )
        for place, (box, name) in enumerate(zip(picture.boxes, picture.names, strict=True)):
            left, top, right, bottom = box
            annotation = {
                "id": len(content["annotations"]) + 1,
                "image_id": number,
                "category_id": 7 + 2 * names.index(name),
                "bbox": [left, top, right - left, bottom - top],
                "area": (right - left) * (bottom - top),
                "iscrowd": 0,
            }
            if run_lengths:
                annotation["segmentation"] = runs_of(picture.drawn() == place + 1)
            content["annotations"].append(annotation)
    return content


def runs_of(mask: np.ndarray) -> dict[str, Any]:
    """COCO's run lengths of a mask (H, W), written by hand: down the columns, 0 first."""
    pixels = np.concatenate([[False], mask.ravel(order="F")])
    changes = np.flatnonzero(pixels[1:] != pixels[:-1])
    counts = np.diff(np.concatenate([[0], changes, [mask.size]])).tolist()
    return {"size": list(mask.shape), "counts": counts}


def write_coco(root: Path, shown: Sequence[Shown], content: dict[str, Any] | None = None) -> str:
    """A COCO file with pictures beside it; how to ask for it."""
    for picture in shown:
        picture.save(root / "images" / picture.name)
    content = coco_content(shown) if content is None else content
    (root / "annotations.json").write_text(json.dumps(content), encoding="utf-8")
    return f"coco:{root}"


def voc_element(picture: Shown) -> Element:
    """What VOC's XML says of a picture; corners are counted from 1, the last one included."""
    element = Element("annotation")
    SubElement(element, "filename").text = picture.name
    size = SubElement(element, "size")
    for side, number in zip(("width", "height", "depth"), (*picture.size, 3), strict=True):
        SubElement(size, side).text = str(number)
    for (left, top, right, bottom), name in zip(picture.boxes, picture.names, strict=True):
        thing = SubElement(element, "object")
        SubElement(thing, "name").text = name
        SubElement(thing, "difficult").text = "0"
        box = SubElement(thing, "bndbox")
        ends = {"xmin": left + 1, "ymin": top + 1, "xmax": right, "ymax": bottom}
        for end, number in ends.items():
            SubElement(box, end).text = f"{number:g}"
    return element


def write_voc(root: Path, shown: Sequence[Shown]) -> str:
    """A folder of XML files and one of pictures; how to ask for it."""
    (root / "Annotations").mkdir(parents=True)
    for picture in shown:
        picture.save(root / "JPEGImages" / picture.name)
        write_xml(root, picture.name, voc_element(picture))
    return f"voc:{root}"


def write_xml(root: Path, name: str, element: Element) -> Path:
    """The XML file of the picture ``name``."""
    path = (root / "Annotations" / name).with_suffix(".xml")
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree(element).write(path, encoding="utf-8")
    return path


def write_yolo(root: Path, shown: Sequence[Shown], digits: int = 6) -> str:
    """Text files in labels, pictures in images, and data.yaml; how to ask for it."""
    names = names_of(shown)
    for picture in shown:
        picture.save(root / "images" / picture.name)
        width, height = picture.size
        lines = []
        for (left, top, right, bottom), name in zip(picture.boxes, picture.names, strict=True):
            shares = (
                (left + right) / 2 / width,
                (top + bottom) / 2 / height,
                (right - left) / width,
                (bottom - top) / height,
            )
            said = " ".join(f"{share:.{digits}f}" for share in shares)
            lines.append(f"{names.index(name)} {said}\n")
        write_labels(root, picture.name, "".join(lines))
    (root / "data.yaml").write_text(f"names: {names}\n", encoding="utf-8")
    return f"yolo:{root}"


def write_labels(root: Path, name: str, text: str) -> Path:
    """The text file of the picture ``name``."""
    path = (root / "labels" / name).with_suffix(".txt")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def write_masks(root: Path, shown: Sequence[Shown]) -> str:
    """Pictures, and masks that number objects, in Penn-Fudan's layout; how to ask for them."""
    for picture in shown:
        picture.save(root / "PNGImages" / picture.name)
        mask = Image.fromarray(picture.drawn().astype(np.uint8))
        save_picture(root / "PedMasks" / f"{Path(picture.name).stem}_mask.png", mask)
    return f"masks:{root}"


WRITERS = {"coco": write_coco, "voc": write_voc, "yolo": write_yolo, "masks": write_masks}
