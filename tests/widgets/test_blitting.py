"""What a blitter draws is, pixel by pixel, what matplotlib draws whole; ticks are drawn once."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from course_utils.figures.axes import as_png, new_axes
from course_utils.widgets import blitting
from course_utils.widgets.blitting import Blitter


def bars(ax: Axes, n: int) -> None:
    """Bars with a number on each, between ends that stay."""
    ax.bar_label(ax.bar(list("abc"), [n, 2, 1], edgecolor="black", hatch="/"))
    ax.axhline(1, color="black")
    ax.set(ylim=(0, 6), xlabel="class", ylabel="count")


def curve(ax: Axes, n: int) -> None:
    """A line on logarithmic axes whose ends and title follow the data."""
    ax.plot([1, 10, 10 * 10**n], [1, 3, 2], marker="o", label="loss")
    ax.set(xscale="log", title=f"up to {n}")
    ax.legend()


def contours(ax: Axes, n: int) -> None:
    """Contour lines below a point."""
    x = np.linspace(-2, 2, 20)
    ax.contourf(x, x, x[:, None] ** 2 + x**2, 5, alpha=0.5)
    ax.plot(n / 4, 0, "*", ms=15)
    ax.set(xlim=(-2, 2), ylim=(-2, 2), xlabel=f"striped: {n}")
    ax.set_aspect("equal")


def picture(ax: Axes, n: int) -> None:
    """Pixels without ticks."""
    ax.imshow(np.arange(12).reshape(3, 4) * n % 7)
    ax.set_axis_off()


def below_the_grid(ax: Axes, n: int) -> None:
    """An image that has its place below the grid."""
    ax.imshow(np.arange(12).reshape(3, 4) * n % 7)


def two_scales(ax: Axes, n: int) -> None:
    """A second axis on the right."""
    ax.plot([0, n])
    ax.twinx().plot([100 * n, 0])


def no_place_for_ticks(ax: Axes, n: int) -> None:
    """Bars, but for an even number a picture in their place."""
    (bars if n % 2 else picture)(ax, n)


def pixels(png: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(b64decode(png))))


@pytest.mark.slow
@pytest.mark.parametrize(
    "draw",
    [bars, curve, contours, picture, below_the_grid, two_scales, no_place_for_ticks],
    ids=lambda draw: draw.__name__,
)
def test_each_pixel_is_as_if_drawn_whole(draw) -> None:  # noqa: ANN001
    blitter = Blitter()
    for n in (1, 3, 2, 3, 1, 5):
        ax = new_axes(width=4, height=2)
        draw(ax, n)
        blitted = pixels(blitter.as_png(ax))
        np.testing.assert_array_equal(blitted, pixels(as_png(ax.figure)))


@pytest.fixture
def drawn_axis(monkeypatch: pytest.MonkeyPatch) -> list[Axis]:
    """Each axis, with its ticks and labels, that is drawn from now on."""
    drawn: list[Axis] = []
    whole = Axis.draw

    def draw(self: Axis, renderer: object) -> None:
        drawn.append(self)
        whole(self, renderer)

    monkeypatch.setattr(Axis, "draw", draw)
    return drawn


def blit(blitter: Blitter, **limits: tuple[float, float]) -> Axes:
    ax = new_axes()
    ax.plot([0, 1])
    ax.set(**limits)
    blitter.as_png(ax)
    return ax


def test_ticks_and_labels_are_drawn_anew_only_where_they_differ(drawn_axis: list[Axis]) -> None:
    blitter = Blitter()
    first = blit(blitter, xlim=(0, 1))
    assert drawn_axis == [first.xaxis, first.yaxis]
    blit(blitter, xlim=(0, 1))
    assert len(drawn_axis) == 2
    blit(blitter, xlim=(0, 1.01))
    assert len(drawn_axis) == 4
    blit(blitter, xlim=(0, 1))
    assert len(drawn_axis) == 4


def test_old_backgrounds_make_room(drawn_axis: list[Axis], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blitting, "MOST_KEPT", 2)
    blitter = Blitter()
    for end in (1.0, 1.01, 1.02):
        blit(blitter, xlim=(0, end))
    drawn_axis.clear()
    blit(blitter, xlim=(0, 1.02))
    assert not drawn_axis
    blit(blitter, xlim=(0, 1.0))
    assert len(drawn_axis) == 2


def test_room_is_looked_for_once_for_each_set_of_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    execute = ConstrainedLayoutEngine.execute
    monkeypatch.setattr(
        ConstrainedLayoutEngine, "execute", lambda *args: (looked.append(args), execute(*args))
    )
    blitter = Blitter()

    for label in ("1", "1" * 30, "1"):
        for size in (0, 1, 3):
            ax = new_axes()
            ax.plot([0, 1], [0, size])
            ax.set(ylim=(-1, 4))
            ax.set_yticks([1], [label])
            blitter.as_png(ax)
    assert len(looked) == 2
