"""Write model.keras into a model folder, which Keras alone can load and train further; and back.

README.md in the model folder shows the lines that use it, on whatever backend of Keras.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.console import from_here, replace_unprintable
from course_utils.files import write_whole
from course_utils.models.keras.comparing import keras_answers
from course_utils.models.keras.converting import apply
from course_utils.models.keras.files import content_of, load_safely
from course_utils.models.keras.library import keras
from course_utils.models.keras.weights import carry, copy_weights
from course_utils.shipping.answering import answer
from course_utils.shipping.card import BOUNDS, card_text
from course_utils.shipping.checks import refuse_astray
from course_utils.shipping.loading import ShippedModel, load_model, read_model
from course_utils.shipping.record import CLASSIFICATION, LEARNED_FROM, sha256_of
from course_utils.shipping.saving import write_classifier
from course_utils.shipping.targets import check_target
from course_utils.shipping.writing import CardTexts, Contents

FILE = "model.keras"
NUM_TRIED = 3
FURTHER = (
    "\n\nThen it was trained further in Keras, on pictures that nobody recorded here. Whatever is "
    "counted below, is what it had learned from before."
)
CHOSEN_BEFORE = (
    "\n\nIt was trained further after that, and after its test, whose score is not its own. The "
    "temperature was fitted before, too."
)


def export_keras(folder: str | Path) -> Path:
    """Write ``model.keras`` into the model folder ``folder``, once it was seen to answer the same.

    ``keras.saving.load_model`` reads it, with Keras alone. It takes pixels from 0 to 255, (N, S, S,
    C), bytes or floats, and gives probabilities (N, K), temperature included. The class names, in
    the order of the probabilities, are in ``model.json`` beside it: copy that along. All layers can
    be trained further; ``import_keras`` brings them back.

    Raises:
        ValueError: If the file is there already, a layer of the network has no counterpart in
            Keras, or answers differ; and as ``load_model``.
    """
    target = Path(folder).expanduser() / FILE
    if target.exists():
        raise ValueError(f"{target} is there already; move it away to write it anew")
    model = load_model(folder)
    content = content_of(_from_pixels(model))
    with TemporaryDirectory() as elsewhere:
        file = Path(elsewhere, FILE)
        file.write_bytes(content)
        _prove(load_safely(file), model, "the exported file")
    write_whole(target, content)
    return target


def import_keras(file: str | Path, folder: str | Path, new_folder: str | Path) -> Path:
    """Make a model folder of what was trained further in Keras; return its absolute path.

    Args:
        file: A ``.keras`` file: what ``export_keras`` wrote, trained further and saved as a whole.
        folder: The model folder of which it was made; it stays as it is.
        new_folder: The one to write; a relative path starts at the project. Its card says that
            nothing is known of how good it is: the test was before the training.

    Raises:
        FileNotFoundError: If a file or folder is missing.
        DamagedFileError: If a file is damaged.
        ValueError: If the weights of the file do not fit the network of ``folder``, or with them it
            answers otherwise than the file; or if they are those that it had.
    """
    target = check_target(new_folder)
    model = load_model(folder)
    before = {key: tensor.clone() for key, tensor in model.network.state_dict().items()}
    trained = load_safely(file)
    copy_weights(trained, model.network)
    if all(torch.equal(tensor, before[key]) for key, tensor in model.network.state_dict().items()):
        raise ValueError(f"the weights in {file} are those of {folder}: nothing was trained")
    refuse_astray(model.network)
    _prove(trained, model, f"the network of {folder} with the weights of {file}")
    contents = _contents(model, Path(file).expanduser())
    tried = _random_pictures(model)
    return write_classifier(target, model.network, contents, card_text, read_model, tried)


def _from_pixels(model: ShippedModel) -> Any:
    """The Keras model of the whole way: the network between pixels and probabilities."""
    shape = (model.image_size, model.image_size, model.channels)
    pixels = keras.Input(shape, name="pixels")
    fractions = keras.layers.Rescaling(1 / 255, name="fractions")(pixels)
    logits = apply(model.network, fractions)
    divided = keras.layers.Rescaling(1 / model.temperature, name="temperature")(logits)
    made = keras.Model(pixels, keras.layers.Softmax(name="probabilities")(divided))
    carry(model.network, made)
    return made


def _prove(found: Any, model: ShippedModel, what: str) -> None:
    """Refuse a Keras model whose answers to some random pictures are not ``model``'s own."""
    images = _random_pictures(model)
    expected = answer(model, images).numpy()
    probs = keras_answers(found, images)
    bound = BOUNDS[model.record["computed"]["precision"]]
    apart = np.abs(probs - expected).max() if probs.shape == expected.shape else np.inf
    if not apart < bound:
        raise ValueError(
            f"probabilities of {what} differ by {apart:.2g} from those expected, more than "
            f"{bound:g}: it was not kept. A model.keras must be saved as a whole, from pixels to "
            "probabilities, with no layer added, left out or changed but for its weights"
        )


def _random_pictures(model: ShippedModel) -> Tensor:
    """Some pictures (B, C, S, S), uint8."""
    shape = (NUM_TRIED, model.channels, model.image_size, model.image_size)
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)


def _contents(model: ShippedModel, file: Path) -> Contents:
    """What the folder of the model that was trained further says besides its weights."""
    record = model.record
    texts = CardTexts(**record["report"]["texts"])
    further = {
        "file": file.name,
        "sha256": sha256_of(file),
        "from": {"folder": model.folder.name, "weights_sha256": record["weights"]["sha256"]},
    }
    return Contents(
        task=CLASSIFICATION,
        class_names=model.class_names,
        architecture=record["architecture"],
        inputs={key: record["pictures"][key] for key in ("image_size", "channels")},
        digests=_digests_before(model),
        by_class=record["learned_from"]["by_class"],
        texts=replace(texts, data=texts.data + FURTHER, choice=texts.choice + CHOSEN_BEFORE),
        test=None,
        own={"temperature": model.temperature},
        more={"trained_further_in_keras": further},
    )


def _digests_before(model: ShippedModel) -> list[str]:
    """Digests of what the model learned from before it was trained further."""
    if not model.learned_digests():
        raise ValueError(
            f"{model.folder / LEARNED_FROM} is missing, so nobody could tell what the new model "
            "learned from: copy the model folder again, as a whole"
        )
    return (model.folder / LEARNED_FROM).read_text(encoding="utf-8").split()


def main(arguments: Sequence[str] | None = None) -> int:
    """Export or import as the command line says; 0 if something was written, else 2."""
    replace_unprintable()
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.shipping.keras_files", description=__doc__
    )
    parser.add_argument("model", help="the model folder, such as my_model")
    parser.add_argument("--back", metavar="FILE", help="a model.keras that was trained further")
    parser.add_argument("--into", metavar="FOLDER", help="the model folder to make of it")
    given = parser.parse_args(arguments)
    if (given.back is None) != (given.into is None):
        parser.error("--back and --into go together: a file, and the model folder to make of it")
    try:
        if given.back is None:
            print(from_here(export_keras(given.model)))
        else:
            print(from_here(import_keras(given.back, given.model, given.into)))
    except (ValueError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
