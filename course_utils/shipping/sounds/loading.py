"""A folder of a classifier of sounds read back: the same answers, or a refusal that says why."""

from dataclasses import dataclass
from pathlib import Path

from course_utils.models.classifier import Classifier
from course_utils.models.sounds.encoders import SoundEncoder
from course_utils.shipping.reading import Shipped, as_shipped, load_weights, tell_differences
from course_utils.shipping.record import RECORD, SOUNDS, WEIGHTS, read_record
from course_utils.shipping.score import Score, from_json
from course_utils.shipping.sounds.architecture import has_encoder, rebuild_sound_classifier
from course_utils.shipping.sounds.hearing import refuse_other_preparation


@dataclass(frozen=True)
class ShippedSoundClassifier(Shipped[Classifier, Score]):
    """A trained classifier: pictures of sounds (B, 1, S, S) from 0 to 1 to logits (B, K).

    One on an encoder takes samples (B, T) at ``rate``, as ``pad_sounds`` puts them together.
    """

    @property
    def rate(self) -> int:
        """Samples a second that it takes."""
        return self.record["sounds"]["rate"]

    @property
    def encoder(self) -> SoundEncoder | None:
        """What it takes samples by; None where it takes pictures."""
        return self.network.backbone if has_encoder(self.network) else None

    @property
    def image_size(self) -> int:
        """S, bands and steps of time of a picture."""
        return self.record["sounds"]["image_size"]

    @property
    def temperature(self) -> float:
        """What logits are divided by before they become probabilities."""
        return self.record["temperature"]


def load_sound_classifier(
    folder: str | Path, device: str = "cpu", base: str | None = None
) -> ShippedSoundClassifier:
    """The classifier in ``folder``; on the machine that saved it, with the same logits to the bit.

    That holds for the same batch, device and number of threads. One line is printed where
    something else differs that may change the last digits, such as the version of torch.

    Args:
        folder: What ``save_sound_classifier`` wrote; a relative path starts at the working folder.
        device: One of ``session.devices.DEVICES``.
        base: What to open in place of the encoder that a head was saved for, such as the same one
            in another folder; None for the name that was saved.

    Raises:
        FileNotFoundError: If there is no model folder, or a file of it is missing.
        DamagedFileError: If a file of it was changed; it names the file.
        ValueError: If its format or architecture is not known here, sounds become other pictures
            here than when it was made, it is no classifier of sounds, or its encoder cannot be
            opened or is another one.
    """
    model = read_sound_classifier(folder, device, base)
    tell_differences(model, device, "probabilities")
    return model


def read_sound_classifier(
    folder: str | Path, device: str = "cpu", base: str | None = None
) -> ShippedSoundClassifier:
    """``load_sound_classifier`` without a word on what differs."""
    folder = Path(folder).expanduser()
    record = read_record(folder / RECORD, SOUNDS)
    network, there = rebuild_sound_classifier(record["architecture"], base)
    load_weights(network, folder / WEIGHTS, record["weights"]["sha256"], there)
    model = as_shipped(ShippedSoundClassifier, folder, network, record, device, from_json)
    refuse_other_preparation(record, model.network, folder)
    return model
