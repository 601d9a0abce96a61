"""From a lesson's parameter to three parts of pictures with boxes, and clear refusals."""

import re
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

from course_utils.data.boxes import catalogue, read_images
from course_utils.data.boxes.batches import boxed_batches
from course_utils.data.boxes.catalogue import open_boxed
from course_utils.data.boxes.splitting import BoxSplit
from tests.helpers.box_files import WRITERS, Shown, coco_content, write_coco, write_voc, write_yolo
from tests.helpers.picture_files import save_picture, truncate

FORMS = sorted(WRITERS)
SIZES = ((40, 30), (30, 40), (50, 20))
NAMES = '"voc2007", "coco:PATH", "voc:PATH", "yolo:PATH" or "masks:PATH"'


def several(number: int = 12, ending: str = "png") -> list[Shown]:
    """Pictures of three sizes; the names go round."""
    return [
        Shown(
            f"{place}.{ending}",
            SIZES[place % 3],
            boxes=((2, 3, 12 + place % 5, 18), (15, 5, 28, 19)),
            names=("cat", ("dog", "bird")[place % 2]),
            seed=place + 1,
        )
        for place in range(number)
    ]


def opened(dataset: str, tmp_path: Path, **changes: object) -> BoxSplit:
    """The parts with what tests need not say."""
    usual = {"val_fraction": 0.25, "test_fraction": 0.25, "seed": 0}
    return open_boxed(dataset, 20, tmp_path / "data", **usual | changes)


def stems_of(parts: BoxSplit) -> list[list[str]]:
    """Names of the pictures of training, validation and test, without endings."""
    parts.test.decide("the test")
    three = (parts.train, parts.val, parts.test.open())
    return [[Path(name).stem for name in part.files] for part in three]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_each_form_comes_in_three_parts_with_boxes_in_the_pixels_of_its_pictures(
    tmp_path: Path, form: str
) -> None:
    shown = several()
    parts = opened(WRITERS[form](tmp_path / "own", shown), tmp_path)
    stems = stems_of(parts)
    assert list(map(len, stems)) == [6, 3, 3] and len({s for some in stems for s in some}) == 12
    names = ("object",) if form == "masks" else ("bird", "cat", "dog")
    assert parts.train.class_names == names
    for image, boxes, stem in zip(parts.train.images, parts.train.boxes, stems[0], strict=True):
        one = shown[int(stem)]
        factor = 20 / max(one.size)
        assert image.shape == (3, one.size[1] * factor, one.size[0] * factor)
        wanted = torch.tensor(one.boxes).float() * factor
        torch.testing.assert_close(boxes, wanted, rtol=0, atol=1e-3)


def test_pictures_of_several_sizes_come_to_batches_with_their_boxes(tmp_path: Path) -> None:
    parts = opened(write_coco(tmp_path / "own", several()), tmp_path)
    ((images, targets),) = boxed_batches(parts.train, 6, 1, seed=0)
    assert isinstance(images, list) and len({image.shape for image in images}) == 3
    for image, target in zip(images, targets, strict=True):
        assert (target["boxes"][:, 2:] <= torch.tensor([image.shape[2], image.shape[1]])).all()


def test_what_is_found_is_printed_before_any_picture_is_decoded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_coco(tmp_path / "own", several(ending="jpg"))
    truncate(tmp_path / "own" / "images" / "3.jpg")
    with pytest.raises(ValueError, match=r"images/3.jpg: damaged.*skip_faulty = True"):
        opened(dataset, tmp_path)
    said = capsys.readouterr().out
    assert "3 classes         24" in said and "splits the pictures into training, val" in said
    parts = opened(dataset, tmp_path, skip_faulty=True)
    assert "3" not in [stem for some in stems_of(parts) for stem in some]
    assert "No near copies among 11 pictures." in capsys.readouterr().out


def test_a_relative_path_starts_at_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_voc(tmp_path / "own", several())
    monkeypatch.setattr(catalogue, "PROJECT_FOLDER", tmp_path)
    monkeypatch.chdir("/")
    assert len(opened("voc:own", tmp_path).train) == 6


def test_a_file_of_annotations_may_be_named(tmp_path: Path) -> None:
    write_coco(tmp_path / "own", several())
    assert len(opened(f"coco:{tmp_path / 'own' / 'annotations.json'}", tmp_path).train) == 6


@pytest.mark.slow
def test_parts_that_the_data_set_brings_are_kept(tmp_path: Path) -> None:
    shown = [
        Shown(f"{'train' if place < 8 else 'test'}/{place}.png", names=("cat", "dog"), seed=place)
        for place in range(1, 12)
    ]
    dataset = write_yolo(tmp_path / "own", shown)
    for seed in range(3):
        assert set(stems_of(opened(dataset, tmp_path, seed=seed))[2]) == {"8", "9", "10", "11"}
    anew = opened(dataset, tmp_path, split_anew=True, test_fraction=0.5)
    assert len(anew.test) == 6 and set(stems_of(anew)[2]) != {"8", "9", "10", "11"}


@pytest.mark.slow
def test_near_copies_stay_in_one_part(tmp_path: Path) -> None:
    shown = several()
    dataset = write_voc(tmp_path / "own", [*shown, *copies_of(shown[0], tmp_path)])
    for seed in range(5):
        stems = stems_of(opened(dataset, tmp_path, seed=seed))
        assert sum(bool({"0", "copy0", "copy1"} & set(some)) for some in stems) == 1


def copies_of(shown: Shown, folder: Path) -> list[Shown]:
    """The picture as two JPEGs of other qualities."""
    found = []
    for number, quality in enumerate((95, 90)):
        shown.save(folder / "original.png")
        with Image.open(folder / "original.png") as picture:
            file = save_picture(folder / f"copy{number}.jpg", picture.copy(), quality=quality)
        found.append(Shown(file.name, shown.size, shown.boxes, shown.names, file=file))
    return found


def test_near_copies_among_many_are_looked_for_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(read_images, "FEW", 3)
    dataset = write_coco(tmp_path / "own", several())
    assert opened(dataset, tmp_path).train.groups is None
    assert "near_copies = True looks" in capsys.readouterr().out
    assert opened(dataset, tmp_path, near_copies=True).train.groups is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "names"),
    [({"class_names": ["bird", "dog", "cat"]}, ("bird", "dog", "cat")), ({}, None)],
)
def test_what_a_survey_takes_is_handed_on(
    tmp_path: Path, how: dict[str, object], names: tuple[str, ...] | None
) -> None:
    parts = opened(write_voc(tmp_path / "own", several()), tmp_path, **how)
    assert parts.train.class_names == (names or ("bird", "cat", "dog"))


def test_voc2007_is_looked_for_in_the_data_folder_and_split_as_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = [Shown(f"{place:06d}.jpg", names=("cat", "dog"), seed=place) for place in range(1, 9)]
    root = tmp_path / "data" / "voc2007" / "VOCdevkit" / "VOC2007"
    write_voc(root, shown)
    (root / "ImageSets" / "Main").mkdir(parents=True)
    for part, numbers in {"train": (1, 2, 3, 8), "val": (4, 5), "test": (6, 7)}.items():
        text = "".join(f"{number:06d}\n" for number in numbers)
        (root / "ImageSets" / "Main" / f"{part}.txt").write_text(text, encoding="utf-8")
    parts = opened("voc2007", tmp_path)
    assert [list(map(int, some)) for some in stems_of(parts)] == [[1, 2, 3, 8], [4, 5], [6, 7]]
    assert parts.train.num_classes == 20
    said = " ".join(capsys.readouterr().out.split())
    assert "own parts are kept: train, val, test." in said
    assert "The training part has no box that counts of 'aeroplane', 'bicycle'" in said


def test_a_class_without_a_box_in_a_part_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_coco(tmp_path / "own", [*several(), Shown("x.png", names=("cat", "emu"))])
    parts = opened(dataset, tmp_path)
    where = next(i for i, some in enumerate(stems_of(parts)) if "x" in some)
    said = capsys.readouterr().out
    assert ("training part has no box that counts of 'emu'" in said) == (where != 0)
    assert ("validation part has no box that counts of 'emu'" in said) == (where != 1)


def test_a_class_of_which_none_counts_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = several()
    content = coco_content(shown)
    (birds,) = (kind["id"] for kind in content["categories"] if kind["name"] == "bird")
    for annotation in content["annotations"]:
        annotation["iscrowd"] = int(annotation["category_id"] == birds)
    opened(write_coco(tmp_path / "own", shown, content), tmp_path)
    said = capsys.readouterr().out
    assert "The training part has no box that counts of 'bird': no detector" in said
    assert "The validation part has no box that counts of 'bird': what is chosen" in said


def test_too_few_pictures_are_told_with_numbers_and_the_way_out(tmp_path: Path) -> None:
    dataset = write_coco(tmp_path / "own", several(4))
    said = r"4 pictures would come to training 2 .*validation 1 \(val_fraction = 0.25\).*add pict"
    with pytest.raises(ValueError, match=said):
        opened(dataset, tmp_path)


def test_a_part_without_boxes_is_refused(tmp_path: Path) -> None:
    empty = [Shown(f"test/{place}.png", boxes=(), names=(), seed=place) for place in (1, 2)]
    some = [Shown(f"train/{place}.png", seed=place) for place in range(3, 12)]
    with pytest.raises(ValueError, match="the test part has 2 pictures and no box that counts"):
        opened(write_yolo(tmp_path / "own", [*some, *empty]), tmp_path)


def test_fractions_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"sum to less than 1, got 0.5 and 0.5"):
        opened(f"coco:{tmp_path / 'nowhere'}", tmp_path, val_fraction=0.5, test_fraction=0.5)


@pytest.mark.parametrize(
    "dataset", ["digits", "coco", "coco:", "", "VOC2007", "voc2007:x", "folder:nowhere", "imagenet"]
)
def test_an_unknown_data_set_is_named_with_what_there_is(dataset: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as error:
        opened(dataset, tmp_path)
    assert str(error.value) == f"dataset must be {NAMES}, got {dataset!r}"


def test_what_the_lesson_brings_is_named_as_well(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf'dataset must be "scenes", {NAMES}, got \'digit\''):
        opened("digit", tmp_path, built_in=("scenes",))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("written", ["{}", "folder:{}", "COCO:{}"])
def test_a_path_of_another_name_is_told_what_it_looks_like(
    tmp_path: Path, form: str, written: str
) -> None:
    own = tmp_path / "own"
    WRITERS[form](own, several(2))
    with pytest.raises(ValueError, match=rf'; it looks like "{form}:{re.escape(str(own))}"$'):
        opened(written.format(own), tmp_path)


@pytest.mark.parametrize(
    ("form", "file"), [("coco", "annotations.json"), ("yolo", "data.yaml"), ("voc", "a.xml")]
)
def test_a_file_of_another_name_is_told_what_it_looks_like(
    tmp_path: Path, form: str, file: str
) -> None:
    (tmp_path / file).write_text("{}", encoding="utf-8")
    with pytest.raises(ValueError, match=rf'; it looks like "{form}:.*{file}"$'):
        opened(str(tmp_path / file), tmp_path)


def test_a_folder_of_two_forms_is_told_both_and_one_of_none_that(tmp_path: Path) -> None:
    own = tmp_path / "own"
    write_coco(own, several(2))
    write_yolo(own, several(2))
    with pytest.raises(ValueError, match=r'looks like "coco:.*own" or "yolo:.*own"$'):
        opened(f"folder:{own}", tmp_path)
    shutil.rmtree(own)
    save_picture(own / "cats" / "1.png")
    (own / "notes.json").write_text('{"made": 2024}', encoding="utf-8")
    with pytest.raises(ValueError, match=rf"; {re.escape(str(own))} holds no file of boxes"):
        opened(f"folder:{own}", tmp_path)
