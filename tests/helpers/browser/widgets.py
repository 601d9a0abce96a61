"""Move what moves in a lesson as a learner would, in the page alone, and say what does not answer.

Everything here reads the page only: which explorers, guesses and quizzes a notebook has, and which
controls an explorer has, is found there. All controls are moved by keyboard.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import ElementHandle, Locator, Page

from tests.helpers.browser.lab import becomes
from tests.helpers.browser.widget_scripts import (
    ANSWER,
    CONTROLS,
    COUNT_KINDS,
    FOCUS,
    OTHER_WORDS,
    SHOW_AND_OVERFLOW,
    STATE,
    STOPWATCH,
    TAKES_FOCUS,
    VALUE,
)

ANY = ".course-explorer, .course-guess, .course-quiz"
# By CSS, Playwright goes through every element of the page at each look into a widget, for what
# shadow trees may hide: a third of the work of moving all. By its id, a widget is there at once.
NAMED = """boxes => boxes.map((box, place) => box.id ||= `course-widget-${place}`)"""
# Keys that move a kind of control, each tried until one of them changes something. A group of
# radio buttons is one control: the button that is chosen, or the first.
KEYS = {
    "[role=slider]": ("ArrowRight", "ArrowLeft", "End", "Home"),
    "select": ("ArrowDown", "ArrowUp", "End", "Home"),
    "input[type=checkbox]": ("Space",),
    ".widget-radio": ("ArrowDown", "ArrowUp"),
    ".widget-toggle-buttons": ("Enter",),
    # Not what opens the system's dialog for files, where no page follows.
    "button:not(.widget-toggle-buttons button):not(.widget-upload)": ("Enter",),
}
UNKNOWN = (
    "input:not([type=checkbox], [type=radio]), textarea, [contenteditable]:not(.widget-readout)"
)
FOCUSABLE = "[role=slider], select, input, button"
NEEDS_NAME = re.compile(
    r"^\s*- (slider|combobox|checkbox|radiogroup|radio|button|textbox|img)\b(?! \")", re.MULTILINE
)


@dataclass
class Pictures:
    """Where pictures of a page go, numbered as they are taken; nowhere without a folder."""

    folder: Path | None = None
    count: int = 0

    def take(self, what: Locator | Page, name: str) -> None:
        """Keep a picture of ``what``."""
        if self.folder is not None:
            self.count += 1
            what.screenshot(path=self.folder / f"{self.count:02}_{name}.png")


def state(box: Locator) -> tuple[str | None, str]:
    """The picture of a widget, None without one, and its words."""
    return tuple(box.evaluate(STATE))


def boxes_on(page: Page) -> list[Locator]:
    """Every widget of a page, each found by an id of its own."""
    return [page.locator(f"xpath=id('{name}')") for name in page.locator(ANY).evaluate_all(NAMED)]


def named(box: Locator) -> str:
    """What a message calls a widget: its class and how it begins."""
    kind = re.search(r"course-(explorer|guess|quiz)", box.get_attribute("class"))[1]
    return f"{kind} {box.inner_text().strip()[:60]!r}"


def check_shown(box: Locator, seconds: float = 20) -> None:
    """Check that a widget and its controls can be seen, and that each has a name.

    Raises:
        AssertionError: It says what is missing.
    """
    box.scroll_into_view_if_needed()
    assert box.is_visible(), f"{named(box)} is not visible"
    controls = box.locator(FOCUSABLE)
    visible = controls.evaluate_all(CONTROLS)
    assert visible, f"{named(box)} has no control"
    assert all(visible), f"{named(box)}: {visible.count(False)} controls are not visible"
    # Names come a moment later than the widget itself.
    has_names = becomes(lambda: not unnamed(box), seconds)
    assert has_names, f"{named(box)} has controls without a name: {unnamed(box)}"


def unnamed(box: Locator) -> list[str]:
    """Roles of those controls and pictures that a screen reader could not name."""
    return NEEDS_NAME.findall(box.aria_snapshot())


def move_explorer(page: Page, box: Locator, pictures: Pictures, seconds: float = 20) -> list[float]:
    """Move every control of an explorer, and check that picture and words follow each in time.

    Returns:
        How long each answer took, milliseconds.

    Raises:
        AssertionError: If a control does not, stops with an error, or is of an unknown kind.
    """
    assert not box.locator(UNKNOWN).count(), f"{named(box)} has a control that no key here moves"
    box.evaluate(STOPWATCH)
    pictures.take(box, "explorer_before")
    counts = box.evaluate(COUNT_KINDS, list(KEYS))
    for place, (kind, keys) in enumerate(KEYS.items()):
        for number in range(counts[place]):
            control = what_takes_focus(box.locator(kind).nth(number))
            move_control(page, box, control, keys, seconds)
        if counts[place]:  # what was moved may have brought others in
            counts = box.evaluate(COUNT_KINDS, list(KEYS))
    pictures.take(box, "explorer_after")
    return box.evaluate("box => box.answerTimes")


def what_takes_focus(control: Locator) -> Locator:
    """Where keys go: the control; of several buttons the chosen one, or one that is not pressed."""
    inner = control.evaluate(TAKES_FOCUS)
    return control if inner is None else control.locator(inner).first


def move_control(
    page: Page, box: Locator, control: Locator, keys: tuple[str, ...], seconds: float = 20
) -> None:
    """Press keys on a control until picture and words have both changed, for some seconds in all.

    Raises:
        AssertionError: If none of the keys does it, or the explorer shows an error.
    """
    before = state(box)
    same = {"picture", "words"}
    for key in keys:
        if press(page, control, key) and has_answered(box, before, seconds / len(keys)):
            return
        pairs = zip(("picture", "words"), state(box), before, strict=True)
        same -= {part for part, now, then in pairs if now != then}
    still = " and ".join(sorted(same)) or "picture or words"
    raise AssertionError(
        f"{named(box)}: {' '.join(keys)} on {label_of(control)} left {still} as is"
    )


def press(page: Page, control: Locator | ElementHandle, key: str) -> bool:
    """Press a key on a control; False if that left it as it was, at an end."""
    value = control.evaluate(FOCUS)
    page.keyboard.press(key)
    return value is None or control.evaluate(VALUE) != value


def label_of(control: Locator) -> str:
    """A control as a screen reader names it."""
    return control.aria_snapshot().splitlines()[0].removeprefix("- ")


def has_answered(box: Locator, before: tuple[str | None, str], seconds: float) -> bool:
    """Whether picture and words both become others than ``before`` within some seconds.

    Raises:
        AssertionError: If the explorer shows an error instead.
    """
    answer = box.evaluate(ANSWER, [before, seconds])
    if answer is None:
        return False
    assert answer["error"] is None, f"{named(box)}: {answer['error']}"
    return True


def press_until_words(page: Page, box: Locator, keys: tuple[str, ...]) -> str:
    """Press keys, on whatever has the focus, until the words of a widget change; the new ones.

    Raises:
        AssertionError: If no key changes them.
    """
    before = state(box)[1]
    for key in keys:
        focused = page.evaluate_handle("document.activeElement").as_element()
        moved = press(page, focused, key)
        # At an end a key moves nothing; but what moves late must not meet the next key.
        if other := box.evaluate(OTHER_WORDS, [before, 20 if moved else 4]):
            return other["words"]
    raise AssertionError(f"{named(box)}: {' '.join(keys)} changed no word of {before!r}")


def move_guess(page: Page, box: Locator, pictures: Pictures) -> None:
    """Keep a guess, then move it; its words must say which guess that is.

    Raises:
        AssertionError: If they do not.
    """
    pictures.take(box, "guess_before")
    box.locator("button").focus()
    kept = press_until_words(page, box, ("Enter",))
    assert kept.startswith("Your guess: "), f"{named(box)} keeps no guess: {kept}"
    box.locator("[role=slider]").focus()
    moved = press_until_words(page, box, KEYS["[role=slider]"])
    pictures.take(box, "guess_after")
    said = re.match(r"Your guess: (\S+) ", moved)
    assert said, f"{named(box)} does not say the guess: {moved}"
    shown = float(box.locator(".widget-readout").inner_text().replace("\N{MINUS SIGN}", "-"))
    # The two are rounded to two and to three digits.
    assert abs(float(said[1]) - shown) <= 0.06 * abs(shown) + 1e-9, f"{moved}, slider at {shown}"


def answer_quiz(page: Page, box: Locator, pictures: Pictures) -> None:
    """Choose each answer of a quiz; each must get words of its own, and exactly one be right.

    Raises:
        AssertionError: If it is otherwise.
    """
    pictures.take(box, "quiz_before")
    verdicts = []
    for answer in box.locator("input").all():
        answer.focus()
        verdicts.append(press_until_words(page, box, ("Space",)))
    pictures.take(box, "quiz_after")
    marks = [verdict[:1] for verdict in verdicts]
    assert set(marks) <= {"✓", "✗"}, f"{named(box)}: neither right nor wrong: {verdicts}"
    assert marks.count("✓") == 1, f"{named(box)}: {marks.count('✓')} answers are right"
    assert len(set(verdicts)) == len(verdicts), f"{named(box)} says the same of two answers"


def move_all(page: Page, pictures: Pictures) -> list[float]:
    """Move every widget of the page in turn.

    Returns:
        How long each answer of an explorer took, milliseconds.

    Raises:
        AssertionError: With all that does not do as it should, one per line.
    """
    times: list[float] = []
    problems = []
    for box in boxes_on(page):
        try:
            check_shown(box)
            if "course-explorer" in (kind := box.get_attribute("class")):
                times += move_explorer(page, box, pictures)
            else:
                (move_guess if "course-guess" in kind else answer_quiz)(page, box, pictures)
        except AssertionError as problem:
            problems.append(str(problem))
    assert not problems, "\n".join(problems)
    return times


def too_wide(page: Page, pictures: Pictures) -> list[str]:
    """What reaches beyond its cell in a window of 1280 x 800 pixels at a zoom of 200 per cent."""
    page.set_viewport_size({"width": 640, "height": 400})
    page.wait_for_function(
        "() => document.querySelector('.jp-Notebook').getBoundingClientRect().right <= 640"
    )
    found = []
    for box in boxes_on(page):
        overflow = box.evaluate(SHOW_AND_OVERFLOW)
        pictures.take(page, "at_200_per_cent")
        found += [f"{named(box)}: {problem}" for problem in overflow]
    return found
