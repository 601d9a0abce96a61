"""Answer of ``first_loss``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining_loss.answers import ERRORS, judge_first_loss

ANSWER = OwnJudge(ERRORS["first_loss"], judge_first_loss)
