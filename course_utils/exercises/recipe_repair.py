"""Checks of lesson 06: faults of a recipe, a head on features, possible numbers, speed reports."""

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from course_utils.exercises.feedback import Feedback, call, right, unanswered, wrong
from course_utils.exercises.recipe_repair_ideas import (
    ALIASES,
    BUG_KINDS,
    FAULTS,
    GRADIENTS,
    INFERENCE,
    INNOCENT,
    NUM_SERIOUS,
    OTHER,
    PARTS,
    POSSIBLE_IDEAS,
    PROBS,
    RECIPE,
    REPORTED,
    SPEED_IDEAS,
    SPEED_VERDICTS,
    TRAIN_MODE,
    LossWatch,
    are_probs,
    is_possible,
    small_problem,
)
from course_utils.freezing import extract_features, fingerprint
from course_utils.models import Backbone


def check_bug_hunt(found: Mapping[int, Any] | None) -> Feedback:
    """Check faults given as ``{line: kind}`` or ``{line: [kind, kind]}``; line 0 is for missing.

    Right when the serious faults are all found and no line is accused of what it does not do.
    """
    if found is None or found is ...:
        return unanswered("Name lines and their faults.")
    if not isinstance(found, Mapping):
        return wrong("Write a dictionary: {number of the line: kind}.", "not-a-mapping")
    picks = list(_picks(found))
    if not picks:
        return unanswered("Name lines and their faults.")
    seen = {kind for line, kind in picks if line in FAULTS.get(kind, ())}
    count = f"{len(seen)} of {len(FAULTS)} faults found."
    for line, kind in picks:
        if line not in FAULTS.get(kind, ()):
            why, misconception = _why_not(line, kind)
            return wrong(f"{count} {why}", misconception)
    missing = [kind for kind in list(FAULTS)[:NUM_SERIOUS] if kind not in seen]
    if missing:
        where = _part_of(FAULTS[missing[0]][0])
        return wrong(f"{count} Serious ones missing: {len(missing)}. Look {where}.", "too-few")
    return right(f"{count} They include the six that weigh most.")


def check_cached_head(train_head: Callable[..., Any]) -> Feedback:
    """Check a function that trains a head on features that are computed once, in eval mode."""
    backbone, images, labels = small_problem()
    untouched, passes = copy.deepcopy(backbone), []
    norm = backbone[0][1]  # sees each picture that enters, and in which mode
    norm.register_forward_hook(lambda part, x, _: passes.append((len(x[0]), part.training)))
    with torch.random.fork_rng(), torch.enable_grad(), LossWatch() as watch:
        torch.manual_seed(0)
        head = call(train_head, backbone, images.clone(), labels.clone(), 3)
    if isinstance(head, Feedback):
        known = {"through the graph a second time": GRADIENTS, "Inference tensors": INFERENCE}
        return next((idea for text, idea in known.items() if text in head.message), head)
    features = extract_features(untouched, images)
    fault = _backbone_fault(backbone, untouched) or _passes_fault(passes, len(images))
    fault = fault or (PROBS if watch.saw_probs else _head_fault(head, features, labels))
    return fault or right("Each picture passed the backbone once, and the head has converged.")


def check_possible(answers: Mapping[str, Any] | None) -> Feedback:
    """Check which of the accuracies in ``REPORTED`` are possible."""
    truth = {
        report: "possible" if is_possible(*printed) else "impossible"
        for report, printed in REPORTED.items()
    }
    fault = _reading_fault(answers, truth, ("possible", "impossible"), POSSIBLE_IDEAS)
    return fault or right("Some whole number of pictures must round to what is printed.")


def check_speed_report(verdicts: Mapping[str, str | None] | None) -> Feedback:
    """Check what the learner concludes from four reports of a speed-up."""
    choices = tuple(sorted(SPEED_VERDICTS.values()))
    fault = _reading_fault(verdicts, SPEED_VERDICTS, choices, SPEED_IDEAS)
    return fault or right("Same work, same result, several runs in turn: then a ratio is shown.")


def _picks(found: Mapping[Any, Any]) -> Iterator[tuple[int, str]]:
    """Each line with each kind given for it; -1 for what is no number."""
    for line, kinds in found.items():
        number = int(line) if str(line).strip().isdigit() else -1
        for kind in kinds if isinstance(kinds, list | tuple | set) else [kinds]:
            if kind is not None and kind is not ...:
                yield number, str(kind).strip().lower()


def _why_not(line: int, kind: str) -> tuple[str, str]:
    """Why ``line`` does not have the fault ``kind``, and the misconception."""
    if kind not in BUG_KINDS:
        return f"{kind!r} is not in the list: write one of BUG_KINDS.", "unknown-kind"
    if not 0 <= line <= len(RECIPE.splitlines()):
        return "Write {line: kind}; lines as in the recipe, 0 if missing.", "no-such-line"
    for misconception, (lines, absent, why) in INNOCENT.items():
        if kind == absent or (line in lines and kind in FAULTS):
            return f"Line {line}: {why}" if line else why, misconception
    if line == 0:
        return f"{kind!r} is not about something missing: a line does it.", "not-missing"
    if any(line in lines for lines in FAULTS.values()):
        return f"Line {line} deserves a question, but {kind!r} is the wrong one.", "wrong-kind"
    return f"Line {line} is fine: the repaired recipe has it, too.", "innocent-line"


def _part_of(line: int) -> str:
    first, last = next((part for part in PARTS if part[0] <= line <= part[1]), (0, 0))
    return f"at lines {first} to {last}" if line else "for what is not there at all (line 0)"


def _backbone_fault(backbone: Backbone, untouched: Backbone) -> Feedback | None:
    """Whether parameters learnt, or had gradients, or only buffers moved."""
    pairs = zip(backbone.parameters(), untouched.parameters(), strict=True)
    if not all(torch.equal(after, before) for after, before in pairs):
        return wrong("The backbone's weights have moved; whose may learn?", "backbone-learns")
    if any(weights.grad is not None for weights in backbone.parameters()):
        return GRADIENTS
    if fingerprint(backbone) != fingerprint(untouched):
        return TRAIN_MODE
    return None


def _passes_fault(passes: list[tuple[int, bool]], num_images: int) -> Feedback | None:
    """What is wrong with the forward passes, given pictures and train mode of each."""
    if any(in_train_mode for _, in_train_mode in passes):
        return TRAIN_MODE
    passed = sum(pictures for pictures, _ in passes)
    count = f"{passed} pictures went through the backbone, of {num_images} that there are."
    if passed < num_images:
        return wrong(f"{count} The head is to learn from all.", "pictures-left-out")
    if passed >= 2 * num_images:  # one more picture, to see how many features it has, is no sin
        message = f"{count} What never changes need not be computed again."
        return wrong(message, "features-recomputed")
    return None


def _head_fault(head: Any, features: Tensor, labels: Tensor) -> Feedback | None:
    """What is wrong with ``head``, asked for the logits of ``features`` (N, D)."""
    if isinstance(head, Tensor):
        return wrong("Return the head that turns features into logits.", "tensor-returned")
    if isinstance(head, nn.Module):
        head.eval()
        if any(isinstance(part, nn.Conv2d) for part in head.modules()):
            return wrong("The head alone is wanted: it will be given features.", "whole-model")
    if not callable(head):
        return wrong(f"A {type(head).__name__} is no head: return what can be called.", "no-head")
    with torch.no_grad():
        logits = call(head, features)
    if not isinstance(logits, Tensor) or logits.shape != (len(labels), 3):
        return wrong("From features (N, D) the head must make logits (N, K).", "wrong-shape")
    if are_probs(logits):
        return PROBS
    loss = F.cross_entropy(logits, labels).item()
    if not loss < 0.5:
        message = f"Its loss on its own features is {loss:.2f} nats; knowing nothing costs"
        return wrong(f"{message} {math.log(3):.2f}. Does it still fall?", "not-converged")
    return None


def _reading_fault(
    answers: Any,
    truth: Mapping[str, str],
    choices: tuple[str, ...],
    ideas: Mapping[tuple[str, str], tuple[str, str]],
) -> Feedback | None:
    """What is wrong with one word for each report; None if nothing is."""
    if answers is None or answers is ...:
        return unanswered("Give each report a word.")
    if not isinstance(answers, Mapping) or set(answers) != set(truth):
        return wrong(f"Keep one entry for each report: {', '.join(truth)}.", "missing-report")
    if any(answer is None or answer is ... for answer in answers.values()):
        return unanswered(f"Give each report one of: {'; '.join(choices)}.")
    for report, best in truth.items():
        said = str(answers[report]).strip().lower().removeprefix("not shown:").strip()
        said = ALIASES.get(said, said)
        if said not in choices:
            return wrong(f"Report {report}: write one of {'; '.join(choices)}.", "unknown-word")
        if said != best:
            misconception, message = ideas.get((report, said), OTHER)
            return wrong(f"Report {report}: {message}", misconception)
    return None
