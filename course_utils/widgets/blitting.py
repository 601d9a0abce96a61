"""Blitting: pictures of axes drawn one after the other, on a kept background.

Of the time of a picture, half would go into finding room for labels, and most of the rest into
ticks, grid and labels themselves. While those stay the same, they are drawn once.
"""

from __future__ import annotations

from collections.abc import Hashable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from course_utils.figures.axes import as_png, png_of_canvas
from course_utils.figures.names import add_fonts

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

MOST_KEPT = 8  # backgrounds, of some 400 kB each


class Blitter:
    """Draws axes that one function has filled with other data each time.

    Axes keep their place, which also lets the eye compare, until they have other labels. Ticks
    are known by their places and labels: the function must not give them other colours or sizes.
    """

    def __init__(self) -> None:
        self._places: dict[Hashable, Any] = {}  # by the labels around the axes
        self._backgrounds: dict[Hashable, Any] = {}  # by all that is drawn on them

    def as_png(self, ax: Axes) -> str:
        """The figure of ``ax`` as a PNG picture in base 64, as ``figures.as_png`` draws it."""
        figure = ax.figure
        if len(figure.axes) > 1:
            return as_png(figure)
        add_fonts(figure)
        labels = _labels_of(ax)
        if labels not in self._places:
            figure.get_layout_engine().execute(figure)
            self._places[labels] = ax.get_position(original=True)
        figure.set_layout_engine("none")
        ax.set_position(self._places[labels])
        ax.apply_aspect()
        data = _data_of(ax)
        if ax.axison and any(artist.zorder < ax.xaxis.zorder for artist in data):
            return as_png(figure)  # it has its place below ticks and grid
        self._draw_background(ax, data, labels)
        for artist in sorted(data, key=attrgetter("zorder")):
            ax.draw_artist(artist)
        return png_of_canvas(figure.canvas)

    def _draw_background(self, ax: Axes, data: list[Artist], labels: Hashable) -> None:
        """Leave all of the figure but ``data`` on its canvas."""
        canvas = ax.figure.canvas
        key = labels, _ends_of(ax), ax.get_title(), ax.get_xlabel(), ax.get_ylabel()
        if key in self._backgrounds:
            canvas.restore_region(self._backgrounds[key])
            return
        for artist in data:
            artist.set_animated(True)  # left out of what is drawn
        canvas.draw()
        self._backgrounds[key] = canvas.copy_from_bbox(ax.figure.bbox)
        for artist in data:
            artist.set_animated(False)
        if len(self._backgrounds) > MOST_KEPT:
            del self._backgrounds[next(iter(self._backgrounds))]


def _data_of(ax: Axes) -> list[Artist]:
    """All that is drawn on ``ax`` but its background, ticks, grid and labels."""
    frame = [ax.xaxis, ax.yaxis, ax.patch, ax.title]
    if not ax.axison:
        frame += ax.spines.values()
    return [artist for artist in ax.get_children() if artist not in frame]


def _labels_of(ax: Axes) -> Hashable:
    """What decides how much room the labels around the axes need."""
    ticks = [
        tuple(axis.get_major_formatter().format_ticks(axis.get_majorticklocs()))
        for axis in (ax.xaxis, ax.yaxis)
    ]
    lines = [text.count("\n") + bool(text) for text in (ax.get_xlabel(), ax.get_ylabel())]
    return (*ticks, *lines, ax.get_title().count("\n"), ax.axison)


def _ends_of(ax: Axes) -> Hashable:
    """What decides where the ticks are."""
    return ax.get_xlim(), ax.get_ylim(), ax.get_xscale(), ax.get_yscale()
