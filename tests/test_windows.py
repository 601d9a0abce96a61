"""Nothing in the package and the website calls what Windows lacks, or takes its encoding."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from course_utils.files import PROJECT_FOLDER

MODULES = sorted(
    path for name in ("course_utils", "website") for path in (PROJECT_FOLDER / name).rglob("*.py")
)
UNIX_MODULES = {
    "resource",
    "fcntl",
    "pwd",
    "grp",
    "termios",
    "tty",
    "pty",
    "posix",
    "syslog",
    "crypt",
}
UNIX_CALLS = {
    "fork", "forkpty", "kill", "killpg", "setsid", "getuid", "geteuid", "setuid", "chown", "nice",
    "sched_getaffinity", "sysconf", "mkfifo", "symlink", "symlink_to", "SIGKILL", "SIGALRM",
    "SIGHUP", "alarm", "setitimer", "getpgid", "uname", "wait4",
}  # fmt: skip
# Asked for where a system has them, and done without elsewhere.
OPTIONAL_PATHS = ("/proc/self/cgroup", "/proc/cpuinfo", "/dev/shm")
UNIX_PATHS = ("/dev/", "/proc/", "/tmp", "/usr/", "/etc/", "/home/")
TEXT_CALLS = {"read_text": 1, "write_text": 2}  # arguments, the encoding among them


def faults_in(source: str) -> Iterator[str]:
    """What Windows would not do as other systems do."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names or [getattr(node, "module", "")]:
                if name.split(".")[0] in UNIX_MODULES:
                    yield f"line {node.lineno}: imports {name}"
        elif isinstance(node, ast.Attribute) and node.attr in UNIX_CALLS:
            if node.attr == "kill" and ast.unparse(node.value) != "os":
                continue  # of a process of subprocess or psutil, which every system has
            if f'hasattr({ast.unparse(node.value)}, "{node.attr}")' not in source:
                yield f"line {node.lineno}: calls {node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.startswith(UNIX_PATHS) and node.value not in OPTIONAL_PATHS:
                yield f"line {node.lineno}: names {node.value}"
        elif isinstance(node, ast.Call) and lacks_encoding(node):
            yield f"line {node.lineno}: names no encoding"


def lacks_encoding(call: ast.Call) -> bool:
    """Whether a call reads or writes text in the encoding of the system."""
    if any(keyword.arg == "encoding" for keyword in call.keywords):
        return False
    if isinstance(call.func, ast.Attribute) and call.func.attr in TEXT_CALLS:
        return len(call.args) < TEXT_CALLS[call.func.attr]
    if isinstance(call.func, ast.Name) and call.func.id == "open":
        modes = [arg.value for arg in call.args[1:2] if isinstance(arg, ast.Constant)]
        modes += [key.value.value for key in call.keywords if key.arg == "mode"]
        return "b" not in "".join(modes)
    return False


@pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: path.relative_to(PROJECT_FOLDER).as_posix()
)
def test_a_module_runs_on_windows_too(path: Path) -> None:
    assert list(faults_in(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.as_posix()[-40:])
def test_windows_allows_the_names_of_the_files(path: Path) -> None:
    assert not set('<>:"\\|?*') & set(path.relative_to(PROJECT_FOLDER).as_posix())


@pytest.mark.parametrize(
    "source",
    [
        "def late():\n    import resource",
        "from fcntl import flock",
        "os.kill(1, 9)",
        "signal.SIGKILL",
        "os.sched_getaffinity(0)",
        "open('/dev/shm/file', 'rb')",
        "path.read_text()",
        "path.write_text('a')",
        "open(path)",
        "open(path, mode='w')",
    ],
)
def test_a_fault_is_found(source: str) -> None:
    assert len(list(faults_in(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "path.read_text('utf-8')",
        "path.write_text('a', encoding='utf-8')",
        "open(path, 'rb')",
        'if hasattr(os, "sched_getaffinity"):\n    len(os.sched_getaffinity(0))',
        "path.open('wb')",
    ],
)
def test_what_windows_can_do_is_no_fault(source: str) -> None:
    assert list(faults_in(source)) == []
