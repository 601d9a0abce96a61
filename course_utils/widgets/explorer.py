"""An explorer: controls above a figure that a pure function draws, and the same figure in words.

Where nobody is there to move anything, as in a batch run or on a page, it shows the figure for a
few chosen settings side by side instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from IPython.display import display

from course_utils import learner
from course_utils.figures import as_png, new_axes, show, summary_of
from course_utils.widgets.layout import as_output, fit_to_page, name_controls

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Explorer:
    """Controls over ``draw``; shown by Jupyter as the last value of a cell.

    Args:
        draw: Pure function ``draw(axes, **values)`` of the values of all controls. It draws on
            ``axes`` (one, or an array of ``columns``) and says in words what it shows.
        controls: ipywidgets by the name of the argument that they set. Each has a ``value`` and a
            ``description``, and ``continuous_update=False`` where it can be dragged.
        stills: Settings to show side by side where nothing can move: title and values of each.
        columns: Axes of the figure.
        width: Of each axes, inches.
        height: Of each axes, inches.
    """

    def __init__(
        self,
        draw: Callable[..., None],
        controls: Mapping[str, Any],
        *,
        stills: Mapping[str, Mapping[str, Any]],
        columns: int = 1,
        width: float = 5.0,
        height: float = 3.0,
    ) -> None:
        self.draw = draw
        self.controls = dict(controls)
        self.stills = {title: dict(values) for title, values in stills.items()}
        self.columns, self.size = columns, {"width": width, "height": height}
        self.figure: Figure | None = None
        self.picture = ipywidgets.Output()
        self.words = ipywidgets.HTML().add_class("course-words")
        for control in self.controls.values():
            fit_to_page(control)
            control.observe(self._on_change, names="value")
        rows = [*self.controls.values(), self.picture, self.words, name_controls()]
        self.box = ipywidgets.VBox(rows).add_class("course-widget").add_class("course-explorer")

    @property
    def summary(self) -> str:
        """What the figure says in words at the present setting."""
        return summary_of(self.figure)

    def update(self) -> None:
        """Draw the figure and its words anew from the values of the controls.

        Raises:
            Exception: Whatever ``draw`` raises, after it was shown in place of the words: the
                learner would not see it, since ipywidgets only logs it.
        """
        try:
            axes = new_axes(self.columns, **self.size)
            self.draw(axes, **{name: control.value for name, control in self.controls.items()})
            self.figure = np.atleast_1d(axes).flat[0].figure
            if not self.summary:
                raise ValueError("this figure says nothing in words: add a sentence with say(...)")
            picture = as_png(self.figure)
        except Exception as error:
            self.words.value = (
                f'<p class="course-error" role="alert">This setting stopped with '
                f"{type(error).__name__}: {escape(str(error))}</p>"
            )
            raise
        shown = {"text/html": self._as_html(picture), "text/plain": self.summary}
        self.picture.outputs = (as_output(shown),)
        self.words.value = f"<p style='margin:0'>{escape(self.summary)}</p>"

    def show_still(self) -> None:
        """Show the figure for each of ``stills``, one below or beside the other."""
        rows, columns = (
            (len(self.stills), self.columns) if self.columns > 1 else (1, len(self.stills))
        )
        table = new_axes(columns, rows=rows, **self.size)
        groups = np.atleast_1d(table).reshape(len(self.stills), self.columns)
        for (title, values), group in zip(self.stills.items(), groups, strict=True):
            for ax in group:
                ax.set_title(title)
            axes = group if self.columns > 1 else group[0]
            self.draw(axes, **values)
        show(groups.flat[-1], "In JupyterLab, move it yourself.")

    def _as_html(self, picture: str) -> str:
        # Where the page is narrow or enlarged, the picture shrinks to four fifths, which can still
        # be read, and then moves inside its box.
        smallest = round(0.8 * self.figure.bbox.width)
        return (
            f'<div style="overflow-x:auto"><img alt="{escape(self.summary)}" '
            f'style="max-width:100%; min-width:{smallest}px; background:white" '
            f'src="data:image/png;base64,{picture}"></div>'
        )

    def _on_change(self, change: object) -> None:
        self.update()

    def _ipython_display_(self) -> None:
        if learner.is_live():
            self.update()
            display(self.box)
        else:
            self.show_still()
