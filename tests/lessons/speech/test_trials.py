"""Ways to a classifier: what learns, what stays, and that a head's scaling is its own."""

import pytest
import torch

from course_utils.data.batches import BatchLoader
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.sounds.synthetic_digits import load_synthetic_digits
from course_utils.data.splits import take_per_class
from course_utils.lessons.speech import trials
from course_utils.lessons.speech.trials import (
    Way,
    answers_right,
    fit_scaled_head,
    new_backbone,
    train_way,
)
from course_utils.models.freezing import fingerprint
from course_utils.models.inference import predict

SIZES = {"num_steps": 3, "batch_size": 16, "seed": 0}


@pytest.fixture(scope="module")
def few() -> LabelledSounds:
    digits = load_synthetic_digits()
    return take_per_class(digits[digits.speakers < 3], 4, seed=0)


@pytest.mark.parametrize("source", ["pixels", "random", "settled", "letters", "words"])
def test_a_frozen_backbone_stays_and_its_head_learns_the_sounds(
    few: LabelledSounds, source: str
) -> None:
    model = train_way(Way(source, penalty=0.001), few, **SIZES)
    assert fingerprint(model.backbone) == fingerprint(new_backbone(source, few, seed=0))
    assert answers_right(model, few).double().mean() > 0.9
    assert not any(part.training for part in model.modules())


def test_a_settled_backbone_is_the_random_one_with_the_averages_of_what_it_sees(
    few: LabelledSounds,
) -> None:
    random, settled = (new_backbone(source, few, seed=0) for source in ("random", "settled"))
    assert all(a.equal(b) for a, b in zip(random.parameters(), settled.parameters(), strict=True))
    seen = random[0][0](few.images.float() / 255)  # what the first batch norm is given
    norm = settled[0][1]
    assert norm.running_mean == pytest.approx(seen.mean(dim=(0, 2, 3)).detach(), abs=1e-5)
    assert random[0][1].running_mean.count_nonzero() == 0
    assert random[0][1].momentum == norm.momentum == 0.1


@pytest.mark.parametrize("way", [Way("random", rate=0.01), Way("words", 0.1, 0.001)], ids=str)
def test_with_a_rate_all_weights_learn(few: LabelledSounds, way: Way) -> None:
    model = train_way(way, few, **SIZES)
    before = new_backbone(way.source, few, seed=0).state_dict()
    after = model.backbone.state_dict()
    assert all(not torch.equal(before[key], after[key]) for key in before)
    assert not any(part.training for part in model.modules())


def test_the_same_seed_trains_the_same_and_variation_changes_it(few: LabelledSounds) -> None:
    way = Way("random", rate=0.01)
    first, again = (train_way(way, few, **SIZES) for _ in range(2))
    plain = train_way(way, few, **SIZES, vary=False)
    other = train_way(way, few, **SIZES | {"seed": 1})
    assert fingerprint(first) == fingerprint(again)
    assert len({fingerprint(each) for each in (first, plain, other)}) == 3


def test_fine_tuning_starts_from_the_head_of_the_frozen_backbone(few: LabelledSounds) -> None:
    frozen = train_way(Way("words", 0.1), few, **SIZES)
    hardly = train_way(Way("words", 0.1, 1e-9), few, **SIZES)
    assert torch.allclose(hardly.head.weight, frozen.head.weight, atol=1e-6)


def test_scaling_of_features_changes_nothing_that_a_head_answers(few: LabelledSounds) -> None:
    features = torch.randn(len(few), 6, generator=torch.Generator().manual_seed(0))
    features[:, 2] = 0  # a feature that is always 0
    moved = 100 + 1e-3 * features
    plain = fit_scaled_head(features, few, 0.1, seed=0)
    scaled = fit_scaled_head(moved, few, 0.1, seed=0)
    assert torch.allclose(plain(features), scaled(moved), atol=1e-2)


@pytest.mark.parametrize(("count", "sizes"), [(4, {40}), (10, {34, 33, 32}), (1, {10})])
def test_batches_are_of_one_size(
    count: int, sizes: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = load_synthetic_digits()
    some = take_per_class(digits[digits.speakers == 0], count, seed=0)
    seen = []

    def note(model: object, loader: BatchLoader, *rest: object) -> float:
        seen.extend(len(labels) for _, labels in loader)
        return 0.0

    monkeypatch.setattr(trials, "train_one_epoch", note)
    train_way(Way("random", rate=0.01), some, num_steps=6, batch_size=32, seed=0)
    assert len(seen) == 6 and set(seen) <= sizes and max(seen) - min(seen) <= 2


def test_answers_right_is_what_the_logits_say(few: LabelledSounds) -> None:
    model = train_way(Way("pixels", penalty=10.0), few, **SIZES)
    expected = predict(model, few.images).argmax(dim=1) == few.labels
    assert torch.equal(answers_right(model, few), expected)
    assert 0 < expected.sum() < len(few)
