"""Answer of ``head_first``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers import ERRORS, judge_head_first

ANSWER = OwnJudge(ERRORS["head_first"], judge_head_first)
