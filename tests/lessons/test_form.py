"""How the lessons are built, read from their files alone: order, lengths, words, sections."""

import ast
import re
import statistics
from pathlib import Path

import nbformat
import papermill
import pytest

from course_utils.notebooks.formulas import formula_to_mathml
from course_utils.notebooks.outcomes import RESULT_TAG
from course_utils.notebooks.overview import (
    count_minutes,
    put_map_into,
    put_minutes_into,
    read_minutes,
)
from tests.helpers.lesson_sizes import sizes_of
from tests.helpers.notebook_files import (
    LESSONS,
    NOTEBOOKS_FOLDER,
    numbered_cells,
    read_notebook,
    source_of,
    tags_of,
)

SHARED_PARAMETERS = {"profile", "device", "seed", "data_dir"}
every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def prose_of(path: Path) -> str:
    """All Markdown of a lesson as one text."""
    return "\n\n".join(source_of(cell) for _, cell in numbered_cells(path, "markdown"))


def parameter_cells(path: Path) -> list[tuple[str, dict]]:
    """The cells tagged ``parameters``; there should be one."""
    cells = numbered_cells(path, "code")
    return [(name, cell) for name, cell in cells if "parameters" in tags_of(cell)]


def exercises_of(path: Path) -> list[str]:
    """The Markdown of each exercise, in its section or where it belongs, to the next heading."""
    parts = re.split(r"^###? ", prose_of(path), flags=re.MULTILINE)
    return [part for part in parts if part.startswith("Exercise ")]


def test_the_first_seven_lessons_are_there() -> None:
    assert [path.stem[:2] for path in LESSONS][:7] == [f"0{number}" for number in range(7)]


@every_lesson
def test_the_first_cell_has_title_objectives_minutes_and_needs(path: Path) -> None:
    first = read_notebook(path)["cells"][0]
    assert first["cell_type"] == "markdown", f"{path.name}, cell 0: must be Markdown"
    source = source_of(first)
    assert source.startswith("# "), f"{path.name}, cell 0: must begin with the title, '# ...'"
    for words in ("you will be able to", "minutes", "needs"):
        assert words in source.lower(), f"{path.name}, cell 0: nothing about {words!r}"


@every_lesson
def test_minutes_for_the_exercises_are_their_sum_here_and_on_the_map(path: Path) -> None:
    titles = re.findall(r"^### Exercise .*\((\d+) minutes\)$", prose_of(path), re.MULTILINE)
    total = sum(map(int, titles))
    (said,) = re.findall(r"^\*\*Minutes:\*\* (.*)$", prose_of(path), re.MULTILINE)
    reading = said.split()[0]
    assert said.startswith(f"{reading} to read and run, {total} for the exercises; ")
    if path != LESSONS[0]:
        assert re.search(rf"\({path.name}\) \|.*\| {reading} \+ {total} \|", prose_of(LESSONS[0]))


@every_lesson
def test_minutes_to_read_follow_the_rule_and_no_sitting_takes_more_than_45(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    before = notebook.cells[0].source
    put_minutes_into(notebook)
    assert notebook.cells[0].source == before, "run: make notebooks"
    sittings = count_minutes(notebook)
    assert len(sittings) <= 2 and max(sittings) <= 45, f"minutes of each sitting: {sittings}"


def test_the_readme_states_the_minutes_of_each_lesson() -> None:
    readme = (NOTEBOOKS_FOLDER.parent / "README.md").read_text(encoding="utf-8")
    for path in LESSONS:
        notebook = nbformat.read(path, as_version=4)
        reading, exercises = read_minutes(notebook, path.stem)
        row = rf"\(notebooks/{path.name}\) \| .* \| {reading} \+ {exercises} \|$"
        assert re.search(row, readme, re.MULTILINE), "run: make notebooks"


def test_the_map_says_of_each_lesson_what_the_readme_says() -> None:
    notebook = nbformat.read(LESSONS[0], as_version=4)
    before = [cell.source for cell in notebook.cells]
    put_map_into(notebook, LESSONS[0])
    assert [cell.source for cell in notebook.cells] == before, "run: make notebooks"


@every_lesson
def test_imports_then_parameters_then_the_profile_then_the_session(path: Path) -> None:
    (_, imports), (_, parameters), (_, profile), (name, start), *_ = numbered_cells(path, "code")
    statements = ast.parse(source_of(imports)).body
    only_imports = all(isinstance(line, ast.Import | ast.ImportFrom) for line in statements)
    assert only_imports, f"{path.name}: the first code cell must hold the imports and no more"
    assert "parameters" in tags_of(parameters), f"{path.name}: the second code cell: parameters"
    assert source_of(profile).startswith('if profile == "gpu":'), f"{path.name}: profile cell"
    assert "start_session(" in source_of(start), f"{name}: must call start_session"


@every_lesson
def test_a_profile_sets_parameters_of_the_lesson_to_literals(path: Path) -> None:
    name, cell = list(numbered_cells(path, "code"))[2]
    known = papermill.inspect_notebook(path)
    (condition,) = ast.parse(source_of(cell)).body
    calls = [node for node in ast.walk(condition) if isinstance(node, ast.Call)]
    values = [keyword for call in calls for keyword in call.keywords if keyword.arg]
    assert values, f"{name}: sets nothing"
    for keyword in values:
        assert keyword.arg in known, f"{name}: there is no parameter {keyword.arg}"
        ast.literal_eval(keyword.value)
    assert "unless_given(" in source_of(cell), f"{name}: would override what papermill was given"


@every_lesson
def test_nothing_is_imported_further_down(path: Path) -> None:
    for name, cell in list(numbered_cells(path, "code"))[1:]:
        for node in ast.walk(ast.parse(source_of(cell))):
            assert not isinstance(node, ast.Import | ast.ImportFrom), f"{name}: move the import up"


@every_lesson
def test_one_cell_holds_the_parameters_as_commented_literals(path: Path) -> None:
    cells = parameter_cells(path)
    assert len(cells) == 1, f"{path.name}: {len(cells)} cells tagged parameters, must be one"
    name, cell = cells[0]
    for line in source_of(cell).splitlines():
        assert re.fullmatch(r"\w+ = .*\S  # \S.*", line), f"{name}: NAME = VALUE  # meaning: {line}"
        ast.literal_eval(ast.parse(line).body[0].value)
    names = {line.split(" ")[0] for line in source_of(cell).splitlines()}
    assert names >= SHARED_PARAMETERS, f"{name}: lacks {SHARED_PARAMETERS - names}"
    assert set(papermill.inspect_notebook(path)) == names, f"{name}: papermill reads others"


@every_lesson
def test_every_parameter_is_checked_before_any_work(path: Path) -> None:
    *_, (name, start) = list(numbered_cells(path, "code"))[:4]
    (call,) = (
        node
        for node in ast.walk(ast.parse(source_of(start)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "start_session"
    )
    passed = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    missing = set(papermill.inspect_notebook(path)) - passed
    assert not missing, f"{name}: start_session is not given {missing}, so nothing checks them"


@every_lesson
def test_code_cells_are_short_and_lines_fit_on_a_page(path: Path) -> None:
    lengths = {}
    for name, cell in numbered_cells(path, "code"):
        lines = source_of(cell).splitlines()
        assert lines, f"{name}: empty"
        lengths[name] = len(lines)
        for line in lines:
            assert len(line) <= 79, f"{name}: {len(line)} characters, at most 79: {line}"
    imports = lengths.pop(next(iter(lengths)))  # a list, one name to a line
    assert imports <= 60, f"{path.name}: {imports} lines of imports"
    assert statistics.median(lengths.values()) <= 8, f"{path.name}: half of the cells are longer"
    long = {name: length for name, length in lengths.items() if length > 25}
    assert len(long) <= 1, f"more than one cell of over 25 lines: {long}"
    assert max(lengths.values()) <= 45, f"a cell of over 45 lines: {long}"


@every_lesson
def test_there_is_at_least_as_much_text_as_code(path: Path) -> None:
    num_text, num_code = (len(list(numbered_cells(path, kind))) for kind in ("markdown", "code"))
    assert num_text >= num_code, f"{path.name}: {num_text} Markdown cells, {num_code} code cells"


@every_lesson
def test_no_semicolon_hides_an_output_and_nothing_is_cleared(path: Path) -> None:
    for name, cell in numbered_cells(path, "code"):
        source = source_of(cell)
        assert not re.search(r";\s*$", source, re.MULTILINE), f"{name}: a line ends in ;"
        assert "clear_output" not in source, f"{name}: clear_output hides what was there"


@every_lesson
def test_the_formula_family_stands_there_with_the_own_line_marked(path: Path) -> None:
    section = prose_of(path).partition("## One formula, four times\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\|.*\|$", section, re.MULTILINE)[2:]
    own_row_alone = len(rows) == 1 and sizes_of(path).OWN_ROW is not None
    said = "'## One formula, four times' needs a table of four rows, or its own alone"
    assert len(rows) == 4 or own_row_alone, f"{path.name}: {said}"
    marked = [row for row in rows if "**→**" in row]
    own = sizes_of(path).OWN_ROW
    if own is None:
        assert not marked, f"{path.name}: no row is its own, none must be marked with **→**"
    else:
        assert len(marked) == 1, f"{path.name}: mark one row with **→**"
        assert own in marked[0], f"{path.name}: mark the row of {own}"


@every_lesson
def test_exercises_summary_and_sources_end_the_lesson(path: Path) -> None:
    headings = re.findall(r"^## (.*)$", prose_of(path), re.MULTILINE)
    assert headings[-3:] == ["Exercises", "Summary", "Sources"], f"{path.name}: {headings[-3:]}"


@every_lesson
def test_every_exercise_has_a_hint_and_a_solution_folded_away(path: Path) -> None:
    exercises = exercises_of(path)
    fewest = 0 if path.stem.startswith("00") else 3
    assert fewest <= len(exercises) <= 7, f"{path.name}: {len(exercises)} exercises"
    numbers = sorted(int(exercise.split()[1]) for exercise in exercises)
    assert numbers == list(range(1, len(exercises) + 1)), f"{path.name}: exercises {numbers}"
    for exercise in exercises:
        name = f"{path.name}, {exercise[:12]}"
        for part in ("Hint", "Solution"):
            assert f"<details><summary>{part}" in exercise, f"{name}: no <details> for the {part}"


@every_lesson
def test_what_is_folded_away_is_closed_and_read_as_markdown(path: Path) -> None:
    text = prose_of(path)
    opened = len(re.findall("<details>", text))
    assert opened == text.count("</details>"), f"{path.name}: <details> without </details>"
    blank_line_after = len(re.findall(r"<details><summary>[^\n]*</summary>\n\n", text))
    assert opened == blank_line_after, f"{path.name}: a blank line must follow </summary>"


@every_lesson
def test_the_learner_guesses_moves_something_and_meets_a_quiz(path: Path) -> None:
    code = [source_of(cell) for _, cell in numbered_cells(path, "code")]
    for call in ("ask_guess(", "ask_quiz("):
        assert any(call in source for source in code), f"{path.name}: no cell calls {call}...)"
    moving = [source for source in code if re.search(r"^explore_\w+\(", source, re.MULTILINE)]
    fewest = 1 if path.stem.startswith("00") else 2
    assert len(moving) >= fewest, f"{path.name}: {len(moving)} cells in which something moves"


@every_lesson
def test_one_cell_with_one_figure_is_the_result_that_an_index_shows(path: Path) -> None:
    tagged = [cell for _, cell in numbered_cells(path, "code") if RESULT_TAG in tags_of(cell)]
    assert len(tagged) == 1, f"{path.name}: {len(tagged)} cells tagged {RESULT_TAG}, must be one"
    pictures = [o for o in tagged[0]["outputs"] if "image/png" in o.get("data", {})]
    assert len(pictures) == 1, f"{path.name}: the cell tagged {RESULT_TAG} needs one figure"


@every_lesson
def test_every_picture_in_the_text_has_a_description(path: Path) -> None:
    for name, cell in numbered_cells(path, "markdown"):
        source = source_of(cell)
        for text in re.findall(r"!\[(.*?)\]\(", source):
            assert len(text.split()) >= 3, f"{name}: describe the picture, not {text!r}"
        assert "<img" not in source, f"{name}: write ![description](picture), pages embed that"


@every_lesson
def test_links_to_files_lead_somewhere(path: Path) -> None:
    for name, cell in numbered_cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)#\s]+)", source_of(cell)):
            if not re.match(r"[a-z]+:", target):
                assert (NOTEBOOKS_FOLDER / target).exists(), f"{name}: there is no {target}"


@every_lesson
def test_every_formula_can_be_drawn_on_a_page_too(path: Path) -> None:
    pattern = r"(?<!\\)\$\$(.+?)\$\$|(?<![\\$])\$([^$]+?)\$|(\\begin\{\w+\*?\}.*?\\end\{\w+\*?\})"
    for name, cell in numbered_cells(path, "markdown"):
        text = re.sub(r"```.*?```|`[^`]*`", "", source_of(cell), flags=re.DOTALL)
        for parts in re.findall(pattern, text, re.DOTALL):
            mathml = formula_to_mathml("".join(parts), display="inline")
            drawn = "\\" not in mathml and "<code>" not in mathml
            assert drawn, f"{name}: the page cannot draw {''.join(parts)!r}"
