"""Drawn letters: really in their fonts, whole, told apart, and the same for the same seed."""

from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from scipy.ndimage import distance_transform_edt
from sklearn.datasets import load_digits
from torch import Tensor

from course_utils.data import letters
from course_utils.data.examples import LabelledImages
from course_utils.data.letters import FONTS, LETTERS, draw_letters, render_glyphs

MIN_STROKE_DISTANCE = 2.5  # pixels of a glyph's 32; the same letter in capitals lies within 2.3


@pytest.fixture(scope="module")
def drawn() -> LabelledImages:
    return draw_letters(4000, seed=0)


def truetype(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(
        str(Path(matplotlib.get_data_path(), "fonts/ttf", f"{name}.ttf")), size
    )


def fonts_here() -> list[str]:
    """The fonts that the matplotlib of this machine carries."""
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    return [name for name in FONTS if (folder / f"{name}.ttf").exists()]


def font_and_letter_of_each_glyph() -> list[tuple[str, str]]:
    """What ``render_glyphs`` should hold; a font draws the same box for all letters it lacks."""
    pairs = []
    for name in fonts_here():
        font = truetype(name, 40)
        box = bytes(font.getmask("\U0010ffff"))
        pairs += [(name, letter) for letter in LETTERS if bytes(font.getmask(letter)) != box]
    return pairs


def stroke_distances(glyphs: np.ndarray) -> np.ndarray:
    """Hausdorff distances in pixels of (G, H, W) bool: how far a stroke of one is from the other.

    Entry (a, b) is the largest distance of an inked pixel of a or b from the nearest of the other.
    """
    to_ink = np.stack([distance_transform_edt(~glyph) for glyph in glyphs])
    there = np.stack([(to_ink * glyph).max((1, 2)) for glyph in glyphs])
    return np.maximum(there, there.T)


@pytest.mark.slow
def test_the_same_seed_draws_the_same_and_another_seed_others(drawn: LabelledImages) -> None:
    again, other = draw_letters(4000, seed=0), draw_letters(4000, seed=1)
    assert torch.equal(drawn.images, again.images) and torch.equal(drawn.labels, again.labels)
    assert not torch.equal(drawn.images, other.images)


def test_drawing_leaves_torchs_own_random_state_alone() -> None:
    before = torch.get_rng_state()
    draw_letters(10, seed=3)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("num_examples", [1, letters.CHUNK, letters.CHUNK + 1])
def test_as_many_letters_come_as_were_asked_for(num_examples: int) -> None:
    few = draw_letters(num_examples, seed=0)
    assert few.images.shape == (num_examples, 1, 8, 8)
    assert few.labels.shape == (num_examples,)


def test_fewer_than_one_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="num_examples must be at least 1, got 0"):
        draw_letters(0, seed=0)


def test_pictures_have_the_17_grey_levels_of_the_digits(drawn: LabelledImages) -> None:
    assert drawn.images.dtype == torch.float32 and drawn.labels.dtype == torch.int64
    assert (drawn.images * 16).unique().tolist() == list(range(17))


def test_every_class_is_drawn_and_none_is_a_digit(drawn: LabelledImages) -> None:
    assert drawn.class_names == tuple(LETTERS) and len(set(LETTERS)) == len(LETTERS)
    assert not any(letter.isdigit() for letter in LETTERS)
    assert torch.bincount(drawn.labels, minlength=len(LETTERS)).min() > 0


def test_at_least_20_fonts_and_16_for_each_letter() -> None:
    assert len(set(fonts_here())) >= 20
    assert torch.bincount(render_glyphs()[1], minlength=len(LETTERS)).min() >= 16


def test_every_glyph_is_a_letter_that_its_font_really_has() -> None:
    expected = [LETTERS.index(letter) for _, letter in font_and_letter_of_each_glyph()]
    assert render_glyphs()[1].tolist() == expected


@pytest.mark.slow
def test_every_glyph_is_the_whole_letter_and_fills_the_glyph_height() -> None:
    margin = (letters.CANVAS - letters.GLYPH_HEIGHT) // 2
    for (name, letter), glyph in zip(
        font_and_letter_of_each_glyph(), render_glyphs()[0][:, 0], strict=True
    ):
        roomy = Image.new("L", (300, 300), 0)
        ImageDraw.Draw(roomy).text((100, 100), letter, fill=255, font=truetype(name, 96))
        ink = roomy.crop(roomy.getbbox())
        columns = (glyph.amax(0) > 0).nonzero().squeeze(1)
        left, right = int(columns[0]), int(columns[-1]) + 1
        expected = ink.resize((right - left, 32), Image.Resampling.BILINEAR)
        shown = glyph[margin:-margin, left:right].numpy() * 255
        assert np.abs(shown - np.asarray(expected)).mean() < 3, f"{letter} in {name}"
        width = min(32, max(6, ink.width * 32 / ink.height))
        assert right - left == pytest.approx(width, abs=1), f"{letter} in {name}"


def test_no_two_letters_are_the_same_picture_in_any_font() -> None:
    glyphs, alike = (render_glyphs()[0][:, 0] > 0.5).numpy(), []
    fonts, names = np.array(font_and_letter_of_each_glyph()).T
    for font in fonts_here():
        here = names[fonts == font]
        distances = stroke_distances(glyphs[fonts == font])
        for a, b in np.argwhere(np.triu(distances < MIN_STROKE_DISTANCE, k=1)):
            alike.append(f"{here[a]} and {here[b]} in {font}, {distances[a, b]:.1f} pixels apart")
    assert not alike, "; ".join(alike)


def test_no_picture_is_empty_and_each_is_filled_from_top_to_bottom(drawn: LabelledImages) -> None:
    black_pixels = drawn.images.sum((1, 2, 3)) * 16
    assert black_pixels.min() >= letters.MIN_INK
    assert (drawn.images[:, 0, 0].amax(1) > 0).all() and (drawn.images[:, 0, -1].amax(1) > 0).all()


def test_letters_have_the_ink_of_digits(drawn: LabelledImages) -> None:
    assert drawn.images.mean().item() == pytest.approx(load_digits().images.mean() / 16, rel=0.05)


def test_drafts_that_are_cut_off_or_empty_are_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = torch.zeros(1, 52, 52, dtype=torch.bool)
    whole[:, 8:44, 12:40] = True
    cut_off = [whole.roll((8, 0), (1, 2)), whole.roll((-8, 0), (1, 2))]  # below and above
    cut_off += [whole.roll((0, 12), (1, 2)), whole.roll((0, -12), (1, 2))]  # right and left
    first_drafts = torch.stack([*cut_off, torch.zeros_like(whole), whole])
    asked_for = []

    def deform(glyphs: Tensor, generator: torch.Generator) -> Tensor:
        asked_for.append(len(glyphs))
        return first_drafts if len(asked_for) == 1 else whole.expand(len(glyphs), 1, 52, 52)

    monkeypatch.setattr(letters, "_deform", deform)
    bitmaps = letters._draw_whole(torch.zeros(6, 1, 48, 48), torch.Generator().manual_seed(0))
    assert asked_for == [6, 5]
    assert (bitmaps.sum((1, 2, 3)) > 32 * 8).all()


@pytest.mark.slow
def test_no_ink_falls_outside_a_draft_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    glyphs = render_glyphs()[0].repeat(4, 1, 1, 1)
    drafts = letters._deform(glyphs, torch.Generator().manual_seed(0))
    kept = ~letters._touches_edge(drafts)
    margin = 22  # the same letters on a frame of twice the size
    monkeypatch.setattr(letters, "_places", lambda: wider_places(margin))
    monkeypatch.setattr(letters, "DRAFT", letters.DRAFT + 2 * margin)
    wide = letters._deform(glyphs, torch.Generator().manual_seed(0))
    inner = wide[:, :, margin:-margin, margin:-margin]
    assert (inner[kept] != drafts[kept]).float().mean() < 1e-5  # but for rounding at a threshold
    outside = wide.sum((1, 2, 3)) - inner.sum((1, 2, 3))
    assert (outside[kept] == 0).all()
    assert (outside[~kept] > 0).sum() >= 5  # without the check, these would be cut off


def wider_places(margin: int) -> Tensor:
    """``letters._places`` continued ``margin`` pixels beyond each side of the draft."""
    size = letters.DRAFT - 2 * margin
    places = PLACES.view(18, size, size)
    bumps = F.pad(places[2:], [margin] * 4, mode="replicate")
    line = (torch.arange(-margin, size + margin) + 0.5) / size * 2 - 1
    x, y = line.expand(len(line), -1), line[:, None].expand(-1, len(line))
    xy = torch.stack([x, y]) * letters.VIEW
    return torch.cat([xy, bumps]).flatten(1)


PLACES = letters._places()
