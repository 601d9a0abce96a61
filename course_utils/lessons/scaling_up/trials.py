"""Trainings from random weights that all see equally many pictures, in batches of other sizes."""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch.optim.swa_utils import update_bn

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.computing import set_up
from course_utils.models.side_by_side import num_at_once, seeded, side_by_side
from course_utils.session.start import Session
from course_utils.training import train_one_epoch

MOMENTUM = 0.9
SETTLING = 512  # pictures in a batch while batch norm settles


@dataclass(frozen=True)
class Recipe:
    """One way to train: pictures in a batch, learning rate, precision of the layers."""

    batch_size: int
    rate: float
    precision: torch.dtype = torch.float32


@dataclass(frozen=True)
class Task:
    """What is learned, and for how long.

    Attributes:
        untrained: The network; each training takes a copy with random weights of its own.
        examples: N pictures to learn from.
        num_epochs: Passes over them, whatever the batch.
        session: Where to compute.
    """

    untrained: Classifier
    examples: LabelledImages
    num_epochs: int
    session: Session

    def train(self, recipe: Recipe, seed: int) -> Classifier:
        """One training; ``seed`` decides the first weights and the order of the pictures."""
        with seeded(seed):
            model = Classifier(
                self.untrained.backbone.untrained(), self.untrained.head.out_features
            )
        set_up(model, self.session)
        model.backbone.precision = recipe.precision
        optimizer = torch.optim.SGD(model.parameters(), lr=recipe.rate, momentum=MOMENTUM)
        loader = self._loader(recipe.batch_size, seed)
        model.train()
        for _ in range(self.num_epochs):
            train_one_epoch(model, loader, optimizer)
        return model.eval()

    def train_all(
        self, recipes: Iterable[Recipe], seeds: Sequence[int]
    ) -> dict[Recipe, list[Classifier]]:
        """Each recipe with each seed, side by side where the machine has several cores."""
        recipes = list(recipes)
        jobs = [(recipe, seed) for recipe in recipes for seed in seeds]
        trained = side_by_side(self.train, jobs, self._at_once(recipes))
        return {
            recipe: trained[at * len(seeds) : (at + 1) * len(seeds)]
            for at, recipe in enumerate(recipes)
        }

    def num_steps(self, recipe: Recipe) -> int:
        """Updates of one training."""
        return self.num_epochs * len(self._loader(recipe.batch_size, seed=0))

    def epoch(self, batch_size: int) -> Callable[[], object]:
        """What is timed: one pass over the pictures, at a rate of 0."""
        model = set_up(copy.deepcopy(self.untrained), self.session).train()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.0, momentum=MOMENTUM)
        return partial(train_one_epoch, model, self._loader(batch_size, seed=0), optimizer)

    def _loader(self, batch_size: int, seed: int) -> BatchLoader:
        return BatchLoader(
            self.examples, batch_size, shuffle=True, seed=seed, device=self.session.device
        )

    def settle_all(self, models: Iterable[Classifier]) -> list[Classifier]:
        """Copies whose batch norms remember the mean over all pictures that were learned from."""
        return side_by_side(self._settle, ((model,) for model in models), self._at_once(()))

    def _settle(self, model: Classifier) -> Classifier:
        twin = copy.deepcopy(model)
        update_bn(BatchLoader(self.examples, SETTLING, device=self.session.device), twin)
        return twin.eval()

    def _at_once(self, recipes: Iterable[Recipe]) -> int:
        largest = max([SETTLING, *(recipe.batch_size for recipe in recipes)])
        shape = (min(largest, len(self.examples)), *self.examples.images.shape[1:])
        return num_at_once(self.untrained, self.session, shape)
