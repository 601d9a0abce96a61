"""Answer of ``reading``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers import ERRORS, judge_reading

ANSWER = OwnJudge(ERRORS["reading"], judge_reading)
