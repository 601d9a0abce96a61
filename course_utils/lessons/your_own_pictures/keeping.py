"""Answers of finished candidates, kept until the lesson is through, so that a run can go on."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages
from course_utils.data.streamed import StreamedImages
from course_utils.files import DamagedFileError
from course_utils.tensor_files import keep_if_possible, load_tensors


class KeptAnswers:
    """A folder of answers, one file for each piece of work that is done.

    Args:
        parent: Folder of all runs.
        examples: The pictures.
        facts: All else that the answers depend on beside the name of the work: with other facts or
            other pictures the folder is another one.
    """

    def __init__(self, parent: Path, examples: LabelledImages, *facts: Any) -> None:
        self.folder = parent / _digest(digest_of(examples), *facts)
        self.num_found = 0  # pieces that an earlier run had done

    def get(self, name: str | None, compute: Callable[[], Tensor]) -> Tensor:
        """The answers called ``name``: read if an earlier run had them, else computed and kept.

        Without a name they are computed: what takes a moment is not worth a file.
        """
        if name is None:
            return compute()
        file = self.folder / f"{_digest(name)[:24]}.pt"
        try:
            answers = load_tensors(file)
        except (OSError, DamagedFileError):
            answers = compute()
            keep_if_possible(answers, file)
            return answers
        self.num_found += 1
        return answers

    def forget(self) -> None:
        """Remove them: the run is through."""
        shutil.rmtree(self.folder, ignore_errors=True)


def digest_of(examples: LabelledImages) -> str:
    """64 hexadecimal digits, others for other pictures or labels."""
    images = examples.images
    content = images.state() if isinstance(images, StreamedImages) else images.numpy().tobytes()
    return _digest(content, tuple(images.shape), examples.labels.tolist(), examples.class_names)


def _digest(*facts: Any) -> str:
    digest = hashlib.sha256(torch.__version__.encode())
    for fact in facts:
        digest.update(fact if isinstance(fact, bytes) else repr(fact).encode())
        digest.update(b"\0")
    return digest.hexdigest()
