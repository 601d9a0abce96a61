"""Values of parameters as they are written on the command line."""

import pytest

from course_utils.runs.values import read_value, read_values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("1e-3", 0.001),
        ("true", True),
        ("True", True),
        ("null", None),
        ("None", None),
        ("[1, 5]", [1, 5]),
        ("three", "three"),
        ("folder:pictures", "folder:pictures"),
    ],
)
def test_values_on_the_command_line_have_the_type_they_look_like(text: str, value: object) -> None:
    found = read_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0..3", [0, 1, 2, 3]),
        ("40,80", [40, 80]),
        ("0..2,7", [0, 1, 2, 7]),
        ("-1..1", [-1, 0, 1]),
        ("5", [5]),
        ("1,1,2", [1, 2]),
        ("true,false", [True, False]),
        ("1,true", [1, True]),
        ("letters, resnet18", ["letters", "resnet18"]),
        ("[[1, 5], [1, 20]]", [[1, 5], [1, 20]]),
        ("0.1,1e-3", [0.1, 0.001]),
    ],
)
def test_several_values_are_a_range_a_list_or_parts(text: str, values: list[object]) -> None:
    found = read_values(text)
    assert found == values
    assert list(map(type, found)) == list(map(type, values))


@pytest.mark.parametrize("text", ["", ",", "[]", "9..0", "0..99999999"])
def test_what_names_no_values_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no values|is no range"):
        read_values(text)
