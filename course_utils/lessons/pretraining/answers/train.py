"""Answer of ``train``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.pretraining.answers import ERRORS, judge_train

ANSWER = OwnJudge(ERRORS["train"], judge_train)
