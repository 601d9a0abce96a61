"""How the lesson trains its classifiers of texts, and has them answer."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from course_utils.models.classifier import Classifier
from course_utils.models.text.any_tokenizer import AnyTokenizer
from course_utils.models.text.classifier import predict_rows
from course_utils.models.text.streams import text_rows
from course_utils.training import train_one_epoch

AT_ONCE = 128  # texts


def train_classifier(
    model: Classifier,
    rows: Tensor,
    labels: Tensor,
    *,
    rate: float,
    num_steps: int,
    batch_size: int,
    seed: int,
) -> float:
    """Take ``num_steps`` steps on texts drawn at random; return the mean loss in nats.

    Args:
        model: In train mode; what is frozen stays.
        rows: Tokens (N, T) as ``text_rows`` gives them, on the CPU.
        labels: (N,), int64.
        rate: The largest one.
        num_steps: Optimizer updates.
        batch_size: Texts of a step.
        seed: Of the draws.
    """
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randint(len(rows), (num_steps, batch_size), generator=generator)
    device = model.head.weight.device
    loader = ((rows[k].to(device), labels[k].to(device)) for k in chosen)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, rate, weight_decay=0.01, fused=True)
    return train_one_epoch(
        model, loader, optimizer, OneCycleLR(optimizer, rate, total_steps=num_steps)
    )


def answer_texts(
    model: nn.Module, tokenizer: AnyTokenizer, texts: Sequence[str], longest: int
) -> Tensor:
    """Logits (N, K) or features (N, D).

    Args:
        model: A classifier or its backbone.
        tokenizer: The model's.
        texts: N of them.
        longest: Tokens of a text that are read.
    """
    return predict_rows(model, text_rows(tokenizer, texts, longest), AT_ONCE)
