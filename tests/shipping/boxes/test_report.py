"""A detector asked about pictures that have boxes: scores, and a verdict against its test."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.evaluation.detection.coco_scores import score_detections
from course_utils.models.detection.answering import detect_on
from course_utils.shipping.boxes.loading import load_detector
from course_utils.shipping.boxes.reporting import verdict, with_labels_of
from course_utils.shipping.boxes.score import Estimate, from_json, to_json
from course_utils.shipping.boxes.scoring import score_boxes
from course_utils.shipping.command import main
from tests.helpers.box_files import WRITERS, Shown
from tests.helpers.saved_detectors import NAMES, SCORE, rectangles, save_trained, trained_detector

PLAIN = ("red", "blue")  # as all forms can write them


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the detector, its classes named plainly."""
    learned = replace(rectangles(), class_names=PLAIN)
    test = replace(SCORE, by_class=())
    folder = tmp_path_factory.mktemp("saved") / "my_model"
    return save_trained(folder, learned_from=learned, test=test)


def written(folder: Path, pictures: BoxedPictures, names: Sequence[str], form: str) -> str:
    """The pictures as files with boxes in that form; how to ask for them."""
    shown = []
    for number, image in enumerate(pictures.images):
        file = folder / "made" / f"{number:02d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(file)
        boxes = [tuple(map(int, box)) for box in pictures.boxes[number].tolist()]
        said = [names[label] for label in pictures.labels[number].tolist()]
        shown.append(Shown(file.name, (32, 32), boxes, said, file=file))
    return WRITERS[form](folder / form, shown)


def with_boxes(pictures: BoxedPictures) -> BoxedPictures:
    """Those that show something: two plain ones may be equal."""
    return pictures[torch.tensor([len(boxes) > 0 for boxes in pictures.boxes])]


def report(saved: Path, dataset: str, *options: str) -> int:
    """Run the command, on the CPU."""
    return main([str(saved), dataset, *options, "--device", "cpu"])


@pytest.mark.slow
@pytest.mark.parametrize("form", ["coco", "voc", "yolo"])
def test_a_data_set_with_boxes_gets_a_report(
    tmp_path: Path, saved: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = rectangles(20, seed=7)
    assert report(saved, written(tmp_path, pictures, PLAIN, form)) == 0
    found = detect_on(trained_detector(), list(pictures.images))
    scores = score_detections(found, pictures)
    assert scores.ap50 > 0.9
    said = capsys.readouterr().out
    assert f"mAP {scores.mean_ap:.3f} [" in said and f"AP50 {scores.ap50:.3f} [" in said
    assert "on 20 pictures with" in said and "test mAP 0.410 [0.300, 0.520]" in said
    assert "The detector is better here than at its test" in said
    assert f"{len(torch.cat(pictures.labels))} boxes" in said


def test_classes_taken_for_one_another_are_worse(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(saved, written(tmp_path, rectangles(20, seed=7), PLAIN[::-1], "coco")) == 0
    assert "The detector is worse here than at its test" in capsys.readouterr().out


def test_pictures_that_were_learned_from_do_not_count(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (with_boxes(rectangles(seed=seed)) for seed in (0, 7))
    both = replace(old, images=torch.cat([old.images[:9], new.images[:9]]),
                   boxes=old.boxes[:9] + new.boxes[:9],
                   labels=old.labels[:9] + new.labels[:9])  # fmt: skip
    assert report(saved, written(tmp_path / "a", both, PLAIN, "coco")) == 0
    said = capsys.readouterr().out
    assert "9 pictures that the detector learned from" in said and "on 9 pictures" in said
    assert report(saved, written(tmp_path / "b", old, PLAIN, "coco")) == 0
    assert "No picture is left, so there is no report." in capsys.readouterr().out


def test_what_looks_odd_in_the_boxes_is_said(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = with_boxes(rectangles(40, seed=7))
    last = torch.tensor([[20.0, 20.0, 31.0, 31.0]])  # 31 is the last pixel, not the end
    boxes = tuple(torch.cat([some, last]) for some in pictures.boxes)
    labels = tuple(torch.cat([some, some[:1]]) for some in pictures.labels)
    odd = replace(pictures, boxes=boxes, labels=labels)
    assert report(saved, written(tmp_path, odd, PLAIN, "coco")) == 0
    assert "Only a suspicion: no box ends at the right or lower edge" in capsys.readouterr().out


def test_what_cannot_be_reported_is_said(
    tmp_path: Path, saved: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset = written(tmp_path, rectangles(4, seed=7), ("red", "green"), "coco")
    for arguments, said in (
        ((dataset,), "the detector knows red, blue, and the data set has green"),
        ((dataset, "--draw", "drawn"), "nothing is written or drawn"),
        ((dataset, "--no-report"), "nothing is written or drawn"),
        (("coco:nowhere",), "nowhere is no folder"),
    ):
        assert report(saved, *arguments) == 2
        assert said in capsys.readouterr().err


def test_labels_are_those_of_the_detector_by_name() -> None:
    pictures = rectangles(6)
    turned = with_labels_of((NAMES[1], "more", NAMES[0]), pictures)
    for before, after in zip(pictures.labels, turned.labels, strict=True):
        assert after.tolist() == [{0: 2, 1: 0}[label] for label in before.tolist()]
    assert turned.num_classes == 3


def test_scores_are_kept_as_they_are(saved: Path) -> None:
    pictures = rectangles(12, seed=7)
    found = detect_on(load_detector(saved).network, list(pictures.images))
    score = score_boxes(found, pictures)
    assert from_json(to_json(score)) == score
    assert score.mean_ap.low < score.mean_ap.value <= score.mean_ap.high
    assert (score.num_pictures, score.num_units, score.unit) == (12, 12, "picture")
    numbers = torch.cat(pictures.labels).bincount().tolist()
    assert [each.num_boxes for each in score.by_class] == numbers
    only_red = replace(pictures, labels=tuple(0 * labels for labels in pictures.labels))
    assert score_boxes(found, only_red).by_class[1].mean_ap is None


def test_a_verdict_says_what_can_be_told() -> None:
    near = replace(SCORE, mean_ap=Estimate(0.45, 0.35, 0.55))
    assert "No sign that the world has changed" in "\n".join(verdict(near, SCORE))
    assert "never tested" in "\n".join(verdict(SCORE, None))
