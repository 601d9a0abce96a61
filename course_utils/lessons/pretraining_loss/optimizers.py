"""SGD, momentum and Adam as formulas: which way a step goes, given the gradient.

They take the same steps as ``torch.optim`` with its own settings, and treat every number by itself.
"""

from torch import Tensor

Memory = dict[str, Tensor | int]  # what an optimizer keeps from step to step, empty at first


def sgd(gradient: Tensor, memory: Memory) -> Tensor:
    """The gradient itself."""
    return gradient


def momentum(gradient: Tensor, memory: Memory) -> Tensor:
    """The gradient, and nine tenths of the way of the step before."""
    memory["v"] = 0.9 * memory.get("v", 0) + gradient
    return memory["v"]


def adam(gradient: Tensor, memory: Memory) -> Tensor:
    """The mean gradient over the root of its mean square, each corrected for its start at zero.

    Source: Kingma and Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
    """
    memory["t"] = memory.get("t", 0) + 1
    memory["m"] = 0.9 * memory.get("m", 0) + 0.1 * gradient
    memory["s"] = 0.999 * memory.get("s", 0) + 0.001 * gradient.square()
    mean = memory["m"] / (1 - 0.9 ** memory["t"])
    mean_square = memory["s"] / (1 - 0.999 ** memory["t"])
    return mean / (mean_square.sqrt() + 1e-8)


OPTIMIZERS = {"SGD": sgd, "momentum": momentum, "Adam": adam}
