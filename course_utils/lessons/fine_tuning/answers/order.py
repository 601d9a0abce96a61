"""Answer of ``order``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers import ERRORS, judge_order

ANSWER = OwnJudge(ERRORS["order"], judge_order)
