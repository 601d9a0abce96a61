"""Answer of ``three_faults``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers import ERRORS, judge_three_faults

ANSWER = OwnJudge(ERRORS["three_faults"], judge_three_faults)
