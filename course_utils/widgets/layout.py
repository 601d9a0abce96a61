"""What all controls share: room for their labels, and names for screen readers."""

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets

# ipywidgets gives the handle of a slider and a group of radio buttons no name, nothing announces a
# text that changed, and JupyterLab takes the arrow keys away from drop-down lists and radio buttons
# to walk through the cells. Front-ends run the script with the first box of controls; it watches
# the page from then on, because a box is often shown later than the script in it runs.
# The style lets long answers and words break into lines that do not overlap, leaves a slider its
# length in a narrow window, and leaves room for the ring around what has the focus.
NAMING_SCRIPT = """<script>
(() => {
  if (window.courseWidgets) return;
  document.head.appendChild(document.createElement('style')).textContent = `
    .course-widget .widget-radio-box label {
      display: flex; flex-direction: row-reverse; justify-content: flex-end;
      height: auto; line-height: 1.4; padding: 2px 0; }
    .course-widget .widget-radio-box input { flex: none; margin: 0 8px 0 4px; height: 1.4em; }
    .course-widget .widget-html-content { line-height: 1.4; padding: 4px 0; }
    .course-widget .widget-hslider { flex-wrap: wrap; height: auto; }
    .course-widget .slider-container { flex-basis: 6em; min-width: 6em; }
    .course-widget .widget-output img { margin: 0; }`;
  const name = () => {
    for (const row of document.querySelectorAll('.course-widget .widget-hslider')) {
      const label = row.querySelector('.widget-label').textContent;
      row.querySelectorAll('[role=slider]').forEach(
        handle => handle.setAttribute('aria-label', label));
      row.querySelectorAll('.widget-readout').forEach(
        number => number.setAttribute('aria-label', label + ', as a number'));
    }
    for (const group of document.querySelectorAll('.course-widget .widget-radio-box')) {
      const box = group.closest('.course-widget');
      const label = box.querySelector('.course-question') || group.previousElementSibling;
      group.setAttribute('role', 'radiogroup');
      group.setAttribute('aria-label', label.textContent.trim());
      group.id ||= 'course-' + Math.random().toString(36).slice(2);
      group.querySelectorAll('input').forEach(button => { button.name = group.id; });
    }
    document.querySelectorAll('.course-words').forEach(
      words => words.setAttribute('aria-live', 'polite'));
  };
  let due = false;
  window.courseWidgets = new MutationObserver(() => {
    if (!due) requestAnimationFrame(() => { due = false; name(); });
    due = true;
  });
  window.courseWidgets.observe(document.body, {childList: true, subtree: true});
  name();
  window.addEventListener('keydown', ({target, key}) => {
    if (target.matches?.('.course-widget :is(select, input, [role=slider])'))
      target.toggleAttribute('data-lm-suppress-shortcuts', /^(Arrow|Home|End|Page)/.test(key));
  }, true);
})();
</script>"""


def name_controls() -> ipywidgets.Output:
    """An output without a picture that names the controls of the box in which it stands."""
    output = ipywidgets.Output()
    output.outputs = (as_output({"text/html": NAMING_SCRIPT, "text/plain": ""}),)
    return output


def as_output(data: dict[str, str]) -> dict[str, object]:
    """What an ``Output`` holds, from data by MIME type."""
    return {"output_type": "display_data", "data": data, "metadata": {}}


def slider_over(
    values: Iterable[Any],
    description: str,
    *,
    start: Any = None,
    form: Callable[[Any], str] | None = None,
) -> ipywidgets.SelectionSlider:
    """A slider that knows only ``values``; a drag answers when it ends.

    Args:
        values: In the order of the slider.
        description: Names the quantity and its unit.
        start: Where it begins; None for the first value.
        form: Writes a value beside the slider; None for ``str``.
    """
    options = [value if form is None else (form(value), value) for value in values]
    given = {} if start is None else {"value": start}
    return ipywidgets.SelectionSlider(
        options=options, description=description, continuous_update=False, **given
    )


def fit_to_page(control: ipywidgets.DOMWidget) -> None:
    """Show the description whole, which ipywidgets cuts, and be no wider than the page."""
    control.style.description_width = "initial"
    control.layout.max_width = "calc(100% - 4px)"  # it has a margin of 2 pixels
    if "readout" in control.traits():  # what can be dragged
        control.layout.width = "36em"
