"""Answer of ``labels_saved``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.feature_extraction.answers import ERRORS, judge_labels_saved

ANSWER = OwnJudge(ERRORS["labels_saved"], judge_labels_saved)
