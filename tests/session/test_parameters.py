"""Parameters of a lesson: what papermill set, what fits, and a name and a way out for the rest."""

import math
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import yaml

from course_utils.session import parameters
from course_utils.session.parameters import (
    check_choice,
    check_count,
    check_count_list,
    check_flag,
    check_fraction,
    check_inside,
    check_optional_count,
    check_positive,
    check_positive_list,
    check_repeats,
    check_share,
    check_text,
    injected_names,
    is_whole,
    refuse_unknown_parameters,
)

Check = Callable[[str, object], None]


def pretend_papermill(monkeypatch: pytest.MonkeyPatch, *cells: str) -> None:
    """Make the module believe that it runs in a notebook with these executed cells."""
    shell = SimpleNamespace(user_ns={"In": ["", *cells]})
    monkeypatch.setattr(parameters, "get_ipython", lambda: shell)


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (check_count, [1, 500]),
        (check_repeats, [2, 500]),
        (check_optional_count, [1, 500, None]),
        (check_positive, [0.001, 3, 1e9]),
        (check_fraction, [0.5, 1e-9]),
        (check_share, [0, 1, 0.0, 1.0, 0.5]),
        (check_count_list, [[1], [1, 5, 20]]),
        (check_positive_list, [[0.1, 1]]),
        (check_text, ["", "folder:pictures"]),
        (check_flag, [True, False]),
    ],
)
def test_values_that_fit_are_accepted(check: Check, good: list[object]) -> None:
    for value in good:
        check("setting", value)


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (check_count, [0, -1, 2.0, "3", True, None, [3]]),
        (check_repeats, [1, 0, 2.0, "3", True, None]),
        (check_optional_count, [0, -1, 2.0, "None", False, [3]]),
        (check_positive, [0, -0.1, "1e-3", True, None, math.inf, math.nan]),
        (check_fraction, [0, 1, 0.0, 1.0, -0.5, "half", None, math.nan]),
        (check_share, [-1e-9, 1.0001, 2, True, False, "half", None, math.nan, [0.5]]),
        (check_count_list, [[], 5, "[1, 5]", [0], [1, 2.0], [True], (1, 5), None, [5, 1], [1, 1]]),
        (check_positive_list, [[], 0.1, [0.1, 0], ["0.1"], [math.nan]]),
        (check_text, [1, None, ["folder"]]),
        (check_flag, [1, 0, "True", "", None]),
    ],
)
def test_values_that_do_not_fit_are_named_with_their_parameter(
    check: Check, bad: list[object]
) -> None:
    for value in bad:
        with pytest.raises(ValueError, match=r"^setting must be .*, got ") as error:
            check("setting", value)
        assert repr(value) in str(error.value)


def test_lists_are_refused_with_how_papermill_takes_them() -> None:
    with pytest.raises(ValueError, match=r"papermill takes lists with -y 'sizes: \[1, 5, 20\]'"):
        check_count_list("sizes", "[1, 5]")
    with pytest.raises(ValueError, match=r"papermill takes lists with -y 'rates: \[0.1, 1\]'"):
        check_positive_list("rates", 0.1)


@pytest.mark.parametrize("value", ["c", 1, None, ["a"]])
def test_a_wrong_choice_is_refused_with_the_right_ones(value: object) -> None:
    check_choice("setting", "b", ("a", "b"))
    with pytest.raises(ValueError, match='setting must be one of "a", "b", got') as error:
        check_choice("setting", value, ("a", "b"))
    assert repr(value) in str(error.value)


def test_true_and_false_are_no_whole_numbers() -> None:
    assert is_whole(0) and is_whole(-3)
    assert not any(is_whole(value) for value in (True, False, 1.0, "1", None))


def test_a_parameter_that_the_lesson_lacks_is_refused_with_one_spelt_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_papermill(monkeypatch, "epochs = 1", "# Parameters\nseed = 1\nepcohs = 3\n")
    with pytest.raises(ValueError, match=r"unknown parameter 'epcohs'. Did you mean 'epochs'\?"):
        refuse_unknown_parameters(injected_names(), {"seed", "epochs"})


def test_an_unlike_parameter_is_refused_without_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_papermill(monkeypatch, "# Parameters\nxyz = 3\n")
    with pytest.raises(ValueError, match=r"'xyz'. This lesson has: epochs, seed$"):
        refuse_unknown_parameters(injected_names(), {"seed", "epochs"})


def test_parameters_that_the_lesson_has_may_be_injected(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_papermill(monkeypatch, "# Parameters\nseed = 1\nepochs = 3\n", "other = 5")
    refuse_unknown_parameters(injected_names(), {"seed", "epochs"})


def test_a_script_has_no_injected_parameters() -> None:
    refuse_unknown_parameters(injected_names(), set())
    assert injected_names() == set()


def test_only_names_that_the_injected_cell_assigns_count(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = '# Parameters\nname = "epochs = 3"\nsettings = {"num_steps": 1}\n'
    pretend_papermill(monkeypatch, "rate = 1", cell, "# Parameters are above\nseed = 1")
    assert injected_names() == {"name", "settings"}


@pytest.mark.parametrize(
    ("check", "line", "way_out"),
    [
        (check_positive, "rate: 1e-3", "got '1e-3': '1e-3' is text; write 0.001 or 1.0e-3"),
        (check_positive, "rate: .5E1", "got '.5E1': '.5E1' is text; write 5"),
        (check_positive_list, "rate: [0.1, 1e-7]", "'1e-7' is text; write 0.0000001 or 1.0e-7"),
        (check_fraction, "rate: '0.2'", "got '0.2': '0.2' is text; write 0.2"),
        (check_share, "rate: 1e-1", "got '1e-1': '1e-1' is text; write 0.1 or 1.0e-1"),
        (check_count, "rate: 1e4", "got '1e4': '1e4' is text; write 10000"),
        (check_count_list, "rate: ['1', 5]", "got ['1', 5]: '1' is text; write 1;"),
    ],
)
def test_a_number_that_yaml_takes_for_text_is_told_how_to_be_written(
    check: Check, line: str, way_out: str
) -> None:
    value = yaml.safe_load(line)["rate"]  # as papermill reads -y and -f
    with pytest.raises(ValueError) as error:
        check("rate", value)
    assert way_out in str(error.value)
    for written in re.findall(r"write (\S+)(?: or ([^;\s]+))?", str(error.value))[0]:
        assert not written or isinstance(yaml.safe_load(written.strip(";")), int | float)


@pytest.mark.parametrize("value", ["1e-3 px", "one", "1e", "0x10", "", "1e999999999"])
def test_other_text_is_not_taken_for_a_number(value: str) -> None:
    with pytest.raises(ValueError) as error:
        check_positive("rate", value)
    assert str(error.value) == f"rate must be a number above 0, got {value!r}"


def test_a_list_that_does_not_rise_is_refused_with_how_it_would() -> None:
    with pytest.raises(ValueError, match=r"sizes must be a list that rises.*write \[1, 5, 20\]$"):
        check_count_list("sizes", [20, 5, 1, 5])


def test_what_lies_beyond_a_list_is_refused() -> None:
    for inside in (1, 3, 20):
        check_inside("few", inside, "sizes", [1, 5, 20])
    with pytest.raises(ValueError, match=r"few must lie inside sizes, from 2 to 20, got 1: beyond"):
        check_inside("few", 1, "sizes", [2, 20])
    with pytest.raises(ValueError, match=r"got 21: beyond"):
        check_inside("few", 21, "sizes", [2, 20])
