"""A data set of maps looked through, before any picture is decoded."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from course_utils.data.boxes.coco import read_coco
from course_utils.data.boxes.outcomes import Finding
from course_utils.data.boxes.raw import RawSet
from course_utils.data.boxes.surveying import by_part, sized
from course_utils.data.boxes.twins import leave_out_copies
from course_utils.data.maps.coco_maps import outlines_of
from course_utils.data.maps.examples import BACKGROUND
from course_utils.data.maps.mask_files import RawMaps, read_mask_files
from course_utils.data.maps.name_files import ClassNames
from course_utils.data.maps.outcomes import STOPS, MapOutcome, of_maps
from course_utils.data.maps.readings import READINGS
from course_utils.data.maps.survey import MapSurvey, UsedMap

FORMS = ("masks", "coco")
SAID = ("class_names", "colours", "reading", "mask_folder")  # what some data sets say themselves


def survey_maps(
    dataset: str,
    *,
    class_names: Sequence[str] | Mapping[int, str] | None = None,
    colours: Mapping[str, Sequence[int] | str] | None = None,
    reading: str | None = None,
    mask_folder: str | None = None,
    val_is_test: bool = False,
    split_anew: bool = False,
) -> MapSurvey:
    """What a data set holds and what ``read_maps`` does with it; masks are read, pictures not.

    Args:
        dataset: As of ``read_maps``.
        class_names: For masks, the names of the values 0, 1, 2, ... in order, or names by values,
            such as ``{0: "background", 128: "road", 3: "ignored"}``; for numbered objects the one
            name of all. None for a file beside the masks, and without it for the values.
        colours: For masks in colours, the colour of each class, such as ``[128, 64, 128]`` or
            ``"#804080"``; what is called ``ignored`` is.
        reading: classes or instances, what the numbers in masks are; None for what they show.
        mask_folder: The folder of masks, below that of the data set; None to go by its name.
        val_is_test: Whether the data set's own part val is the test, as where the test that was
            published has no masks.
        split_anew: Whether to forget the data set's own parts.

    Raises:
        ValueError: If an argument does not fit, or the files are not of that form at all.
    """
    form, _, place = dataset.partition(":")
    if not place or form not in FORMS:
        raise ValueError(f'a data set of maps must be "masks:PATH" or "coco:PATH", got {dataset!r}')
    _check(form, class_names, colours, reading, mask_folder)
    path = Path(place).expanduser()
    if form == "coco":
        survey = _from_coco(read_coco(path), dataset)
    else:
        raw = read_mask_files(path, ClassNames(class_names, colours), reading, mask_folder)
        survey = _from_masks(raw, dataset)
    return _without_faulty(survey, val_is_test, split_anew)


def _without_faulty(survey: MapSurvey, val_is_test: bool, split_anew: bool) -> MapSurvey:
    """The pictures that can be used, once each, in the data set's own parts if these are kept."""
    names, notes, findings = survey.class_names, survey.notes, list(survey.findings)
    faulty = {finding.file for finding in findings if finding.outcome in STOPS}
    used = [picture for picture in survey.used if picture.raw.name not in faulty]
    if val_is_test and used:
        used = _with_val_as_test(used, survey.name)
    used, copies = leave_out_copies(used, _same_maps)
    used, unlisted, has_parts = by_part(used, split_anew)
    findings += map(of_maps, [*copies, *unlisted])
    if names[:1] == (BACKGROUND,):
        empty = [picture.raw.name for picture in used if set(picture.present) <= {0}]
        findings += [Finding(MapOutcome.EMPTY, name) for name in empty]
    if val_is_test and has_parts:
        notes += ("The test is what the data set calls val.",)
    return replace(
        survey, used=tuple(used), findings=tuple(findings), notes=notes, has_parts=has_parts
    )


def _check(
    form: str,
    class_names: Sequence[str] | Mapping[int, str] | None,
    colours: Mapping[str, Sequence[int] | str] | None,
    reading: str | None,
    mask_folder: str | None,
) -> None:
    if form == "coco":
        values = (class_names, colours, reading, mask_folder)
        given = dict(zip(SAID, values, strict=True))
        refuse_given(given, "a COCO file says which pixels are what")
    if reading not in (None, *READINGS):
        known = ", ".join(map(repr, READINGS))
        raise ValueError(f"reading must be {known} or None, got {reading!r}")
    if colours is not None and (class_names is not None or reading is not None):
        raise ValueError(
            "colours name the classes already, so leave out class_names and reading, or colours"
        )
    if isinstance(class_names, str) or (class_names is not None and not class_names):
        raise ValueError(f"class_names must be a list of names, got {class_names!r}")


def refuse_given(how: Mapping[str, object], why: str) -> None:
    """Raise ValueError if something of ``SAID`` is given, for a data set that says it itself."""
    given = [name for name in SAID if how.get(name) is not None]
    if given:
        raise ValueError(f"{why}, so leave out {' and '.join(given)}")


def _with_val_as_test(used: Sequence[UsedMap], dataset: str) -> list[UsedMap]:
    """The pictures, those of the part val in the part test.

    Raises:
        ValueError: If there is no part val, or a test beside it.
    """
    parts = {picture.raw.part for picture in used}
    if "val" not in parts or "test" in parts:
        there = ", ".join(sorted(parts - {""})) or "no parts"
        raise ValueError(
            f"val_is_test needs a data set with a part val and without a test, and {dataset} has "
            f"{there}; leave it out"
        )
    return [replace(p, raw=replace(p.raw, part="test")) if p.raw.part == "val" else p for p in used]


def _from_masks(raw: RawMaps, dataset: str) -> MapSurvey:
    """The pictures that have the size of their masks; none where the masks cannot be used."""
    shown, wrong = sized(raw.pictures)
    shown = [] if raw.refusal else shown
    of_file = dict(zip((p.file for p in raw.pictures), raw.sources, strict=not raw.refusal))
    used = [
        UsedMap(picture, *of_file[picture.file], size, upright) for picture, size, upright in shown
    ]
    return MapSurvey(
        dataset,
        raw.class_names,
        tuple(used),
        (*raw.findings, *map(of_maps, wrong)),
        raw.notes,
        raw.refusal,
        has_parts=False,
    )


def _from_coco(raw: RawSet, dataset: str) -> MapSurvey:
    shown, wrong = sized(raw.pictures)
    findings = [of_maps(finding) for finding in (*raw.findings, *wrong)]
    used = []
    for picture, size, upright in shown:
        source, present, found = outlines_of(picture, size)
        used.append(UsedMap(picture, source, present, size, upright))
        findings += found
    names = (BACKGROUND, *raw.class_names)
    return MapSurvey(
        dataset, names, tuple(used), tuple(findings), raw.notes, refusal="", has_parts=False
    )


def _same_maps(one: UsedMap, other: UsedMap) -> bool:
    return np.array_equal(one.source.draw(one.size), other.source.draw(other.size))
