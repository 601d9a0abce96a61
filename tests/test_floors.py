"""The house keeps its floors: imports point down, never in a circle, and no room into another."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from course_utils.files import PROJECT_FOLDER
from course_utils.learning.lessons import find_rooms
from tests.helpers.notebook_files import LESSONS, numbered_cells, source_of

PACKAGE = PROJECT_FOLDER / "course_utils"
FLOORS = (  # from the top; what stands on one floor may use its neighbours, but not in a circle
    {"lessons"},
    {"notebooks", "runs", "widgets", "exercises", "shipping", "predict", "batch"},
    {"learning"},
    {"figures"},
    {"evaluation", "costs"},
    {"models"},
    {"data"},
    {"session", "training", "download"},
    {"files", "tensor_files", "console"},
)
Imports = Mapping[str, Sequence[str]]  # modules that each module imports, without "course_utils."


def imports_in(package: Path) -> dict[str, list[str]]:
    """The modules of ``package`` that each of its modules imports, wherever in it."""
    sources = {name_of(path, package): path.read_text() for path in package.rglob("*.py")}
    return {
        name: sorted({target for target in targets_of(text, set(sources)) if target != name})
        for name, text in sources.items()
    }


def name_of(path: Path, package: Path) -> str:
    """Such as ``data.letters``, and ``data`` for the package itself."""
    return (
        ".".join(path.relative_to(package).with_suffix("").parts)
        .removesuffix("__init__")
        .strip(".")
    )


def targets_of(source: str, modules: set[str]) -> Iterator[str]:
    """Modules that ``source`` imports, most often by ``from module import name``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out from course_utils on"
            deeper = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [deep if inside(deep) in modules else node.module for deep in deeper]
        else:
            continue
        yield from (inside(name) for name in names if name.split(".")[0] == "course_utils")


def inside(name: str) -> str:
    """The name without the package's own."""
    return name.removeprefix("course_utils").strip(".")


def floor_of(module: str) -> int:
    """Number of the floor that a module stands on, 0 at the top."""
    (found,) = (n for n, floor in enumerate(FLOORS) if module.split(".")[0] in floor)
    return found


def upward(imports: Imports) -> list[str]:
    """Imports that point to a floor above."""
    return [
        f"{module} imports {target}, which stands above it"
        for module, targets in imports.items()
        for target in targets
        if floor_of(target) < floor_of(module)
    ]


def from_room_to_room(imports: Imports) -> list[str]:
    """Imports of one lesson's room by another's."""
    return [
        f"{module} imports {target}, of another lesson"
        for module, targets in imports.items()
        for target in targets
        if room_of(module) and room_of(target) and room_of(module) != room_of(target)
    ]


def room_of(module: str) -> str | None:
    """The lesson whose room a module is in, if it is in one."""
    first, _, rest = module.partition(".")
    return rest.split(".")[0] if first == "lessons" and rest else None


def circle_in(imports: Imports) -> list[str]:
    """Some modules or folders of which each imports the next and the last the first, or none."""
    done: set[str] = set()

    def walk(module: str, path: list[str]) -> list[str]:
        if module in path:
            return [*path[path.index(module) :], module]
        if module in done:
            return []
        for target in imports.get(module, ()):
            if found := walk(target, [*path, module]):
                return found
        done.add(module)
        return []

    return next(filter(None, (walk(module, []) for module in imports)), [])


def by_folder(imports: Imports) -> dict[str, list[str]]:
    """What the folders at the top of the package import of one another."""
    found: dict[str, set[str]] = {}
    for module, targets in imports.items():
        folder = module.split(".")[0]
        found.setdefault(folder, set()).update(target.split(".")[0] for target in targets)
    return {folder: sorted(targets - {folder}) for folder, targets in found.items()}


@pytest.fixture(scope="module")
def imports() -> Imports:
    """Those of the whole package."""
    return {name: targets for name, targets in imports_in(PACKAGE).items() if name}


def test_every_module_stands_on_a_floor(imports: Imports) -> None:
    assert {module.split(".")[0] for module in imports} == set().union(*FLOORS)
    assert sum(map(len, imports.values())) > 100, "imports were found"


def test_imports_point_down(imports: Imports) -> None:
    assert upward(imports) == []


def test_no_room_imports_anothers(imports: Imports) -> None:
    assert from_room_to_room(imports) == []
    assert {room_of(module) for module in imports} - {None} == set(find_rooms())


def test_nothing_imports_itself_by_a_detour(imports: Imports) -> None:
    assert circle_in(imports) == []
    assert circle_in(by_folder(imports)) == []


KERAS = "models.keras.library"
WITH_KERAS = ("models.keras.", "lessons.keras_and_tensorflow.", "shipping.keras_files")


def at_once(source: str) -> str:
    """The imports of ``source`` that run when it is imported itself."""
    body = ast.parse(source).body
    found = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    return "\n".join(map(ast.unparse, found))


def that_load(target: str, imports: Imports) -> set[str]:
    """Modules that import ``target``, or one that does, however far away."""
    found = {target}
    while more := {m for m, targets in imports.items() if found & set(targets)} - found:
        found |= more
    return found


def test_keras_is_loaded_for_its_own_lesson_alone() -> None:
    sources = {name_of(path, PACKAGE): path.read_text() for path in PACKAGE.rglob("*.py")}
    loaded = {name: list(targets_of(at_once(text), set(sources))) for name, text in sources.items()}
    found = that_load(KERAS, loaded)
    assert [name for name in found if not name.startswith(WITH_KERAS)] == []
    for path in LESSONS:
        cells = "\n".join(at_once(source_of(cell)) for _, cell in numbered_cells(path, "code"))
        if "keras_and_tensorflow" not in path.name:
            assert not set(targets_of(cells, set(sources))) & found, path.name
    assert {KERAS, "models.keras.making", "models.keras.converting"} <= found


def plant(folder: Path, module: str, line: str) -> Imports:
    """The imports of a small package after ``line`` was added to one of its modules."""
    texts = {
        "data/__init__.py": "",
        "data/letters.py": "from course_utils.files import write_whole",
        "data/digits.py": "import course_utils.data.letters",
        "models/pretrained.py": "from course_utils.data import letters",
        "widgets/quiz.py": "",
        "exercises/checking.py": "",
        "files.py": "",
        "lessons/one/exercises.py": "from course_utils.lessons.one.cases import CASES",
        "lessons/one/cases.py": "",
        "lessons/two/widgets.py": "from course_utils.widgets.quiz import Quiz",
    }
    texts[module] += f"\n{line}"
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return imports_in(folder)


def test_the_small_package_has_no_fault(tmp_path: Path) -> None:
    imports = plant(tmp_path, "files.py", "")
    assert imports["models.pretrained"] == imports["data.digits"] == ["data.letters"]
    assert (upward(imports), from_room_to_room(imports), circle_in(imports)) == ([], [], [])


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("files.py", "from course_utils.data.letters import draw"),
        ("data/letters.py", "def late():\n    from course_utils.models import pretrained"),
        ("widgets/quiz.py", "import course_utils.lessons.two.widgets"),
    ],
)
def test_an_import_of_what_stands_above_is_found(tmp_path: Path, module: str, line: str) -> None:
    (found,) = upward(plant(tmp_path, module, line))
    assert found.endswith("which stands above it")


def test_an_import_from_room_to_room_is_found(tmp_path: Path) -> None:
    line = "from course_utils.lessons.one.cases import CASES"
    found = from_room_to_room(plant(tmp_path, "lessons/two/widgets.py", line))
    assert found == ["lessons.two.widgets imports lessons.one.cases, of another lesson"]


def test_a_circle_of_modules_is_found(tmp_path: Path) -> None:
    imports = plant(tmp_path, "data/letters.py", "from course_utils.data import digits")
    assert set(circle_in(imports)) == {"data.digits", "data.letters"}


def test_a_circle_of_folders_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "widgets/quiz.py", "from course_utils.exercises import checking")
    (tmp_path / "exercises" / "feedback.py").write_text("import course_utils.widgets.layout")
    (tmp_path / "widgets" / "layout.py").write_text("")
    imports = imports_in(tmp_path)
    assert circle_in(imports) == []
    assert set(circle_in(by_folder(imports))) == {"widgets", "exercises"}
