"""A folder of a classifier of sounds read back: the same answers, or a refusal that says why."""

from dataclasses import dataclass
from pathlib import Path

from course_utils.models.classifier import Classifier
from course_utils.shipping.architecture import rebuild
from course_utils.shipping.reading import Shipped, read_shipped, tell_differences
from course_utils.shipping.record import SOUNDS
from course_utils.shipping.score import Score, from_json
from course_utils.shipping.sounds.hearing import refuse_other_preparation


@dataclass(frozen=True)
class ShippedSoundClassifier(Shipped[Classifier, Score]):
    """A trained classifier: pictures of sounds (B, 1, S, S) from 0 to 1 to logits (B, K)."""

    @property
    def image_size(self) -> int:
        """S, bands and steps of time of a picture."""
        return self.record["sounds"]["image_size"]

    @property
    def temperature(self) -> float:
        """What logits are divided by before they become probabilities."""
        return self.record["temperature"]


def load_sound_classifier(folder: str | Path, device: str = "cpu") -> ShippedSoundClassifier:
    """The classifier in ``folder``; on the machine that saved it, with the same logits to the bit.

    That holds for the same batch, device and number of threads. One line is printed where
    something else differs that may change the last digits, such as the version of torch.

    Args:
        folder: What ``save_sound_classifier`` wrote; a relative path starts at the working folder.
        device: One of ``session.devices.DEVICES``.

    Raises:
        FileNotFoundError: If there is no model folder, or a file of it is missing.
        DamagedFileError: If a file of it was changed; it names the file.
        ValueError: If its format or architecture is not known here, sounds become other pictures
            here than when it was made, or it is no classifier of sounds.
    """
    model = read_sound_classifier(folder, device)
    tell_differences(model, device, "probabilities")
    return model


def read_sound_classifier(folder: str | Path, device: str = "cpu") -> ShippedSoundClassifier:
    """``load_sound_classifier`` without a word on what differs."""
    model = read_shipped(ShippedSoundClassifier, folder, device, SOUNDS, rebuild, from_json)
    refuse_other_preparation(model.record, model.folder)
    return model
