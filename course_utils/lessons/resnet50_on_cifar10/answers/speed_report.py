"""Answer of ``speed_report``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.answers import ERRORS, judge_speed_report

ANSWER = OwnJudge(ERRORS["speed_report"], judge_speed_report)
