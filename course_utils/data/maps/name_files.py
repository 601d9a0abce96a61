"""Names of classes from a text or JSON file beside the masks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.data.boxes.annotation_files import text_of

FILES = ("classes.txt", "class_names.txt", "classes.json", "class_names.json", "labelmap.txt")


@dataclass(frozen=True)
class ClassNames:
    """What numbers or colours in masks are called.

    Args:
        of_values: Names by the values 0, 1, 2, ... in order, or by values; None if not said.
        of_colours: Colours by names; None if not said.
        note: Where that stands, in a sentence; empty if the user said so.
    """

    of_values: Sequence[str] | Mapping[int, str] | None = None
    of_colours: Mapping[str, Sequence[int] | str] | None = None
    note: str = ""

    def __bool__(self) -> bool:
        """Whether anything was said."""
        return self.of_values is not None or self.of_colours is not None


def read_names(root: Path, folders: Sequence[Path]) -> ClassNames:
    """What one of ``FILES`` says in ``root`` or in one of the ``folders`` of masks.

    A text file has a name a line, that of value 0 first; or, as CVAT writes ``labelmap.txt``, lines
    such as ``road:128,64,128::``. A JSON file holds a list of names, ``{"0": "background"}``,
    ``{"background": 0}`` or ``{"background": [0, 0, 0]}``, or, as ``course_utils.predict`` writes
    it, ``{"classes": {"0": {"name": "background"}}}``.

    Raises:
        ValueError: If it holds something else; it names the file.
    """
    places = [folder / name for folder in (root, *folders) for name in FILES]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        return ClassNames()
    text = text_of(file)
    note = f"Names of the classes: {file.relative_to(root).as_posix()}."
    said = _of_json(text, file) if file.suffix == ".json" else _of_lines(text, file)
    if isinstance(said, dict) and any(isinstance(name, str) for name in said):
        return ClassNames(of_colours=said, note=note)
    return ClassNames(said, note=note)


def _of_lines(text: str, file: Path) -> tuple[str, ...] | dict[str, list[int]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    if not lines:
        raise ValueError(f"{file} is empty; write the name of a class a line, value 0 first")
    if file.name != "labelmap.txt":
        return tuple(lines)
    try:
        cut = (line.split(":") for line in lines)
        return {name: [int(part) for part in colour.split(",")] for name, colour, *_ in cut}
    except ValueError as error:
        raise ValueError(
            f"{file} holds a line that is not such as road:128,64,128:: ({error}); mend it"
        ) from error


def _of_json(text: str, file: Path) -> tuple[str, ...] | dict[Any, Any]:
    """Names in order, names by values, or colours by names."""
    try:
        said = json.loads(text)
    except ValueError as error:  # json's own, with line and column
        raise ValueError(f"{file} is damaged JSON: {error}; mend it") from error
    if isinstance(said, dict) and isinstance(said.get("classes"), dict):
        said = {k: one.get("name") if isinstance(one, dict) else one
                for k, one in said["classes"].items()}  # fmt: skip
    if isinstance(said, list) and said and all(isinstance(name, str) for name in said):
        return tuple(said)
    if isinstance(said, dict) and said:
        if all(isinstance(number, int) for number in said.values()):
            return {number: name for name, number in said.items()}
        if all(isinstance(colour, list) for colour in said.values()):
            return said
        if all(isinstance(name, str) for name in said.values()) and all(map(_is_number, said)):
            return {int(number): name for number, name in said.items()}
    raise ValueError(
        f'{file} must hold ["background", "road"], {{"0": "background", "1": "road"}} or '
        '{"background": [0, 0, 0], "road": [128, 64, 128]}'
    )


def _is_number(text: str) -> bool:
    return text.strip().isdecimal()
