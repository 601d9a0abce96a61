"""Answer of ``mended``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers import ERRORS, judge_mended

ANSWER = OwnJudge(ERRORS["mended"], judge_mended)
