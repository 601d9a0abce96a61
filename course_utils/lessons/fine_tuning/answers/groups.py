"""Answer of ``groups``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers import ERRORS, judge_groups

ANSWER = OwnJudge(ERRORS["groups"], judge_groups)
