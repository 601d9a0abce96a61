"""Answer of ``diagnosis``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers import ERRORS, judge_diagnosis

ANSWER = OwnJudge(ERRORS["diagnosis"], judge_diagnosis)
