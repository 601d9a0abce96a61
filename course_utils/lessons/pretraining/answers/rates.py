"""Answer of ``rates``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers import ERRORS, judge_rates

ANSWER = OwnJudge(ERRORS["rates"], judge_rates)
