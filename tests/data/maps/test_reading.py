"""Pictures and maps scaled together, in memory or read again each time."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.boxes.lazily import FromFiles
from course_utils.data.examples import PARTS
from course_utils.data.maps.reading import read_maps
from course_utils.files import PROJECT_FOLDER
from tests.helpers.map_files import patches, write_maps
from tests.helpers.picture_files import save_picture, truncate

ARCHIVE = PROJECT_FOLDER.parent / "shared" / "data" / "penn_fudan.zip"
TWO = {"a": patches(1, 2), "b": patches(2)}


@pytest.mark.parametrize("image_size", [5, 17, 31, 90, 200])
def test_no_class_appears_that_was_not_there(tmp_path: Path, image_size: int) -> None:
    """Among 0, 100 and 255 any mean is seen: 50, 177 and others are classes of their own."""
    mask = np.random.default_rng(0).choice([0, 100, 255], (47, 33)).astype(np.uint8)
    names = [f"class {value}" for value in range(200)]
    dataset = write_maps(tmp_path, {"a": mask})
    pictures = read_maps(dataset, image_size, class_names=names, near_copies=False)
    image, drawn = pictures.images[0], pictures.maps[0]
    assert max(drawn.shape) == image_size and drawn.shape == image.shape[1:]
    height, width = drawn.shape
    rows = ((torch.arange(height) + 0.5) * 47 / height).long()
    columns = ((torch.arange(width) + 0.5) * 33 / width).long()
    middles = torch.from_numpy(mask)[rows][:, columns]  # what lies at the middle of each new pixel
    assert torch.equal(drawn, middles) and set(drawn.unique().tolist()) <= {0, 100, IGNORED}


def test_a_map_stays_where_its_picture_shows_it(tmp_path: Path) -> None:
    """A picture that is white where its mask is 1 stays so at other sizes, but for the edges."""
    mask = np.zeros((60, 100), dtype=np.uint8)
    mask[12:40, 30:75] = 1
    dataset = write_maps(tmp_path, {"a": mask})
    save_picture(tmp_path / "images" / "a.png", Image.fromarray(255 * mask).convert("RGB"))
    for image_size in (37, 64, 150):
        pictures = read_maps(dataset, image_size, channels=1)
        assert ((pictures.images[0][0] > 127) != pictures.maps[0].bool()).float().mean() < 0.02


def test_what_does_not_fit_is_read_again_and_equal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = write_maps(tmp_path, TWO)
    held = read_maps(dataset, 20)
    again = read_maps(dataset, 20, memory_limit=10)
    assert "2 pictures would need" in capsys.readouterr().out
    assert isinstance(again.maps, FromFiles) and isinstance(held.maps, tuple)
    for place in range(2):
        assert torch.equal(held.maps[place], again.maps[place])
        assert torch.equal(held.images[place], again.images[place])
    one = again[torch.tensor([False, True])]
    assert isinstance(one.maps, FromFiles) and one.files == ("images/b.png",)
    assert torch.equal(one.maps[0], held.maps[1]) and one.present.tolist() == [[True, False, True]]
    save_picture(tmp_path / "masks" / "b.png", Image.fromarray(patches(9)))
    with pytest.raises(ValueError, match=r"b.png has changed since it was looked through"):
        one.maps[0]


def test_parts_of_the_data_set_are_kept_and_may_be_forgotten(tmp_path: Path) -> None:
    masks = {f"{part}/{n}": patches(1 + n % 2) for part in ("train", "val") for n in range(2)}
    dataset = write_maps(tmp_path, masks)
    pictures = read_maps(dataset, None)
    assert [PARTS[part] for part in pictures.parts.tolist()] == ["train", "train", "val", "val"]
    assert read_maps(dataset, None, split_anew=True).parts is None


def test_the_table_comes_before_the_work(tmp_path: Path) -> None:
    dataset = write_maps(tmp_path, {**TWO, "c": patches(1)})
    (tmp_path / "images" / "c.png").unlink()
    save_picture(tmp_path / "images" / "c.jpg", Image.effect_noise((40, 30), 99))
    truncate(tmp_path / "images" / "c.jpg")
    said: list[object] = []
    with pytest.raises(ValueError, match=r"cannot be read: 1 \(images/c.jpg: damaged"):
        read_maps(dataset, None, report=said.append)
    assert "  background          3\n  value 1             2\n" in str(said[0])
    assert len(read_maps(dataset, None, skip_faulty=True)) == 2


def test_maps_of_one_class_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="fewer than two classes in all pictures"):
        read_maps(write_maps(tmp_path, {"a": patches(), "b": patches()}), None)


@pytest.mark.parametrize("how", [{"image_size": 0}, {"image_size": 9, "channels": 2}])
def test_sizes_that_cannot_be_are_refused(tmp_path: Path, how: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be"):
        read_maps(write_maps(tmp_path, TWO), **how)


@pytest.mark.slow
@pytest.mark.skipif(not ARCHIVE.exists(), reason=f"{ARCHIVE.name} is not beside the project")
def test_real_photographs_with_numbered_people_become_maps(tmp_path: Path) -> None:
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(tmp_path)
    said: list[object] = []
    dataset = f"masks:{tmp_path / 'PennFudanPed'}"
    pictures = read_maps(dataset, None, near_copies=False, report=said.append)
    assert len(pictures) == 43 and not said[0].findings
    assert "Read as instances, as every mask counts from 1" in " ".join(str(said[0]).split())
    for file, drawn in zip(pictures.files, pictures.maps, strict=True):
        mask = tmp_path / "PennFudanPed" / "PedMasks" / f"{Path(file).stem}_mask.png"
        assert np.array_equal(drawn.numpy(), np.asarray(Image.open(mask)) > 0)
    small = read_maps(dataset, 256, near_copies=False, class_names=["person"])
    assert small.class_names == ("background", "person")
    shares = [(drawn == 1).float().mean() for drawn in (*pictures.maps, *small.maps)]
    assert (torch.stack(shares[:43]) - torch.stack(shares[43:])).abs().max() < 0.002
