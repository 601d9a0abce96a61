"""Small problems for features of a frozen backbone, and a watch on what passes through one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, call, wrong
from course_utils.exercises.plain_data import as_numbers, places_in
from course_utils.models.residual import Backbone

NUM_CLASSES = 3
NUM_STRIPED, NUM_NEW = 30, 15  # pictures to learn from, and others like them
BATCH_SIZE = 4  # of the features in batches


def striped_pictures(seed: int) -> tuple[Tensor, Tensor]:
    """45 striped pictures (45, 1, 8, 8) and their labels (45,): 30 to learn from, 15 others."""
    generator = torch.Generator().manual_seed(seed)
    stripes = (torch.arange(8) % 4 < 2).float().expand(8, 8)
    patterns = torch.stack([stripes, stripes.T, (stripes - stripes.T).abs()])[:, None]
    names = torch.randperm(NUM_CLASSES, generator=generator)  # which pattern has which label
    parts = []
    for size in (NUM_STRIPED, NUM_NEW):
        kinds = torch.randperm(size, generator=generator) % NUM_CLASSES
        noise = 0.1 * torch.rand(size, 1, 8, 8, generator=generator)
        parts.append((patterns[kinds] + noise, names[kinds]))
    images, labels = zip(*parts, strict=True)
    return torch.cat(images), torch.cat(labels)


def mixed_pictures(seed: int) -> tuple[Tensor, Tensor]:
    """21 to 23 pictures (N, 1, 8, 8) of noise, so that the last batch is short; labels (N,)."""
    generator = torch.Generator().manual_seed(seed)
    size = 21 + seed % 3
    images = torch.rand(size, 1, 8, 8, generator=generator)
    return images, torch.randint(NUM_CLASSES, (size,), generator=generator)


def worn_backbone(seed: int, images: Tensor) -> Backbone:
    """A small backbone in train mode whose running statistics are those of ``images``.

    Its features have much in common, so a few steps do not fit a head to them, and none is the same
    for all pictures, so they can be standardised.
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed + 5)
        backbone = Backbone(width=4)
        norm = backbone[5].convolutions[-1]
        nn.init.constant_(norm.weight, 0.25)
        nn.init.constant_(norm.bias, 1.75)
        usual = norm.momentum
        for part in _norms_of(backbone):
            part.momentum = 1.0  # nothing is left of the statistics of a new layer
        backbone(images)
        for part in _norms_of(backbone):
            part.momentum = usual
    return backbone


def _norms_of(backbone: Backbone) -> list[nn.BatchNorm2d]:
    return [part for part in backbone.modules() if isinstance(part, nn.BatchNorm2d)]


class _Kept:
    """One tensor that a graph keeps for the way back, and the pass that it belongs to."""

    def __init__(self, tensor: Tensor, number: int) -> None:
        self.tensor, self.number = tensor.detach(), number  # detached, lest it keep its own graph


class _Watch:
    """Takes down each pass, for hooks; copies of a backbone go on writing to the same one."""

    def __init__(self, images: Tensor) -> None:
        self.images = images
        self.passes: list[dict[str, Any]] = []
        self.alive: WeakSet[_Kept] = WeakSet()

    def __deepcopy__(self, memo: dict) -> "_Watch":
        return self

    def enter(self, _: nn.Module, inputs: tuple[Tensor]) -> None:
        """Before the first layer: the pictures, and the earlier passes whose graphs are alive."""
        kept = len({each.number for each in self.alive})
        pictures = places_in(self.images, inputs[0])
        self.passes.append({"pictures": pictures, "in_train_mode": False, "kept": kept})

    def note_mode(self, norm: nn.Module, *_: Any) -> None:
        """After a batch norm."""
        if norm.training and self.passes:
            self.passes[-1]["in_train_mode"] = True

    def pack(self, tensor: Tensor) -> _Kept:
        """Whenever a graph keeps a tensor."""
        kept = _Kept(tensor, len(self.passes))
        self.alive.add(kept)
        return kept


@contextmanager
def watched(backbone: Backbone, images: Tensor, seed: int) -> Iterator[list[dict[str, Any]]]:
    """A ``with`` block that takes down each pass through ``backbone``, or through copies of it.

    A pass has the numbers of its ``pictures`` among ``images`` (-1 for others), whether any batch
    norm was ``in_train_mode``, and how many earlier passes had their graphs ``kept`` at its start.
    Gradients are on in the block, and random numbers start from ``seed``, whatever is outside.
    """
    watch = _Watch(images)
    hooks = [norm.register_forward_hook(watch.note_mode) for norm in _norms_of(backbone)]
    hooks.append(backbone[0][0].register_forward_pre_hook(watch.enter))
    graphs = torch.autograd.graph.saved_tensors_hooks(watch.pack, lambda kept: kept.tensor)
    try:
        with torch.random.fork_rng(devices=[]), torch.enable_grad(), graphs:
            torch.manual_seed(seed)
            yield watch.passes
    finally:
        for hook in hooks:
            hook.remove()


def as_pair(answer: Any) -> tuple[Tensor, Tensor] | Feedback | None:
    """Features (N, D) and labels (N,), or what is wrong with what came back."""
    if isinstance(answer, Feedback):
        return answer
    is_pair = isinstance(answer, tuple | list) and len(answer) == 2
    if not is_pair or not all(isinstance(part, Tensor) for part in answer):
        return wrong("Return two tensors: features (N, D) and labels (N,).", "not-two-tensors")
    if [part.ndim for part in answer] != [2, 1]:
        shapes = " and ".join(str(tuple(part.shape)) for part in answer)
        return wrong(f"Return features (N, D) and labels (N,); yours are {shapes}.", "wrong-shapes")
    return answer[0], answer[1]


def with_gradients(backbone: nn.Module) -> list[str]:
    """Names of the parameters that gradients came back to."""
    return [str(name) for name, part in backbone.named_parameters() if part.grad is not None]


def logits_of(head: Any, rows: Tensor) -> tuple[Any, str]:
    """What ``head`` makes of ``rows``, in single or double precision, or as an array of NumPy.

    If it can do nothing with any of them, None, and what it says to that.
    """

    def ask(its_rows: Any) -> Any:
        if isinstance(head, nn.Module):
            head.eval()
        with torch.no_grad():
            return as_numbers(head(its_rows)).tolist()

    refusals = []
    for its_rows in (rows.clone(), rows.double(), rows.double().numpy()):
        logits = call(ask, its_rows)
        if not isinstance(logits, Feedback):
            return logits, ""
        refusals.append(logits.message.removeprefix("Your function stopped with "))
    told = min(refusals, key=lambda refusal: "dtype" in refusal)  # the first about something else
    return None, told[:150]
