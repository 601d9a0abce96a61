"""The benchmark with tiny sizes: every part runs, and its two sides really do the same work."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.transforms import functional as one_picture

from benchmark import __main__ as command
from benchmark import (
    augmentation,
    detection,
    features,
    imports,
    lessons,
    loops,
    many_runs,
    parts,
    recipe,
    recipe_sides,
)
from benchmark.machine import machine_facts
from benchmark.measurements import Comparison, Reading, Side, Skipped, Turn, alternate
from benchmark.report import BUSY, as_json, draw, table, warnings_about
from benchmark.settings import QUICK, Settings
from benchmark.trainers import TRAINERS, missing_reason
from course_utils.data.batches import in_memory
from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.digits import load_digits
from course_utils.data.examples import LabelledImages
from course_utils.data.scenes import digit_scenes
from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.figures.axes import summary_of
from course_utils.models.freezing import fingerprint
from course_utils.models.pretrained import load_backbone
from course_utils.models.torchvision_backbones import TorchvisionBackbone
from course_utils.session.devices import find_precision
from course_utils.session.start import Session
from tests.helpers.notebook_files import write_notebook
from tests.helpers.picture_files import noise, save_picture

TINY = Settings(**QUICK)
CPU_SESSION = Session(torch.device("cpu"), Path(), 0)
FIGURE = "display({'image/png': 'iVBORw0KGgo='}, raw=True)"
PARAMETERS = ('data_dir = "data"', "parameters")


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A lesson that writes to its folder for files, fills 50 MB, and shows a figure."""
    return write_notebook(
        tmp_path / "01_tiny.ipynb",
        "from IPython.display import display\nfrom pathlib import Path\n"
        "from course_utils.session.parameters import is_whole",
        PARAMETERS,
        "assert data_dir != 'data'\nPath(data_dir, 'file').write_text('x')",
        "filled = b'1' * 50_000_000",
        FIGURE,
    )


@pytest.fixture
def swept(tmp_path: Path) -> Path:
    """A lesson with the parameters of the runs of part h, which does nothing."""
    names = ["seed", *TINY.run_parameters]
    lines = "\n".join(f"{name} = 0  # any" for name in names)
    return write_notebook(tmp_path / "03_swept.ipynb", (lines, "parameters"))


def run(out: Path, *arguments: str) -> dict:
    """Run the command and return what it wrote as JSON."""
    assert command.main(["--quick", "--out", str(out), *arguments]) == 0
    return json.loads((out / "results.json").read_text(encoding="utf-8"))


def of_part(found: dict, part: str) -> list[dict]:
    """The results of one part."""
    return [result for result in found["results"] if result["part"] == part]


@pytest.mark.lessons
def test_all_parts_run_and_are_reported(
    tmp_path: Path,
    lesson: Path,
    swept: Path,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(parts.MEASURES, "g", lambda given: imports.measure(given, "import json"))
    monkeypatch.setattr(many_runs, "LESSON", str(swept))
    monkeypatch.delenv("JUPYTER_PATH", raising=False)  # a kernel begun by forking measures another
    before = lesson.read_bytes()
    found = run(tmp_path / "out", "--lessons", str(lesson), "--threads", "1")
    assert lesson.read_bytes() == before
    printed = capsys.readouterr().out
    for part, title in command.TITLES.items():
        assert of_part(found, part), f"part {part} gave nothing"
        assert f"\n{part}  {title}\n" in printed
    for result in found["results"]:
        check_sane(result)
    (memory,), (seconds,) = of_part(found, "f"), of_part(found, "e")
    assert memory["values"][0] > 90  # MB: Python itself and the 50 that the lesson fills
    assert 0 < seconds["values"][0] < 60
    assert (tmp_path / "out" / "benchmark.png").read_bytes().startswith(b"\x89PNG")
    words = (tmp_path / "out" / "benchmark.txt").read_text(encoding="utf-8")
    for text in ("b: batches of 128", "c: 12 steps on 8 px, a bare loop", "d: letters, 8 px"):
        assert text in words


def check_sane(result: dict) -> None:
    """A comparison has two measurements of each side, and nothing measured is below 0."""
    if result["kind"] == "comparison":
        assert len(result["ours"]) == len(result["other"]) == len(result["ratios"]) == 2
        assert 0 < result["ratio"]["low"] <= result["ratio"]["median"] <= result["ratio"]["high"]
    elif result["kind"] == "reading" and "beyond" not in result["name"]:
        assert min(result["values"]) >= 0


@pytest.mark.lessons
def test_the_report_names_processor_and_versions_but_neither_machine_nor_paths(
    tmp_path: Path,
) -> None:
    for number in range(24):
        save_picture(tmp_path / "mine" / "ab"[number % 2] / f"{number}.png", noise(9, 9, number))
    pictures = ["--dataset", f"folder:{tmp_path / 'mine'}", "--data-dir", str(tmp_path / "data")]
    found = run(tmp_path / "out", "--only", "a", *pictures, "--image-size", "12")
    assert found["machine"]["processor"] and found["machine"]["cores"] >= 1
    assert torch.__version__.startswith(found["machine"]["packages"]["torch"])
    assert found["settings"]["dataset"] == "folder:..."
    text = (tmp_path / "out" / "results.json").read_text(encoding="utf-8")
    assert str(tmp_path) not in text and str(Path.home()) not in text
    assert f'"{socket.gethostname()}"' not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "a,x"], "no part 'x'; there are a, b, c, d, e, f, g"),
        (["--only", ""], "no part ''"),
        (["--only", "a", "--dataset", "letters"], "dataset must be"),
        (["--only", "a", "--backbone", "lettres"], "no backbone 'lettres'"),
        (["--only", "e", "--lessons", "77"], "no lesson '77'"),
        (["--only", "c", "--alternations", "0"], "alternations must be a whole number from 1"),
        (["--only", "c", "--threads", "0"], "threads must be a whole number from 1"),
        (["--only", "a", "--penalty", "0"], "penalty must be a number above 0"),
    ],
)
def test_what_cannot_be_measured_is_refused_before_any_work(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main([*arguments, "--out", str(tmp_path / "out")])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_help_tells_every_part(capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["--help"])
    assert stopped.value.code == 0
    printed = capsys.readouterr().out
    assert all(f"{part}  {title}" in printed for part, title in command.TITLES.items())


# How it is measured


def test_sides_take_turns_and_only_run_is_timed() -> None:
    events = []

    def side(name: str) -> Side:
        return Side(
            prepare=lambda number: (events.append(f"prepare {name}"), number)[1],
            run=lambda number: (events.append(f"run {name}"), number)[1],
            note=lambda number: (events.append(f"note {name}"), 10 * number)[1],
        )

    turns = alternate({"A": side("A"), "B": side("B")}, 2)
    one_round = [f"{what} {name}" for name in "AB" for what in ("prepare", "run", "note")]
    assert events == 2 * one_round
    assert [turn.note for turn in turns["B"]] == [0, 10]
    assert all(0 <= turn.seconds < 0.5 for each in turns.values() for turn in each)


def test_ratios_say_how_many_times_as_fast_and_goals_are_compared_with_them() -> None:
    times = Comparison("x", "", "s", [1.0, 2.0, 1.0], [10.0, 16.0, 30.0], "", goal=10)
    assert times.ratios == [10, 8, 30]
    assert times.verdict == "at least 10: met by the median"
    rates = Comparison("x", "", "pictures/s", [20.0, 30.0], [2.0, 2.0], "", goal=10)
    assert rates.ratios == [10, 15]
    assert rates.verdict == "at least 10: met in every round"
    assert Comparison("x", "", "s", [1.0], [2.0], "", goal=3).verdict.endswith("missed")
    assert Reading("x", "", "s", [0.2, 0.5], at_most=0.3).verdict.endswith("missed by the median")
    assert Reading("x", "", "s", [0.2]).verdict == ""


def test_a_part_that_was_skipped_says_why_in_table_json_and_figure() -> None:
    results = [Skipped("c", "fastai", "not installed: fastai")]
    assert "fastai" in table(results, {"c": "loops"})
    assert "not installed: fastai" in as_json(results, {}, {})
    assert summary_of(draw(results)) == "Nothing could be measured."


def test_without_ratios_the_figure_shows_the_other_readings() -> None:
    memory = Reading("f", "01_tiny", "MB at most", [250.0])
    assert summary_of(draw([memory])) == "f: 01_tiny: MB at most 250 [250, 250]."
    ratio = Comparison("a", "digits", "s", [1.0], [9.0], "as written")
    assert "01_tiny" not in summary_of(draw([memory, ratio]))


def test_what_a_loop_needs_to_start_stands_in_the_table_alone() -> None:
    ratio = Comparison("c", "digits", "s", [1.0], [9.0], "plain loop")
    start = Reading("c", "digits: ours", "s", [0.25])
    assert "digits: ours" in table([ratio, start], {"c": "loops"})
    assert summary_of(draw([ratio, start])) == summary_of(draw([ratio]))


def test_a_busy_machine_is_told() -> None:
    facts = machine_facts()
    assert "busy" in warnings_about(facts | {"load_at_start": BUSY + 0.1})
    assert warnings_about(facts | {"load_at_start": 0.0}) == ""


# Part a


def test_both_versions_of_the_recipe_get_the_same_pictures() -> None:
    train, test = recipe_sides.load_parts(Settings())
    assert train.labels.bincount().tolist() == [40] * 10
    assert 500 < len(test) <= 1000
    rows = {tuple(image.flatten().tolist()) for image in train.images}
    assert not rows & {tuple(image.flatten().tolist()) for image in test.images}

    written, ours = (load_backbone("letters", 1, size) for size in (None, 8))
    passed = {"written": 0, "ours": 0}
    for name, backbone in (("written", written), ("ours", ours)):
        backbone.register_forward_pre_hook(count_into(passed, name))
    few = train[torch.arange(22)]
    prepared = recipe.Prepared(few, recipe.preparation(28, written))
    recipe.as_written(written, prepared, 10, seed=0)
    recipe.ours(ours, few, 1e-4, 0, CPU_SESSION)
    assert passed == {"written": 2 * 22, "ours": 22}  # two epochs; features once


def count_into(passed: dict[str, int], name: str) -> Callable[[nn.Module, tuple[Tensor]], None]:
    """A hook that counts the pictures that pass through a module."""

    def count(module: nn.Module, inputs: tuple[Tensor]) -> None:
        passed[name] += len(inputs[0])

    return count


def test_as_written_the_backbone_moves_and_in_ours_it_does_not() -> None:
    train, _ = recipe_sides.load_parts(TINY)
    before = fingerprint(load_backbone("letters", 1, 8))
    written, ours = load_backbone("letters", 1), load_backbone("letters", 1, 8)
    prepared = recipe.Prepared(train, recipe.preparation(28, written))
    model = recipe.as_written(written, prepared, 10, seed=0)
    assert fingerprint(model[0]) != before
    assert fingerprint(recipe.ours(ours, train, 1e-4, 0, CPU_SESSION).backbone) == before


def test_pictures_are_prepared_as_the_recipe_prepares_them() -> None:
    grey = load_digits().images[0]
    assert recipe.preparation(28, load_backbone("letters", 1))(grey).shape == (1, 28, 28)
    network = TorchvisionBackbone("mobilenet_v2", 32, pretrained=False)
    white = recipe.preparation(224, network)(torch.ones_like(grey))
    assert white.shape == (3, 224, 224)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    assert torch.allclose(white[:, 5, 5], (1 - mean) / std)


@pytest.mark.slow
def test_the_recipe_runs_with_a_backbone_of_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        recipe_sides,
        "load_backbone",
        lambda name, channels, size=None: TorchvisionBackbone(name, size, pretrained=False).eval(),
    )
    few = {"rounds": 1, "train_per_class": 1, "max_test": 10}
    settings = replace(TINY, backbone="mobilenet_v2", **few)
    assert (settings.habit_size, settings.our_size) == (224, 96)
    comparison, *accuracies = recipe_sides.measure(replace(settings, input_size=32))
    assert comparison.name == "10 pictures of digits, mobilenet_v2"
    assert comparison.ratios[0] > 1
    assert all(0 <= accuracy.values[0] <= 1 for accuracy in accuracies)


def test_the_head_is_the_one_that_minimises_loss_and_penalty() -> None:
    from sklearn.linear_model import LogisticRegression

    examples = load_digits()[torch.arange(200)]
    pixels, penalty = examples.images.flatten(1), 0.01
    head = nn.Linear(64, 10)
    recipe.fit_head(head, pixels, examples.labels, penalty)
    theirs = LogisticRegression(C=1 / (2 * penalty * len(pixels)), max_iter=1000)
    theirs.fit(pixels.numpy(), examples.labels.numpy())
    # The lesson's head stops where no slope is steeper than 0.001: a little short of the minimum.
    probs = head(pixels).softmax(1).detach().numpy()
    assert np.abs(probs - theirs.predict_proba(pixels.numpy())).max() < 0.02
    loss = nn.functional.cross_entropy(head(pixels), examples.labels)
    loss = loss + penalty * head.weight.square().sum()
    (slopes,) = torch.autograd.grad(loss, head.weight)
    assert slopes.abs().max() < 1.5e-3


# Part b


def test_whole_batches_are_augmented_as_one_picture_at_a_time_would_be() -> None:
    images = augmentation.random_pictures(30, 3, 12, seed=0).images
    generator = torch.Generator().manual_seed(1)
    tops, lefts = torch.randint(9, (2, 30), generator=generator)
    flips = torch.rand(30, generator=generator) < 0.5
    whole = augmentation.crop_and_flip(images, tops, lefts, flips, padding=4)
    for number, image in enumerate(images):
        place = int(tops[number]), int(lefts[number])
        expected = one_picture.crop(one_picture.pad(image, 4), *place, 12, 12)
        expected = one_picture.hflip(expected) if flips[number] else expected
        assert torch.equal(whole[number], expected)


def moves_of(pictures: Tensor) -> Tensor:
    """Row and column shift, and whether mirrored, of augmented ``numbered`` pictures: (N, 3)."""
    here, beside = pictures[:, 0, 16, 16], pictures[:, 0, 16, 17]
    flipped = (beside < here).long()
    rows, columns = here.long() // 32 - 16, here.long() % 32
    return torch.stack([rows, columns - (16 - flipped), flipped], dim=1)


@pytest.mark.parametrize("kind", ["ours", "one by one"])
def test_each_picture_has_its_own_draw_and_all_places_are_as_likely(kind: str) -> None:
    numbered = torch.arange(1024.0).view(1, 1, 32, 32).expand(900, 1, 32, 32)
    if kind == "ours":
        pictures = augmentation.FlipAndCrop(seed=0)(numbered)
    else:
        torch.manual_seed(0)
        labels = torch.zeros(900, dtype=torch.int64)
        grey = LabelledImages(torch.zeros(900, 1, 32, 32, dtype=torch.uint8), labels, ("a",))
        transform = augmentation.one_by_one(grey)["tensors"].transform
        pictures = torch.stack([transform(picture) for picture in numbered])
    moves = moves_of(pictures)
    assert len(moves.unique(dim=0)) > 150  # of 9 * 9 * 2 = 162
    for column, num_places in ((0, 9), (1, 9), (2, 2)):
        counts = moves[:, column].unique(return_counts=True)[1]
        assert len(counts) == num_places
        expected = 900 / num_places
        limit = 4 * (expected * (1 - 1 / num_places)) ** 0.5  # four standard deviations
        assert (counts - expected).abs().max() < limit
    assert abs(np.corrcoef(moves.T)[np.triu_indices(3, 1)]).max() < 0.15  # independent draws


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python from 3.12, of workers
@pytest.mark.parametrize("workers", [0, 1])
def test_every_loader_delivers_each_picture_once_in_the_same_form(workers: int) -> None:
    examples = augmentation.random_pictures(130, 3, 32, seed=0)
    loaders = augmentation.make_loaders(examples, 0, [workers])
    delivered = {name: list(loader) for name, loader in loaders.items()}
    assert len(delivered) == 3
    for batches in delivered.values():
        assert [len(labels) for _, labels in batches] == [128, 2]
        labels = torch.cat([labels for _, labels in batches])
        assert labels.sort().values.equal(examples.labels.sort().values)
        images = torch.cat([images for images, _ in batches])
        assert images.dtype == torch.float32 and images.shape == (130, 3, 32, 32)
        assert images.min() >= 0 and 0.9 < images.max() <= 1


def test_ours_is_compared_with_the_fastest_of_each_round() -> None:
    turns = {
        "ours": [Turn(1.0, 100), Turn(2.0, 100)],
        "PIL": [Turn(20.0, 100), Turn(50.0, 100)],
        "tensors": [Turn(30.0, 100), Turn(10.0, 100)],
    }
    found = augmentation.compare(turns, 100)
    assert found.ratios == pytest.approx([20, 5])
    assert found.note == "fastest: PIL, tensors"


# Part c


@pytest.fixture
def noise_in_memory() -> LabelledImages:
    """70 pictures of noise, 8x8: two batches of 32 and a short one in each pass."""
    return in_memory(augmentation.random_pictures(70, 1, 8, seed=0))


def test_our_loop_and_the_bare_one_end_with_the_same_weights(
    noise_in_memory: LabelledImages,
) -> None:
    finals = []
    for loop in (loops.bare_loop, loops.our_loop):
        model = loops.new_model(1, seed=0)
        loop(model, noise_in_memory, 7, 0)  # two passes and a batch
        finals.append(loops.weights_of(model))
    assert torch.equal(*finals)
    assert not torch.equal(finals[0], loops.weights_of(loops.new_model(1, seed=0)))


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINERS)
def test_a_trainer_takes_the_same_steps_as_the_bare_loop(
    name: str, noise_in_memory: LabelledImages
) -> None:
    if reason := missing_reason(name):
        pytest.skip(reason)
    side = loops.trainer_side(name, noise_in_memory, 7, 0)
    found = side.note(side.run(side.prepare(0)))
    model = loops.new_model(1, seed=0)
    loops.bare_loop(model, noise_in_memory, 7, 0)
    assert torch.allclose(found, loops.weights_of(model), atol=1e-6)


def test_a_missing_trainer_is_skipped_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmark.trainers.find_spec", lambda module: None)
    skipped = [found for found in loops.measure(TINY) if isinstance(found, Skipped)]
    assert [found.name for found in skipped] == list(TRAINERS)
    assert skipped[0].reason == "not installed: lightning"


def test_what_a_loop_needs_to_start_is_taken_off() -> None:
    weights = torch.zeros(3)
    turns = {
        "a bare loop, start": [Turn(1.0, weights)],
        "a bare loop": [Turn(5.0, weights)],
        "ours, start": [Turn(2.0, weights)],
        "ours": [Turn(4.0, weights + 0.5)],
    }
    comparison, *starts = loops.compare(turns, "c", "case", {"a bare loop": 3})
    assert (comparison.ours, comparison.other) == ([2.0], [4.0])
    assert "0.5" in comparison.note and comparison.verdict == "at least 3: missed"
    assert [start.values for start in starts] == [[1.0], [2.0]]


# Part d


def test_operations_are_those_counted_by_hand() -> None:
    network = nn.Sequential(nn.Conv2d(3, 5, 3, padding=1), nn.Flatten(), nn.Linear(80, 7))
    by_hand = 2 * (4 * 4 * 5 * 3 * 9 + 80 * 7)  # two for each multiply-add of a picture
    assert features.count_operations(network, torch.rand(6, 3, 4, 4)) == 6 * by_hand


@pytest.mark.parametrize(("precision", "most"), [(torch.float32, 1.5), (torch.bfloat16, 3)])
def test_a_share_of_the_rate_of_products_is_a_share(precision: torch.dtype, most: float) -> None:
    if precision == torch.bfloat16 and find_precision("auto", CPU_SESSION.device) != precision:
        pytest.skip("this processor imitates bfloat16, slowly")
    found = features.compare_rates("letters", 8, precision, TINY)
    assert all(0 < share < most for share in found.ratios)
    assert str(precision).removeprefix("torch.") in found.axis


def test_bfloat16_is_measured_where_it_is_faster_and_else_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(features, "compare_rates", lambda name, size, precision, _: precision)
    monkeypatch.setattr(features, "find_precision", lambda name, device: torch.float32)
    *measured, skipped = features.measure(TINY)
    assert set(measured) == {torch.float32}
    assert (skipped.part, skipped.name) == ("d", "bfloat16") and "no faster" in skipped.reason
    monkeypatch.setattr(features, "find_precision", lambda name, device: torch.bfloat16)
    assert features.measure(TINY) == measured + [torch.bfloat16] * len(measured)


# Parts e, f and g


@pytest.mark.lessons
def test_a_lesson_that_fails_or_shows_no_figure_is_skipped_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JUPYTER_PATH", raising=False)  # a kernel begun by forking measures another
    plain = write_notebook(tmp_path / "01_plain.ipynb", "data_dir")  # set by the injected cell
    failing = write_notebook(tmp_path / "02_failing.ipynb", "1 / 0")
    no_figure, memory, *failed = lessons.measure(Settings(lessons=(str(plain), str(failing))))
    assert no_figure == Skipped("e", "01_plain", "it shows no figure")
    assert memory.part == "f" and memory.values[0] > 10
    assert [(each.part, each.name) for each in failed] == [("e", "02_failing"), ("f", "02_failing")]
    assert all("division by zero" in each.reason for each in failed)


def test_parameters_are_injected_where_papermill_would() -> None:
    cells = [nbformat.v4.new_code_cell(text) for text in ("import math", "a = 1", "print(a)")]
    cells[1].metadata["tags"] = ["parameters"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    lessons.inject_parameters(notebook, data_dir="x")
    assert [cell.source for cell in notebook.cells[1:3]] == [
        "a = 1",
        "# Parameters\ndata_dir = 'x'\n",
    ]


def test_imports_are_those_of_the_lessons_and_the_costliest_are_named(lesson: Path) -> None:
    assert imports.lesson_imports([lesson]) == "import course_utils.session.parameters"
    named = imports.costliest("import json, course_utils.session.parameters", "import json", TINY)
    assert named.startswith("IPython (course_utils.session.parameters)") and "json" not in named
    with pytest.raises(ValueError, match="No module named 'nonsense'"):
        imports.run_python("import nonsense", TINY)


# Part i


@pytest.fixture
def scenes() -> BoxedPictures:
    """A few scenes of digits, some of them empty."""
    return digit_scenes(1, 40, 1, seed=0).val


def test_both_libraries_give_the_same_scores(scenes: BoxedPictures) -> None:
    detections = detection.make_detections(scenes, seed=0)
    assert [len(each["scores"]) for each in detections] == [4 * len(b) + 3 for b in scenes.boxes]
    ours = detection.main_scores(score_detections(detections, scenes))
    theirs = detection.score_by_authors(detections, scenes)
    assert ours == pytest.approx(theirs, abs=1e-12) and 0.05 < ours[0] < ours[1] < 1


def test_a_difference_of_the_scores_is_told_in_place_of_times() -> None:
    turns = {name: [Turn(1.0, np.array([0.5, 0.75, 0.25]))] for name in ("ours", "other")}
    compared = detection.compare(turns, "mAP")
    assert compared.ratios == [1] and compared.note.startswith("both 0.500000; ")
    for other in (0.76, np.nan):
        turns["other"] = [Turn(1.0, np.array([0.5, other, 0.25]))]
        told = detection.compare(turns, "mAP")
        assert isinstance(told, Skipped) and str(other) in told.reason


@pytest.mark.slow
def test_without_pycocotools_the_comparison_is_skipped_and_the_rest_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared, interval, loop = detection.measure(TINY)
    assert isinstance(compared, Comparison) and compared.other_name == "pycocotools"
    monkeypatch.setattr("benchmark.detection.find_spec", lambda module: None)
    skipped, interval, loop = detection.measure(TINY)
    assert skipped == Skipped("i", "mAP of 12 scenes", "not installed: pycocotools")
    assert interval.values and interval.at_most == 3
    assert (loop.other_name, loop.note) == ("a bare loop", "final weights differ by at most 0")
