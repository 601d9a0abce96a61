"""Classes and their pictures in columns of plain text."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.data.plain_text import pad, shorten, width

NAME, NUMBER = 40, 11  # columns of a class name at most, and of a number
ROWS = 20  # classes that are all shown; of more, as many of the largest and the smallest


def tabulate_classes(
    counts: Tensor, class_names: Sequence[str], parts: Sequence[str], what: str = "pictures"
) -> list[str]:
    """A line for each class with its pictures in each part and in all, and one for all classes.

    Args:
        counts: Pictures, or what else is counted, of each class in each part (P, K).
        class_names: K names.
        parts: Names of the P parts; none where there is only the whole.
        what: What is counted.

    Returns:
        Lines of at most 86 columns, at most 23.
    """
    numbers = counts if not parts else torch.cat([counts, counts.sum(0, keepdim=True)])
    places = list(range(len(class_names)))
    if len(places) > ROWS:
        places = counts.sum(0).argsort(descending=True, stable=True).tolist()
        places = places[: ROWS // 2] + places[-ROWS // 2 :]
    names = [shorten(class_names[place], NAME) for place in places]
    last = f"{len(class_names):,} classes"
    columns = max(width(name) for name in [*names, last])
    lines = [
        _row(name, columns, numbers[:, place].tolist())
        for name, place in zip(names, places, strict=True)
    ]
    if len(class_names) > ROWS:
        lines.insert(ROWS // 2, f"  … {len(class_names) - ROWS:,} classes of sizes between …")
    head = _row("class", columns, [*parts, what])
    return [head, *lines, _row(last, columns, numbers.sum(1).tolist())]


def _row(name: str, columns: int, cells: Sequence[int | str]) -> str:
    numbers = (cell if isinstance(cell, str) else f"{cell:,}" for cell in cells)
    return f"  {pad(name, columns)}" + "".join(f"{number:>{NUMBER}}" for number in numbers)
