"""How a model that a lesson saved is asked in a terminal."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.files import PROJECT_FOLDER
from course_utils.shipping.targets import MODEL

WHERE = "n a terminal, in the folder of the workbook:"


def commands_text(folder: Path, questions: Sequence[str], *, is_kept: bool) -> str:
    """One command a line, to be given in the workbook's folder.

    Args:
        folder: Of the model.
        questions: What follows the folder in each command, such as pictures and options.
        is_kept: Whether the folder stays when the run is over.
    """
    start = f"I{WHERE}"
    if not is_kept:
        folder = PROJECT_FOLDER / "data" / MODEL
        start = (
            "This model goes when the run is over. To keep it, set "
            f'save_to = "{short_path(folder)}" at the top and run all cells once more.\n'
            f"Then, i{WHERE}"
        )
    command = f'python -m course_utils.predict "{short_path(folder)}"'
    return "\n".join([f"{start}\n", *(f"{command} {question}" for question in questions)])


def short_path(path: Path) -> str:
    """A path inside the workbook from there on, with forward slashes."""
    inside = path.is_relative_to(PROJECT_FOLDER)
    return (path.relative_to(PROJECT_FOLDER) if inside else path).as_posix()
