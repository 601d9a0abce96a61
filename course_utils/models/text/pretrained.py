"""Pretrained language models in files: weights, tokenizer and sizes in one, a card beside it."""

from pathlib import Path

import torch

from course_utils.files import DamagedFileError, one_run_at_a_time
from course_utils.models.cards import card_beside, write_with_card
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.transformer import Transformer
from course_utils.tensor_files import load_tensors

KEYS = {"architecture", "merges", "state"}


def save_language_model(
    model: Transformer, tokenizer: Tokenizer, path: Path, **facts: str | int | float
) -> tuple[Transformer, Tokenizer]:
    """Write both to ``path``, weights in float16, and a checksum and ``facts`` beside it, as JSON.

    Older files there stay until the new ones are complete.

    Returns:
        Model and tokenizer as they are read back: rounded, as everyone will have them.

    Raises:
        ValueError: If the two do not belong together, the model has adapters, or a weight is not
            finite in float16.
        OSError: If the files cannot be written.
    """
    _check(model, tokenizer)
    state = {name: tensor.half().cpu() for name, tensor in model.state_dict().items()}
    for name, tensor in state.items():
        if not tensor.isfinite().all():
            raise ValueError(f"the weights {name!r} are not all finite numbers in float16")
    merges = torch.tensor(tokenizer.merges, dtype=torch.int32).reshape(-1, 2)
    content = {"architecture": model.architecture, "merges": merges, "state": state}
    with one_run_at_a_time(path):
        write_with_card(content, path, architecture=model.architecture, **facts)
        return load_language_model(path)


def load_language_model(path: Path) -> tuple[Transformer, Tokenizer]:
    """A model in eval mode, float32, and its tokenizer.

    Raises:
        FileNotFoundError: If there is no such file, or no card beside it.
        DamagedFileError: If a file is cut short, has another checksum, or holds something else.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no language model {path.name} in {path.parent}")
    content = load_tensors(path, card_beside(path)["sha256"])
    try:
        if content.keys() != KEYS:
            raise ValueError(f"its keys are {list(content)[:5]}")
        tokenizer = Tokenizer((first, second) for first, second in content["merges"].tolist())
        model = Transformer(**content["architecture"])
        model.load_state_dict(content["state"])
        _check(model, tokenizer)
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise DamagedFileError(
            f"{path.name} does not hold a language model of this workbook: {error}"
        ) from error
    return model.eval(), tokenizer


def _check(model: Transformer, tokenizer: Tokenizer) -> None:
    if tokenizer.vocab_size != model.vocab_size:
        raise ValueError(
            f"the model has {model.vocab_size} tokens and the tokenizer {tokenizer.vocab_size}: "
            "they do not belong together"
        )
    with torch.device("meta"):
        expected = Transformer(**model.architecture).state_dict().keys()
    if model.state_dict().keys() != expected:
        raise ValueError(
            "the model has other weights than a Transformer, such as adapters: merge or remove them"
        )
