"""How far the statistics of batch norm drift in train mode, and what heads on them are worth."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features
from course_utils.models.inference import predict
from course_utils.training import train_one_epoch

Drift = dict[str, list[float]]


def drift_since(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> Drift:
    """How far each layer's statistics moved, in its old standard deviations.

    Args:
        before: State of a backbone with batch norm.
        after: State of the same backbone later.

    Returns:
        By name of the statistic, one number for each layer, averaged over channels.
    """
    drift = {"mean": [], "standard deviation": []}
    for name in before:
        if name.endswith("running_mean"):
            variance = name.replace("mean", "var")
            old = (before[variance] + 1e-5).sqrt()  # as batch norm does
            new = (after[variance] + 1e-5).sqrt()
            move = (after[name] - before[name]).abs() / old
            drift["mean"].append(move.mean().item())
            growth = (new / old - 1).abs()
            drift["standard deviation"].append(growth.mean().item())
    return drift


def watch_drift(
    moving: Classifier,
    batches: Iterable[tuple[Tensor, Tensor]],
    finished_head: nn.Module,
    watched: LabelledImages,
    stops: Sequence[int],
) -> tuple[list[Drift], dict[str, list[float]]]:
    """Train the head of ``moving`` while the backbone's statistics drift, and look at each stop.

    Args:
        moving: Its head learns by Adam; its backbone stays in train mode.
        batches: As many as the last stop.
        finished_head: Another head for the same features, which stays as it is.
        watched: Labelled pictures on which both heads are scored, in eval mode.
        stops: Numbers of steps, ascending.

    Returns:
        The drift of each layer at each stop, and the accuracies there of the finished head
        (``"trained before"``) and of the one that learns (``"trained along"``).
    """
    before = {name: value.clone() for name, value in moving.backbone.state_dict().items()}
    moving.backbone.requires_grad_(False)
    optimizer = torch.optim.Adam(moving.head.parameters(), lr=0.01)
    heads = {"trained before": finished_head, "trained along": moving.head}
    batches, drifts, scores = iter(batches), [], {name: [] for name in heads}
    for num_steps in np.diff(stops, prepend=0):
        moving.train()
        if num_steps > 0:
            train_one_epoch(moving, islice(batches, num_steps), optimizer)
        drifts.append(drift_since(before, moving.backbone.state_dict()))
        features = extract_features(moving.backbone, watched.images)
        for name, head in heads.items():
            right = predict(head, features).argmax(dim=1) == watched.labels
            scores[name].append(right.float().mean().item())
    return drifts, scores
