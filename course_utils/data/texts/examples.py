"""Labelled texts: what every data set of texts comes as."""

from dataclasses import dataclass

from torch import Tensor

from course_utils.data.boxes.examples import taken


@dataclass(frozen=True)
class LabelledTexts:
    """N texts with their classes.

    Args:
        texts: N texts, without blanks at their ends.
        labels: (N,), int64, from 0 to K - 1.
        class_names: K names, in the order of the labels.
        files: N names: the file that each is from and, where it holds several, its line.
        parts: (N,), int64, places in ``PARTS``; None where the data set brings no parts.
        groups: (N,), int64; texts with the same number are near copies, or belong together in
            another way, and belong into one part. None where nobody looked.
    """

    texts: tuple[str, ...]
    labels: Tensor
    class_names: tuple[str, ...]
    files: tuple[str, ...]
    parts: Tensor | None = None
    groups: Tensor | None = None

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def num_classes(self) -> int:
        """K, the number of classes."""
        return len(self.class_names)

    def __getitem__(self, indices: Tensor) -> "LabelledTexts":
        """The texts at ``indices``, an int64 or bool tensor, with all that belongs to them."""
        return taken(self, indices)
