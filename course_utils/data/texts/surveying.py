"""A data set of texts looked through: files read, copies and small classes found."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_cleaning import without_copies, without_few
from course_utils.data.damaged_pictures import listed
from course_utils.data.layout import EVERY
from course_utils.data.texts.columns import Column, Columns
from course_utils.data.texts.outcomes import TextOutcome
from course_utils.data.texts.raw import GARBLED, RawTexts, check_encoding
from course_utils.data.texts.survey import TextSurvey
from course_utils.data.texts.tables import ENDINGS, read_tables, tables_in
from course_utils.data.texts.text_files import read_files
from course_utils.session.memory import check_memory

FORMS = ("texts",)
BYTES_OF_A_BYTE = 6  # in memory at the worst, with what is made on the way


def survey_texts(
    dataset: str,
    *,
    text_column: Column | Sequence[Column] | None = None,
    label_column: Column | None = None,
    group_by: Column | None = None,
    class_names: Mapping[str, str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    quotes: bool = True,
    split_anew: bool = False,
    smallest: int | None = None,
) -> TextSurvey:
    """What a data set holds and what ``read_texts`` does with it; all files are read.

    Args:
        dataset: As of ``read_texts``.
        text_column: Of a table, the column of the texts: its name in the first line, or its number
            from 1 where the first line is a row like the others. Several are joined with a blank.
        label_column: Of a table, the column of the classes, said in the same way.
        group_by: What belongs into one part: of a table the column that says it; of files as of
            ``keys_by_name``; None where only near copies do.
        class_names: Names for what the files call the classes, such as ``{"1": "World"}``.
        encoding: Of the files, as Python calls it; None for UTF-8, or UTF-16 with a mark.
        delimiter: What stands between columns; None to see by the first line.
        quotes: Whether ``"`` around an entry is a mark of it.
        split_anew: Whether to forget the data set's own parts.
        smallest: Texts that a class needs; None for as many as parts will be drawn.

    Raises:
        ValueError: If an argument does not fit, or nothing is laid out as classes of texts.
        MemoryError: If there is more than fits into memory.
    """
    form, _, place = dataset.partition(":")
    if not place or form not in FORMS:
        raise ValueError(f'a data set of texts must be "texts:PATH", got {dataset!r}')
    check_encoding(encoding)
    columns = Columns(text_column, label_column, group_by, delimiter, quotes)
    raw = _read(Path(place).expanduser(), columns, encoding, split_anew)
    raw = _renamed(raw, class_names)
    if split_anew:
        raw = replace(raw, texts=tuple(replace(text, part="") for text in raw.texts))
    has_parts = any(text.part for text in raw.texts)
    keys = [" ".join(text.text.split()) for text in raw.texts]
    used, copies = without_copies(raw.texts, keys, TextOutcome.COPY, TextOutcome.TWO_CLASSES)
    used, few = without_few(
        used, raw.class_names, TextOutcome.FEW, has_parts=has_parts, smallest=smallest
    )
    garbled = [
        Finding(TextOutcome.GARBLED, text.name) for text in used if GARBLED.search(text.text)
    ]
    there = {text.label for text in used}
    names = tuple(name for name in raw.class_names if name in there)
    findings = (*raw.findings, *copies, *few, *garbled)
    return TextSurvey(dataset, names, tuple(used), findings, raw.notes, has_parts)


def _read(path: Path, columns: Columns, encoding: str | None, split_anew: bool) -> RawTexts:
    root = path.parent if path.name == EVERY else path
    if root.is_file() and root.suffix.lower() in ENDINGS:
        _check_size([root])
        return read_tables({"": root}, columns, encoding)
    if not root.is_dir():
        found = "it is a file of another kind" if root.exists() else f"looked for {root.absolute()}"
        raise ValueError(
            f"{root} is no folder of texts and no table ({', '.join(ENDINGS)}): {found}; check the "
            "path, unpack archives, and save sheets of office programs as CSV in UTF-8"
        )
    files = [file for file in root.rglob("*") if file.is_file()]
    _check_size(files)
    wants_table = bool(columns.texts) or columns.label is not None
    has_texts = any(file.suffix.lower() == ".txt" for file in files) or path.name == EVERY
    tables = {} if has_texts and not wants_table else tables_in(root)
    if tables:
        return read_tables(tables, columns, encoding)
    if wants_table:
        raise ValueError(
            f"text_column and label_column are for tables, and {root} holds none; leave them out, "
            "or check the path"
        )
    group_by = None if columns.group is None else str(columns.group)
    return read_files(root, path.name == EVERY, split_anew, group_by, encoding)


def _check_size(files: Sequence[Path]) -> None:
    num_bytes = sum(file.stat().st_size for file in files)
    check_memory(BYTES_OF_A_BYTE * num_bytes, "these texts", "take a part of them")


def _renamed(raw: RawTexts, names: Mapping[str, str] | None) -> RawTexts:
    if names is None:
        return raw
    names = {str(old): str(new) for old, new in names.items()}
    unknown = [name for name in raw.class_names if name not in names]
    if unknown:
        raise ValueError(
            f"class_names says nothing of {listed(list(map(repr, unknown)))}; it names "
            f"{listed(list(map(repr, names)))}: name every class that the files hold"
        )
    texts = tuple(replace(text, label=names[text.label]) for text in raw.texts)
    there = dict.fromkeys(names[name] for name in raw.class_names)
    return replace(raw, texts=texts, class_names=tuple(there))
