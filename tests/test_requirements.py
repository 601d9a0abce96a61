"""The lists of requirements: complete, closed, and true of what is installed here."""

import ast
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.helpers.notebook_files import LESSONS, numbered_cells, source_of

ROOT = Path(__file__).resolve().parents[1]


def read_requirements(path: Path) -> dict[str, Requirement]:
    """What a file requires on this machine, by package, without the workbook itself."""
    lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
    found = [Requirement(line) for line in lines if line and line != "-e ."]
    return {
        canonicalize_name(requirement.name): requirement
        for requirement in found
        if requirement.marker is None or requirement.marker.evaluate()
    }


FOR_LESSONS = read_requirements(ROOT / "requirements.txt")
FOR_TESTS = read_requirements(ROOT / "tests" / "requirements.txt")
FOR_CLASSROOM = read_requirements(ROOT / "classroom" / "requirements.txt")
FOR_SITE = read_requirements(ROOT / "website" / "requirements.txt")
FOR_ONNX = read_requirements(ROOT / "requirements" / "onnx.txt")
FOR_DASK = read_requirements(ROOT / "requirements" / "dask.txt")
FOR_HF = read_requirements(ROOT / "requirements" / "hf.txt")
FOR_SPEECH = read_requirements(ROOT / "requirements" / "speech.txt")
FOR_TENSORFLOW = read_requirements(ROOT / "requirements" / "tensorflow.txt")
# Which module may import which extra. torch imports the rest of those for ONNX by itself.
EXTRAS = {
    "course_utils/shipping/onnx_export.py": FOR_ONNX,
    "course_utils/models/huggingface/library.py": FOR_HF,
    "course_utils/data/sounds/espeak.py": FOR_SPEECH,
    "course_utils/lessons/keras_and_tensorflow/dialects/in_tensorflow.py": FOR_TENSORFLOW,
    "course_utils/lessons/keras_and_tensorflow/trials.py": FOR_TENSORFLOW,
    "course_utils/runs/called_off.py": FOR_DASK,
    "course_utils/runs/cluster.py": FOR_DASK,
    "course_utils/runs/local_cluster.py": FOR_DASK,
    "course_utils/runs/workers.py": FOR_DASK,
    "course_utils/runs/spread.py": FOR_DASK,
}
LISTS = (
    *(FOR_LESSONS, FOR_TESTS, FOR_CLASSROOM, FOR_SITE),
    *(FOR_ONNX, FOR_DASK, FOR_HF, FOR_SPEECH, FOR_TENSORFLOW),
)
EVERY = {name: requirement for listed in LISTS for name, requirement in listed.items()}


def imported_modules(source: str) -> set[str]:
    """Top-level modules that the Python source imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def foreign(modules: set[str]) -> set[str]:
    """Those modules that neither Python nor this project brings."""
    own = {"course_utils", "benchmark", "classroom", "website", "tests"}
    return modules - set(sys.stdlib_module_names) - own


@cache
def providers() -> Mapping[str, list[str]]:
    """Packages by the module that they bring; TensorFlow's where it is not installed, too.

    ``packages_distributions`` of Python 3.10 does not know those that do not list their modules.
    """
    found: dict[str, list[str]] = {"tensorflow": list(FOR_TENSORFLOW)}
    for package in distributions():
        files = [file for file in package.files or [] if file.suffix == ".py"]
        tops = {file.parts[0] if len(file.parts) > 1 else file.stem for file in files}
        for module in {*tops, *(package.read_text("top_level.txt") or "").split()}:
            found.setdefault(module, []).append(package.name)
    return found


def version_here(name: str) -> str:
    """The version that is installed; of what no system must have, the test is skipped."""
    try:
        return version(name)
    except PackageNotFoundError:
        if name not in FOR_TENSORFLOW:
            raise
        pytest.skip(f"{name} is not installed: there are no wheels for some systems")


def missing_from(listed: dict[str, Requirement], modules: set[str]) -> set[str]:
    """Foreign modules that no package of the list provides."""
    return {
        module
        for module in foreign(modules)
        if not {canonicalize_name(name) for name in providers().get(module, [])} & set(listed)
    }


@pytest.mark.slow
def test_everything_the_package_imports_is_listed() -> None:
    for path in (ROOT / "course_utils").rglob("*.py"):
        listed = {**FOR_LESSONS, **EXTRAS.get(path.relative_to(ROOT).as_posix(), {})}
        missing = missing_from(listed, imported_modules(path.read_text(encoding="utf-8")))
        assert not missing, f"{path.name} imports {missing}, not in requirements.txt"


def test_what_may_import_an_extra_does_so_only_where_it_is_needed() -> None:
    for name, extras in EXTRAS.items():
        path = ROOT / name
        modules = {package.replace("-", "_") for package in extras}
        modules |= foreign(set(providers())) - missing_from(extras, set(providers()))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        first = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        at_once = imported_modules("\n".join(map(ast.unparse, first)))
        assert not at_once & modules, f"{name} cannot be imported without {at_once}"
        assert imported_modules(path.read_text(encoding="utf-8")) & modules, name


@pytest.mark.slow
def test_keras_is_imported_in_one_place_alone() -> None:
    library = ROOT / "course_utils" / "models" / "keras" / "library.py"
    folders = ("course_utils", "benchmark", "classroom", "website", "tests")
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
    }
    for path in LESSONS:
        sources |= {name: source_of(cell) for name, cell in numbered_cells(path, "code")}
    found = [name for name, text in sources.items() if "keras" in imported_modules(text)]
    assert found == [library.relative_to(ROOT).as_posix()], "elsewhere the user's settings count"


def test_everything_the_lessons_import_is_listed() -> None:
    for path in LESSONS:
        for name, cell in numbered_cells(path, "code"):
            missing = missing_from(FOR_LESSONS, imported_modules(source_of(cell)))
            assert not missing, f"{name} imports {missing}, not in requirements.txt"


def test_everything_the_classroom_imports_is_listed() -> None:
    listed = {**FOR_LESSONS, **FOR_CLASSROOM}
    for path in (ROOT / "classroom").rglob("*.py"):
        missing = missing_from(listed, imported_modules(path.read_text(encoding="utf-8")))
        assert not missing, f"{path.name} imports {missing}, in no list that make grade installs"


def test_everything_the_website_imports_is_listed() -> None:
    listed = {**FOR_LESSONS, **FOR_SITE}
    for path in (ROOT / "website").rglob("*.py"):
        missing = missing_from(listed, imported_modules(path.read_text(encoding="utf-8")))
        assert not missing, f"{path.name} imports {missing}, in no list that make site installs"


@pytest.mark.slow
def test_everything_the_tests_import_is_listed() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        missing = missing_from(EVERY, imported_modules(path.read_text(encoding="utf-8")))
        assert not missing, f"{path.name} imports {missing}, not in a list of requirements"


def test_no_package_is_listed_twice() -> None:
    assert sum(map(len, LISTS)) == len(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_a_range_has_a_lower_end_and_is_closed_against_a_later_major_release(name: str) -> None:
    ends = [limit for limit in EVERY[name].specifier if limit.operator != "!="]
    operators = sorted(limit.operator for limit in ends)
    assert operators == ["<", ">="], f"{name}: one lower and one upper end, not {operators}"
    limits = {limit.operator: limit.version for limit in ends}
    installed_major = int(version_here(name).split(".")[0])
    upper = limits["<"].split(".")
    assert upper == [str(int(upper[0]))] or name == "ruff", f"{name}: close it at a major release"
    assert int(upper[0]) <= installed_major + 2, f"{name}: open to releases nobody has seen"


@pytest.mark.parametrize("name", EVERY)
def test_the_installed_version_is_in_its_range(name: str) -> None:
    found = version_here(name)
    assert EVERY[name].specifier.contains(found), f"{name} {found}"


def test_the_constraints_pin_all_that_is_required_within_its_range() -> None:
    pins = read_requirements(ROOT / "constraints.txt")
    assert set(FOR_LESSONS) <= set(pins), "run: make notebooks"
    for name, pin in pins.items():
        (limit,) = pin.specifier
        assert limit.operator == "==" and "+" not in limit.version, pin
        wanted = EVERY.get(name)
        assert wanted is None or wanted.specifier.contains(limit.version), f"{pin}, not {wanted}"


def test_the_workbook_itself_is_installed_by_the_same_list() -> None:
    assert "-e ." in (ROOT / "requirements.txt").read_text().splitlines()


def test_conda_reads_the_same_list_from_conda_forge_alone() -> None:
    text = (ROOT / "environment.yml").read_text()
    channels, dependencies = re.fullmatch(
        r"name: \S+\nchannels:\n(.*?)dependencies:\n(.*)", text, re.DOTALL
    ).groups()
    assert channels == "  - conda-forge\n"
    python, *rest = dependencies.splitlines()
    assert rest == ["  - pip", "  - pip:", "      - -r requirements.txt"]
    project = (ROOT / "pyproject.toml").read_text()
    allowed = re.search(r'requires-python = "(.*)"', project).group(1)
    assert python == f"  - python{allowed}"
