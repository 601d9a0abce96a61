"""Baselines, misuses and figures of lesson 07 against what is known of them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.data.examples import LabelledImages
from course_utils.figures.axes import summary_of
from course_utils.files import PROJECT_FOLDER
from course_utils.learning.guesses import Guess
from course_utils.lessons.your_own_pictures import figures
from course_utils.lessons.your_own_pictures.baselines import neighbour_answers
from course_utils.lessons.your_own_pictures.candidates import Candidate, Plan
from course_utils.lessons.your_own_pictures.in_use import command_text, misuses
from course_utils.lessons.your_own_pictures.progress import Progress
from course_utils.models.classifier import Classifier
from course_utils.models.freezing import fingerprint
from course_utils.models.inference import predict
from course_utils.models.residual import Backbone

GENERATOR = torch.Generator().manual_seed(0)


def pictures(count: int, channels: int = 3) -> LabelledImages:
    images = torch.randint(0, 255, (count, channels, 8, 8), dtype=torch.uint8, generator=GENERATOR)
    return LabelledImages(images, torch.arange(count) % 4, ("a", "b", "c", "d"))


def test_the_neighbour_of_a_noisy_copy_is_its_original() -> None:
    known = pictures(12)
    noise = torch.randint(0, 9, known.images.shape, generator=GENERATOR)
    asked = LabelledImages(
        (known.images.long() + noise).clamp(max=255).byte(), known.labels, known.class_names
    )
    assert neighbour_answers(known, asked).equal(known.labels)


@pytest.mark.parametrize("count", [7, 8])
def test_each_misuse_does_what_it_says_and_leaves_the_model_alone(count: int) -> None:
    torch.manual_seed(0)
    model, examples = Classifier(Backbone(3, width=4).eval(), 4).eval(), pictures(count)
    before = fingerprint(model)
    answers = misuses(model, examples)
    truth = predict(model, examples.images).argmax(dim=1)
    assert answers["as it was trained"].equal(truth)
    assert answers["class names reversed"].equal(3 - truth)
    negative = predict(model, 255 - examples.images).argmax(dim=1)
    assert answers["a negative"].equal(negative)
    swapped = examples.images[:, [2, 1, 0]]
    assert answers["blue and red swapped"].equal(predict(model, swapped).argmax(dim=1))
    assert all(rows.shape == (count,) for rows in answers.values())
    assert fingerprint(model) == before and not model.training
    assert model.backbone.input_size is None


def test_bytes_and_floats_are_misused_alike_and_grey_has_no_colours_to_swap() -> None:
    torch.manual_seed(0)
    model, examples = Classifier(Backbone(3, width=4).eval(), 4).eval(), pictures(6, 1)
    grey = LabelledImages(
        examples.images.expand(-1, 3, -1, -1), examples.labels, examples.class_names
    )
    as_floats = LabelledImages(grey.images / 255, grey.labels, grey.class_names)
    one, other = misuses(model, grey), misuses(model, as_floats)
    assert "blue and red swapped" not in one
    assert all(one[name].equal(other[name]) for name in one)


def test_the_chosen_candidate_stands_out_and_all_scores_are_said() -> None:
    scores = {"frozen": (0.8, 0.7, 0.9), "all": (0.9, 0.85, 0.95)}
    ax = figures.plot_scores(scores, x_label="accuracy", chosen="all")
    said = summary_of(ax.figure)
    assert said == "frozen: 0.800 [0.700, 0.900]. all: 0.900 [0.850, 0.950], chosen."
    marks = {line.get_marker() for line in ax.lines}
    assert "D" in marks and "o" in marks
    assert "one part, n = 40: 0.750 [" in summary_of(
        figures.plot_widths({"one part": (30, 40)}).figure
    )


def test_the_baseline_is_a_line_across() -> None:
    ax = figures.plot_scores({"a": (0.8, 0.7, 0.9)}, x_label="x", baseline=("neighbour", 0.75))
    assert "Dashed line, neighbour: 0.750." in summary_of(ax.figure)
    assert 0.75 in [line.get_xdata()[0] for line in ax.lines]


def test_flattery_is_the_difference_of_two_ways() -> None:
    hits = {"at random": np.arange(100) < 96, "together": np.arange(100) < 90}
    guessed = Guess("07 a split at random", -2, 10, 0, "points", False)
    drawn = figures.plot_flattery(hits, guessed)
    said = summary_of(drawn[0].figure)
    assert "at random: 0.960 [" in said and "together: 0.900 [" in said
    assert "flattery: points 6" in said
    assert "n = 100" in drawn[0].get_xlabel()


def test_misuse_is_drawn_beside_guessing() -> None:
    said = summary_of(figures.plot_misuse({"right": 0.9, "wrong": 0.1}, 0.25, 40).figure)
    assert "wrong: accuracy, n = 40 0.1 [" in said and "guessing: 0.250" in said


def test_the_command_names_what_there_is(tmp_path: Path) -> None:
    picture = PROJECT_FOLDER / "data" / "digits" / "a.png"
    kept = command_text(tmp_path / "my_model", is_kept=True, files=[picture])
    assert f'predict "{(tmp_path / "my_model").as_posix()}" "data/digits/a.png" --out' in kept
    gone = command_text(tmp_path / "gone", is_kept=False, files=[])
    assert 'save_to = "data/my_model"' in gone and '"data/my_model" PICTURES... --out' in gone


def test_a_step_is_measured_and_the_work_multiplied() -> None:
    plan = Plan((("net", 8),), (), {("net", 8): 2}, 10**9)
    progress = Progress(plan, {("net", 8): 10**6}, at_once=2)
    model = Classifier(Backbone(3, width=4), 4)
    before = fingerprint(model)
    said = progress.estimate(model, pictures(6).images, 4)
    assert said.startswith("one step of 4 pictures takes 0.") and "minutes at most" in said
    assert fingerprint(model) == before
    progress.done(Candidate("net", 8, 0.1, 0.01), 6, 2)
    progress.done(Candidate("net", 8, 0.1), 6, 2)
    progress.close()
