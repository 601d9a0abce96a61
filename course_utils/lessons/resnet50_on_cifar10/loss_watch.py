"""A watch on what a loss is fed, and on gradients that are left from an earlier step."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode


class LossWatch(TorchFunctionMode):
    """Takes down what ``F.cross_entropy`` is fed, and whether gradients pile up.

    ``fed`` has the smallest number, the least and the largest sum of a row, only of the first
    calls; the rest are like them. ``gradients_left`` is whether a ``backward`` added to the
    gradient of a tensor that had moved since that gradient came, as without ``zero_grad``. To add
    up gradients of several batches before one step is no such thing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fed: list[list[float]] = []
        self.gradients_left = False
        self._values: dict[int, tuple[Tensor, Tensor]] = {}  # at their last backward

    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if function is F.cross_entropy and len(self.fed) < 20:
            inputs = (args[0] if args else kwargs["input"]).detach()
            sums = inputs.sum(dim=-1)
            self.fed.append([value.item() for value in (inputs.min(), sums.min(), sums.max())])
        if function is Tensor.backward and not self.gradients_left:
            self._look_at_gradients(args[0])
        return function(*args, **kwargs)

    def _look_at_gradients(self, loss: Tensor) -> None:
        for weights in leaves_of(loss):
            _, before = self._values.get(id(weights), (weights, weights))
            if weights.grad is not None and weights.grad.any():
                self.gradients_left |= not torch.equal(before, weights)
            self._values[id(weights)] = (weights, weights.detach().clone())


def leaves_of(loss: Tensor) -> Iterator[Tensor]:
    """The tensors that a ``backward`` of ``loss`` gives gradients to, each once."""
    nodes, seen = [loss.grad_fn], set()
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        nodes += [later for later, _ in node.next_functions]
