"""What the tests of lesson 13 share: a network and a few digits in mixed order."""

import pytest
import torch

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.pretrained import load_backbone
from course_utils.models.side_by_side import seeded


@pytest.fixture(scope="session")
def digits() -> LabelledImages:
    """48 digits."""
    return load_digits()[torch.arange(48)]


@pytest.fixture
def model() -> Classifier:
    """The letters backbone with a fresh head, in eval mode."""
    with seeded(0):
        return Classifier(load_backbone("letters"), 10).eval()
