"""What Keras on TensorFlow gave, for those who have no TensorFlow: a stored report.

``python -m course_utils.lessons.keras_and_tensorflow.stored`` makes it anew, where there is one.
"""

import argparse
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.splits import Split, split_three_ways, take_per_class
from course_utils.files import write_whole
from course_utils.lessons.keras_and_tensorflow.carrying import make_task
from course_utils.lessons.keras_and_tensorflow.other_backend import run_on_tensorflow
from course_utils.lessons.keras_and_tensorflow.report import Report, table_of
from course_utils.lessons.keras_and_tensorflow.torch_side import in_torch
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import extract_features
from course_utils.models.heads import fit_linear
from course_utils.models.pretrained import load_backbone

FILE = Path(__file__).with_name("on_tensorflow.json")
# Those of the lesson's parameters that the report depends on.
SEED, NUM_SEEDS, LABELS, RATE, EPOCHS, SCRATCH_EPOCHS = 0, 5, 5, 0.003, 8, 20


def begin(seed: int) -> tuple[Classifier, Split, list[LabelledImages]]:
    """What the lesson begins with: its model, its split, and the few pictures of each repeat."""
    split = split_three_ways(load_digits(), seed=seed, val_fraction=0.2, test_fraction=0.35)
    few = take_per_class(split.train, LABELS, seed)
    letters = load_backbone("letters")
    model = Classifier(letters, split.val.num_classes)
    features = extract_features(letters, few.images)
    model.head = fit_linear(LabelledImages(features, few.labels, few.class_names), seed=seed)
    runs = [take_per_class(split.train, LABELS, 1000 * seed + run) for run in range(NUM_SEEDS)]
    return model, split, runs


def report_on_tensorflow(seed: int) -> Report:
    """The report on TensorFlow of what the lesson begins with."""
    model, split, few = begin(seed)
    task = make_task(model, split, few)
    side = in_torch(model, split)
    return run_on_tensorflow(task, side, RATE, EPOCHS, SCRATCH_EPOCHS)


def load_stored(file: Path = FILE) -> Report:
    """The stored report; ``made`` says when and with what it was made."""
    return json.loads(file.read_text(encoding="utf-8"))


def keep(report: Report, seed: int, file: Path = FILE) -> None:
    """Write ``report`` to ``file``, one number or list a line, with the date and the seed."""
    made = f"{date.today():%Y-%m-%d}, {report['versions']}, seed {seed}"
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in report.items()]
    text = ",\n".join([f'"made": {json.dumps(made)}', *lines])
    write_whole(file, f"{{\n{text}\n}}\n".encode())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure on TensorFlow, and keep the report."""
    parser = argparse.ArgumentParser(
        prog="python -m course_utils.lessons.keras_and_tensorflow.stored", description=__doc__
    )
    parser.add_argument("--to", type=Path, default=FILE, metavar="FILE", help="where it is kept")
    options = parser.parse_args(arguments)
    report = report_on_tensorflow(SEED)
    keep(report, SEED, options.to)
    print(table_of({"TensorFlow": load_stored(options.to)}))


if __name__ == "__main__":
    main()
