"""Names of classes from files beside the masks."""

import json
from pathlib import Path

import pytest

from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.surveying import survey_maps
from tests.helpers.map_files import in_colours, patches, with_palette, write_maps

TWO = {"a": patches(1, 2), "b": patches(2)}
NAMES = ("background", "road", "sky")
COLOURS = {0: (0, 0, 0), 1: (128, 64, 128), 2: (70, 130, 180)}
OF_NAMES = {name: list(COLOURS[value]) for value, name in enumerate(NAMES)}
AS_PREDICTED = {value: {"name": name, "colour": COLOURS[value]} for value, name in enumerate(NAMES)}
LABEL_MAP = "# label:color_rgb:parts:actions\n" + "".join(
    f"{name}:{','.join(map(str, colour))}::\n" for name, colour in OF_NAMES.items()
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("classes.txt", "background\nroad\n\n sky \n"),
        ("masks/class_names.txt", "\ufeffbackground\r\nroad\r\nsky\r\n"),
        ("classes.json", json.dumps(NAMES)),
        ("classes.json", json.dumps(dict(enumerate(NAMES)))),
        ("masks/classes.json", json.dumps({name: value for value, name in enumerate(NAMES)})),
        ("classes.json", json.dumps({"classes": AS_PREDICTED, "model": "a", "maps": []})),
    ],
)
def test_a_file_says_what_the_values_are(tmp_path: Path, file: str, text: str) -> None:
    dataset = write_maps(tmp_path, TWO)
    (tmp_path / file).write_bytes(text.encode())
    pictures = read_maps(dataset, None)
    assert pictures.class_names == NAMES and pictures.maps[0].unique().tolist() == [0, 1, 2]
    assert f"Names of the classes: {file}." in str(survey_maps(dataset))
    assert read_maps(dataset, None, class_names=["a", "b", "c"]).class_names == ("a", "b", "c")


@pytest.mark.slow
@pytest.mark.parametrize("make", [in_colours, with_palette])
@pytest.mark.parametrize(
    ("file", "text"), [("labelmap.txt", LABEL_MAP), ("classes.json", json.dumps(OF_NAMES))]
)
def test_a_file_says_what_the_colours_are(
    tmp_path: Path, file: str, text: str, make: object
) -> None:
    dataset = write_maps(tmp_path, {name: make(mask, COLOURS) for name, mask in TWO.items()})
    (tmp_path / file).write_text(text, encoding="utf-8")
    pictures = read_maps(dataset, None)
    assert pictures.class_names == NAMES and pictures.maps[1].unique().tolist() == [0, 2]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("classes.txt", "\n", "classes.txt is empty; write the name of a class a line"),
        ("classes.json", "[", "classes.json is damaged JSON"),
        ("classes.json", '{"road": "red"}', r'classes.json must hold \["background", "road"\]'),
        ("classes.json", "[]", "classes.json must hold"),
        ("classes.json", '{"classes": {"0": {"colour": [0, 0, 0]}}}', "classes.json must hold"),
        ("labelmap.txt", "road 1 2 3", "labelmap.txt holds a line that is not such as"),
    ],
)
def test_a_file_that_says_something_else_is_refused(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    dataset = write_maps(tmp_path, TWO)
    (tmp_path / file).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        survey_maps(dataset)


def test_a_file_above_the_folders_of_masks_is_found(tmp_path: Path) -> None:
    write_maps(tmp_path, {"train/a": TWO["a"], "val/b": TWO["b"]})
    (tmp_path / "masks" / "classes.txt").write_text("\n".join(NAMES), encoding="utf-8")
    assert read_maps(f"masks:{tmp_path}", None).class_names == NAMES


def test_a_class_may_be_called_classes(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, TWO)
    (tmp_path / "classes.json").write_text('{"background": 0, "classes": 1, "sky": 2}', "utf-8")
    assert read_maps(dataset, None).class_names == ("background", "classes", "sky")
