"""The solution of every exercise passes its check, and the cell as it is given does not."""

import ast
import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from course_utils.exercises.feedback import Feedback
from tests.helpers.notebook_files import LESSONS, read_notebook, source_of, write_notebook

SOLUTION = re.compile(r"<details>\s*<summary>Solution.*?</summary>(.*?)</details>", re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Exercise:
    """One exercise of a lesson, from its heading to the next."""

    lesson: Path
    number: str
    code_cells: list[str] = field(default_factory=list)
    prose: str = ""

    @property
    def stub(self) -> str:
        """The cell that ends with the check."""
        cells = [source for source in self.code_cells if name_of_check(source)]
        assert len(cells) == 1, f"{self}: {len(cells)} cells end with a check_...(...), expected 1"
        return cells[0]

    @property
    def solution(self) -> str:
        """The code between the solution's fences."""
        blocks = [block for part in SOLUTION.findall(self.prose) for block in PYTHON.findall(part)]
        assert len(blocks) == 1, f"{self}: {len(blocks)} blocks of code as solution, expected 1"
        return blocks[0]

    def __str__(self) -> str:
        return f"{self.lesson.stem} exercise {self.number}"


def exercises_of(lesson: Path) -> list[Exercise]:
    """The exercises of a lesson, in order."""
    found: list[Exercise] = []
    is_open = False
    for cell in read_notebook(lesson)["cells"]:
        if cell["cell_type"] == "code":
            if is_open:
                found[-1].code_cells.append(source_of(cell))
            continue
        for part in re.split(r"^(?=##)", source_of(cell), flags=re.MULTILINE):
            heading = re.match(r"### Exercise (\S+)", part)
            if heading:
                found.append(Exercise(lesson, heading[1]))
            is_open = bool(heading) or (is_open and not part.startswith("##"))
            if is_open:
                found[-1].prose += part
    return found


def name_of_check(source: str) -> str | None:
    """The ``check_...`` that a cell ends with a call of, if it does."""
    match ast.parse(source).body:
        case [*_, ast.Expr(ast.Call(ast.Name(name)))] if name.startswith("check_"):
            return name
    return None


@functools.cache
def imports_of(lesson: Path) -> dict[str, Any]:
    """What the import cell of a lesson defines."""
    cells = read_notebook(lesson)["cells"]
    names = {"__name__": "__main__"}
    exec(next(source_of(cell) for cell in cells if cell["cell_type"] == "code"), names)
    return names


def feedback_on(exercise: Exercise, answer: str) -> Feedback:
    """What the check says when ``answer`` stands in the place of the stub."""
    names = dict(imports_of(exercise.lesson))
    check = ast.Expression(ast.parse(exercise.stub).body[-1].value)
    exec(compile(answer, f"answer to {exercise}", "exec"), names)
    return eval(compile(check, f"check of {exercise}", "eval"), names)


def without_check(source: str) -> str:
    """A stub cell without the call it ends with."""
    return ast.unparse(ast.Module(ast.parse(source).body[:-1], []))


def has_gap(source: str) -> bool:
    """Whether something is left open in a stub; otherwise it is code with a bug to find."""
    constants = [node.value for node in ast.walk(ast.parse(source)) if type(node) is ast.Constant]
    return None in constants or ... in constants


ALL = [exercise for lesson in LESSONS for exercise in exercises_of(lesson)]
every_exercise = pytest.mark.parametrize("exercise", ALL, ids=str)


@pytest.mark.slow
@every_exercise
def test_the_solution_is_right(exercise: Exercise) -> None:
    feedback = feedback_on(exercise, exercise.solution)
    assert feedback.status == "right", f"{exercise}: {feedback}"


@pytest.mark.slow
@every_exercise
def test_the_cell_as_given_is_not_answered_yet(exercise: Exercise) -> None:
    feedback = feedback_on(exercise, without_check(exercise.stub))
    expected = {"unanswered"} if has_gap(exercise.stub) else {"unanswered", "wrong"}
    assert feedback.status in expected, f"{exercise}: {feedback}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_after_the_first_has_exercises(lesson: Path) -> None:
    assert lesson.stem.startswith("00") or exercises_of(lesson), f"{lesson.name} has no exercise"


IMPORTS = """from course_utils.exercises.feedback import call, right, unanswered, wrong

def check_double(function):
    answer = call(function, 3)
    if answer is None or getattr(answer, "status", "") == "unanswered":
        return unanswered()
    return right("Twice 3 is 6.") if answer == 6 else wrong("Not twice as much.")
"""
STUB = "def double(x): ...\n\n\ncheck_double(double)"
PROSE = """An example that must not count:

```python
def double(x): return x
```

<details><summary>Hint</summary>

Add.

</details>
<details><summary>Solution</summary>

```python
def double(x):
    return 2 * x
```

Done.

</details>
"""


def sample(folder: Path, stub: str = STUB, prose: str = PROSE) -> list[Exercise]:
    """Two exercises, the second's heading in the Markdown cell that ends the first."""
    path = write_notebook(
        folder / "01_sample.ipynb",
        ("# 01 Sample", "markdown"),
        IMPORTS,
        "never_run = 1 / 0",
        ("## Exercises\n\nTwo.\n\n### Exercise 1 Double (1 minute)\n", "markdown"),
        "1 / 0  # a figure, say",
        stub,
        (f"{prose}\n### Exercise 2 Again (1 minute)\n", "markdown"),
        STUB,
        (f"{PROSE}\n## Summary\n\n```python\nno_solution\n```", "markdown"),
        "after_the_exercises = 1 / 0",
    )
    return exercises_of(path)


def test_both_exercises_of_the_sample_are_found_and_solved(tmp_path: Path) -> None:
    exercises = sample(tmp_path)
    assert [str(exercise) for exercise in exercises] == [
        "01_sample exercise 1",
        "01_sample exercise 2",
    ]
    for exercise in exercises:
        test_the_solution_is_right(exercise)
        test_the_cell_as_given_is_not_answered_yet(exercise)


@pytest.mark.parametrize(
    ("prose", "error"),
    [
        (PROSE.replace("2 * x", "3 * x"), AssertionError),
        (PROSE.replace("return 2 * x", "return never_run"), AssertionError),
        (PROSE.replace("def double", "def triple"), NameError),
        (PROSE.replace("Solution", "Answer"), AssertionError),
    ],
)
def test_a_solution_that_is_wrong_or_missing_is_found(
    tmp_path: Path, prose: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        test_the_solution_is_right(sample(tmp_path, prose=prose)[0])


@pytest.mark.parametrize(
    "stub",
    [
        "def double(x): return x + x\n\n\ncheck_double(double)",  # gives the answer away
        "def double(x): return 7 or ...\n\n\ncheck_double(double)",  # wrong, though a gap is left
    ],
)
def test_a_cell_that_is_given_with_an_answer_is_found(tmp_path: Path, stub: str) -> None:
    with pytest.raises(AssertionError, match="01_sample exercise 1"):
        test_the_cell_as_given_is_not_answered_yet(sample(tmp_path, stub=stub)[0])


def test_an_exercise_without_a_check_is_found(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="0 cells end with a check"):
        test_the_solution_is_right(sample(tmp_path, stub="def double(x): ...")[0])
