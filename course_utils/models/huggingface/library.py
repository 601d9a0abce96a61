"""The libraries of Hugging Face, an extra: imported here alone, and only when they are needed."""

from pathlib import Path
from typing import Any

NO_HF = "transformers would bring models of Hugging Face: pip install -r requirements/hf.txt"


def import_transformers() -> Any:
    """The package ``transformers``, which from now on logs errors alone and shows no progress.

    Raises:
        ImportError: If it is not installed; it says how to install it.
    """
    try:
        import transformers
    except ImportError as error:
        raise ImportError(NO_HF) from error
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


def cached_file(name: str, file: str) -> Path | None:
    """Where a file of the model ``name`` is in this machine's cache; None if it is not there.

    Nothing is fetched.

    Raises:
        ImportError: As ``import_transformers``.
    """
    import_transformers()
    from transformers.utils import cached_file as find

    try:
        return Path(find(name, file, local_files_only=True))
    except (OSError, ValueError):  # the second where no model can be called so
        return None
