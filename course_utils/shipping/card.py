"""The model card of a folder: what a reader must know, under a header that programs read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from course_utils.data.plain_text import plain
from course_utils.evaluation.scores import wilson_interval
from course_utils.shipping.record import SEGMENTATION, inputs_for, task_of
from course_utils.shipping.score import Score

TEMPLATES = Path(__file__).parent / "templates"
# By how much probabilities of an exported file, in float32, may differ from the workbook's,
# computed in the precision that is named.
BOUNDS = {"float32": 0.0001, "bfloat16": 0.05}
PIPELINES = {SEGMENTATION: "image-segmentation"}  # where a hub's name is wider than the task
IMAGENET = (
    "The backbone was pretrained on ImageNet's 1.28 million photographs of 1,000 kinds of things "
    "(`{}`), collected from the web: among them are many animals, dogs above all, vehicles, tools "
    "and food. **Scores on pictures of such things are probably too good**: the backbone has seen "
    "their like, perhaps the very pictures. On a kind of picture that is not on the web, expect "
    "less."
)
LETTERS = (
    "The backbone was pretrained by this workbook on letters drawn from fonts. It has seen no "
    "photograph and none of these pictures, so the scores owe nothing to that."
)
SCENES = (
    "The backbone was pretrained by this workbook on scenes of letters drawn from fonts. It has "
    "seen no photograph and none of these pictures, so the scores owe nothing to that."
)
RANDOM = "Nothing was pretrained: all weights began as random numbers."
BY_WORKBOOK = {"letters": LETTERS, "scenes": SCENES, "random": RANDOM}
UNKNOWN = (
    "The backbone came from the file `{}`, and nobody recorded here what it was pretrained on. **"
    "If it has seen the test pictures, the scores are too good.**"
)


def seen_before(backbone: str, kind: str) -> str:
    """What is known of the pictures that a backbone has seen.

    Args:
        backbone: The lesson's parameter, or ``"random"``.
        kind: Of architecture, such as ``"residual"`` or ``"torchvision"``.
    """
    if backbone in BY_WORKBOOK:
        return BY_WORKBOOK[backbone]
    is_file = any(sign in backbone for sign in "/\\") or backbone.endswith((".pt", ".pth"))
    if kind == "torchvision" and not is_file:
        return IMAGENET.format(plain(backbone))
    return UNKNOWN.format(plain(Path(backbone).name))


def card_text(record: Mapping[str, Any], test: Score | None, folder: str) -> str:
    """The card of the model that ``record`` describes.

    Args:
        record: What ``model.json`` holds.
        test: How it answered its test pictures.
        folder: Name of the folder.
    """
    data = (
        None if test is None else f"{test.num_pictures} test pictures of {len(test.number)} classes"
    )
    return fill(
        "card.md",
        record,
        folder,
        header=header(record, folder, data, [] if test is None else metrics_of(test)),
        mode="L" if record["pictures"]["channels"] == 1 else "RGB",
        seen=seen_before(record["report"]["texts"]["backbone"], record["architecture"]["kind"]),
        bound=f"{BOUNDS[record['computed']['precision']]:g}",
        **scores_of(test, record["learned_from"]["by_class"]),
    )


def fill(template: str, record: Mapping[str, Any], folder: str, **more: Any) -> str:
    """The card that a template and a record make; ``more`` is what else the template asks for."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    texts, computed = record["report"]["texts"], record["computed"]
    return environment.get_template(template).render(
        title=in_markdown(folder),
        folder=plain(folder).replace("\\", "/").replace('"', "'"),
        record={**record, "workbook": "Pretrain, fine-tune, validate"},
        names=[in_markdown(name) for name in record["class_names"]],
        size=record[inputs_for(task_of(record))].get("image_size"),
        texts={key: _printable(text) for key, text in texts.items()},
        made_with=", ".join(f"{name} {number}" for name, number in record["versions"].items()),
        how=f"computed in {computed['precision']} on {computed['device']}",
        **more,
    )


def scores_of(test: Score | None, learned: list[int], units: str = "groups") -> dict[str, Any]:
    """What the template shows of the test, whose groups are called ``units``."""
    if test is None:
        return {"test": None}

    rows = []
    for name, right, n, seen in zip(
        test.class_names, test.right, test.number, learned, strict=True
    ):
        low, high = wilson_interval(right, n) if n else (0.0, 1.0)
        share = f"{right / n:.3f}" if n else "not tested"
        rows.append((in_markdown(name), share, f"{low:.3f} to {high:.3f}", f"{n:,}", f"{seen:,}"))
    return {
        "test": test,
        "units": units,
        "guess": in_markdown(test.guess[0]),
        "balanced": test.balanced,
        "balanced_classes": sum(n > 0 for n in test.number),
        "rows": rows,
        "confusions": [
            f"{in_markdown(truth)} taken for {in_markdown(answer)} ({times:,})"
            for truth, answer, times in test.confusions[:5]
        ],
    }


def header(
    record: Mapping[str, Any],
    folder: str,
    tested_on: str | None,
    metrics: Iterable[tuple[str, float, str]],
) -> str:
    """The YAML at the top of the card, as model hubs read it.

    Args:
        record: What ``model.json`` holds.
        folder: Name of the folder.
        tested_on: The test pictures in words; None if there were none.
        metrics: Id, value and name of each score.
    """
    task = task_of(record)
    pipeline = PIPELINES.get(task, task)
    lines = [f"pipeline_tag: {pipeline}", "library_name: pytorch"]
    if record["report"]["texts"]["license"] is not None:
        lines.append(f"license: {_yaml(record['report']['texts']['license'])}")
    lines += ["tags:", f"- {task}", "- pytorch", "- safetensors"]
    if tested_on is None:
        return "\n".join(lines)
    lines += [
        "model-index:",
        f"- name: {_yaml(folder)}",
        "  results:",
        "  - task:",
        f"      type: {pipeline}",
        f"      name: {task.replace('-', ' ').title()}",
        "    dataset:",
        f"      type: own-{inputs_for(task)}",
        f"      name: {_yaml(tested_on)}",
        "      split: test",
        "    metrics:",
    ]
    for kind, value, said in metrics:
        lines += [f"    - type: {kind}", f"      value: {value!r}", f"      name: {_yaml(said)}"]
    return "\n".join(lines)


def metrics_of(test: Score) -> Iterator[tuple[str, float, str]]:
    """Id, value and name of each score."""
    interval = "{:.3f} to {:.3f}".format(*test.interval)
    said = f"n = {test.num_pictures}, 95 % interval {interval}, guessing {test.guess[1]:.3f}"
    if test.over_groups is not None:
        said += ", over {:,} groups {:.3f} to {:.3f}".format(*test.over_groups)
    yield "accuracy", test.accuracy, f"Accuracy, {said}"
    if test.balanced is not None:
        mean, low, high = test.balanced
        said = f"Balanced accuracy, 95 % interval {low:.3f} to {high:.3f}"
        yield "balanced_accuracy", mean, said


def in_markdown(name: str) -> str:
    """``name`` on one line, with nothing in it that Markdown or a table would take for its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#~$" else sign for sign in plain(name))


def _printable(text: str | None) -> str:
    """``text`` over its lines, with escapes for what cannot be printed or encoded."""
    return "\n".join(map(plain, (text or "").splitlines()))


def _yaml(text: str) -> str:
    """``text`` as a quoted scalar: what JSON writes, YAML reads."""
    return json.dumps(plain(text), ensure_ascii=False)
