"""Which sub-folders are parts and which are classes: understood or refused, never guessed."""

from itertools import combinations
from pathlib import Path

from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS
from course_utils.data.part_names import find_part_names
from course_utils.data.picture_tree import Folder, PassedOver, Reason

EVERY = "*"  # as the end of a path: every folder there is a class, whatever its name and content


def read_layout(
    root: Folder,
    passed_over: PassedOver,
    *,
    split_anew: bool,
    all_classes: bool,
    what: str = "picture",
    ending: str = "jpg",
    deeper_are_groups: bool = False,
) -> tuple[dict[str, Folder], list[str]]:
    """The folder that holds the classes of each part, and the names of the classes, sorted.

    Parts are train, val and test; a folder without them is its one part ``""``. Folders in which
    all the others lie, such as a ``data`` around the classes, are gone through.

    Args:
        root: Where to begin.
        passed_over: Gets the pictures that belong to no class because of where they lie.
        split_anew: Whether parts will be joined, so that one may lack classes.
        all_classes: Whether every folder in ``root`` is a class, whatever its name and content.
        what: What lies in the folders, for messages.
        ending: Of a file of that kind, for messages.
        deeper_are_groups: Whether folders inside those of classes are said to be groups, such as
            speakers, that several classes may share.

    Raises:
        ValueError: If the folders can be read in two ways or in none; it says how they were read
            and what says otherwise.
    """
    parts = {"": root} if all_classes else _read_parts(root, passed_over, split_anew)
    if all_classes:
        passed_over[Reason.BESIDE] += root.pictures
    first = parts.get("train", next(iter(parts.values())))
    _refuse_fewer_than_two(first, "" not in parts, what, ending)
    if not all_classes and not deeper_are_groups:
        _refuse_sets_as_classes(first, what)
    class_names = list(first.folders)
    for folder in parts.values():
        _refuse_other_classes(folder, class_names, first, split_anew)
    return parts, class_names


def _read_parts(root: Folder, passed_over: PassedOver, split_anew: bool) -> dict[str, Folder]:
    way = _way_down(root)
    top = way[-1]
    ways = {name: _way_down(folder) for name, folder in _named_as_parts(top, passed_over).items()}
    part_of = find_part_names(top.folders)
    _drop_unlabelled(ways, part_of, passed_over)
    parts = {part_of[name]: folders[-1] for name, folders in ways.items()}
    if len(parts) < len(ways):
        raise ValueError(
            f"{top.path} holds one part twice: {', '.join(ways)}; keep one of each, {_or_all(top)}"
        )
    if parts and "train" not in parts and not split_anew:
        raise ValueError(
            f"{top.path} holds the parts {', '.join(ways)}, but none to learn from; add a folder "
            f"train, or join them and split anew by split_anew = True, {_or_all(top)}"
        )
    for folder in [*way, *(folder for folders in ways.values() for folder in folders)]:
        passed_over[Reason.BESIDE] += folder.pictures
    return {part: parts[part] for part in PARTS if part in parts} or {"": top}


def _refuse_fewer_than_two(folder: Folder, is_part: bool, what: str, ending: str) -> None:
    names, place = list(folder.folders), folder.path / "CLASS" / f"{what}.{ending}"
    if len(names) > 1:
        return
    found = f"no class folders and {len(folder.pictures):,} loose {what}s"
    if names:
        found = f"only one class folder, {names[0]}, but telling apart takes two"
    raise ValueError(
        f"{folder.path} has {found}; arrange the {what}s as {place}, one folder per class"
        + (f", {_or_all(folder.path.parent)}" if is_part else "")
    )


def _way_down(folder: Folder) -> list[Folder]:
    """``folder``, and those below while one that holds folders of pictures has all of them."""
    way = [folder]
    while len(folder.full) == 1:
        (name, inner), *_ = folder.full.items()
        others = [other for other in folder.folders.values() if other is not inner]
        is_wrapper = inner.full and all(other.holds_other_things for other in others)
        if not is_wrapper or find_part_names([name]):
            break
        folder = inner
        way.append(folder)
    return way


def _named_as_parts(top: Folder, passed_over: PassedOver) -> dict[str, Folder]:
    """The sub-folders that spell parts, unless their names are those of classes among others."""
    named = {name: top.folders[name] for name in find_part_names(top.folders)}
    others = {
        name: folder
        for name, folder in top.folders.items()
        if name not in named and not folder.holds_other_things
    }
    hold_classes = [name for name, folder in named.items() if not _is_flat(folder)]
    if others and len(named) == 1 and not hold_classes:  # a train among buses is a class
        return {}
    if len(named) > 1 and hold_classes:  # so they are parts: what is flat beside them, unlabelled
        for name in [name for name, folder in others.items() if _is_flat(folder)]:
            passed_over[Reason.UNLABELLED] += others.pop(name).all_pictures
    if named and others:
        beside = listed(list(others))
        raise ValueError(
            f"{top.path} holds the parts {', '.join(named)} and besides {beside}; if {beside} is a "
            "part, call it train, val or test, else move it to another place, or give one folder "
            f"of classes, such as {top.path / next(iter(named))}, {_or_all(top)}"
        )
    return named


def _is_flat(folder: Folder) -> bool:
    return len(_way_down(folder)[-1].full) < 2


def _drop_unlabelled(
    ways: dict[str, list[Folder]], part_of: dict[str, str], passed_over: PassedOver
) -> None:
    """Pass over parts whose pictures lie in no class folder, as the tests of competitions do."""
    classes = {name for part in ways if part_of[part] == "train" for name in ways[part][-1].full}
    for name in list(ways):
        holder = ways[name][-1]
        is_flat = len(holder.full) < 2 and not classes & set(holder.folders)
        if classes and is_flat and holder.num_pictures:
            passed_over[Reason.UNLABELLED] += holder.all_pictures
            del ways[name]


def _refuse_sets_as_classes(top: Folder, what: str) -> None:
    """Refuse "classes" of which one holds the others again, or that share two folders or more."""
    inner = {name: set(_way_down(folder)[-1].full) for name, folder in top.folders.items()}
    for name, names in inner.items():
        again = sorted(names & (set(inner) - {name}))
        if again:
            raise ValueError(
                f"{top.path} holds {listed(again)}, and {name} holds them again; if the {what}s "
                f"are there twice, move one set away or give {top.path / name}, {_or_all(top)}"
            )
    several = [(name, names) for name, names in inner.items() if len(names) > 1]
    for (one, names), (other, other_names) in combinations(several, 2):
        shared = sorted(names & other_names)
        if len(shared) > 1:
            are = "parts" if len(find_part_names(shared)) == len(shared) else "classes"
            raise ValueError(
                f"{one} and {other} in {top.path} hold the same folders, {listed(shared)}, so "
                f"these look like the {are}, and {one} and {other} do not. Folders of parts are "
                "called train, val and test and hold the folders of classes; rename or move them "
                f"so, or give one set, such as {top.path / one}, {_or_all(top)}"
            )


def _refuse_other_classes(
    folder: Folder, class_names: list[str], train: Folder, may_lack: bool
) -> None:
    missing = sorted(set(class_names) - set(folder.folders)) if not may_lack else []
    extra = sorted(set(folder.folders) - set(class_names))
    found = [f"lacks {listed(missing)}"] * bool(missing) + [f"has {listed(extra)}"] * bool(extra)
    if found:
        raise ValueError(
            f"the classes of {folder.path} are not those of {train.path}: it "
            f"{' and '.join(found)}; every part needs the same class folders, spelt alike"
            + (", or join the parts and split anew by split_anew = True" if not extra else "")
        )


def _or_all(folder: Folder | Path) -> str:
    path = folder.path if isinstance(folder, Folder) else folder
    return f"or give {path / EVERY} if every folder there is a class"
