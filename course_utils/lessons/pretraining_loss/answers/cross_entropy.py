"""Answer of ``cross_entropy``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining_loss.answers import ERRORS, judge_cross_entropy

ANSWER = OwnJudge(ERRORS["cross_entropy"], judge_cross_entropy)
