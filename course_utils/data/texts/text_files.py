"""Texts in folders: for each class a folder of files, or a file with a text a line."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_files import (
    find_passed_over,
    list_files,
    say_folders,
    sorted_names,
)
from course_utils.data.layout import read_layout
from course_utils.data.name_groups import BY_FOLDER
from course_utils.data.part_names import find_part_names
from course_utils.data.picture_tree import Folder, PassedOver, Reason, scan
from course_utils.data.texts.outcomes import TextOutcome
from course_utils.data.texts.raw import RawText, RawTexts, number_lines, read_words

ENDINGS = {".txt", ".text"}
ABOUT = ("license", "licence", "copying", "changes", "requirements", "classes")
UNLABELLED = {"unsup", "unlabeled", "unlabelled"}  # folders beside those of classes, as IMDB has
OUTCOMES = {  # of what is passed over; for the rest nobody needs to care
    **dict.fromkeys((Reason.CLOSED, Reason.DANGLING), TextOutcome.CLOSED),
    **dict.fromkeys((Reason.BESIDE, Reason.UNLABELLED), TextOutcome.BESIDE),
    **dict.fromkeys((Reason.CONVERT, Reason.OTHER), TextOutcome.OTHER),
}


def read_files(
    root: Path, all_classes: bool, split_anew: bool, group_by: str | None, encoding: str | None
) -> RawTexts:
    """All texts below ``root``.

    Args:
        root: The folder.
        all_classes: Whether every folder in it is a class, whatever its name.
        split_anew: Whether its parts will be joined.
        group_by: As of ``keys_by_name``; only where each text has a file.
        encoding: Of the files; None for UTF-8.

    Raises:
        ValueError: If the folders can be read in two ways or in none, or nothing can be grouped.
    """
    tree, passed_over = scan(root, _endings(root))
    tree = tree if all_classes else _labelled(tree, passed_over)
    by_line = None if all_classes else _files_of_classes(tree)
    if by_line:
        if group_by is not None:
            raise ValueError(
                f"group_by = {group_by!r} needs a file for each text; in {root} each line is one: "
                "set it to None, or make a CSV with a column for it"
            )
        read, said = list(_read_lines(by_line, root, encoding)), _said_of_lines(by_line)
        names = list(next(iter(by_line.values())))
    else:
        parts, names = read_layout(
            tree,
            passed_over,
            split_anew=split_anew,
            all_classes=all_classes,
            what="text",
            ending="txt",
            deeper_are_groups=group_by == BY_FOLDER,
        )
        read, said = _read_classes(parts, root, group_by, encoding), _said_of_folders(parts)
    texts = tuple(one for one in read if isinstance(one, RawText))
    findings = [one for one in read if isinstance(one, Finding)]
    findings += find_passed_over(passed_over, root, OUTCOMES)
    return RawTexts(texts, sorted_names(names), tuple(findings), (said,))


def _endings(root: Path) -> set[str]:
    """Endings of texts: .txt; but of two files or more that differ in nothing else, these."""
    files = [file for file in root.iterdir() if file.is_file() and not file.name.startswith(".")]
    files = [file for file in files if not _is_about(file)]
    endings = {file.suffix.lower() for file in files}
    is_pair = len(files) > 1 and len({file.stem for file in files}) == 1
    return endings if is_pair and len(endings) == len(files) and "" not in endings else ENDINGS


def _labelled(folder: Folder, passed_over: PassedOver) -> Folder:
    """``folder`` without those below it that say themselves that they have no class."""
    folders = {}
    for name, inner in folder.folders.items():
        if name.lower() in UNLABELLED:
            passed_over[Reason.UNLABELLED] += inner.all_pictures
        else:
            folders[name] = _labelled(inner, passed_over)
    return replace(folder, folders=folders)


def _files_of_classes(tree: Folder) -> dict[str, dict[str, Path]]:
    """By part and class the file that holds its texts, a line each; none where it is not so."""
    names = find_part_names(tree.folders)
    if not tree.full:
        return {"": _named(tree)} if len(_named(tree)) > 1 else {}
    if set(tree.full) != set(names) or any(folder.full for folder in tree.full.values()):
        return {}
    parts = {names[name]: _named(folder) for name, folder in tree.full.items()}
    classes = set(map(frozenset, parts.values()))
    is_clear = "train" in parts and len(parts) == len(names) and len(classes) == 1
    return parts if is_clear and len(next(iter(classes))) > 1 else {}


def _named(folder: Folder) -> dict[str, Path]:
    """Files by the name of their class: what stands before the ending, or the ending itself."""
    files = [file for file in folder.pictures if not _is_about(file)]
    if len({file.stem for file in files}) == 1:
        return {file.suffix[1:]: file for file in files}
    return {file.stem: file for file in files}


def _is_about(file: Path) -> bool:
    name = file.name.lower()
    return "readme" in name or name.startswith(ABOUT)


def _read_lines(
    parts: dict[str, dict[str, Path]], root: Path, encoding: str | None
) -> Iterator[RawText | Finding]:
    for part, files in parts.items():
        for label, file in files.items():
            name = file.relative_to(root).as_posix()
            words = read_words(file, name, encoding)
            if isinstance(words, Finding):
                yield words
                continue
            for number, line in number_lines(words):
                where = f"{name}:{number}"
                text = line.strip()
                yield (
                    RawText(text, label, where, part)
                    if text
                    else Finding(TextOutcome.EMPTY, name, f"line {number:,}")
                )


def _read_classes(
    parts: dict[str, Folder], root: Path, group_by: str | None, encoding: str | None
) -> list[RawText | Finding]:
    read: list[RawText | Finding] = []
    for file in list_files(parts, root, group_by, "text"):
        name = file.path.relative_to(root).as_posix()
        words = read_words(file.path, name, encoding)
        if isinstance(words, str):
            text = words.strip()
            words = (
                RawText(text, file.label, name, file.part, file.group)
                if text
                else Finding(TextOutcome.EMPTY, name, "")
            )
        read.append(words)
    return read


def _said_of_lines(parts: dict[str, dict[str, Path]]) -> str:
    some = next(iter(parts.values()))
    said = ", ".join(f"{file.name} holds {label}" for label, file in list(some.items())[:3])
    return f"A file for each class, and in it a text a line: {said}."


def _said_of_folders(parts: dict[str, Folder]) -> str:
    said = say_folders(parts, "text")
    classes = [inner for folder in parts.values() for inner in folder.folders.values()]
    if all(inner.num_pictures == 1 for inner in classes):
        said += (
            " Each class has one file: where a line is a text, put the files side by side, as "
            "pos.txt and neg.txt."
        )
    return said
