"""What the classes of transformers load, and how it is told whether two networks answer alike."""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_utils.files import DamagedFileError

# Nothing is fetched, and no code of a folder is run.
SAFELY = {"local_files_only": True, "trust_remote_code": False}
NOT_OF_THE_NETWORK = (
    "_name_or_path",
    "architectures",
    "dtype",
    "torch_dtype",
    "transformers_version",
)


def load_safely(form: Any, folder: Path, **options: Any) -> Any:
    """What ``form``, a class of transformers, makes of a folder.

    Raises:
        DamagedFileError: If it cannot.
    """
    try:
        return form.from_pretrained(folder, **SAFELY, **options)
    except Exception as error:  # the library raises many kinds
        raise DamagedFileError(
            f"{form.__name__} of transformers cannot load {folder}: {error}"
        ) from error


def refuse_missing(missing: list[str], folder: Path, form: str) -> None:
    """Refuse a folder that lacks the weights of these names, of a network of class ``form``.

    Raises:
        DamagedFileError: If there are any.
    """
    if missing:
        raise DamagedFileError(
            f"the weights in {folder} lack {', '.join(sorted(missing)[:3])}, which would be "
            f"random: save the whole model, as {form}"
        )


def digest_of_config(config: Any) -> str:
    """16 hexadecimal digits that stand for all that a config says of its network."""
    kept = {
        name: value for name, value in config.to_dict().items() if name not in NOT_OF_THE_NETWORK
    }
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def same(some: Tensor, others: Tensor) -> bool:
    """Whether two answers are the same but for what rounding does to float32."""
    return torch.allclose(some, others, rtol=1e-4, atol=1e-4 * float(others.abs().max()))
