"""How a saved model is asked in a terminal."""

from pathlib import Path

from course_utils.files import PROJECT_FOLDER
from course_utils.shipping.in_terminal import commands_text, short_path


def test_a_kept_model_has_one_command_for_each_question() -> None:
    text = commands_text(PROJECT_FOLDER / "data" / "mine", ["a.png", "coco:x"], is_kept=True)
    assert text.splitlines()[-2:] == [
        'python -m course_utils.predict "data/mine" a.png',
        'python -m course_utils.predict "data/mine" coco:x',
    ]
    assert "goes when the run is over" not in text


def test_a_model_of_this_run_alone_says_how_it_is_kept(tmp_path: Path) -> None:
    text = commands_text(tmp_path, ["a.png"], is_kept=False)
    assert 'set save_to = "data/my_model"' in text
    assert str(tmp_path) not in text
    assert short_path(tmp_path) == tmp_path.as_posix()
