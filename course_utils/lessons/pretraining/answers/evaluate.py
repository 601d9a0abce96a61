"""Answer of ``evaluate``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers import ERRORS, judge_evaluate

ANSWER = OwnJudge(ERRORS["evaluate"], judge_evaluate)
