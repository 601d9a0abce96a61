"""Features of whole texts: padding and the texts beside them change nothing."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features, fingerprint, freeze
from course_utils.models.inference import predict
from course_utils.models.text.classifier import POOLINGS, TextFeatures
from course_utils.models.text.padding import PADDING, count_real
from course_utils.models.text.transformer import Transformer
from course_utils.training import train_one_epoch


@pytest.fixture
def rows() -> Tensor:
    """Twelve texts of 1 to 12 tokens (12, 12); those of class 1 hold a token of their own."""
    generator = torch.Generator().manual_seed(2)
    tokens = torch.randint(2, 280, (12, 12), generator=generator)
    tokens[torch.arange(12) % 2 == 1, 0] = 1
    return tokens.masked_fill(torch.arange(12) > torch.arange(12)[:, None], PADDING)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_text_has_the_same_features_alone_as_in_a_batch(
    model: Transformer, rows: Tensor, pooling: str
) -> None:
    backbone = TextFeatures(model, pooling)
    together = backbone(rows)
    alone = torch.cat([backbone(row[None, : n + 1]) for n, row in enumerate(rows)])
    wider = backbone(F.pad(rows, (0, 7), value=PADDING))
    assert together.shape == (12, 16) and backbone.num_features == 16
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-5)
    torch.testing.assert_close(together, wider, rtol=0, atol=1e-5)


def test_the_last_real_token_and_the_mean_of_all_real_ones_are_taken(
    model: Transformer, rows: Tensor
) -> None:
    features = model(rows)
    last = torch.stack([features[n, n] for n in range(12)])
    mean = torch.stack([features[n, : n + 1].mean(dim=0) for n in range(12)])
    torch.testing.assert_close(TextFeatures(model)(rows), last)
    torch.testing.assert_close(TextFeatures(model, "mean")(rows), mean)


def test_columns_of_padding_alone_are_not_computed(model: Transformer, rows: Tensor) -> None:
    shapes = []
    model.register_forward_hook(lambda _, args, __: shapes.append(tuple(args[0].shape)))
    TextFeatures(model)(rows[:4])
    assert shapes == [(4, 4)]


@pytest.mark.slow
@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_classifier_learns_by_the_workbooks_own_loop(
    model: Transformer, rows: Tensor, pooling: str
) -> None:
    torch.manual_seed(0)
    classifier = Classifier(TextFeatures(model.untrained(), pooling), 2)
    examples = LabelledImages(rows, torch.arange(12) % 2, ("without", "with"))
    optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
    loader = BatchLoader(examples, 4, shuffle=True, seed=0)
    for _ in range(25):
        train_one_epoch(classifier, loader, optimizer)
    assert (predict(classifier, rows, batch_size=5).argmax(dim=1) == examples.labels).all()


def test_frozen_features_are_kept_for_each_pooling(
    model: Transformer, rows: Tensor, tmp_path: Path
) -> None:
    for pooling in POOLINGS:
        backbone = TextFeatures(model, pooling)
        freeze(backbone)
        for _ in range(2):
            kept = extract_features(backbone, rows, batch_size=5, cache_dir=tmp_path)
            torch.testing.assert_close(kept, backbone(rows), rtol=0, atol=1e-5)
    assert len(list(tmp_path.iterdir())) == 2


def test_an_untrained_backbone_pools_the_same_and_leaves_the_other(model: Transformer) -> None:
    backbone = TextFeatures(model, "mean")
    before = fingerprint(backbone)
    fresh = backbone.untrained()
    assert fresh.pooling == "mean" and fingerprint(fresh) != before == fingerprint(backbone)


def test_texts_that_do_not_fit_are_refused(model: Transformer, rows: Tensor) -> None:
    with pytest.raises(ValueError, match="padding stands before a token"):
        TextFeatures(model)(rows.flip(1))
    with pytest.raises(ValueError, match="pooling must be 'last' or 'mean', got 'first'"):
        TextFeatures(model, "first")
    assert count_real(rows).tolist() == list(range(1, 13))
