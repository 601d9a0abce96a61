"""One pass of training: the loss by hand, learning, refusals, and a stop with its likely cause."""

import math

import pytest
import torch
from torch import Tensor, nn

from course_utils.data.batches import BatchLoader
from course_utils.data.examples import LabelledImages
from course_utils.evaluation.scores import evaluate
from course_utils.models.classifier import Classifier
from course_utils.models.residual import Backbone
from course_utils.training import NonFiniteLossError, train_one_epoch


def linear_model(weight: float = 0.0) -> nn.Linear:
    """Two inputs to two logits, without a bias."""
    model = nn.Linear(2, 2, bias=False)
    nn.init.constant_(model.weight, weight)
    return model


def sgd(model: nn.Module, lr: float = 0.0) -> torch.optim.SGD:
    return torch.optim.SGD(model.parameters(), lr=lr)


@pytest.fixture
def tiny_loader(tiny_images_labels: tuple[Tensor, Tensor]) -> BatchLoader:
    examples = LabelledImages(*tiny_images_labels, ("red", "green", "blue"))
    return BatchLoader(examples, 5, shuffle=True, seed=0)


def test_every_example_counts_the_same_in_the_mean_also_in_a_short_last_batch() -> None:
    # The logits are the images themselves; probabilities of the right class: 3/4, 1/2, 1/4.
    model = linear_model()
    model.weight.data.copy_(torch.eye(2))
    images = torch.tensor([[math.log(3), 0.0], [0.0, 0.0], [0.0, math.log(3)]])
    labels = torch.tensor([0, 0, 0])
    loader = [(images[:2], labels[:2]), (images[2:], labels[2:])]
    expected = -(math.log(3 / 4) + math.log(1 / 2) + math.log(1 / 4)) / 3
    assert train_one_epoch(model, loader, sgd(model)) == pytest.approx(expected)
    mean_of_means = -((math.log(3 / 4) + math.log(1 / 2)) / 2 + math.log(1 / 4)) / 2
    assert expected != pytest.approx(mean_of_means, rel=0.05)


def test_each_update_is_the_hand_worked_gradient_step() -> None:
    # At zero weights the probabilities are 1/2, 1/2; the gradient is (probs - one-hot) times image.
    model = linear_model()
    images, labels = torch.tensor([[2.0, 0.0], [0.0, 4.0]]), torch.tensor([0, 1])
    loss = train_one_epoch(model, [(images, labels)], sgd(model, lr=0.1))
    assert loss == pytest.approx(math.log(2))
    expected = 0.1 * 0.5 * torch.tensor([[2.0, -4.0], [-2.0, 4.0]]) / 2
    torch.testing.assert_close(model.weight.data, expected)


def test_the_loss_is_that_before_each_update_and_gradients_do_not_pile_up() -> None:
    model, batch = linear_model(), (torch.tensor([[1.0, 0.0]]), torch.tensor([0]))
    loss = train_one_epoch(model, [batch, batch], sgd(model, lr=1.0))
    # First update: +-1/2 in the first column, so the logits differ by 1 at the second loss.
    second = math.log(1 + math.exp(-1))
    assert loss == pytest.approx((math.log(2) + second) / 2)
    other = 1 / (1 + math.exp(1))
    torch.testing.assert_close(model.weight[0, 0].item(), 0.5 + other)


@pytest.mark.slow
def test_training_overfits_twelve_images(tiny_loader: BatchLoader) -> None:
    torch.manual_seed(0)
    model = Classifier(Backbone(in_channels=3, width=4), num_classes=3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    first_loss = train_one_epoch(model, tiny_loader, optimizer)
    for _ in range(40):
        train_one_epoch(model, tiny_loader, optimizer)
    last_loss, accuracy = evaluate(model, tiny_loader)
    assert first_loss == pytest.approx(math.log(3), abs=0.5)
    assert last_loss < 0.1 * first_loss and accuracy == 1.0


def test_the_schedule_is_stepped_once_per_update(tiny_loader: BatchLoader) -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 3))
    optimizer = sgd(model, lr=1.0)
    halving = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
    for epoch in (1, 2):
        train_one_epoch(model, tiny_loader, optimizer, halving)
        assert optimizer.param_groups[0]["lr"] == 0.5 ** (3 * epoch)  # 12 images in 3 batches


def test_parts_that_the_caller_put_in_eval_mode_stay_in_it(tiny_loader: BatchLoader) -> None:
    model = Classifier(Backbone(in_channels=3, width=2), num_classes=3)
    model.train()
    model.backbone.eval()
    train_one_epoch(model, tiny_loader, sgd(model))
    assert model.training and not model.backbone.training
    assert model.backbone[0][1].num_batches_tracked == 0


def test_a_model_in_eval_mode_is_refused(tiny_loader: BatchLoader) -> None:
    model = linear_model().eval()
    with pytest.raises(ValueError, match=r"eval mode: call model\.train\(\) before"):
        train_one_epoch(model, tiny_loader, sgd(model))


def test_a_loader_without_batches_is_refused() -> None:
    model = linear_model()
    with pytest.raises(ValueError, match="the loader gave no batches"):
        train_one_epoch(model, [], sgd(model))


GOOD = (torch.ones(2, 2), torch.tensor([0, 1]))


def message_of_stop(model: nn.Linear, batch: tuple[Tensor, Tensor]) -> str:
    """What is said when ``batch`` comes second; the weights must stay as the first left them."""
    optimizer, seen = torch.optim.SGD(model.parameters(), lr=0.25, momentum=0.9), []
    model.register_forward_pre_hook(lambda *_: seen.append(model.weight.detach().clone()))
    with pytest.raises(NonFiniteLossError) as caught:
        train_one_epoch(model, [GOOD, batch, GOOD], optimizer)
    assert len(seen) == 2 and torch.equal(model.weight, seen[1])
    return str(caught.value)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_images_that_are_not_finite_are_named_as_the_cause(value: float) -> None:
    images = GOOD[0].clone()
    images[1, 0] = value
    message = message_of_stop(linear_model(), (images, GOOD[1]))
    assert message.startswith("loss is nan at step 1 of this epoch: the images hold values")


def test_logits_that_overflow_are_named_with_a_smaller_rate_to_try() -> None:
    model = linear_model(1e30)
    message = message_of_stop(model, (torch.full((2, 2), 1e30), GOOD[1]))
    expected = "logits overflowed: try a learning rate 10 times smaller than 0.25"
    assert message == f"loss is nan at step 1 of this epoch: {expected}"


def test_weights_that_are_not_finite_are_named_with_the_rates() -> None:
    model = nn.Sequential(linear_model(), linear_model())
    groups = [
        {"params": part.parameters(), "lr": lr} for part, lr in zip(model, (3, 0.5), strict=True)
    ]
    model[1].weight.data[0, 0] = math.inf
    with pytest.raises(NonFiniteLossError, match=r"the learning rate \(3, 0\.5\) is too large"):
        train_one_epoch(model, [GOOD], torch.optim.SGD(groups))


def test_a_rate_that_is_far_too_large_ends_in_such_a_stop_and_not_in_silence() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
    loader = [(torch.randn(8, 2), torch.arange(8) % 2) for _ in range(200)]
    with pytest.raises(NonFiniteLossError, match=r"loss is \w+ at step \d+ .*learning rate"):
        train_one_epoch(model, loader, sgd(model, lr=1e20))
