"""Find and move the widgets of a lesson by keyboard alone, from the cells they stand in."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.helpers.browser.widgets import (
    FOCUSABLE,
    KEYS,
    Pictures,
    move_control,
    named,
    press_until_words,
)

HAS_FOCUS = """(box, wanted) =>
  box.contains(document.activeElement) && document.activeElement.matches(wanted)"""
CELL_IS_ACTIVE = "box => box.closest('.jp-Cell').classList.contains('jp-mod-active')"


def step_to(page: Page, box: Locator) -> None:
    """Step to the cell of a widget from the cell above it, which a click has made the active one.

    Raises:
        AssertionError: If the key leads elsewhere.
    """
    # Not from wherever one is: JupyterLab takes a tenth of a second for each of a hundred cells.
    box.evaluate("box => box.closest('.jp-Cell').previousElementSibling.focus()")
    page.keyboard.press("j")
    assert box.evaluate(CELL_IS_ACTIVE), f"the key j does not lead to {named(box)}"


def tab_to(page: Page, box: Locator, wanted: str) -> None:
    """Press Tab until something ``wanted`` in the widget has the focus, and check that one sees it.

    Raises:
        AssertionError: If Tab leads past it, or the widget looks as before.
    """
    before = box.screenshot()
    for _ in range(20):
        page.keyboard.press("Tab")
        if box.evaluate(HAS_FOCUS, wanted):
            assert box.screenshot() != before, f"{named(box)}: nobody sees what has the focus"
            return
    raise AssertionError(f"{named(box)}: Tab does not lead from its cell to {wanted}")


def use_keyboard_alone(page: Page, pictures: Pictures) -> None:
    """Do the first explorer, guess and quiz of a page from their cells, by keyboard alone.

    Raises:
        AssertionError: If one cannot be reached, seen or moved.
    """
    page.mouse.move(0, 0)
    moves: dict[str, Callable[[Locator], object]] = {
        ".course-explorer": lambda box: move_by_tab(page, box),
        ".course-guess": lambda box: press_until_words(page, box, KEYS["[role=slider]"]),
        ".course-quiz": lambda box: press_until_words(page, box, ("ArrowDown", "ArrowUp", "Space")),
    }
    for kind, move in moves.items():
        if (box := page.locator(kind).first).count():
            step_to(page, box)
            tab_to(page, box, FOCUSABLE)
            move(box)
            pictures.take(page, f"by_keyboard_{kind[8:]}")


def move_by_tab(page: Page, box: Locator) -> None:
    """Move the control of an explorer that has the focus."""
    control = box.locator(":focus")
    kinds = KEYS | {"input[type=radio]": KEYS[".widget-radio"], "button": ("Enter",)}
    kind = control.evaluate(
        "(control, kinds) => kinds.find(kind => control.matches(kind))", list(kinds)
    )
    move_control(page, box, control, kinds[kind])
