"""Pictures to click on, or to choose by keyboard: a button for each."""

from __future__ import annotations

from secrets import token_hex

import ipywidgets
import numpy as np
from PIL import Image
from torch import Tensor

from course_utils.figures.axes import encode_png

SIDE = 48  # of a picture on its button, pixels of the page


def picture_buttons(
    images: Tensor, description: str
) -> tuple[ipywidgets.ToggleButtons, ipywidgets.HTML]:
    """A numbered button for each picture, the first one chosen; and the style they need on a page.

    Args:
        images: (N, C, H, W), values 0 to 1. One channel is ink on white paper, three are RGB.
        description: What the pictures are.

    Returns:
        A control whose value is a number from 1 to N, and what to show in the same box.
    """
    name = f"course-pictures-{token_hex(4)}"
    numbers = range(1, len(images) + 1)
    buttons = ipywidgets.ToggleButtons(
        options=[(str(number), number) for number in numbers], description=description
    )
    buttons.add_class(name)
    button = f".{name} .widget-toggle-button"
    rules = [
        f"{button} {{ width:{SIDE + 12}px; height:{SIDE + 28}px; padding:{SIDE + 6}px 0 0; "
        f"line-height:20px; text-align:center; background-repeat:no-repeat; "
        f"background-position:center 6px; background-size:{SIDE}px {SIDE}px; "
        f"image-rendering:pixelated; }}",
        f"{button}.mod-active {{ outline:3px solid #0072b2; outline-offset:-3px; }}",
    ]
    for number, image in zip(numbers, images, strict=True):
        rules.append(f"{button}:nth-child({number}) {{ background-image:url({_as_uri(image)}); }}")
    return buttons, ipywidgets.HTML(f"<style>{' '.join(rules)}</style>")


def _as_uri(image: Tensor) -> str:
    """A picture (C, H, W) as a PNG within an address."""
    pixels = (255 * image.float().clamp(0, 1)).round().byte().cpu().numpy()
    pixels = 255 - pixels[0] if len(pixels) == 1 else np.moveaxis(pixels, 0, -1)
    return f"data:image/png;base64,{encode_png(Image.fromarray(pixels))}"
