"""Answer of ``loss_gradient``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining_loss.answers import ERRORS, judge_loss_gradient

ANSWER = OwnJudge(ERRORS["loss_gradient"], judge_loss_gradient)
