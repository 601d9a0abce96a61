"""Maps that a segmenter gave as a folder of PNG files, which other programs and lesson 09 read."""

import json
from pathlib import Path
from typing import Any

from PIL import Image

from course_utils.figures.maps import class_colours
from course_utils.files import whole_file, write_whole
from course_utils.models.segmentation.segmenter import ClassMap
from course_utils.shipping.finding import seen_from
from course_utils.shipping.masks.loading import ShippedSegmenter
from course_utils.shipping.sorting import free_name, refuse_used

CLASSES = "classes.json"
Colour = tuple[int, int, int]


class MapFolder:
    """A folder with a map for each picture, and a file that says what their numbers are.

    Args:
        folder: Where; made with the first map.
        model: That gave the maps.

    Raises:
        ValueError: If there is something in the folder already.
    """

    def __init__(self, folder: Path, model: ShippedSegmenter) -> None:
        refuse_used(folder, "--out")
        self._folder, self._model = folder, model
        self._colours = colours_of(model)
        self._taken: set[str] = set()
        self._maps: list[dict[str, str]] = []
        self._problems: list[dict[str, str]] = []
        self.num_renamed = 0  # maps that could not be called like their pictures

    def add(self, file: Path, name: Path, classes: ClassMap) -> str | None:
        """Write the map of a picture; return why that cannot be done.

        Args:
            file: The picture.
            name: What the picture is called below the folder that was asked for.
            classes: Its map.
        """
        stem = name.with_suffix("").as_posix()
        called = free_name(stem, ".png", self._taken)
        picture = Image.fromarray(classes.numpy())
        picture.putpalette([part for colour in self._colours for part in colour])  # mode P
        try:
            with whole_file(self._folder / called) as target:
                picture.save(target, "PNG")
        except OSError as error:
            return f"not written: {error}"
        self.num_renamed += called != f"{stem}.png"
        self._maps.append({"map": called, "picture": seen_from(self._folder, file)})
        return None

    def add_problem(self, file: Path, problem: str) -> None:
        """A picture that has no map, or is not drawn on, and why."""
        self._problems.append({"picture": seen_from(self._folder, file), "problem": problem})

    def write(self) -> None:
        """Write the file that says what the maps hold, whole or not at all."""
        both = zip(self._model.class_names, self._colours, strict=True)
        content: dict[str, Any] = {
            "classes": {
                str(number): {"name": name, "colour": colour}
                for number, (name, colour) in enumerate(both)
            },
            "model": self._model.folder.absolute().name,
            "weights": self._model.record["weights"]["sha256"],
            "maps": self._maps,
            "problems": self._problems,
        }
        write_whole(self._folder / CLASSES, (json.dumps(content, indent=1) + "\n").encode())


def colours_of(model: ShippedSegmenter) -> list[Colour]:
    """The colour of background and of each class, from 0 to 255."""
    shares = class_colours(model.num_classes).tolist()
    return [tuple(round(255 * part) for part in colour) for colour in shares]
