"""Answers to the exercises of lesson 09, right and wrong."""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from scipy.stats import t as student_t
from scipy.stats import ttest_rel
from sklearn.metrics import accuracy_score, jaccard_score
from torchvision.transforms.functional import InterpolationMode, resize


def mean_iou_by_loop(matrix):
    ious = []
    for k in range(len(matrix)):
        in_one = matrix[k].sum() + matrix[:, k].sum() - matrix[k, k]
        if in_one > 0:
            ious.append(matrix[k, k] / in_one)
    return sum(ious) / len(ious)


def pixels_of(matrix):
    """True and predicted class of each pixel."""
    true, found = np.indices(matrix.shape).reshape(2, -1)
    return true.repeat(matrix.ravel()), found.repeat(matrix.ravel())


def mean_iou_by_scikit_learn(matrix):
    return jaccard_score(*pixels_of(matrix), average="macro")


def mean_iou_with_torch(matrix):
    counts = torch.from_numpy(matrix).double()
    hits = counts.diag()
    return (hits / (counts.sum(0) + counts.sum(1) - hits)).nanmean()


def ratios(matrix, below):
    """Hits by something else, nan without a warning where it is 0 / 0."""
    counts = torch.from_numpy(matrix).double()
    return counts.diag() / below(counts.diag(), counts.sum(1), counts.sum(0))


def iou_of_each(matrix):
    return ratios(matrix, lambda hits, true, found: true + found - hits)


def by_frequency(matrix):
    weights = torch.from_numpy(matrix).sum(1) / matrix.sum()
    return (weights * iou_of_each(matrix))[weights > 0].sum()


def shrink_by_loop(classes, height, width):
    found = torch.empty(height, width, dtype=torch.uint8)
    for r in range(height):
        for c in range(width):
            row = int((r + 0.5) * classes.shape[0] / height)
            found[r, c] = classes[row, int((c + 0.5) * classes.shape[1] / width)]
    return found


def shrink_by_torch(classes, height, width):
    return F.interpolate(classes[None, None], (height, width), mode="nearest-exact")[0, 0]


def shrink_by_pillow(classes, height, width):
    picture = Image.fromarray(classes.numpy()).resize((width, height), Image.Resampling.NEAREST)
    return np.array(picture)


def shrink_by_lists(classes, height, width):
    rows = [int((r + 0.5) * len(classes) / height) for r in range(height)]
    columns = [int((c + 0.5) * classes.shape[1] / width) for c in range(width)]
    return [[classes[r, c].item() for c in columns] for r in rows]


def interpolated(mode, then=lambda numbers: numbers.byte(), **how):
    def answer(classes, height, width):
        scaled = F.interpolate(classes[None, None].float(), size=(height, width), mode=mode, **how)
        return then(scaled.squeeze())

    return answer


def in_one_piece(answer):
    """The same for maps of one row, of which squeezing leaves no map."""
    return lambda classes, height, width: answer(classes, height, width).reshape(height, width)


def every_few(classes, height, width):
    return classes[:: len(classes) // height, :: classes.shape[1] // width]


def from_end_to_end(classes, height, width):
    rows = np.linspace(0, classes.shape[0] - 1, height).round().astype(int)
    columns = np.linspace(0, classes.shape[1] - 1, width).round().astype(int)
    return classes.numpy()[np.ix_(rows, columns)]


def largest_of_each_part(classes, height, width):
    return F.adaptive_max_pool2d(classes[None].float(), (height, width))[0].to(torch.uint8)


def voted(classes, height, width):
    each = torch.stack([(classes == k).float() for k in range(256)])
    return resize(each, [height, width], antialias=False).argmax(dim=0).byte()


def voted_among_those_there(classes, height, width):
    there = classes.unique()
    each = torch.stack([(classes == k).float() for k in there])
    return there[resize(each, [height, width]).argmax(dim=0)]


def without_ignored(classes, height, width):
    classes[classes == 255] = 0
    return shrink_by_torch(classes, height, width)


MAP_REPORTS = {
    "P": "stands",
    "Q": "mostly paper",
    "R": "mean of scenes",
    "S": "wrong truth",
    "T": "known digits",
    "U": "pixels as n",
    "V": "paper left out",
    "W": "stands",
    "X": "stands",
}


def loss_by_sum(logits, maps):
    total = F.cross_entropy(logits, maps, ignore_index=255, reduction="sum")
    return total / max(1, (maps != 255).sum())


def loss_by_hand(logits, maps):
    log_probs = logits.log_softmax(dim=1).movedim(1, -1)[maps != 255]  # (P, 1 + K)
    if len(log_probs) == 0:
        return 0 * logits.sum()
    return -log_probs.gather(1, maps[maps != 255][:, None]).mean()


def loss_or_zero(logits, maps):
    loss = F.cross_entropy(logits, maps, ignore_index=255)
    return torch.nan_to_num(loss)


def of_pixels(logits, maps):
    """The loss of each pixel, with 255 taken for paper."""
    return F.cross_entropy(logits, maps.masked_fill(maps == 255, 0), reduction="none")


def mean_where(chosen):
    """The mean over pixels that are chosen of the maps."""
    return lambda logits, maps: (
        of_pixels(logits, maps)[chosen(maps)].sum() / max(1, chosen(maps).sum())
    )


def picture_by_picture(logits, maps):
    return torch.stack(
        [loss_by_sum(*each) for each in zip(logits.split(1), maps.split(1), strict=True)]
    ).mean()


def class_by_class(logits, maps):
    losses = of_pixels(logits, maps)
    if (maps == 255).all():
        return losses.sum() * 0
    return torch.stack([losses[maps == k].mean() for k in maps.unique() if k != 255]).mean()


def weighted_by_torch(logits, maps):
    counted = maps[maps != 255]
    frequency = torch.bincount(counted, minlength=logits.shape[1]).float()
    return F.cross_entropy(logits, maps, weight=1 / frequency.clamp(min=1), ignore_index=255)


def dice_by_loop(probs, maps):
    scores = []
    for k in range(probs.shape[1]):
        truth, of_class = maps == k, probs[:, k]
        below = of_class.sum() + truth.sum()
        scores.append(2 * of_class[truth].sum() / below if below > 0 else torch.tensor(1.0))
    return torch.stack(scores)


def dice_by_numpy(probs, maps):
    p = probs.numpy().transpose(1, 0, 2, 3).reshape(probs.shape[1], -1)
    t = maps.numpy().ravel() == np.arange(len(p))[:, None]
    return [2 * a[b].sum() / (a.sum() + b.sum()) if a.any() or b.any() else 1.0
            for a, b in zip(p, t, strict=True)]  # fmt: skip


def dice_with_a_little(probs, maps):
    truth = F.one_hot(maps, probs.shape[1]).movedim(-1, 1)
    axes = (0, 2, 3)
    above = 2 * (probs * truth).sum(axes) + 1e-7
    return above / (probs.sum(axes) + truth.sum(axes) + 1e-7)


def over_classes(ratio, axes=(0, 2, 3), take=lambda probs: probs):
    """A ratio of the three sums of probabilities and of true maps."""

    def answer(probs, maps):
        truth = F.one_hot(maps, probs.shape[1]).permute(0, 3, 1, 2).float()
        p = take(probs)
        return ratio((p * truth).sum(axes), p.sum(axes), truth.sum(axes))

    return answer


def dice_of(both, p, t):
    return 2 * both / (p + t)


def surest(probs):
    return F.one_hot(probs.argmax(1), probs.shape[1]).permute(0, 3, 1, 2).float()


def squares_below(probs, maps):
    truth = F.one_hot(maps, probs.shape[1]).permute(0, 3, 1, 2).float()
    axes = (0, 2, 3)
    return 2 * (probs * truth).sum(axes) / ((probs * probs).sum(axes) + (truth * truth).sum(axes))


def mean_over_pictures(probs, maps):
    each = zip(probs.split(1), maps.split(1), strict=True)
    return torch.stack([dice_by_loop(*one) for one in each]).mean(dim=0)


def scenes_by_steps(right_a, right_b, half_width):
    d = np.array([a.mean() - b.mean() for a, b in zip(right_a, right_b, strict=True)])
    n, s = len(d), np.sqrt(((d - d.mean()) ** 2).sum() / (len(d) - 1))
    half = student_t.ppf(0.975, n - 1) * s / np.sqrt(n)
    for needed in range(2, 10_000):
        if student_t.ppf(0.975, needed - 1) * s / np.sqrt(needed) <= half_width:
            return d.mean(), d.mean() - half, d.mean() + half, needed
    return None


def scenes_by_scipy(right_a, right_b, half_width):
    a, b = (right.reshape(len(right), -1).mean(axis=1) for right in (right_a, right_b))
    low, high = ttest_rel(a, b).confidence_interval(0.95)
    numbers = np.arange(2, 500)
    halves = student_t.interval(0.95, numbers - 1, scale=np.std(a - b, ddof=1) / numbers**0.5)[1]
    return np.array([np.mean(a - b), low, high, numbers[halves <= half_width].min()])


def scenes_but(half=None, needed=None):
    """Right but for half of the interval, or for the scenes needed.

    ``half`` is given both scores of each scene and the number of pixels; ``needed`` the standard
    deviation, the number of scenes, half of the interval, and how wide half of it may be.
    """

    def answer(right_a, right_b, half_width):
        middle, low, high, number = scenes_by_scipy(right_a, right_b, half_width)
        a, b = right_a.mean((1, 2)), right_b.mean((1, 2))
        if needed is not None:
            number = needed((a - b).std(ddof=1), len(a), high - middle, half_width)
        if half is not None:
            low, high = middle - half(a, b, right_a.size), middle + half(a, b, right_a.size)
        return middle, low, high, number

    return answer


def error_of(a, b, ddof=1):
    return (a - b).std(ddof=ddof) / len(a) ** 0.5


def t_of(n, share=0.975):
    return student_t.ppf(share, n)


def pixels_as_scenes(right_a, right_b, half_width):
    d = right_a.astype(float).ravel() - right_b.astype(float).ravel()
    half = 1.959964 * d.std() / len(d) ** 0.5
    return d.mean(), d.mean() - half, d.mean() + half, 2


RIGHT = {
    "mean_iou": {
        "as asked": mean_iou_by_loop,
        "by scikit-learn": mean_iou_by_scikit_learn,
        "with torch": mean_iou_with_torch,
    },
    "shrink": {
        "as asked": shrink_by_loop,
        "by torch": shrink_by_torch,
        "by Pillow": shrink_by_pillow,
        "by lists": shrink_by_lists,
    },
    "map_reports": {
        "as asked": MAP_REPORTS,
        "in capitals": {key: f" {word.upper()}." for key, word in MAP_REPORTS.items()},
    },
    "ignored_pixels": {
        "as asked": loss_by_sum,
        "by hand": loss_by_hand,
        "nan made to 0": loss_or_zero,
    },
    "soft_dice": {
        "as asked": dice_by_loop,
        "by numpy": dice_by_numpy,
        "with a little added": dice_with_a_little,
    },
    "scene_interval": {"as asked": scenes_by_steps, "by SciPy": scenes_by_scipy},
}
WRONG = {
    "mean_iou": {
        "accuracy": lambda matrix: accuracy_score(*pixels_of(matrix)),
        "absent-as-0": lambda matrix: iou_of_each(matrix).nan_to_num(0).mean(),
        "absent-as-1": lambda matrix: iou_of_each(matrix).nan_to_num(1).mean(),
        "nan": lambda matrix: iou_of_each(matrix).mean(),
        "recall": lambda matrix: ratios(matrix, lambda hits, true, found: true).nanmean(),
        "precision": lambda matrix: ratios(matrix, lambda hits, true, found: found).nanmean(),
        "dice": lambda matrix: ratios(matrix, lambda h, true, found: (true + found) / 2).nanmean(),
        "hits-twice": lambda matrix: ratios(matrix, lambda h, true, found: true + found).nanmean(),
        "without-background": lambda matrix: iou_of_each(matrix)[1:].nanmean(),
        "true-ones-only": lambda matrix: iou_of_each(matrix)[matrix.any(axis=1)].mean(),
        "found-ones-only": lambda matrix: iou_of_each(matrix)[matrix.any(axis=0)].mean(),
        "hit-ones-only": lambda matrix: iou_of_each(matrix)[matrix.diagonal() > 0].mean(),
        "by-frequency": by_frequency,
        "all-in-one": lambda matrix: jaccard_score(*pixels_of(matrix), average="micro"),
        "per-cent": lambda matrix: 100 * mean_iou_by_loop(matrix),
    },
    "shrink": {
        "between-classes": lambda classes, height, width: resize(classes[None], [height, width])[0],
        "sides-swapped": lambda classes, height, width: shrink_by_loop(classes, width, height),
        "by-start": in_one_piece(interpolated("nearest")),
        "end-to-end": from_end_to_end,
        "cut-out": lambda classes, height, width: classes[:height, :width],
        "whole-steps": every_few,
        "largest-number": largest_of_each_part,
        "vote": voted,
        "ignored-lost": without_ignored,
        "floats": in_one_piece(interpolated("nearest-exact", lambda numbers: numbers)),
    },
    "map_reports": {
        "logits-may-not-be-scaled": MAP_REPORTS | {"P": "wrong truth"},
        "too-strict": MAP_REPORTS | {"P": "pixels as n"},
        "nearly-all-right": MAP_REPORTS | {"Q": "stands"},
        "misread-Q": MAP_REPORTS | {"Q": "paper left out"},
        "scene-by-scene": MAP_REPORTS | {"R": "stands"},
        "misread-R": MAP_REPORTS | {"R": "mostly paper"},
        "same-for-both": MAP_REPORTS | {"S": "stands"},
        "misread-S": MAP_REPORTS | {"S": "known digits"},
        "new-scenes-suffice": MAP_REPORTS | {"T": "stands"},
        "misread-T": MAP_REPORTS | {"T": "mean of scenes"},
        "narrow-is-good": MAP_REPORTS | {"U": "stands"},
        "misread-U": MAP_REPORTS | {"U": "mostly paper"},
        "paper-is-no-class": MAP_REPORTS | {"V": "stands"},
        "misread-V": MAP_REPORTS | {"V": "mostly paper"},
        "absent-must-count": MAP_REPORTS | {"W": "mean of scenes"},
        "pairs-are-unfair": MAP_REPORTS | {"X": "pixels as n"},
    },
    "ignored_pixels": {
        "paper-left-out": mean_where(lambda maps: (maps != 255) & (maps != 0)),
        "over-all-pixels": lambda logits, maps: (of_pixels(logits, maps) * (maps != 255)).mean(),
        "learned-as-paper": lambda logits, maps: of_pixels(logits, maps).mean(),
        "learned-as-a-class": lambda logits, maps: F.cross_entropy(
            logits, maps.clamp(max=logits.shape[1] - 1)
        ),
        "mean-of-pictures": picture_by_picture,
        "mean-of-classes": weighted_by_torch,
        "sum": lambda logits, maps: of_pixels(logits, maps)[maps != 255].sum(),
        "nan-for-nothing": lambda logits, maps: of_pixels(logits, maps)[maps != 255].mean(),
        "no-gradient": lambda logits, maps: loss_by_sum(logits.detach(), maps),
    },
    "soft_dice": {
        "nan": over_classes(dice_of),
        "absent-as-0": over_classes(lambda both, p, t: 2 * both / (p + t).clamp(min=1e-8)),
        "one-added": over_classes(lambda both, p, t: (2 * both + 1) / (p + t + 1)),
        "hard": over_classes(dice_of, take=surest),
        "picture-by-picture": mean_over_pictures,
        "without-2": over_classes(lambda both, p, t: both / (p + t)),
        "iou": over_classes(lambda both, p, t: (both / (p + t - both)).nan_to_num(1)),
        "squared": squares_below,
        "truth-alone": over_classes(lambda both, p, t: both / t),
        "probs-alone": over_classes(lambda both, p, t: both / p),
        "loss": lambda probs, maps: 1 - dice_by_loop(probs, maps),
        "one": lambda probs, maps: dice_by_loop(probs, maps).mean(),
    },
    "scene_interval": {
        "turned-round": lambda a, b, half_width: scenes_by_scipy(b, a, half_width),
        "where-they-differ": lambda a, b, half_width: (
            (1.0 * a - 1.0 * b)[a != b].mean(),
            *scenes_by_scipy(a, b, half_width)[1:],
        ),
        "pixels-as-n": pixels_as_scenes,
        "not-paired": scenes_but(
            lambda a, b, _: (
                t_of(len(a) - 1) * np.hypot(a.std(ddof=1), b.std(ddof=1)) / len(a) ** 0.5
            )
        ),
        "z": scenes_but(lambda a, b, _: 1.96 * error_of(a, b)),
        "no-root": scenes_but(lambda a, b, _: t_of(len(a) - 1) * (a - b).std(ddof=1)),
        "over-n": scenes_but(lambda a, b, _: t_of(len(a) - 1) * (a - b).std(ddof=1) / len(a)),
        "population-sd": scenes_but(lambda a, b, _: t_of(len(a) - 1) * error_of(a, b, 0)),
        "one-sided": scenes_but(lambda a, b, _: t_of(len(a) - 1, 0.95) * error_of(a, b)),
        "n-degrees": scenes_but(lambda a, b, _: t_of(len(a)) * error_of(a, b)),
        "one-error": scenes_but(lambda a, b, _: error_of(a, b)),
        "ends-turned": lambda *case: [scenes_by_scipy(*case)[place] for place in (0, 2, 1, 3)],
        "same-quantile": scenes_but(
            needed=lambda s, n, half, most: np.ceil((t_of(n - 1) * s / most) ** 2)
        ),
        "z-planned": scenes_but(needed=lambda s, n, half, most: np.ceil((1.96 * s / most) ** 2)),
        "not-squared": scenes_but(needed=lambda s, n, half, most: np.ceil(n * half / most)),
        "whole-width": lambda a, b, half_width: (
            *scenes_by_scipy(a, b, half_width)[:3],
            scenes_by_scipy(a, b, half_width / 2)[3],
        ),
        "how-many-more": lambda a, b, half_width: np.subtract(
            scenes_by_scipy(a, b, half_width), [0, 0, 0, len(a)]
        ),
        "one-too-few": lambda *case: np.subtract(scenes_by_scipy(*case), [0, 0, 0, 1]),
    },
}
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("mean_iou", "recall", lambda matrix: np.mean(
        matrix.diagonal() / np.maximum(matrix.sum(1), 1))),
    ("mean_iou", "without-background", lambda matrix: iou_of_each(matrix)[1:].nan_to_num(0).mean()),
    ("shrink", "between-classes", in_one_piece(interpolated("bilinear"))),
    ("shrink", "between-classes", in_one_piece(interpolated("bilinear", lambda n: n.round()))),
    ("shrink", "between-classes", in_one_piece(interpolated("area", lambda n: n))),
    ("shrink", "between-classes", lambda classes, height, width: resize(
        classes[None], [height, width], InterpolationMode.BILINEAR, antialias=False)[0]),
    ("shrink", "sides-swapped", lambda *case: shrink_by_loop(*case).T),
    ("shrink", "by-start", lambda classes, height, width: [
        [classes[r * classes.shape[0] // height, c * classes.shape[1] // width]
         for c in range(width)] for r in range(height)]),
    ("shrink", "whole-steps", lambda *case: every_few(*case)[:case[1], :case[2]]),
    ("shrink", "vote", voted_among_those_there),
    ("map_reports", "too-strict", MAP_REPORTS | {"P": "known digits"}),
    ("map_reports", "absent-must-count", MAP_REPORTS | {"W": "paper left out"}),
    ("ignored_pixels", "paper-left-out", lambda logits, maps: of_pixels(
        logits, maps)[(maps != 255) & (maps != 0)].sum() / max(1, (maps != 255).sum())),
    ("ignored_pixels", "learned-as-paper", lambda logits, maps: of_pixels(
        logits, maps).sum() / max(1, (maps != 255).sum())),
    ("ignored_pixels", "mean-of-classes", class_by_class),
    ("ignored_pixels", "no-gradient", lambda *case: loss_by_sum(*case).item()),
    ("soft_dice", "hard", over_classes(lambda both, p, t: dice_of(both, p, t).nan_to_num(1),
                                       take=surest)),
    ("soft_dice", "picture-by-picture", lambda probs, maps: over_classes(
        dice_of, axes=(2, 3))(probs, maps).nanmean(0)),
    ("soft_dice", "picture-by-picture", lambda probs, maps: over_classes(
        lambda both, p, t: (2 * both + 1) / (p + t + 1), axes=(2, 3))(probs, maps).mean(0)),
    ("scene_interval", "pixels-as-n", lambda a, b, half_width: scenes_by_steps(
        a.reshape(-1, 1, 1), b.reshape(-1, 1, 1), half_width)),
    ("scene_interval", "pixels-as-n", scenes_but(
        lambda a, b, pixels: 1.96 * (a - b).std(ddof=1) / pixels**0.5)),
    ("scene_interval", "pixels-as-n", scenes_but(lambda a, b, pixels: 1.96 * (
        (a.mean() * (1 - a.mean()) + b.mean() * (1 - b.mean())) / pixels) ** 0.5)),
    ("scene_interval", "not-paired", scenes_but(lambda a, b, _: 1.96 * (
        (a.var(ddof=1) + b.var(ddof=1)) / len(a)) ** 0.5)),
    ("scene_interval", "population-sd", scenes_but(lambda a, b, _: 1.96 * error_of(a, b, 0))),
]  # fmt: skip
UNNAMED = {
    "mean_iou": {
        "half": lambda matrix: 0.5,
        "a number for each class": iou_of_each,
        "a text": lambda matrix: "high",
        "the square root": lambda matrix: mean_iou_by_loop(matrix) ** 0.5,
    },
    "shrink": {
        "nothing but paper": lambda classes, height, width: torch.zeros(height, width).byte(),
        "one row": lambda classes, height, width: classes[0],
        "as a picture": lambda *case: shrink_by_loop(*case)[None],
        "upside down": lambda *case: shrink_by_loop(*case).flip(0),
        "a text": lambda *case: "small",
    },
    "map_reports": {
        "one missing": {"P": "stands"},
        "another word": MAP_REPORTS | {"P": "perhaps"},
    },
    "ignored_pixels": {
        "none": lambda logits, maps: logits.sum() * 0,
        "of each pixel": of_pixels,
        "negative": lambda *case: -loss_by_sum(*case),
        "1 for nothing": lambda *case: loss_by_sum(*case) + (case[1] == 255).all(),
    },
    "soft_dice": {
        "none": lambda probs, maps: torch.zeros(probs.shape[1]),
        "of each picture": over_classes(dice_of, axes=(1, 2, 3)),
        "of each picture and class": over_classes(dice_of, axes=(2, 3)),
        "squared": lambda *case: dice_by_loop(*case) ** 2,
        "a text": lambda probs, maps: "good",
        "2 for what is absent": over_classes(lambda *sums: dice_of(*sums).nan_to_num(2)),
    },
    "scene_interval": {
        "the difference alone": lambda a, b, half_width: a.mean() - b.mean(),
        "three numbers": lambda *case: scenes_by_scipy(*case)[:3],
        "no width": scenes_but(lambda a, b, _: 0.0),
        "one scene": scenes_but(needed=lambda *_: 1),
        "no difference": lambda *case: (0.0, *scenes_by_scipy(*case)[1:]),
    },
}
