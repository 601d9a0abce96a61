"""Python files of installed packages: where they lie, and their version. None is run."""

import platform
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

# By the name that Python imports: the name that pip installs.
DISTRIBUTIONS = {
    "numpy": "numpy",
    "scipy": "scipy",
    "matplotlib": "matplotlib",
    "torch": "torch",
    "torchvision": "torchvision",
    "sklearn": "scikit-learn",
    "pydoc_data": "",  # comes with Python
}
SOURCE = ("numpy", "scipy", "matplotlib", "torch", "torchvision")
TARGET = "sklearn"
# Tests, copies of other projects, and what was put together by a program.
NOT_PROSE = {"test", "tests", "testing", "_vendor", "externals", "array_api_compat"}
PUBLIC = {"_core"}  # begins with an underscore, and yet holds what numpy says to its users


def folder_of(package: str) -> Path:
    """The folder of an installed package; nothing of it is imported.

    Raises:
        ModuleNotFoundError: If it is not installed; it says how to get it.
    """
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        way_out = (
            f"run pip install {DISTRIBUTIONS[package]}"
            if DISTRIBUTIONS.get(package)
            else "it comes with most Pythons; take one that has it"
        )
        raise ModuleNotFoundError(f"the package {package} is not installed: {way_out}")
    return Path(next(iter(found.submodule_search_locations)))


def version_of(package: str) -> str:
    """The version that is installed, and Python's own for what comes with Python."""
    distribution = DISTRIBUTIONS.get(package, package)
    return metadata.version(distribution) if distribution else platform.python_version()


def python_files(package: str) -> list[Path]:
    """Its Python files, sorted, but for tests and for folders that it keeps to itself."""
    root = folder_of(package)
    return [
        file
        for file in sorted(root.rglob("*.py"))
        if not any(map(_is_private, file.relative_to(root).parts[:-1]))
    ]


def _is_private(folder: str) -> bool:
    return folder in NOT_PROSE or (folder.startswith("_") and folder not in PUBLIC)
