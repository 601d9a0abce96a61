"""The Trainers of Lightning, fastai and Hugging Face, each reduced to what the bare loop does.

Logging, checkpoints, progress bars and clipping are switched off by the means each of them offers.
They take the workbook's batches as they are, so that the loops alone are compared. Each is
imported where it is used: none is needed by anything else.
"""

import logging
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, IterableDataset

MODULES = {
    "Lightning": ("lightning",),
    "fastai": ("fastai",),
    "Hugging Face": ("transformers", "accelerate"),
}


def missing_reason(name: str) -> str:
    """Why the Trainer called ``name`` cannot be measured here; empty if it can."""
    missing = [module for module in MODULES[name] if find_spec(module) is None]
    return f"not installed: {', '.join(missing)}" if missing else ""


class WholeBatches(IterableDataset):
    """The batches of a loader as a data set whose items are batches, for those who need one.

    Args:
        loader: Gives tuples of tensors, and has a length.
        names: Of the tensors.
    """

    def __init__(self, loader: Iterable[tuple[Tensor, ...]], names: Sequence[str]) -> None:
        self.loader, self.names = loader, names

    def __len__(self) -> int:
        return len(self.loader)

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        return (dict(zip(self.names, batch, strict=True)) for batch in self.loader)


class PictureLoss(nn.Module):
    """A classifier that tells its loss, as Hugging Face's Trainer asks for it."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, images: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """The mean loss of pictures (B, C, H, W) with labels (B,)."""
        return {"loss": F.cross_entropy(self.model(images), labels)}


def lightning_training(model: nn.Module, loader: Iterable, lr: float) -> Callable[[], object]:
    """``Trainer.fit`` in the mode that Lightning has for measuring what the Trainer costs."""
    import lightning.pytorch as pl

    class Lesson(pl.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def training_step(self, batch: tuple[Tensor, Tensor], number: int) -> Tensor:
            images, labels = batch
            return F.cross_entropy(self.model(images), labels)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.model.parameters(), lr)

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    trainer = pl.Trainer(accelerator="cpu", devices=1, max_epochs=1, barebones=True)
    return partial(trainer.fit, Lesson(), loader)


def fastai_training(model: nn.Module, loader: Iterable, lr: float) -> Callable[[], object]:
    """``Learner.fit`` at a constant rate, without validation, recorder and progress bar."""
    from fastai.callback.core import TrainEvalCallback
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.optimizer import OptimWrapper

    learner = Learner(
        DataLoaders(loader, []),
        model,
        loss_func=F.cross_entropy,
        opt_func=partial(OptimWrapper, opt=torch.optim.SGD),
        default_cbs=False,
        cbs=TrainEvalCallback(),
    )
    return partial(learner.fit, 1, lr)


def hugging_face_training(model: nn.Module, loader: Iterable, lr: float) -> Callable[[], object]:
    """``Trainer.train`` at a constant rate."""
    batches = WholeBatches(loader, ("images", "labels"))
    optimizer = torch.optim.SGD(model.parameters(), lr)
    return bare_hugging_face(PictureLoss(model), batches, (optimizer, None))


def bare_hugging_face(
    model: nn.Module,
    batches: WholeBatches,
    optimizers: tuple[torch.optim.Optimizer, LRScheduler | None],
    longest_gradient: float = 0.0,
) -> Callable[[], object]:
    """``Trainer.train`` without logs and checkpoints, a step for each batch.

    Args:
        model: Its ``forward`` takes a batch by the names of its tensors, and gives the ``loss``.
        batches: As many as there are steps.
        optimizers: And the schedule of its rate; None for a constant one.
        longest_gradient: To which longer ones are shortened; 0 leaves all as they are.
    """
    from transformers import PrinterCallback, Trainer, TrainingArguments

    class LessonTrainer(Trainer):
        def get_train_dataloader(self) -> DataLoader:
            return DataLoader(self.train_dataset, batch_size=None)

    arguments = TrainingArguments(
        output_dir=tempfile.gettempdir(), max_steps=len(batches), lr_scheduler_type="constant",
        max_grad_norm=longest_gradient, logging_strategy="no", save_strategy="no", report_to="none",
        disable_tqdm=True, use_cpu=True, remove_unused_columns=False,
    )  # fmt: skip
    trainer = LessonTrainer(model, arguments, train_dataset=batches, optimizers=optimizers)
    trainer.remove_callback(PrinterCallback)  # it prints a summary even where nothing is logged
    return trainer.train


TRAINERS = {
    "Lightning": lightning_training,
    "fastai": fastai_training,
    "Hugging Face": hugging_face_training,
}
