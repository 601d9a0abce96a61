"""Answer of ``bug_hunt``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.answers import ERRORS, judge_bug_hunt

ANSWER = OwnJudge(ERRORS["bug_hunt"], judge_bug_hunt)
