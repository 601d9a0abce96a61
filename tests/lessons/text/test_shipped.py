"""What the card of lesson 10's language model says, and that its command makes it again."""

import json
import shlex
from typing import Any

import pytest

from course_utils.data.texts.corpus import Prose
from course_utils.lessons.text.shipped import facts_of
from course_utils.runs.values import read_value
from tests.helpers.notebook_files import NOTEBOOKS_FOLDER, read_notebook, source_of, tags_of

SENTENCE = "The mean of all losses is taken over the texts of a batch."
TRAIN = Prose((f"Before. {SENTENCE}", "Another one."), ("a.py", "b.py"), {"numpy": "9.1"}, 80)
EXAM = [SENTENCE.lower(), "Another one.", "The sum of all losses is taken over the rows.", "Not it"]


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    """The parameters of the lesson, but for some that are not as they stand there."""
    values: dict[str, Any] = {}
    for cell in read_notebook(NOTEBOOKS_FOLDER / "10_text.ipynb")["cells"]:
        if "parameters" in tags_of(cell):
            exec(source_of(cell), values)
    return values | {"seed": 3, "packages": ["numpy", "torch"], "pretrain_rate": 4e-05}


def test_the_command_on_the_card_sets_what_was_given(given: dict[str, Any]) -> None:
    words = shlex.split(facts_of(TRAIN, EXAM, {}, given)["command"])
    assert words[:4] == ["python", "-m", "course_utils.batch", "10"]
    flags, names, values = words[4::3], words[5::3], words[6::3]
    of_section = {name for name in given if name.startswith("pretrain_")}
    assert set(names) == {"seed", "packages", "vocab_size", "width", "num_layers", *of_section}
    assert set(flags) == {"-p"} and len(names) == len(set(names))
    pairs = zip(names, map(read_value, values), strict=True)
    assert dict(pairs) == {name: given[name] for name in names}


def test_sentences_that_were_read_are_counted(given: dict[str, Any]) -> None:
    facts = facts_of(TRAIN, EXAM, {"our model": 1.5, "xz": 2.5}, given)
    assert json.loads(json.dumps(facts)) == facts
    # The short one stands there as a whole; the third shares six words in a row, not eight.
    assert (facts["sentences_read"], facts["num_sentences"]) == (2, 4)
    assert (facts["num_texts"], facts["packages"], facts["seed"]) == (2, "numpy 9.1", 3)
    assert facts["num_steps"] == given["pretrain_steps"]
    assert (facts["bits per byte, our model"], facts["bits per byte, xz"]) == (1.5, 2.5)
