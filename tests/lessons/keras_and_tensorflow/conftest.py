"""What the tests of lesson 12 share: its model and a task of few pictures."""

import pytest

from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split
from course_utils.lessons.keras_and_tensorflow.carrying import make_task
from course_utils.lessons.keras_and_tensorflow.stored import begin
from course_utils.lessons.keras_and_tensorflow.task import Task
from course_utils.models.classifier import Classifier


@pytest.fixture(scope="session")
def beginning() -> tuple[Classifier, Split, list[LabelledImages]]:
    """The model, split and few pictures with which the lesson begins, seed 0."""
    return begin(0)


@pytest.fixture(scope="session")
def task(beginning: tuple[Classifier, Split, list[LabelledImages]]) -> Task:
    """The same as arrays, two repeats only."""
    model, split, few = beginning
    return make_task(model, split, few[:2])
