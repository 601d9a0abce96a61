"""Ways of starting side by side: what is drawn and said of them."""

from course_utils.figures.axes import summary_of
from course_utils.figures.starts import plot_starts


def test_starts_have_a_row_each_with_mean_interval_and_repeats() -> None:
    ax = plot_starts({"random": [0.1, 0.2, 0.3], "pretrained": [0.6, 0.6, 0.6]}, "mAP")
    words = summary_of(ax.figure)
    assert words.startswith("random: mAP 0.200 [0.000, 0.448], 3 repeats.")
    assert "pretrained: mAP 0.600 [0.600, 0.600], 3 repeats." in words
    assert [label.get_text() for label in ax.get_yticklabels()] == ["random", "pretrained"]
