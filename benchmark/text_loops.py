"""Part k: the loop that trains the lesson's language models, a bare one, and a Trainer.

All draw the same windows of one stream of tokens, and take the same steps from the same weights,
with the same optimizer and schedule. The bare loop is written as one writes it by hand for texts
without padding, after the one of nanoGPT; Hugging Face's Trainer is given windows and loss of the
lesson.

Source: https://github.com/karpathy/nanoGPT, ``train.py``
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_
from torch.optim.lr_scheduler import OneCycleLR

from benchmark.loops import weights_of
from benchmark.measurements import Side
from benchmark.trainers import WholeBatches, bare_hugging_face
from course_utils.lessons.text.training import train_language_model
from course_utils.models.text.losses import next_token_loss
from course_utils.models.text.streams import draw_windows
from course_utils.models.text.transformer import Transformer

VOCAB_SIZE = 1024  # as of the shipped model
NUM_TOKENS = 100_000  # of the stream
BATCH_SIZE = 16
RATE = 0.004
WIDTH = 128
WEIGHT_DECAY, LONGEST_GRADIENT = 0.1, 1.0  # the loop of the lesson sets these itself
BARE, OURS, TRAINER = "a bare loop", "ours", "Hugging Face"


def new_model(context: int, seed: int) -> Transformer:
    """As wide and deep as the shipped one, in train mode; the same weights at each call."""
    torch.manual_seed(seed)
    return Transformer(VOCAB_SIZE, width=WIDTH, context=context).train()


def random_stream(seed: int) -> Tensor:
    """Tokens (N,), any: which ones they are changes no time."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(VOCAB_SIZE, (NUM_TOKENS,), generator=generator)


def side_of(stream: Tensor, context: int, seed: int, name: str, num_steps: int) -> Side:
    """A turn of the loop called ``name`` on a fresh model."""

    def prepare(number: int) -> tuple[Transformer, Callable[[], object]]:
        model = new_model(context, seed)
        return model, PREPARED[name](model, stream, num_steps, seed)

    def run(prepared: tuple[Transformer, Callable[[], object]]) -> Transformer:
        model, train = prepared
        train()
        return model

    return Side(run, prepare, note=weights_of)


def our_training(
    model: Transformer, stream: Tensor, num_steps: int, seed: int
) -> Callable[[], object]:
    """The lesson's loop."""
    return lambda: train_language_model(
        model, stream, RATE, num_steps, BATCH_SIZE, model.context, seed
    )


def bare_training(
    model: Transformer, stream: Tensor, num_steps: int, seed: int
) -> Callable[[], object]:
    """What one writes by hand when nothing is to be watched, with windows cut in place."""

    def train() -> None:
        optimizer, schedule = optimizer_of(model, num_steps)
        generator, length = torch.Generator().manual_seed(seed), model.context
        for _ in range(num_steps):
            firsts = torch.randint(len(stream) - length, (BATCH_SIZE,), generator=generator)
            tokens = torch.stack([stream[n : n + length] for n in firsts])
            targets = torch.stack([stream[n + 1 : n + 1 + length] for n in firsts])
            loss = F.cross_entropy(model.logits(tokens).flatten(0, 1), targets.flatten())
            optimizer.zero_grad()
            loss.backward()
            clip_grad_norm_(model.parameters(), LONGEST_GRADIENT)
            optimizer.step()
            schedule.step()

    return train


def hugging_face_training(
    model: Transformer, stream: Tensor, num_steps: int, seed: int
) -> Callable[[], object]:
    """``Trainer.train`` with that optimizer and schedule, and windows drawn as the lesson does."""
    windows = Windows(stream, model.context + 1, num_steps, seed)
    batches = WholeBatches(windows, ("tokens",))
    optimizers = optimizer_of(model, num_steps)
    return bare_hugging_face(TextLoss(model), batches, optimizers, LONGEST_GRADIENT)


def optimizer_of(model: nn.Module, num_steps: int) -> tuple[torch.optim.AdamW, OneCycleLR]:
    """The optimizer of all weights, and the schedule of its rate, as the lesson's loop has them."""
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=WEIGHT_DECAY, fused=True)
    return optimizer, OneCycleLR(optimizer, RATE, total_steps=num_steps)


@dataclass(frozen=True)
class Windows:
    """So many batches of windows of a stream (N,), in the same order at each pass.

    Args:
        stream: Tokens.
        length: Tokens of a window.
        num_batches: How many.
        seed: Of the places.
    """

    stream: Tensor
    length: int
    num_batches: int
    seed: int

    def __len__(self) -> int:
        return self.num_batches

    def __iter__(self) -> Iterator[tuple[Tensor]]:
        generator = torch.Generator().manual_seed(self.seed)
        for _ in range(self.num_batches):
            yield (draw_windows(self.stream, self.length, BATCH_SIZE, generator),)


class TextLoss(nn.Module):
    """A language model that tells its loss, as Hugging Face's Trainer asks for it."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> dict[str, Tensor]:
        """The mean loss of windows (B, T)."""
        return {"loss": next_token_loss(self.model, tokens)}


PREPARED = {BARE: bare_training, OURS: our_training, TRAINER: hugging_face_training}
