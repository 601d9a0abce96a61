"""Answer of ``descend``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining_loss.answers import ERRORS, judge_descend

ANSWER = OwnJudge(ERRORS["descend"], judge_descend)
