"""Answer of ``possible``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.answers import ERRORS, judge_possible

ANSWER = OwnJudge(ERRORS["possible"], judge_possible)
