"""Letters that the workbook draws itself: a source of pretraining pictures that needs no file.

Latin and Greek letters, no digits, in fonts that matplotlib carries, randomly deformed and then put
through the optical process of the real digits: a 32x32 bitmap, black pixels counted in 4x4 blocks.
"""

import string
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from course_utils.data.examples import LabelledImages

FONTS = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSansMono-Oblique"),
    *("DejaVuSansMono-BoldOblique", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic"),
    *("DejaVuSerif-BoldItalic", "STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic"),
    *("STIXGeneralBolIta", "cmr10", "cmb10", "cmss10"),
    "cmti10",  # since matplotlib 3.11, which Python 3.10 cannot have; there 20 fonts are drawn from
    "cmtt10",
)
# Of letters that look alike once all are stretched to one height (o and O, gamma and Y, ...) only
# one is kept; a test measures that no two that are left are the same picture in any font.
LETTERS = string.ascii_uppercase + "abdefghkmnqrtuy" + "αβδεζηθλμξπρστφψω" + "ΔΛΞΣΦΩ"

CANVAS = 48  # pixels a side of a glyph's picture
GLYPH_HEIGHT = 32  # pixels of the canvas that every glyph fills
DRAFT = 52  # pixels a side of a deformed letter, before it is fitted into the bitmap
VIEW = 1.2  # sides of the canvas that a draft shows, so that bent letters stay inside
BITMAP = 32  # pixels a side of a drawn bitmap, as in the digits' optical process
BLOCK = 4  # bitmap pixels a side that are counted into one picture pixel
MIN_INK = 40  # black pixels of 1,024 below which a letter counts as empty
CHUNK = 512  # letters drawn at a time; with thousands, getting memory takes most of the time
MIN_WIDTH = 6  # bitmap pixels; a narrower letter is widened to it


def draw_letters(num_examples: int, seed: int) -> LabelledImages:
    """Draw ``num_examples`` random letters, images (N, 1, 8, 8) with 17 grey levels.

    A letter that comes out empty or cut off is drawn again.

    Raises:
        ValueError: If ``num_examples`` is below 1.
    """
    if num_examples < 1:
        raise ValueError(f"num_examples must be at least 1, got {num_examples}")
    generator = torch.Generator().manual_seed(seed)
    glyphs, glyph_labels = render_glyphs()
    chunks, labels = [], []
    for start in range(0, num_examples, CHUNK):
        size = min(CHUNK, num_examples - start)
        picks = torch.randint(len(glyphs), (size,), generator=generator)
        chunks.append(_count_blocks(_draw_whole(glyphs[picks], generator)))
        labels.append(glyph_labels[picks])
    return LabelledImages(torch.cat(chunks), torch.cat(labels), tuple(LETTERS))


@lru_cache(maxsize=1)
def render_glyphs() -> tuple[Tensor, Tensor]:
    """One picture (G, 1, 48, 48), from 0 to 1, per font and letter it has, and its class (G,)."""
    import matplotlib  # here: half a second to import
    from matplotlib.ft2font import FT2Font

    pictures, labels = [], []
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    for file in (folder / f"{name}.ttf" for name in FONTS):
        if not file.exists():  # see FONTS
            continue
        font, has = ImageFont.truetype(str(file), 96), FT2Font(str(file)).get_charmap()
        for label, letter in enumerate(LETTERS):
            if ord(letter) in has:  # otherwise the font would draw an empty box
                pictures.append(_render(letter, font))
                labels.append(label)
    return torch.stack(pictures), torch.tensor(labels)


def _render(letter: str, font: ImageFont.FreeTypeFont) -> Tensor:
    """``letter`` stretched to the glyph height and centred on the canvas, (1, 48, 48)."""
    left, top, right, bottom = font.getbbox(letter)
    ink = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(ink).text((-left, -top), letter, fill=255, font=font)
    ink = ink.crop(ink.getbbox())
    width = max(6, min(GLYPH_HEIGHT, round(ink.width * GLYPH_HEIGHT / ink.height)))
    canvas = Image.new("L", (CANVAS, CANVAS), 0)
    corner = ((CANVAS - width) // 2, (CANVAS - GLYPH_HEIGHT) // 2)
    canvas.paste(ink.resize((width, GLYPH_HEIGHT), Image.Resampling.BILINEAR), corner)
    return torch.from_numpy(np.array(canvas)).unsqueeze(0).float().div_(255)


def _draw_whole(glyphs: Tensor, generator: torch.Generator) -> Tensor:
    """Bitmaps (B, 1, 32, 32) of 0 and 1, each filled from top to bottom, as in the digits."""
    bitmaps = torch.zeros(len(glyphs), 1, BITMAP, BITMAP)
    missing = torch.arange(len(glyphs))
    while len(missing):
        drawn = _deform(glyphs[missing], generator)
        cut_off = _touches_edge(drawn)
        fitted = _fit(drawn, generator)
        good = ~cut_off & (fitted.sum((1, 2, 3)) >= MIN_INK)
        bitmaps[missing[good]] = fitted[good]
        missing = missing[~good]
    return bitmaps


def _deform(glyphs: Tensor, generator: torch.Generator) -> Tensor:
    """Drafts (B, 1, 52, 52) of 0 and 1: turned, slanted, bent, with a random stroke width."""
    size = len(glyphs)

    def uniform(low: float, high: float) -> Tensor:
        return torch.rand(size, generator=generator) * (high - low) + low

    turn, slant = uniform(-0.2, 0.2), uniform(-0.35, 0.35)  # radians; pixels per pixel
    x = torch.stack([turn.cos(), slant - turn.sin()], dim=1)
    y = torch.stack([turn.sin(), turn.cos()], dim=1)
    bend = torch.randn(2, size, 16, generator=generator) * 0.13
    weights = torch.stack([torch.cat([x, bend[0]], 1), torch.cat([y, bend[1]], 1)], dim=1)
    grid = (weights.view(-1, 18) @ _places()).view(size, 2, DRAFT, DRAFT).permute(0, 2, 3, 1)
    ink = F.grid_sample(glyphs, grid, align_corners=False)
    # A low threshold makes a thick stroke; 0.6 would break the thin strokes of one letter in ten.
    threshold = uniform(0.1, 0.4).view(-1, 1, 1, 1)
    return F.avg_pool2d(ink, 3, stride=1, padding=1) > threshold


@lru_cache(maxsize=1)
def _places() -> Tensor:
    """x, y and 16 bicubic bumps at each pixel of the draft, (18, 52 * 52).

    A turn, slant and bend of a letter is one weighted sum of these: a single matrix product.
    """
    identity = torch.eye(2, 3).unsqueeze(0)
    xy = F.affine_grid(identity, [1, 1, DRAFT, DRAFT], align_corners=False)[0].permute(2, 0, 1)
    xy = xy * VIEW
    bumps = torch.eye(16).view(1, 16, 4, 4)
    bumps = F.interpolate(bumps, (DRAFT, DRAFT), mode="bicubic", align_corners=False)[0]
    return torch.cat([xy, bumps]).flatten(1)


def _touches_edge(drafts: Tensor) -> Tensor:
    """Whether ink lies on the outermost pixels of each draft, (B,) bool."""
    rows, columns = drafts.any(3).squeeze(1), drafts.any(2).squeeze(1)
    return rows[:, 0] | rows[:, -1] | columns[:, 0] | columns[:, -1]


def _fit(drafts: Tensor, generator: torch.Generator) -> Tensor:
    """Stretch each draft's ink to the height of a bitmap and to a random width: (B, 1, 32, 32)."""
    rows, columns = drafts.any(3).squeeze(1), drafts.any(2).squeeze(1)  # (B, 52)
    top, height = _extent(rows)
    left, width = _extent(columns)
    narrow = torch.rand(len(drafts), generator=generator) * 0.4 + 0.6
    fitted_width = (width / height * BITMAP * narrow).clamp(MIN_WIDTH, BITMAP)
    place = torch.arange(BITMAP) + 0.5
    row = (top[:, None] + place * (height / BITMAP)[:, None]).long()
    from_left = (place - BITMAP / 2) / fitted_width[:, None] + 0.5  # 0..1 within the ink
    column = (left[:, None] + from_left * width[:, None]).long().clamp(0, DRAFT - 1)
    inside = (from_left >= 0) & (from_left < 1)
    example = torch.arange(len(drafts))[:, None, None]
    fitted = drafts[:, 0][example, row[:, :, None], column[:, None, :]] & inside[:, None, :]
    return fitted.unsqueeze(1).float()


def _extent(has_ink: Tensor) -> tuple[Tensor, Tensor]:
    """First place with ink and number of places to the last, from (B, n) bool; both (B,) float."""
    first = has_ink.int().argmax(1)
    last = has_ink.shape[1] - 1 - has_ink.flip(1).int().argmax(1)
    return first.float(), (last - first + 1).float()


def _count_blocks(bitmaps: Tensor) -> Tensor:
    """Share of black pixels in each 4x4 block: (B, 1, 32, 32) to (B, 1, 8, 8)."""
    return F.avg_pool2d(bitmaps, BLOCK)
