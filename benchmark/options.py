"""What the command line of the benchmark understands, checked before anything is measured."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmark.settings import QUICK, Settings
from course_utils.files import PROJECT_FOLDER
from course_utils.learning.lessons import find_lessons
from course_utils.session.parameters import check_count, check_optional_count, check_positive

ABOUT = """\
Measure the workbook against the usual way, part by part, and say how large the ratios are. Let
nothing else run on the machine meanwhile. With the default sizes all parts together take some ten
to twenty minutes on two cores; part a with resnet50 takes longer, because the recipe does."""
TITLES = {
    "a": "the classic recipe as written, against lesson 06's version",
    "b": "whole augmented batches, against a DataLoader",
    "c": "the visible loop, against a bare one and three Trainers",
    "d": "feature extraction, as a share of the rate of matrix products",
    "e": "seconds from the start of the kernel to the first figure of each lesson",
    "f": "peak memory of each lesson",
    "g": "time to import the package, against torch alone",
    "h": "many runs on two workers, against one after another; the cost of a run",
    "i": "scores of detections, against pycocotools; a detector's loop, against a bare one",
    "j": "mean IoU of maps, against torchmetrics and scikit-learn; a segmenter's loop, against a "
    "bare one",
    "k": "a language model's loop, against a bare one and a Trainer; writing with and without a "
    "cache",
    "l": "an epoch of fine-tuning, against Keras on torch and on TensorFlow, and TensorFlow's loop",
}


def make_parser() -> argparse.ArgumentParser:
    """What the command line understands."""
    about = "\n".join(
        [ABOUT, "", "parts:", *(f"  {part}  {what}" for part, what in TITLES.items())]
    )
    parser = argparse.ArgumentParser(
        prog="python -m benchmark",
        description=about,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--only", metavar="PARTS", default=",".join(TITLES), help="such as a,c; default: all")
    add("--alternations", type=int, metavar="N", help="turns of each side; default: 5")
    add("--out", type=Path, default=Path("build/benchmark"), help="folder for the results")
    add("--threads", type=int, metavar="N", help="of torch; default: what it takes itself")
    add("--seed", type=int, default=0, help="of every random choice")
    add("--dataset", default="digits", help="part a: digits, cifar10 or folder:PATH")
    add("--image-size", type=int, default=32, help="part a: pixels of pictures from a folder")
    add("--data-dir", type=Path, default=Path("data"), help="part a: folder of data sets")
    add("--backbone", default="letters", help="part a: letters, resnet50 or another")
    add("--input-size", type=int, help="part a: pixels a side of ours; default: 96, letters 8")
    add("--penalty", type=float, default=Settings.penalty, help="part a: of our head")
    add("--lessons", default="", help="parts e, f, g: such as 00,03, or a path; default: all")
    add("--quick", action="store_true", help="tiny sizes, to see whether everything runs")
    return parser


def read_parts(text: str) -> list[str]:
    """The letters of the parts in ``text``, in the order in which they run.

    Raises:
        ValueError: If there is no such part; it names those there are.
    """
    wanted = [letter.strip() for letter in text.split(",") if letter.strip()]
    unknown = [letter for letter in wanted if letter not in TITLES]
    if unknown or not wanted:
        raise ValueError(f"no part {', '.join(unknown) or text!r}; there are {', '.join(TITLES)}")
    return [letter for letter in TITLES if letter in wanted]


def read_settings(options: argparse.Namespace) -> Settings:
    """The settings that the command line asks for.

    Raises:
        ValueError: If a number is too small; it names both.
    """
    names = ("threads", "seed", "dataset", "image_size", "backbone", "input_size", "penalty")
    values = {name: getattr(options, name) for name in names} | (QUICK if options.quick else {})
    values["data_dir"] = PROJECT_FOLDER / options.data_dir.expanduser()
    values["lessons"] = tuple(name for name in options.lessons.split(",") if name)
    if options.alternations is not None:
        values["rounds"] = options.alternations
    settings = Settings(**values)
    check_count("alternations", settings.rounds)
    check_count("image_size", settings.image_size)
    check_optional_count("threads", settings.threads)
    check_optional_count("input_size", settings.input_size)
    check_positive("penalty", settings.penalty)
    return settings


def check(parts: Sequence[str], settings: Settings) -> None:
    """Refuse, before anything is measured, what could not be measured later.

    Raises:
        ValueError: If there is no such data set or lesson.
        OSError: If there is no such backbone, or data cannot be had.
    """
    if "a" in parts:
        from benchmark import recipe_sides  # takes seconds, and --help does without it

        train, _ = recipe_sides.load_parts(settings)
        recipe_sides.load_backbone(settings.backbone, train.images.shape[1], settings.our_size)
    if set(parts) & set("efg"):
        find_lessons(settings.lessons)
