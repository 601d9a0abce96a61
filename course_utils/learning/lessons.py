"""Which lessons there are: their notebooks, and their rooms in the package."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.files import PROJECT_FOLDER

NOTEBOOKS_FOLDER = PROJECT_FOLDER / "notebooks"
ROOMS_FOLDER = Path(__file__).parents[1] / "lessons"
MARK = "exercise-"  # with which the ids of an exercise's cells in a lesson begin


def find_lessons(names: Sequence[str] = (), folder: Path = NOTEBOOKS_FOLDER) -> list[Path]:
    """The notebooks called ``names``, or every lesson of ``folder`` in reading order.

    Args:
        names: Each a number such as ``02``, a name such as ``02_pretraining``, or a path.
        folder: Where the lessons lie.

    Raises:
        ValueError: If there is no such lesson; it names those there are.
    """
    lessons = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if not lessons and not names:
        raise ValueError(f"no lessons (NN_name.ipynb) in the folder {folder.name}/")
    return [_find_lesson(name, lessons) for name in names] or lessons


def _find_lesson(name: str, lessons: list[Path]) -> Path:
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    for lesson in lessons:
        if path.stem in (lesson.stem, lesson.stem.split("_")[0]):
            return lesson
    there_are = ", ".join(lesson.stem for lesson in lessons)
    raise ValueError(f"no lesson {name!r}. There are: {there_are}")


def find_rooms() -> list[str]:
    """Names of the packages in ``course_utils.lessons``, each with what one lesson alone owns.

    The room ``NAME`` is that of the notebook ``NN_NAME.ipynb``.
    """
    return sorted(path.parent.name for path in ROOMS_FOLDER.glob("*/__init__.py"))
