"""The lesson's questions put to recordings of people: each speaker in turn is never heard."""

from collections.abc import Callable
from dataclasses import dataclass

from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.splits import take_per_class
from course_utils.lessons.speech.trials import PIXELS, RANDOM, Way, answers_right, train_way
from course_utils.lessons.speech.voices_apart import VoicesApart, set_apart
from course_utils.models.classifier import Classifier
from course_utils.models.side_by_side import side_by_side

COUNTS = (1, 2, 5, 10, 20)  # labels per class
CHOSEN_AT = 10  # labels per class at which penalties and rates are chosen
PENALTIES = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)
SOURCES = {  # by way: what its backbone comes from, and whether all weights learn
    "pixels": (PIXELS, False),
    "random, frozen": (RANDOM, False),
    "letters, frozen": ("letters", False),
    "words, frozen": ("words", False),
    "scratch": (RANDOM, True),
    "words, fine-tuned": ("words", True),
}
NOT_VARIED = "words, fine-tuned, not varied", "scratch, not varied"  # at the rates of the varied
NOT_VARIED_AT = (5, 20)  # labels per class
NUM_STEPS, BATCH_SIZE = 80, 32


@dataclass(frozen=True)
class Row:
    """The two accuracies of one trained classifier.

    Args:
        seed: Of the takes, labels and trainings.
        speaker: Who was never heard.
        way: How it was made.
        count: Labels per class.
        own: Accuracy on new takes of the speakers that it learned from.
        new: Accuracy on the speaker that it never heard.
        setting: The penalty or rate that another speaker chose.
    """

    seed: int
    speaker: str
    way: str
    count: int
    own: float
    new: float
    setting: float


def study(
    sounds: LabelledSounds, seed: int, at_once: int, report: Callable[[str], object] = print
) -> list[Row]:
    """Every way with every number of labels, each speaker of ``sounds`` in turn never heard.

    One of the other speakers chooses penalty and rate, and all others are learned from.

    Args:
        sounds: With speakers and takes.
        seed: Same seed, same rows.
        at_once: Trainings side by side.
        report: Told who is being left out.

    Raises:
        ValueError: If there are fewer than three speakers.
    """
    speakers = sounds.speakers.unique().tolist()
    if len(speakers) < 3:
        raise ValueError(
            f"{len(speakers)} speakers are too few: one is never heard, one chooses, and at least "
            "one is learned from; give recordings of three or more"
        )
    rows = []
    for place, speaker in enumerate(speakers):
        report(f"without {sounds.speaker_names[speaker]}, {place + 1} of {len(speakers)}")
        chooser = speakers[(place + 1 + seed % (len(speakers) - 1)) % len(speakers)]
        known = [each for each in speakers if each not in (speaker, chooser)]
        apart = set_apart(sounds, known, [speaker], seed)
        val = sounds[sounds.speakers == chooser]
        rows += _fold(apart, val, sounds.speaker_names[speaker], seed, at_once)
    return rows


def _fold(apart: VoicesApart, val: LabelledSounds, name: str, seed: int, at_once: int) -> list[Row]:
    def trained(way: str, setting: Way, count: int) -> Classifier:
        some = take_per_class(apart.train, count, seed)
        return train_way(setting, some, num_steps=NUM_STEPS, batch_size=BATCH_SIZE, seed=seed,
                         vary=way not in NOT_VARIED)  # fmt: skip

    def on_val(way: str, setting: Way) -> float:
        return answers_right(trained(way, setting, CHOSEN_AT), val).float().mean().item()

    def row(way: str, setting: Way, count: int) -> Row:
        model = trained(way, setting, count)
        own, new = (
            answers_right(model, each).double().mean().item() for each in (apart.own, apart.new)
        )
        at = setting.penalty if setting.rate is None else setting.rate
        return Row(seed, name, way, count, own, new, at)

    best: dict[str, Way] = {}
    for learns in (False, True):
        ways = [way for way, (_, each) in SOURCES.items() if each == learns]
        jobs = [(way, setting) for way in ways for setting in _settings(way, best)]
        found = dict(zip(jobs, side_by_side(on_val, jobs, at_once), strict=True))
        for way in ways:
            best[way] = max(_settings(way, best), key=lambda setting: found[way, setting])
    jobs = [(way, setting, count) for way, setting in best.items() for count in COUNTS]
    for way in NOT_VARIED:
        setting = best[way.removesuffix(", not varied")]
        jobs += [(way, setting, count) for count in NOT_VARIED_AT]
    return side_by_side(row, jobs, at_once)


def _settings(way: str, best: dict[str, Way]) -> list[Way]:
    source, learns = SOURCES[way]
    if not learns:
        return [Way(source, penalty) for penalty in PENALTIES]
    penalty = None if source == RANDOM else best[way.replace("fine-tuned", "frozen")].penalty
    return [Way(source, penalty, rate) for rate in RATES]
