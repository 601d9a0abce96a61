"""Answer of ``cached_head``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.answers import ERRORS, judge_cached_head

ANSWER = OwnJudge(ERRORS["cached_head"], judge_cached_head)
