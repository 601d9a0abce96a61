"""Maps from a folder of pictures and a folder of masks."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from course_utils.data.boxes.annotation_files import Pictures, root_of
from course_utils.data.boxes.mask_pairs import pair_masks
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.boxes.raw import RawPicture
from course_utils.data.boxes.regions import RegionError
from course_utils.data.boxes.voc_lists import Lists, read_lists
from course_utils.data.damaged_pictures import listed
from course_utils.data.decoding import reading_pictures
from course_utils.data.maps.colours import in_words, listed_colours, numbers_of, read_numbers
from course_utils.data.maps.drawing import FromMask
from course_utils.data.maps.mask_folders import ENDS, find_masks, part_of
from course_utils.data.maps.name_files import ClassNames, read_names
from course_utils.data.maps.outcomes import MapOutcome, of_maps
from course_utils.data.maps.readings import (
    Reading,
    SeenMask,
    count_whole,
    read_as_colours,
    read_values,
)
from course_utils.data.maps.voc_folders import by_lists, voc_names
from course_utils.data.plain_text import counted

FEW = 1 << 16  # numbers below are counted in one go, others are sorted: ten times as long
LOOKED = 200  # masks of which pieces are counted, at most


@dataclass(frozen=True)
class RawMaps:
    """Masks as they were read, before sizes and copies are looked at.

    Args:
        pictures: N pictures with the sizes of their masks.
        sources: What the map of each is drawn from, and the classes that it holds.
        class_names: K names; none where the masks cannot be read as they are.
        findings: What is wrong already.
        notes: How they were read, in sentences.
        refusal: Why they cannot be used; empty if they can.
    """

    pictures: tuple[RawPicture, ...]
    sources: tuple[tuple[FromMask, tuple[int, ...]], ...]
    class_names: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    refusal: str = ""


def read_mask_files(
    path: Path, names: ClassNames, reading: str | None, mask_folder: str | None
) -> RawMaps:
    """All masks of a folder, opened and counted; arguments as of ``survey_maps``.

    Raises:
        ValueError: If there is no folder of masks, or names do not fit.
    """
    root = root_of(path, "")
    pictures, lists = Pictures(root), read_lists(root, "Segmentation")
    masks, others = find_masks(pictures, mask_folder)
    pairs, findings = _paired(pictures, masks, masks | others, lists)
    if not names:
        above = {folder for mask in masks for folder in mask.parents}
        names = read_names(root, sorted(folder for folder in above if root in folder.parents))
    read = []
    for (picture, mask), one in zip(pairs, _look_at_all(pairs, names), strict=True):
        if isinstance(one, str):
            findings.append(Finding(MapOutcome.DAMAGED, pictures.name_of(mask), one))
        else:
            read.append((replace(picture, size=one.size), mask, one))
    if not names and reading != "instances":
        names = voc_names({mask: one.pixels for _, mask, one in read})
    raw = _understood(read, names, reading, findings)
    passed = f"Passed over: {listed(sorted({file.parent.name for file in others}))}."
    notes = (names.note, passed if others else "", *lists.notes, *raw.notes)
    return replace(raw, notes=tuple(note for note in notes if note))


def _paired(
    pictures: Pictures, masks: set[Path], no_pictures: set[Path], lists: Lists
) -> tuple[list[tuple[RawPicture, Path]], list[Finding]]:
    """Each picture with its mask, and what has no partner; parts are those of lists or folders."""
    parts = {file: part_of(file, pictures.root) for file in pictures.files}
    shown = [file for file in pictures.files if file not in no_pictures]
    pairs, findings = pair_masks(shown, masks, parts, pictures.name_of, ENDS)
    found = []
    for file, mask in pairs:
        part = lists.part_of(file) or parts[file]
        found.append((RawPicture(file, pictures.name_of(file), (), part=part), mask))
    return found, by_lists(list(map(of_maps, findings)), lists, shown)


def _look_at_all(
    pairs: Sequence[tuple[RawPicture, Path]], names: ClassNames
) -> list[SeenMask | str]:
    """What each mask shows; pieces are counted in ``LOOKED`` of them."""
    step = -(-len(pairs) // LOOKED)
    jobs = [(mask, number % step == 0) for number, (_, mask) in enumerate(pairs)]
    look = partial(_look, as_colours=names.of_colours is not None)
    with reading_pictures(), ThreadPoolExecutor() as pool:
        return list(pool.map(look, jobs))


def _understood(
    read: Sequence[tuple[RawPicture, Path, SeenMask]],
    names: ClassNames,
    reading: str | None,
    findings: list[Finding],
) -> RawMaps:
    """The masks with the classes of their numbers."""
    seen = [one for _, _, one in read]
    if names.of_colours is None and any(one.in_colours for one in seen):
        pictures = tuple(picture for picture, _, _ in read)
        return RawMaps(pictures, (), (), tuple(findings), refusal=_refusal(seen))
    if names.of_colours is not None:
        rule = read_as_colours(numbers_of(names.of_colours))
    else:
        rule = read_values(seen, reading, names.of_values)
    pictures, sources = [], []
    for picture, mask, one in read:
        places = rule.places_in(one)
        unknown = [number for number, place in places.items() if place is None]
        if unknown:
            what = _said(unknown, one, rule, names.of_colours)
            findings.append(Finding(MapOutcome.UNKNOWN, picture.name, what))
            continue
        present = sorted({place for place in places.values() if place < len(rule.class_names)})
        pictures.append(picture)
        sources.append((FromMask(mask, places, names.of_colours is not None), tuple(present)))
    return RawMaps(tuple(pictures), tuple(sources), rule.class_names, tuple(findings), rule.why)


def _refusal(seen: Sequence[SeenMask]) -> str:
    coloured = [one.pixels for one in seen if one.in_colours]
    return (
        f"{counted(len(coloured), 'mask')} in colours that nothing names: "
        f"{listed_colours(coloured)}; name those that are classes by colours = "
        '{"background": [0, 0, 0], ...}'
    )


def _look(what: tuple[Path, bool], as_colours: bool) -> SeenMask | str:
    """What a mask shows, with its pieces if asked for; or why it cannot be read."""
    mask, with_pieces = what
    try:
        numbers, in_colours = read_numbers(mask, as_colours)
    except RegionError as error:
        return str(error)
    pieces = count_whole(numbers) if with_pieces and not in_colours else None
    return SeenMask(_pixels_of(numbers), pieces, numbers.shape[::-1], in_colours)


def _pixels_of(numbers: np.ndarray) -> dict[int, int]:
    """How many pixels each number of a mask has."""
    if numbers.min() >= 0 and numbers.max() < FEW:
        pixels = np.bincount(numbers.ravel())
        values = pixels.nonzero()[0]
        pixels = pixels[values]
    else:
        values, pixels = np.unique(numbers, return_counts=True)
    return dict(zip(values.tolist(), pixels.tolist(), strict=True))


def _said(
    unknown: Sequence[int], mask: SeenMask, rule: Reading, colours: Mapping[str, object] | None
) -> str:
    """The first number that is no class, how many pixels it has, and how many others there are."""
    first = max(unknown, key=lambda number: mask.pixels[number])
    called = f"value {first}" if colours is None else f"colour {in_words(first)}"
    rest = f", {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
    return f"{called} ({mask.pixels[first]:,} pixels){rest}; {len(rule.class_names)} classes named"
