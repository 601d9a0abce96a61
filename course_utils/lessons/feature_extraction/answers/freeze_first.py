"""Answer of ``freeze_first``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers import ERRORS, judge_freeze_first

ANSWER = OwnJudge(ERRORS["freeze_first"], judge_freeze_first)
