"""Bars of how many pictures there are of each class."""

from pathlib import Path

from course_utils.data.survey_folder import survey_folder
from course_utils.figures.axes import as_png, new_axes, summary_of
from course_utils.figures.class_counts import plot_class_counts
from tests.helpers.picture_folders import fill


def widths(bars: list) -> list[float]:
    return [bar.get_width() for bar in bars]


def test_a_bar_per_class_has_a_piece_per_part(tmp_path: Path) -> None:
    fill(tmp_path, ["train/$5_$10", "test/$5_$10", "test/dog"], 2)
    fill(tmp_path, ["train/dog"], 7)
    ax = plot_class_counts(survey_folder(tmp_path))
    train, test = ax.containers
    assert widths(train) == [2, 7] and widths(test) == [2, 2]
    assert [bar.get_x() for bar in test] == [2, 7]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["$5_$10", "dog"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["train", "test"]
    assert summary_of(ax.figure) == "13 pictures of 2 classes, from 4 of $5_$10 to 9 of dog."
    assert as_png(ax.figure)  # which reads the names as text, not as formulas


def test_many_classes_go_by_size(tmp_path: Path) -> None:
    fill(tmp_path, [f"class {number:03}" for number in range(40)], 1)
    fill(tmp_path, ["class 017"], 5)
    ax = new_axes()
    assert plot_class_counts(survey_folder(tmp_path), ax) is ax
    (bars,) = ax.containers
    assert widths(bars) == [5] + [1] * 39
    assert ax.get_ylabel() == "classes, the largest first" and ax.get_legend() is None
