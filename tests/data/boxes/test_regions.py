"""Polygons and run lengths become masks as COCO's own library draws them."""

import numpy as np
import pytest
from pycocotools import mask as reference

from course_utils.data.boxes.regions import (
    Polygons,
    RegionError,
    RunLengths,
    draw_region,
    parse_segmentation,
)

WIDTH, HEIGHT = 70, 50
# Not ours: pycocotools 2.0.11 hands over arrays as NumPy 1 did.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def random_polygons(number: int, seed: int) -> list[list[float]]:
    """Some polygons of 3 to 9 corners, partly out of the picture."""
    generator = np.random.default_rng(seed)
    corners = [generator.integers(3, 10) for _ in range(number)]
    return [generator.uniform(-10, 80, 2 * count).round(2).tolist() for count in corners]


@pytest.mark.parametrize("seed", range(20))
def test_polygons_are_drawn_as_by_the_reference(seed: int) -> None:
    polygons = random_polygons(1 + seed % 3, seed)
    drawn = draw_region(parse_segmentation(polygons), WIDTH, HEIGHT)
    packed = reference.merge(reference.frPyObjects(polygons, HEIGHT, WIDTH))
    assert drawn.shape == (HEIGHT, WIDTH) and drawn.dtype == bool
    assert np.array_equal(drawn, reference.decode(packed) > 0)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("packed", [False, True])
def test_run_lengths_give_back_their_mask(seed: int, packed: bool) -> None:
    mask = np.random.default_rng(seed).random((HEIGHT, WIDTH)) < seed / 10
    said = reference.encode(np.asfortranarray(mask.astype(np.uint8)))
    said["counts"] = said["counts"].decode()
    if not packed:
        said = unpacked(mask)
    assert np.array_equal(draw_region(parse_segmentation(said), WIDTH, HEIGHT), mask)


def unpacked(mask: np.ndarray) -> dict[str, object]:
    """Run lengths as a list of numbers."""
    counts, last = [0], False
    for pixel in mask.T.ravel():
        counts[-1:] = [counts[-1] + 1] if pixel == last else [counts[-1], 1]
        last = pixel
    return {"size": list(mask.shape), "counts": counts}


def test_polygons_in_shares_are_those_in_pixels() -> None:
    corners = (0.1, 0.2, 0.8, 0.3, 0.5, 0.9)
    pixels = tuple(np.tile([WIDTH, HEIGHT], 3) * corners)
    shares = draw_region(Polygons((corners,), in_fractions=True), WIDTH, HEIGHT)
    assert shares.any() and np.array_equal(shares, draw_region(Polygons((pixels,)), WIDTH, HEIGHT))


@pytest.mark.parametrize("counts", [(5, 3), (5, 3, 9999), (-4, 3, 3501), "zz", ""])
def test_run_lengths_that_do_not_fill_the_picture_are_refused(counts: object) -> None:
    """The reference draws some of these from memory that nobody wrote to."""
    with pytest.raises(RegionError, match="do not fill 70x50 pixels"):
        draw_region(RunLengths(HEIGHT, WIDTH, counts), WIDTH, HEIGHT)


def test_run_lengths_for_another_picture_are_refused() -> None:
    with pytest.raises(RegionError, match="run lengths for 50x70 pixels, not 70x50"):
        draw_region(RunLengths(WIDTH, HEIGHT, (3500,)), WIDTH, HEIGHT)


@pytest.mark.parametrize("said", [[[1, 2, 3, 4]], [[1, 2, 3, 4, 5, 6, 7]], [["a"] * 6], "b", {}])
def test_what_is_no_region_is_said(said: object) -> None:
    if not said:
        assert parse_segmentation(said) is None
        return
    with pytest.raises(RegionError):
        parse_segmentation(said)
