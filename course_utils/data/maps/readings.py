"""What the numbers in masks mean: classes, or objects that are numbered; and what says so."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.data.boxes.examples import IGNORED
from course_utils.data.boxes.mask_pairs import objects_among
from course_utils.data.maps.examples import BACKGROUND, MOST_CLASSES
from course_utils.data.plain_text import counted

READINGS = ("classes", "instances")
IGNORED_NAME = "ignored"  # of what a user wants to be neither learned from nor scored
OBJECT = "object"  # the class of numbered objects, where nobody says another
FEWEST_NUMBERED = 3  # in some mask; 1 and 2 alone are more often two classes
SHOWN = 8  # values that the table lists
WHOLE = 0.75  # share of numbers in one piece from which they may number objects


@dataclass(frozen=True)
class SeenMask:
    """What one mask shows.

    Args:
        pixels: How many pixels each number has.
        whole: How many of the numbers above 0 are in one piece; None if nobody looked.
        size: Width and height.
        in_colours: Whether the numbers stand for colours.
    """

    pixels: Mapping[int, int]
    whole: int | None
    size: tuple[int, int]
    in_colours: bool = False

    @property
    def objects(self) -> list[int]:
        """The numbers that may be objects, ascending."""
        return objects_among(self.pixels)


@dataclass(frozen=True)
class Reading:
    """How numbers become classes.

    Args:
        class_names: K names, the background's first where there is one.
        places: Classes, or ``IGNORED``, by numbers; in ``instances`` not used.
        is_instances: Whether each number but 0 is an object of class 1.
        why: How it was read, in sentences.
    """

    class_names: tuple[str, ...]
    places: Mapping[int, int]
    is_instances: bool = False
    why: tuple[str, ...] = ()

    def places_in(self, mask: SeenMask) -> dict[int, int | None]:
        """Classes, or ``IGNORED``, by the numbers of one mask; None for what is no class."""
        if not self.is_instances:
            return {number: self.places.get(number) for number in mask.pixels}
        objects = set(mask.objects)
        return {
            number: 1 if number in objects else IGNORED if number else 0 for number in mask.pixels
        }


def read_as_colours(names: Mapping[int, str]) -> Reading:
    """Colours by their numbers, with the names that the user gives them."""
    names = {k: name for k, name in names.items() if name == BACKGROUND} | dict(names)
    return Reading(*_in_order(names), why=("Masks hold colours, each a class.",))


def read_values(
    seen: Sequence[SeenMask],
    reading: str | None,
    class_names: Sequence[str] | Mapping[int, str] | None,
) -> Reading:
    """Numbers as classes or as objects: as ``reading`` says, else as the masks show.

    Raises:
        ValueError: If the names do not fit, or there are more classes than a map holds.
    """
    names = class_names
    if names is not None and not isinstance(names, Mapping):
        names = tuple(names)
    is_instances, why = (reading == "instances", "reading says so")
    if reading is None:
        is_instances, why = _judge(seen, names)
    told = _told(seen, is_instances, why)
    if is_instances:
        return Reading(_of_objects(names), {}, True, told)
    if names is None:
        values = sorted({value for mask in seen for value in mask.pixels} | {0})
        is_void = IGNORED in values and len(values) > 2  # else 0 and 255 are what is and is not
        values = [value for value in values if not (is_void and value == IGNORED)]
        names = {value: f"value {value}" if value else BACKGROUND for value in values}
    elif not isinstance(names, Mapping):
        names = dict(enumerate(names))
        two = {value for mask in seen for value in mask.pixels} <= {0, IGNORED}
        names = {0: names[0], IGNORED: names[1]} if two and len(names) == 2 else names
    return Reading(*_in_order({0: BACKGROUND} | dict(sorted(names.items()))), why=told)


def _in_order(names: Mapping[int, str]) -> tuple[tuple[str, ...], dict[int, int]]:
    """Names of the classes, and the class of each number; numbers of one name are one class."""
    of_classes = tuple(dict.fromkeys(name for name in names.values() if name != IGNORED_NAME))
    if len(of_classes) > MOST_CLASSES:
        raise ValueError(
            f"a map holds at most {MOST_CLASSES} classes, and there are {len(of_classes):,}: if "
            'the numbers are those of objects, set reading = "instances"'
        )
    places = {
        number: IGNORED if name == IGNORED_NAME else of_classes.index(name)
        for number, name in names.items()
    }
    return of_classes, {IGNORED: IGNORED} | places


def _of_objects(names: Sequence[str] | Mapping[int, str] | None) -> tuple[str, str]:
    if isinstance(names, Mapping):
        names = tuple(names.values())
    if names is not None and len(names) not in (1, 2):
        raise ValueError(
            "masks that number objects say nothing of classes, so class_names must be one name, or "
            f"the background's and one, got {names}; if the numbers are classes, set reading = \""
            'classes"'
        )
    return (BACKGROUND, OBJECT) if names is None else (BACKGROUND, *names)[-2:]


def _judge(
    seen: Sequence[SeenMask], names: Sequence[str] | Mapping[int, str] | None
) -> tuple[bool, str]:
    """Whether the numbers are those of objects, and what says so."""
    if names is not None and len(names) > 2:
        return False, "there are several names of classes"
    if names is not None and len(names) == 1:
        return True, "there is one name for all that is no background"
    some = [mask for mask in seen if mask.objects]
    values = {value for mask in some for value in mask.objects}
    if len(values) > MOST_CLASSES:
        return True, f"there are {len(values):,} of them, more than classes"
    most = max((len(mask.objects) for mask in some), default=0)
    if most < FEWEST_NUMBERED:
        return False, f"no mask has {FEWEST_NUMBERED} of them besides 0"
    if any(mask.objects != list(range(1, len(mask.objects) + 1)) for mask in some):
        return False, "not every mask counts from 1 without gaps"
    looked = [mask for mask in some if mask.whole is not None]
    whole = sum(mask.whole for mask in looked) / max(1, sum(len(m.objects) for m in looked))
    if len({len(mask.objects) for mask in some}) == 1:
        return False, "all masks have the same ones"
    if whole < WHOLE:
        return False, f"only {whole:.0%} of them are in one piece"
    return True, f"every mask counts from 1 without gaps, and {whole:.0%} of them are in one piece"


def _told(seen: Sequence[SeenMask], is_instances: bool, why: str) -> tuple[str, ...]:
    """Which reading was taken, why, and how to take the other, with the values."""
    pixels: Counter[int] = Counter()
    for mask in seen:
        pixels.update(mask.pixels)
    total = max(1, sum(pixels.values()))
    shown = [f"{value} ({pixels[value] / total:.1%} of pixels)" for value in sorted(pixels)]
    rest = f" and {len(shown) - SHOWN:,} more" if len(shown) > SHOWN else ""
    taken, other = READINGS[is_instances], READINGS[not is_instances]
    return (
        f"{counted(len(pixels), 'value')} in {counted(len(seen), 'mask')}: "
        f"{', '.join(shown[:SHOWN])}{rest}.",
        f'Read as {taken}, as {why}; reading = "{other}" takes them for {other}.',
    )


def count_whole(numbers: np.ndarray) -> int:
    """How many of the numbers above 0 in a mask (H, W) are in one piece; ``IGNORED`` is none."""
    from scipy.ndimage import find_objects, label  # here: half a second to import

    is_object = (numbers != 0) & (numbers != IGNORED)
    values = np.unique(numbers[is_object])
    places = np.where(is_object, np.searchsorted(values, numbers) + 1, 0)
    neighbours = np.ones((3, 3))  # corners touch
    return sum(
        label(places[box] == place, neighbours)[1] == 1
        for place, box in enumerate(find_objects(places), start=1)
    )
