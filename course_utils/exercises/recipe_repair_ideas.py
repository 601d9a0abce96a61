"""The recipe of lesson 06 with its faults, and cases and known wrong ideas for the checks."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from course_utils.exercises.feedback import wrong
from course_utils.models import Backbone

RECIPE = """import torch
from torchvision import datasets, models, transforms as T
norm = T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
prepare = T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), norm])
train_set = datasets.CIFAR10("data", True, prepare, download=True)
test_set = datasets.CIFAR10("data", False, prepare)
train_loader = torch.utils.data.DataLoader(train_set, 4, shuffle=True)
test_loader = torch.utils.data.DataLoader(test_set, 100)
model = models.resnet50(pretrained=True)
for weights in model.parameters():
    weights.requires_grad = False
model.fc = torch.nn.Linear(2048, 10)
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.fc.parameters(), 0.001, momentum=0.9)
best = running_loss = 0.0
for epoch in range(2):
    model.train()
    for step, (images, labels) in enumerate(train_loader, start=1):
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if step % 2000 == 0:
            print("loss", running_loss / 2000)
            running_loss = 0.0
    with torch.no_grad():
        hits = [model(x).argmax(1) == y for x, y in test_loader]
    best = max(best, torch.cat(hits).float().mean().item())
print("accuracy", best)"""
LISTING = "\n".join(f"{n:2d}  {line}" for n, line in enumerate(RECIPE.splitlines(), start=1))
PARTS = ((1, 8), (9, 14), (15, 26), (27, 30))  # first and last line: data, model, training, test
NUM_SERIOUS = 6  # the first six faults weigh most: all must be found
FAULTS = {  # kind: lines it may be pinned to, the plainest first; 0 is for what is missing
    "batch norm moves": (17, 20, 28, 0),
    "input size by habit": (4,),
    "features recomputed": (20, 16, 18, 5, 7, 28),
    "head not converged": (16, 14),
    "test set chooses": (29, 28, 30, 6),
    "no validation set": (0, 5, 6, 28, 29),
    "tiny batches": (7,),
    "misleading running loss": (25, 15, 23, 24, 26),
    "deprecated argument": (9,),
    "no seed": (0, 7, 12),
    "no device": (0, 9, 12, 18, 20),
}
INNOCENT = {  # misconception: lines accused, a kind that the recipe is free of, why they are fine
    "zero-grad-blamed": ((19,), "gradients pile up", "Line 19 clears what earlier steps left."),
    "softmax-wanted": (
        (13,),
        "softmax forgotten",
        "CrossEntropyLoss takes logits and does the softmax itself; a second would blunt the loss.",
    ),
    "new-layer-blamed": (
        (12,),
        "new layer frozen",
        "A layer made after the freezing is free, and line 14 hands it to the optimizer.",
    ),
    "batch-means-blamed": (
        (),
        "mean of batch means",
        "Fours divide 50,000, so no batch is short; and line 29 joins all pictures, then averages.",
    ),
    "freezing-blamed": (
        (10, 11),
        "",
        "These lines hold every parameter, as they should. What moves is not a parameter.",
    ),
    "scale-blamed": ((3,), "", "The weights were learnt on this scale, so new pictures need it."),
    "step-blamed": ((21, 22), "", "Gradients, then a step of the head alone: as it should be."),
    "no-grad-blamed": ((27,), "", "Nothing learns from these pictures, so gradients are waste."),
}
BUG_KINDS = tuple(sorted([*FAULTS, *(kind for _, kind, _ in INNOCENT.values() if kind)]))

REPORTED = {  # accuracy as printed, number of pictures
    "P": ("0.8267", 75),
    "Q": ("0.8413", 75),
    "R": ("0.8046875", 128),
    "S": ("0.833", 10),
    "T": ("93.3 %", 30),
    "U": ("1.04", 25),
}
POSSIBLE_IDEAS = {  # report and wrong answer: misconception, message
    ("P", "impossible"): (
        "rounding-forgotten",
        "a printed number stands for every share that rounds to it, so it need not be one itself.",
    ),
    ("Q", "possible"): (
        "any-share",
        "pictures are right or wrong, so shares of 75 lie 0.0133 apart. Is this one of them?",
    ),
    ("R", "impossible"): (
        "looks-too-precise",
        "many digits are no proof of an error: see how many a share of 128 pictures can have.",
    ),
    ("S", "possible"): (
        "mean-of-batch-means",
        "batches of 4, 4 and 2 can have this mean, but which shares do ten pictures allow?",
    ),
    ("T", "impossible"): ("percent-not-read", "read the sign behind the number, then round."),
    ("U", "possible"): ("more-than-all", "how many of the 25 pictures would have been right?"),
}
SPEED_VERDICTS = {"P": "one run", "Q": "other work", "R": "shown", "S": "interval holds 0"}
SPEED_IDEAS = {
    ("P", "shown"): ("one-run-enough", "would A be ahead again next time? Nothing here tells."),
    ("Q", "shown"): (
        "interval-cures-all",
        "the ratio is sure, but it is the ratio of what? Work out the seconds per picture.",
    ),
    ("Q", "one run"): ("runs-not-read", "both were repeated. What differs besides A and B?"),
    ("R", "other work"): ("warm-up-counted", "the download is in none of the runs that count."),
    ("R", "one run"): ("warm-up-counted", "the runs left out have a reason; count the others."),
    ("R", "interval holds 0"): ("ratio-of-equals", "which ratio have two that are equally fast?"),
    ("S", "shown"): (
        "unseen-is-equal",
        "it claims two things. Which losses of accuracy does the interval still allow?",
    ),
}
OTHER = ("other-word", "same work first, then the number of runs, and then the interval.")
ALIASES = {"true": "possible", "false": "impossible"}
PROBS = wrong(
    "Cross-entropy wants logits, since it does the softmax itself; yours met a softmax before.",
    "softmax-before-loss",
)
TRAIN_MODE = wrong(
    "The backbone ran in train mode: its statistics move, and features depend on the batch.",
    "train-mode",
)
GRADIENTS = wrong(
    "Gradients go back through the backbone. Features of a frozen one are numbers without a graph.",
    "gradients-through-backbone",
)
INFERENCE = wrong(
    "What inference mode makes cannot be learnt from: copy it with .clone() outside, or no_grad.",
    "inference-tensors",
)


def is_possible(printed: str, num_pictures: int) -> bool:
    """Whether some number of right pictures, out of ``num_pictures``, is printed like this."""
    number, in_percent = printed.removesuffix("%").strip(), printed.endswith("%")
    decimals = len(number.partition(".")[2])
    shares = (count / num_pictures for count in range(num_pictures + 1))
    half_a_digit = 0.5 * 10**-decimals + 1e-9  # the little more lets halves round either way
    return any(
        abs(share * (100 if in_percent else 1) - float(number)) <= half_a_digit for share in shares
    )


def small_problem() -> tuple[Backbone, Tensor, Tensor]:
    """A backbone in train mode that has seen its pictures, 30 striped pictures, 3 classes."""
    generator = torch.Generator().manual_seed(6)
    stripes = (torch.arange(8) % 4 < 2).float().expand(8, 8)
    patterns = torch.stack([stripes, stripes.T, (stripes - stripes.T).abs()])[:, None]
    labels = torch.arange(30) % 3
    images = patterns[labels] + 0.1 * torch.rand(30, 1, 8, 8, generator=generator)
    with torch.random.fork_rng():
        torch.manual_seed(5)
        backbone = Backbone(width=2)
    # Features of about unit size, on which an ordinary learning rate gets somewhere.
    nn.init.constant_(backbone[5].convolutions[-1].weight, 5.0)
    with torch.no_grad():
        for _ in range(20):
            backbone(images)
    return backbone, images, labels


class LossWatch(TorchFunctionMode):
    """Notices a cross-entropy that is fed probabilities in place of logits."""

    saw_probs = False

    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if function is F.cross_entropy:
            self.saw_probs |= are_probs(args[0] if args else kwargs["input"])
        return function(*args, **kwargs)


def are_probs(outputs: Tensor) -> bool:
    """Whether every row of ``outputs`` (B, K), or (K,), is a probability distribution."""
    return bool((outputs >= 0).all() and ((outputs.sum(dim=-1) - 1).abs() < 1e-4).all())
