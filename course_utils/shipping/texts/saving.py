"""A trained classifier of texts saved as one folder, proved to answer the same before that."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from course_utils.data.texts.examples import LabelledTexts
from course_utils.models.classifier import Classifier
from course_utils.models.inference import predict
from course_utils.models.text.byte_pairs import Tokenizer
from course_utils.models.text.streams import text_rows
from course_utils.shipping.checks import refuse_astray, refuse_names, refuse_temperature
from course_utils.shipping.fingerprint import count_by_class, digests_of_texts
from course_utils.shipping.record import HUGGING_FACE, PACKAGES_FOR_TEXTS, TEXTS
from course_utils.shipping.score import Score, to_json
from course_utils.shipping.texts.architecture import describe_text_classifier, weights_to_keep
from course_utils.shipping.texts.card import card_text
from course_utils.shipping.texts.loading import read_text_classifier
from course_utils.shipping.texts.tokenizing import digest_of, files_of, refuse_strange
from course_utils.shipping.writing import (
    MOST_APART,
    NUM_TRIED,
    CardTexts,
    Contents,
    write_folder,
)


def save_text_classifier(
    folder: Path,
    classifier: Classifier,
    tokenizer: Tokenizer,
    *,
    learned_from: LabelledTexts,
    texts: CardTexts,
    test: Score | None,
    longest: int,
    base: str,
    adapter: str | None = None,
    temperature: float = 1.0,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write ``classifier`` to ``folder``, whole or not at all; return ``folder``.

    All weights are kept where those of the language model have changed. Where they are still those
    of its base, the head and the adapter alone are kept, and loading opens the base by its name.

    Args:
        folder: As ``check_target`` returned it.
        classifier: Of ``TextFeatures``, with a linear head; it stays as it is.
        tokenizer: That of its language model.
        learned_from: The texts it learned from; class names are taken from here.
        texts: For the model card; ``backbone`` is ``"random"`` where nothing was pretrained.
        test: How it answered its test texts; None if there were none.
        longest: Tokens of a text that it read, as of ``text_rows``.
        base: What the language model was opened as, by ``open_language_model``; ``"random"`` where
            it was made anew and all weights are to be kept.
        adapter: The name of the adapter in use; None where there is none.
        temperature: What its logits are to be divided by, fitted on texts it had not learned.
        more: What else the report is to hold, anything that JSON can.

    Raises:
        ValueError: If something stands there, or the classifier cannot be read back as it is.
        OSError: If the folder cannot be written.
    """
    architecture = describe_text_classifier(classifier, base, adapter)
    _check(classifier, tokenizer, learned_from, test, longest)
    refuse_temperature(temperature)
    weights = weights_to_keep(classifier, architecture, adapter)
    by_class = count_by_class(learned_from.labels, learned_from.class_names)
    test = None if test is None else test.beside_guessing(by_class)
    files = files_of(tokenizer)
    contents = Contents(
        task=TEXTS,
        class_names=learned_from.class_names,
        architecture=architecture,
        inputs={"longest": longest, "tokenizer": digest_of(tokenizer)},
        digests=digests_of_texts(learned_from.texts),
        by_class=by_class,
        texts=texts,
        test=None if test is None else to_json(test),
        own={
            "temperature": float(temperature),
            "num_weights": sum(tensor.numel() for tensor in weights.values()),
        },
        more=more,
        weights=weights,
        files=files,
        packages=PACKAGES_FOR_TEXTS if files else (*PACKAGES_FOR_TEXTS, *HUGGING_FACE),
    )
    return write_folder(
        folder,
        classifier,
        contents,
        lambda record: card_text(record, test, folder.name),
        lambda unfinished: _prove(unfinished, classifier, tokenizer, learned_from),
    )


def _check(
    classifier: Classifier,
    tokenizer: Tokenizer,
    learned_from: LabelledTexts,
    test: Score | None,
    longest: int,
) -> None:
    """Refuse what would make a model folder that says something false."""
    if len(learned_from) == 0:
        raise ValueError("learned_from holds no texts: give those that the model learned from")
    tested = None if test is None else test.class_names
    refuse_names("model", classifier.head.out_features, learned_from.class_names, tested)
    model = classifier.backbone.model
    refuse_strange(tokenizer, model)
    if not 1 <= longest <= model.context:
        raise ValueError(
            f"longest must be from 1 to {model.context}, the context of the model, got {longest}"
        )
    refuse_astray(classifier)


def _prove(
    folder: Path, classifier: Classifier, tokenizer: Tokenizer, learned_from: LabelledTexts
) -> None:
    """Refuse to go on unless what is read back answers some texts as ``classifier`` does."""
    again = read_text_classifier(folder, classifier.head.weight.device.type)
    some = learned_from.texts[:NUM_TRIED]
    ours = predict(classifier, text_rows(tokenizer, some, again.longest))
    theirs = predict(again.network, text_rows(again.tokenizer, some, again.longest))
    apart = (ours - theirs).abs().max().item()
    if not apart <= MOST_APART * ours.abs().max().item():
        raise ValueError(
            f"the model that was saved answers otherwise than yours (logits {apart:.3g} apart), so "
            "it was not kept: something in the network is not among its weights"
        )
