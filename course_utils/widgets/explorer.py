"""An explorer: controls above a figure that a pure function draws, and the same figure in words.

Where nobody is there to move anything, as in a batch run or on a page, it shows the figure for a
few chosen settings side by side instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from IPython.display import display

from course_utils.figures.axes import new_axes, show, summary_of
from course_utils.session import learner
from course_utils.widgets.blitting import Blitter
from course_utils.widgets.layout import as_output, fit_to_page, name_controls

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAGE_WIDTH = 11.5  # inches of a still figure that a page shows without shrinking its letters much
# JupyterLab brings moves to a thread of their own, while the main one runs cells and draws what was
# shown there; matplotlib knows of no threads.
ONE_AT_A_TIME = threading.RLock()


class Explorer:
    """Controls over ``draw``; shown by Jupyter as the last value of a cell.

    Args:
        draw: Pure function ``draw(axes, **values)`` of the values of all controls. It draws on
            ``axes`` (one, or a list of ``columns``) and says in words what it shows.
        controls: ipywidgets by the name of the argument that they set. Each has a ``value`` and a
            ``description``, and ``continuous_update=False`` where it can be dragged.
        stills: Settings to show side by side where nothing can move: title and values of each.
        overview: Draws what the controls themselves show, such as pictures to choose from, for
            above the stills.
        also: Pure function of the same values that gives HTML for below the figure, and below each
            still, such as a player of what is drawn; its text is said in words elsewhere.
        columns: Axes of the figure. Where the page is narrow, they stand one below the other.
        width: Of each axes, inches.
        height: Of each axes, inches.

    Attributes:
        axes: The axes drawn on last.
        summary: What the picture shows in words at the present setting.
    """

    def __init__(
        self,
        draw: Callable[..., None],
        controls: Mapping[str, Any],
        *,
        stills: Mapping[str, Mapping[str, Any]],
        overview: Callable[[], Axes] | None = None,
        also: Callable[..., str] | None = None,
        columns: int = 1,
        width: float = 5.0,
        height: float = 3.0,
    ) -> None:
        self.draw = draw
        self.controls = dict(controls)
        self.stills = {title: dict(values) for title, values in stills.items()}
        self.overview, self.also = overview, also
        self.columns, self.size = columns, {"width": width, "height": height}
        self.axes: list[Axes] = []
        self._blitters = [Blitter() for _ in range(columns)]
        self.summary = ""
        self.picture = ipywidgets.Output()
        self.words = ipywidgets.HTML().add_class("course-words")
        for control in self.controls.values():
            fit_to_page(control)
            control.observe(self._on_change, names="value")
        rows = [*self.controls.values(), self.picture, self.words, name_controls()]
        self.box = ipywidgets.VBox(rows).add_class("course-widget").add_class("course-explorer")

    def update(self) -> None:
        """Show the figure and its words for the values of the controls.

        Raises:
            Exception: Whatever ``draw`` raises, after it was shown in place of the words: the
                learner would not see it, since ipywidgets only logs it.
        """
        try:
            with ONE_AT_A_TIME:
                html, self.summary = self._draw()
        except Exception as error:
            self.words.value = (
                f'<p class="course-error" role="alert">This setting stopped with '
                f"{type(error).__name__}: {escape(str(error))}</p>"
            )
            raise
        self.picture.outputs = (as_output({"text/html": html, "text/plain": self.summary}),)
        self.words.value = f"<p style='margin:0'>{escape(self.summary)}</p>"

    def _draw(self) -> tuple[str, str]:
        """The figure for the values of the controls as HTML, and the same in words.

        Raises:
            ValueError: If the figure says nothing in words.
        """
        # A figure for each axes, so that a narrow page can put one below the other.
        self.axes = [new_axes(**self.size) for _ in range(self.columns)]
        values = {name: control.value for name, control in self.controls.items()}
        self.draw(self.axes if self.columns > 1 else self.axes[0], **values)
        summary = " ".join(filter(None, (summary_of(ax.figure) for ax in self.axes)))
        if not summary:
            raise ValueError("this figure says nothing in words: add a sentence with say(...)")
        pictures = "".join(
            f'<img alt="" style="max-width:100%; background:white" '
            f'src="data:image/png;base64,{blitter.as_png(ax)}">'
            for ax, blitter in zip(self.axes, self._blitters, strict=True)
        )
        html = (
            f'<div role="img" aria-label="{escape(summary)}" style="display:flex; '
            f'flex-wrap:wrap; align-items:flex-start; gap:8px">{pictures}</div>'
        )
        return html + (self.also(**values) if self.also is not None else ""), summary

    def show_still(self) -> None:
        """Show the figure for each of ``stills``, one below or beside the other."""
        if self.overview is not None:
            show(self.overview())
        stills_per_row = max(1, int(PAGE_WIDTH // (self.columns * self.size["width"])))
        columns = self.columns * min(stills_per_row, len(self.stills))
        rows = -(-len(self.stills) * self.columns // columns)
        table = np.atleast_1d(new_axes(columns, rows=rows, **self.size)).ravel()
        for left_over in table[len(self.stills) * self.columns :]:
            left_over.remove()
        groups = table[: len(self.stills) * self.columns].reshape(-1, self.columns)
        for (title, values), group in zip(self.stills.items(), groups, strict=True):
            for ax in group:
                ax.set_title(title)
            axes = group if self.columns > 1 else group[0]
            self.draw(axes, **values)
        show(groups.flat[-1], "In JupyterLab, move it yourself.")
        if self.also is not None:
            for title, values in self.stills.items():
                html = f"<p style='margin:0'>{escape(title)}</p>{self.also(**values)}"
                display({"text/html": html, "text/plain": title}, raw=True)

    def _on_change(self, change: object) -> None:
        self.update()

    def _ipython_display_(self) -> None:
        if learner.is_live():
            self.update()
            display(self.box)
        else:
            self.show_still()
