"""Answer of ``budgets``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.fine_tuning.answers import ERRORS, judge_budgets

ANSWER = OwnJudge(ERRORS["budgets"], judge_budgets)
