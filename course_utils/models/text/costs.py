"""What a way of fine-tuning costs: how many weights learn."""

from torch import nn


def num_learning(model: nn.Module) -> int:
    """How many weights of ``model`` learn; each is counted once, in however many places it is."""
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
