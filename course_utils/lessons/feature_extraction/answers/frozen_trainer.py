"""Answer of ``frozen_trainer``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers import ERRORS, judge_frozen_trainer

ANSWER = OwnJudge(ERRORS["frozen_trainer"], judge_frozen_trainer)
