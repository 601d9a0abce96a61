"""Answer of ``shuffled_features``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers import ERRORS, judge_shuffled_features

ANSWER = OwnJudge(ERRORS["shuffled_features"], judge_shuffled_features)
