"""What a way of fine-tuning costs: weights that learn, and the memory of their optimizer."""

from torch import Tensor, nn
from torch.optim import Optimizer


def num_learning(model: nn.Module) -> int:
    """How many weights of ``model`` learn; each is counted once, in however many places it is."""
    return sum(weight.numel() for weight in model.parameters() if weight.requires_grad)


def optimizer_bytes(optimizer: Optimizer) -> int:
    """Bytes that ``optimizer`` keeps beside the weights; 0 before its first step.

    Adam keeps two numbers for each weight that learns.
    """
    kept = (value for state in optimizer.state.values() for value in state.values())
    return sum(value.nbytes for value in kept if isinstance(value, Tensor))
