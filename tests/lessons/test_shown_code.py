"""A function that a lesson writes out is the same code as the one in the package."""

import ast
from pathlib import Path

import pytest

import course_utils
from tests.helpers.notebook_files import LESSONS, read_notebook, source_of, write_notebook

PACKAGE_FOLDER = Path(course_utils.__file__).parent
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Baring(ast.NodeTransformer):
    """Takes away what the package has and a lesson need not show: docstrings and annotations."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """An argument without its type."""
        return ast.arg(node.arg)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """``x: int = 1`` as ``x = 1``; a bare ``x: int`` goes."""
        return node.value and ast.Assign([node.target], node.value)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """A node without docstring and return type."""
        if isinstance(node, DEFINITIONS):
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
            if hasattr(node, "returns"):
                node.returns = None
        return super().generic_visit(node)


def bare(definition: ast.AST) -> str:
    """A function or class without docstrings, comments, annotations and layout."""
    return ast.unparse(ast.fix_missing_locations(Baring().visit(definition)))


def definitions(source: str) -> dict[str, str]:
    """The bare code of each function and class at the top level of ``source``, by name."""
    body = ast.parse(source).body
    return {node.name: bare(node) for node in body if isinstance(node, DEFINITIONS)}


def package_code(folder: Path) -> dict[str, list[tuple[Path, str]]]:
    """Module and bare code of each function and class in ``folder``, by name."""
    found: dict[str, list[tuple[Path, str]]] = {}
    for file in sorted(folder.rglob("*.py")):
        for name, code in definitions(file.read_text(encoding="utf-8")).items():
            found.setdefault(name, []).append((file.relative_to(folder), code))
    return found


def is_of_another(lesson: Path, module: Path) -> bool:
    """Whether a module belongs to the room of another lesson, which may use the same names."""
    return module.parts[0] == "lessons" and module.parts[1] != lesson.stem.partition("_")[2]


def shown_code(lesson: Path) -> dict[str, str]:
    """The bare code of what a lesson writes out before its exercises, by name."""
    shown: dict[str, str] = {}
    for cell in read_notebook(lesson)["cells"]:
        if cell["cell_type"] == "code":
            shown |= definitions(source_of(cell))
        elif "## Exercises" in source_of(cell):
            break
    return shown


def differences(lesson: Path, package: dict[str, list[tuple[Path, str]]]) -> list[str]:
    """What is said of each function that the lesson shows otherwise than the package has it."""
    said = []
    for name, code in shown_code(lesson).items():
        own = [each for each in package.get(name, ()) if not is_of_another(lesson, each[0])]
        if own and code not in [theirs for _, theirs in own]:
            module, theirs = own[0]
            said.append(f"{lesson.name} shows\n{code}\nbut {module.name} has\n{theirs}")
    return said


@pytest.fixture(scope="module")
def package() -> dict[str, list[tuple[Path, str]]]:
    """What the package has, read once and not while tests are only looked for."""
    return package_code(PACKAGE_FOLDER)


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_shown_functions_equal_those_of_the_package(
    lesson: Path, package: dict[str, list[tuple[Path, str]]]
) -> None:
    said = differences(lesson, package)
    assert not said, "\n\n".join(said)


@pytest.mark.slow
def test_the_lessons_do_write_out_functions_of_the_package(
    package: dict[str, list[tuple[Path, str]]],
) -> None:
    shown = {name for lesson in LESSONS for name in shown_code(lesson)}
    assert {"train_one_epoch", "freeze"} <= shown & set(package)


SHOWN = """def mean(values, *, start=0, **rest):
    # the sum over the number
    total: float = start
    return sum(values, total) / len(values)
"""
PACKED = '''
class Other: ...

def mean(values: list[float], *, start: float = 0, **rest: object) -> float:
    """The mean."""
    total = start
    return sum(values, total) / len(
        values
    )
'''


def said_of(shown: str, folder: Path, before: str = "x = 1") -> list[str]:
    """The differences between a lesson that shows ``shown`` and a package of one module."""
    (folder / "tools.py").write_text(PACKED)
    cells = ("# Title", "markdown"), before, shown, ("## Exercises", "markdown"), "def mean(): ..."
    return differences(write_notebook(folder / "01_x.ipynb", *cells), package_code(folder))


def test_docstring_annotations_comments_and_layout_may_differ(tmp_path: Path) -> None:
    assert said_of(SHOWN, tmp_path) == []


def test_a_function_that_only_the_lesson_has_may_be_anything(tmp_path: Path) -> None:
    assert said_of("def mode(values): return values[0]", tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("len(values)", "len(values) + 1"),
        ("start=0", "start=1"),
        ("values, *,", "values,"),
        ("**rest", "**others"),
        ("def mean", "@cache\ndef mean"),
        ("    # the sum over the number\n", "    values = list(values)\n"),
    ],
)
def test_a_copy_that_differs_in_one_place_is_found(tmp_path: Path, old: str, new: str) -> None:
    (said,) = said_of(SHOWN.replace(old, new, 1), tmp_path)
    assert said.startswith("01_x.ipynb shows") and "but tools.py has" in said


@pytest.mark.parametrize(("room", "number"), [("x", 1), ("y", 0)])
def test_the_room_of_another_lesson_may_use_the_same_names(
    room: str, number: int, tmp_path: Path
) -> None:
    folder = tmp_path / "lessons" / room
    folder.mkdir(parents=True)
    (folder / "tools.py").write_text(PACKED)
    lesson = write_notebook(tmp_path / "01_x.ipynb", "def mean(values): return 0")
    assert len(differences(lesson, package_code(tmp_path))) == number
