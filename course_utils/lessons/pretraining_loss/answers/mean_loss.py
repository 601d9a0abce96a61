"""Answer of ``mean_loss``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining_loss.answers import ERRORS, judge_mean_loss

ANSWER = OwnJudge(ERRORS["mean_loss"], judge_mean_loss)
