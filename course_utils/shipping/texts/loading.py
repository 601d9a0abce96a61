"""A folder of a classifier of texts read back: the same answers, or a refusal that says why."""

from dataclasses import dataclass
from pathlib import Path

from course_utils.models.classifier import Classifier
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.shipping.reading import Shipped, as_shipped, load_weights, tell_differences
from course_utils.shipping.record import RECORD, TEXTS, WEIGHTS, read_record
from course_utils.shipping.score import Score, from_json
from course_utils.shipping.texts.architecture import rebuild_text_classifier
from course_utils.shipping.texts.tokenizing import read_tokenizer


@dataclass(frozen=True)
class ShippedTextClassifier(Shipped[Classifier, Score]):
    """A trained classifier: tokens (B, T), as ``text_rows`` gives them, to logits (B, K).

    Args:
        tokenizer: Cuts texts into the tokens that the network knows.
    """

    tokenizer: Tokenizer

    @property
    def longest(self) -> int:
        """Tokens of a text that it reads; what is behind them is cut off."""
        return self.record["texts"]["longest"]

    @property
    def temperature(self) -> float:
        """What logits are divided by before they become probabilities."""
        return self.record["temperature"]


def load_text_classifier(
    folder: str | Path, device: str = "cpu", base: str | None = None
) -> ShippedTextClassifier:
    """The classifier in ``folder``; on the machine that saved it, with the same logits to the bit.

    That holds for the same batch, device and number of threads. One line is printed where
    something else differs that may change the last digits, such as the version of torch.

    Args:
        folder: What ``save_text_classifier`` wrote; a relative path starts at the working folder.
        device: One of ``session.devices.DEVICES``.
        base: Where only what was learned on top of a base was saved: what to open in its place,
            such as the same base in another folder; None for the name that was saved.

    Raises:
        FileNotFoundError: If there is no model folder, or a file of it is missing.
        DamagedFileError: If a file of it was changed; it names the file.
        ValueError: If its format, architecture or tokens are not known here, it is no classifier
            of texts, or its base cannot be opened or is another one.
    """
    model = read_text_classifier(folder, device, base)
    tell_differences(model, device, "probabilities")
    return model


def read_text_classifier(
    folder: str | Path, device: str = "cpu", base: str | None = None
) -> ShippedTextClassifier:
    """``load_text_classifier`` without a word on what differs."""
    folder = Path(folder).expanduser()
    record = read_record(folder / RECORD, TEXTS)
    rebuilt = rebuild_text_classifier(record["architecture"], base)
    load_weights(rebuilt.network, folder / WEIGHTS, record["weights"]["sha256"], rebuilt.there)
    tokenizer = read_tokenizer(folder, record, rebuilt.tokenizer)
    return as_shipped(
        ShippedTextClassifier,
        folder,
        rebuilt.network,
        record,
        device,
        from_json,
        tokenizer=tokenizer,
    )
