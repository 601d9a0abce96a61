"""Answer of ``one_step``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers import ERRORS, judge_one_step

ANSWER = OwnJudge(ERRORS["one_step"], judge_one_step)
