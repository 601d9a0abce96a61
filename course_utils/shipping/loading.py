"""A model folder read back: the same network, the same answers, or a refusal that says why."""

from dataclasses import dataclass
from pathlib import Path

from course_utils.models.classifier import Classifier
from course_utils.shipping.architecture import rebuild
from course_utils.shipping.reading import ShippedForPictures, read_shipped, tell_differences
from course_utils.shipping.record import CLASSIFICATION
from course_utils.shipping.score import Score, from_json


@dataclass(frozen=True)
class ShippedModel(ShippedForPictures[Classifier, Score]):
    """A trained classifier: pictures (B, C, H, W) from 0 to 1 to logits (B, K).

    ``image_size`` is both H and W.
    """

    @property
    def temperature(self) -> float:
        """What logits are divided by before they become probabilities."""
        return self.record["temperature"]


def load_model(folder: str | Path, device: str = "cpu") -> ShippedModel:
    """The model in ``folder``; on the machine that saved it, with the same logits to the bit.

    That holds for the same batch, device and number of threads. One line is printed where
    something else differs that may change the last digits, such as the version of torch.

    Args:
        folder: What ``save_model`` wrote; a relative path starts at the working folder.
        device: One of ``session.devices.DEVICES``.

    Raises:
        FileNotFoundError: If there is no model folder, or a file of it is missing.
        DamagedFileError: If a file of it was changed; it names the file.
        ValueError: If its format, architecture or preprocessing is not known here, or it is no
            classifier.
    """
    model = read_model(folder, device)
    tell_differences(model, device, "probabilities")
    return model


def read_model(folder: str | Path, device: str = "cpu") -> ShippedModel:
    """``load_model`` without a word on what differs."""
    return read_shipped(ShippedModel, folder, device, CLASSIFICATION, rebuild, from_json)
