"""Answer of ``fair_features``."""

from course_utils.exercises.tables import OwnJudge
from course_utils.lessons.resnet50_on_cifar10.answers import ERRORS, judge_fair_features

ANSWER = OwnJudge(ERRORS["fair_features"], judge_fair_features)
