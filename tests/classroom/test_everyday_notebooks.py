"""Right answers keep their marks whatever everyday lines stand around them.

What can stand together in one notebook does, since each that runs takes seconds.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from classroom.apart import Limits, workbook_without_answers
from classroom.marking import Result, mark
from classroom.submissions import rebuild
from tests.helpers.own_exercises import (
    LESSON,
    copy_room,
    exercises,
    original,
    room,
    solved,
)
from tests.helpers.student_notebooks import cell_of

pytestmark = pytest.mark.classroom


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    rooms = tmp_path_factory.mktemp("rooms")
    with workbook_without_answers() as made, room(rooms):
        copy_room(rooms, made)
        yield made


def marked(workbook: Path, edit: Callable[[NotebookNode], None]) -> Result:
    """What comes of right answers in a notebook that was edited."""
    notebook = solved()
    edit(notebook)
    submission = rebuild("ann", LESSON, notebook, original(), exercises())
    limits = Limits(seconds=60)
    return mark(submission, exercises(), seed=5, limits=limits, key="", workbook=workbook)


def statuses(result: Result) -> dict[str, str]:
    """What each exercise is."""
    return {name: verdict["status"] for name, verdict in result.verdicts.items()}


BOTH_RIGHT = {"order": "right", "total": "right"}
ON_TOP_OF_THE_IMPORTS = """%matplotlib inline
%matplotlib widget
%matplotlib
%load_ext autoreload
%autoreload 2
%config InlineBackend.figure_format = 'retina'
!pip --version
%pip --version
import warnings; warnings.filterwarnings('ignore')
import matplotlib.pyplot as plt
plt.style.use('ggplot')
plt.rcParams['figure.figsize'] = (4, 4)
from tqdm.notebook import tqdm
for _ in tqdm(range(3)): pass
import ipywidgets
from IPython.display import display, HTML
display(HTML('<b>x</b>')); display(ipywidgets.IntSlider())
"""
IN_AN_ANSWER = """!pip --version
%matplotlib inline
await __import__('asyncio').sleep(0)
import matplotlib.pyplot as plt
plt.plot([1, 2]); plt.show()
{answer}
%timeit -n1 -r1 sum(range(10))
"""


@pytest.mark.parametrize("magic", ["%%time", "%%capture"])
def test_everyday_lines_cost_no_mark(workbook: Path, magic: str) -> None:
    def edit(notebook: NotebookNode) -> None:
        imports = next(cell for cell in notebook.cells if cell.id == "imports")
        imports.source = ON_TOP_OF_THE_IMPORTS + imports.source
        order, total = (cell_of(notebook, name) for name in ("order", "total"))
        order.source = IN_AN_ANSWER.format(answer=order.source)
        total.source = f"{magic}\n{total.source}\n"
        notebook.cells.append(nbformat.v4.new_code_cell("total?"))

    result = marked(workbook, edit)
    assert statuses(result) == BOTH_RIGHT, result.verdicts
    assert result.remarks == []


def test_cells_that_stop_are_named_and_cost_nothing(workbook: Path) -> None:
    def edit(notebook: NotebookNode) -> None:
        own = ("name = input('Your name? ')", "import torch\ntorch.ones(1).to('cuda')", "exit()",
               "from google.colab import drive")  # fmt: skip
        notebook.cells[2:2] = [nbformat.v4.new_code_cell(code) for code in own]
        cell_of(notebook, "total").source += "\nassert False, 'my own check'"

    result = marked(workbook, edit)
    assert statuses(result) == BOTH_RIGHT, result.verdicts
    told = "; ".join(result.remarks)
    assert "cell 3 stopped with EOFError" in told
    assert "cell 4 stopped with" in told
    # Where something of Google's is installed, it is the part behind the point that is missing.
    missing = r"cell 6 stopped with ModuleNotFoundError: No module named 'google(\.colab)?'"
    assert re.search(missing, told)
    assert "total stopped with AssertionError: my own check" in told


def test_where_the_imports_stop_that_is_said_once(workbook: Path) -> None:
    def edit(notebook: NotebookNode) -> None:
        imports = next(cell for cell in notebook.cells if cell.id == "imports")
        imports.source = f"from google.colab import drive\n{imports.source}"

    result = marked(workbook, edit)
    assert statuses(result) == {"order": "right", "total": "wrong"}
    assert result.verdicts["total"]["message"] == (
        "The cell with the imports stopped, and this answer could not run without it."
    )
    (remark,) = result.remarks
    assert remark.startswith("the imports cell stopped with ModuleNotFoundError: No module named")
    shown = [output["ename"] for cell in result.outputs for output in cell if "ename" in output]
    assert shown.count("ModuleNotFoundError") == 1
