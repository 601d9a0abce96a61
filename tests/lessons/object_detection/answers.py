"""Answers to the exercises of lesson 08, right and wrong."""

import random

import numpy as np
import torch
from sklearn.metrics import auc
from sklearn.model_selection import GroupShuffleSplit
from torchvision.ops import batched_nms, box_area, box_convert, box_iou


def iou_by_sides(box, other):
    width = max(0, min(box[2], other[2]) - max(box[0], other[0]))
    height = max(0, min(box[3], other[3]) - max(box[1], other[1]))
    one = (box[2] - box[0]) * (box[3] - box[1])
    two = (other[2] - other[0]) * (other[3] - other[1])
    return width * height / (one + two - width * height)


def iou_by_torchvision(box, other):
    return box_iou(torch.tensor([box], dtype=float), torch.tensor([other], dtype=float))


def iou_with_numpy(box, other):
    a, b = np.array(box, dtype=float), np.array(other, dtype=float)
    sides = np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)
    both = sides.prod()
    return both / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - both)


def iou_by_counting(box, other):
    # corners are in halves of pixels
    y, x = np.mgrid[0:60, 0:60] / 2 + 0.25
    one, two = ((x > b[0]) & (x < b[2]) & (y > b[1]) & (y < b[3]) for b in (box, other))
    return (one & two).sum() / (one | two).sum()


def parts_of(box, other, more=0.0):
    """Width and height shared, never below 0 unless asked, and both areas."""
    a, b = (torch.tensor(each, dtype=torch.float64) for each in (box, other))
    sides = torch.minimum(a[2:], b[2:]) - torch.maximum(a[:2], b[:2]) + more
    areas = [(each[2:] - each[:2] + more).prod() for each in (a, b)]
    return sides, areas


def never_clipped(box, other):
    sides, (one, two) = parts_of(box, other)
    return sides.prod() / (one + two - sides.prod())


def clipped_at_last(box, other):
    sides, (one, two) = parts_of(box, other)
    both = sides.prod().clamp(min=0)
    return both / (one + two - both)


def with_last_pixel(box, other):
    sides, (one, two) = parts_of(box, other, 1)
    both = sides.clamp(min=0).prod()
    return both / (one + two - both)


def last_pixel_in_areas(box, other):
    both = parts_of(box, other)[0].clamp(min=0).prod()
    one, two = parts_of(box, other, 1)[1]
    return both / (one + two - both)


def over(way):
    def answer(box, other):
        sides, areas = parts_of(box, other)
        return sides.clamp(min=0).prod() / way(*areas)

    return answer


def over_hull(box, other):
    sides, _ = parts_of(box, other)
    xs, ys = [*box[::2], *other[::2]], [*box[1::2], *other[1::2]]
    return sides.clamp(min=0).prod() / ((max(xs) - min(xs)) * (max(ys) - min(ys)))


def as_xywh(box, other):
    boxes = torch.tensor([box, other], dtype=torch.float64)
    a, b = box_convert(boxes, "xywh", "xyxy").split(1)
    return box_iou(a, b).item()


def corners_in_full(box, form, width, height):
    a, b, c, d = box
    if form == "coco":
        return a, b, a + c, b + d
    if form == "voc":
        return a - 1, b - 1, c, d
    if form == "yolo":
        middle, size = np.array([a * width, b * height]), np.array([c * width, d * height])
        return np.concatenate([middle - size / 2, middle + size / 2])
    return b, a, d, c


def corners_by_torchvision(box, form, width, height):
    numbers = torch.tensor(box, dtype=torch.float64)
    if form == "yxyx":
        return numbers[[1, 0, 3, 2]]
    if form == "voc":
        return numbers - torch.tensor([1, 1, 0, 0])
    if form == "yolo":
        numbers = numbers * torch.tensor([width, height, width, height])
    return box_convert(numbers, "cxcywh" if form == "yolo" else "xywh", "xyxy")


def corners_but(form, change):
    """Right but for one form, changed by a function of the four numbers and the picture's two."""

    def answer(box, asked, width, height):
        if asked != form:
            return corners_in_full(box, asked, width, height)
        return torch.tensor(change(*box, width, height), dtype=torch.float64)

    return answer


REPORTS = {
    "P": "stands",
    "Q": "wrong truth",
    "R": "curve cut short",
    "S": "mean of pictures",
    "T": "known digits",
    "U": "two measures",
    "V": "stands",
    "W": "stands",
}


def split_by_clips(rows, test_share, seed):
    clips = sorted({row["clip"] for row in rows})
    random.Random(seed).shuffle(clips)
    chosen = clips[: round(test_share * len(clips))]
    return (
        [row for row in rows if row["clip"] not in chosen],
        [row for row in rows if row["clip"] in chosen],
    )


def split_by_scikit_learn(rows, test_share, seed):
    splitter = GroupShuffleSplit(n_splits=1, test_size=test_share, random_state=seed)
    train, test = next(splitter.split(rows, groups=[row["clip"] for row in rows]))
    return [rows[k] for k in train], [rows[k] for k in test]


def split_until_enough(rows, test_share, seed):
    # a share of the rows rather than of the clips, within one clip
    train, test = [], []
    for clip in np.random.default_rng(seed).permutation(np.unique([r["clip"] for r in rows])):
        part = test if len(test) < test_share * len(rows) else train
        part.extend(row for row in rows if row["clip"] == clip)
    return np.array(train), np.array(test)


def split_by(key, seed_of=lambda seed: seed):
    def answer(rows, test_share, seed):
        keys = sorted({key(row) for row in rows})
        chosen = random.Random(seed_of(seed)).sample(keys, round(test_share * len(keys)))
        train = [row for row in rows if key(row) not in chosen]
        return train, [row for row in rows if key(row) in chosen]

    return answer


def rows_as_they_stand(rows, test_share, seed):
    cut = round((1 - test_share) * len(rows))
    return rows[:cut], rows[cut:]


def leaking_rows_dropped(rows, test_share, seed):
    train, test = split_by(lambda row: row["clip"] + row["picture"])(rows, test_share, seed)
    known = {row["clip"] for row in test}
    return [row for row in train if row["clip"] not in known], test


def last_clips(rows, test_share, seed):
    clips = sorted({row["clip"] for row in rows})
    chosen = clips[-round(test_share * len(clips)) :]
    train = [row for row in rows if row["clip"] not in chosen]
    return train, [row for row in rows if row["clip"] in chosen]


def surest(boxes, labels, scores, most_iou):
    kept = []
    for place in sorted(range(len(scores)), key=lambda k: -scores[k]):
        for other in kept:
            same = labels[other] == labels[place]
            if same and box_iou(boxes[[place]], boxes[[other]]).item() > most_iou:
                break
        else:
            kept.append(place)
    return kept


def surest_by_torchvision(boxes, labels, scores, most_iou):
    return batched_nms(boxes, scores, labels, most_iou)


def surest_by_crossing_out(boxes, labels, scores, most_iou):
    rivals = (box_iou(boxes, boxes) > most_iou) & (labels[:, None] == labels)
    left = torch.ones(len(boxes), dtype=torch.bool)
    kept = []
    while left.any():
        best = torch.where(left, scores, -1).argmax()
        kept.append(best)
        left &= ~rivals[best]
        left[best] = False
    return kept


def crossing_out(worth=lambda boxes, scores: scores, by_class=True, at_equal=False):
    """The same, with another order, over classes, or at equal overlap too."""

    def answer(boxes, labels, scores, most_iou):
        ious, value = box_iou(boxes, boxes), worth(boxes, scores)
        rivals = ious >= most_iou if at_equal else ious > most_iou
        if by_class:
            rivals = rivals & (labels[:, None] == labels)
        left, kept = list(range(len(boxes))), []
        while left:
            best = max(left, key=lambda k: value[k].item())
            kept.append(best)
            left = [k for k in left if k != best and not rivals[best, k]]
        return torch.tensor(kept)

    return answer


def by_any_surer(boxes, labels, scores, most_iou):
    rivals = (box_iou(boxes, boxes) > most_iou) & (labels[:, None] == labels)
    return (~(rivals & (scores > scores[:, None])).any(dim=1)).nonzero().flatten()


def against_the_last(boxes, labels, scores, most_iou):
    last, kept = {}, []
    for k in scores.argsort(descending=True).tolist():
        label = labels[k].item()
        before = last.get(label)
        if before is None or box_iou(boxes[[k]], boxes[[before]]).item() <= most_iou:
            kept.append(k)
            last[label] = k
    return kept


def best_of_each_class(boxes, labels, scores, most_iou):
    places = range(len(labels))
    return [
        max((k for k in places if labels[k] == label), key=lambda k: scores[k].item())
        for label in labels.unique()
    ]


def keeps_the_doubles(boxes, labels, scores, most_iou):
    ious, kept = box_iou(boxes, boxes), []
    for k in scores.argsort(descending=True).tolist():
        if all(ious[k, j] > most_iou for j in kept if labels[j] == labels[k]):
            kept.append(k)
    return kept


def in_sorted_places(boxes, labels, scores, most_iou):
    order = scores.argsort(descending=True)
    return batched_nms(boxes[order], scores[order], labels[order], most_iou)


def the_rest(boxes, labels, scores, most_iou):
    return set(range(len(boxes))) - set(surest(boxes, labels, scores, most_iou))


def first_hits(hits):
    seen = set()
    return [not (hit is None or hit in seen or seen.add(hit)) for hit in hits]


def curve(right):
    """Precision after each box."""
    return [sum(right[: k + 1]) / (k + 1) for k in range(len(right))]


def area_by_steps(hits, num_objects):
    right = first_hits(hits)
    best = [max(curve(right)[k:]) for k in range(len(right))]
    return sum(value for value, is_right in zip(best, right, strict=True) if is_right) / num_objects


def area_as_voc_has_it(hits, num_objects):
    right = np.array(first_hits(hits), dtype=float)
    recall = np.concatenate([[0], right.cumsum() / num_objects, [1]])
    precision = np.concatenate([[0], right.cumsum() / np.arange(1, len(right) + 1), [0]])
    for k in range(len(precision) - 1, 0, -1):
        precision[k - 1] = max(precision[k - 1], precision[k])
    moved = np.where(recall[1:] != recall[:-1])[0]
    return ((recall[moved + 1] - recall[moved]) * precision[moved + 1]).sum()


def area_with(right_of, divide=lambda total, right, num: total / num, best=True):
    """The sum of precisions at right boxes, with something changed."""

    def answer(hits, num_objects):
        right = right_of(hits)
        values = torch.tensor(curve(right))
        if best and len(values):
            values = values.flip(0).cummax(0).values.flip(0)
        return divide(values[torch.tensor(right, dtype=torch.bool)].sum(), right, num_objects)

    return answer


def any_hit(hits):
    return [hit is not None for hit in hits]


def without_doubles(hits, num_objects):
    kept = [h for h, new in zip(hits, first_hits(hits), strict=True) if h is None or new]
    return area_by_steps(kept, num_objects)


def by_scikit_learn(hits, num_objects):
    right = np.array(first_hits(hits))
    recall = [0.0, *(right.cumsum() / num_objects)]
    return auc(recall, [1.0, *curve(right.tolist())]) if len(recall) > 1 else 0.0


def by_coco_levels(hits, num_objects):
    right = np.array(first_hits(hits), dtype=bool)
    if not len(right):
        return 0.0
    recall = right.cumsum() / num_objects
    precision = np.maximum.accumulate(np.array(curve(right))[::-1])[::-1]
    places = np.searchsorted(recall, np.linspace(0, 1, 101) - 1e-9, side="left")
    return np.mean([precision[k] if k < len(precision) else 0 for k in places])


RIGHT = {
    "iou": {
        "as asked": iou_by_sides,
        "by torchvision": iou_by_torchvision,
        "with numpy": iou_with_numpy,
        "by counting": iou_by_counting,
    },
    "corners": {
        "as asked": corners_in_full,
        "by torchvision": corners_by_torchvision,
    },
    "believable": {
        "as asked": REPORTS,
        "in capitals": {key: f" {word.upper()}." for key, word in REPORTS.items()},
    },
    "split_rows": {
        "as asked": split_by_clips,
        "by scikit-learn": split_by_scikit_learn,
        "until enough": split_until_enough,
    },
    "suppress": {
        "as asked": surest,
        "by torchvision": surest_by_torchvision,
        "by crossing out": surest_by_crossing_out,
    },
    "average_precision": {
        "as asked": area_by_steps,
        "as VOC has it": area_as_voc_has_it,
        "by torch": area_with(first_hits),
    },
}
WRONG = {
    "iou": {
        "not-clipped": never_clipped,
        "product-clipped": clipped_at_last,
        "one-more": with_last_pixel,
        "over-smaller": over(torch.minimum),
        "over-larger": over(torch.maximum),
        "over-first": over(lambda one, two: one),
        "over-sum": over(torch.add),
        "over-mean": over(lambda one, two: 0.5 * (one + two)),
        "over-frame": over_hull,
        "pixels": lambda box, other: parts_of(box, other)[0].clamp(min=0).prod().item(),
        "ends-as-sizes": as_xywh,
        "per-cent": lambda *boxes: 100 * iou_with_numpy(*boxes),
        "what-is-missing": lambda *boxes: 1 - iou_by_sides(*boxes),
    },
    "corners": {
        "sizes-as-ends": corners_but("coco", lambda x, y, w, h, W, H: [x, y, w, h]),
        "coco-one-short": corners_but(
            "coco", lambda x, y, w, h, W, H: [x, y, x + w - 1, y + h - 1]
        ),
        "sides-swapped": corners_but("coco", lambda x, y, w, h, W, H: [x, y, h + x, w + y]),
        "centre-in-coco": corners_but(
            "coco", lambda x, y, w, h, W, H: [x - 0.5 * w, y - 0.5 * h, x + 0.5 * w, y + 0.5 * h]
        ),
        "not-counted-from-1": corners_but("voc", lambda a, b, c, d, W, H: [a, b, c, d]),
        "last-pixel": corners_but("voc", lambda *n: [number - 1 for number in n[:4]]),
        "moved-by-one": corners_but("voc", lambda a, b, c, d, W, H: [a, b, c + 1, d + 1]),
        "past-it-already": corners_but(
            "voc", lambda a, b, c, d, W, H: [a - 1, b - 1, 1 + c, 1 + d]
        ),
        "shares-for-pixels": corners_but("yolo", lambda *n: n[:4]),
        "only-scaled": corners_but("yolo", lambda x, y, w, h, W, H: [x * W, y * H, w * W, h * H]),
        "centre-for-corner": corners_but(
            "yolo", lambda x, y, w, h, W, H: [x * W, y * H, x * W + w * W, y * H + h * H]
        ),
        "whole-size-each-way": corners_but(
            "yolo", lambda x, y, w, h, W, H: [(x - w) * W, (y - h) * H, (x + w) * W, (y + h) * H]
        ),
        "one-side-for-both": corners_but(
            "yolo",
            lambda x, y, w, h, W, H: [W * n for n in (x - w / 2, y - h / 2, x + w / 2, y + h / 2)],
        ),
        "y-first": corners_but("yxyx", lambda *n: n[:4]),
        "only-starts-swapped": corners_but("yxyx", lambda t, le, b, r, W, H: [le, t, b, r]),
    },
    "believable": {
        "a-little-cut": REPORTS | {"P": "curve cut short"},
        "too-strict": REPORTS | {"P": "known digits"},
        "own-truth": REPORTS | {"Q": "stands"},
        "misread-Q": REPORTS | {"Q": "two measures"},
        "serious-ones-only": REPORTS | {"R": "stands"},
        "misread-R": REPORTS | {"R": "wrong truth"},
        "scene-by-scene": REPORTS | {"S": "stands"},
        "misread-S": REPORTS | {"S": "two measures"},
        "new-scenes-suffice": REPORTS | {"T": "stands"},
        "misread-T": REPORTS | {"T": "wrong truth"},
        "higher-is-better": REPORTS | {"U": "stands"},
        "misread-U": REPORTS | {"U": "mean of pictures"},
        "empty-is-unfair": REPORTS | {"V": "wrong truth"},
        "pairs-are-unfair": REPORTS | {"W": "two measures"},
    },
    "split_rows": {
        "by-row": rows_as_they_stand,
        "by-picture": split_by(lambda row: (row["clip"], row["picture"])),
        "by-name": split_by(lambda row: row["picture"]),
        "in-both": lambda rows, share, seed: (rows, split_by_clips(rows, share, seed)[1]),
        "rows-lost": leaking_rows_dropped,
        "swapped": lambda *case: split_by_clips(*case)[::-1],
        "not-repeatable": split_by(lambda row: row["clip"], seed_of=lambda seed: None),
        "no-lot": last_clips,
    },
    "suppress": {
        "keeps-weaker": crossing_out(worth=lambda boxes, scores: -scores),
        "in-given-order": crossing_out(worth=lambda boxes, scores: -torch.arange(len(scores))),
        "by-area": crossing_out(worth=lambda boxes, scores: box_area(boxes)),
        "across-classes": crossing_out(by_class=False),
        "by-chain": by_any_surer,
        "at-equal": crossing_out(at_equal=True),
        "only-the-last": against_the_last,
        "one-a-class": best_of_each_class,
        "turned-round": keeps_the_doubles,
        "those-removed": the_rest,
        "places-in-order": in_sorted_places,
        "nothing-removed": lambda boxes, labels, scores, most_iou: range(len(boxes)),
        "mask": lambda *case: [k in surest(*case) for k in range(len(case[0]))],
        "boxes": lambda *case: case[0][surest(*case)],
    },
    "average_precision": {
        "share-right": lambda hits, n: sum(first_hits(hits)) / max(1, len(hits)),
        "share-found": lambda hits, n: len(set(hits) - {None}) / n,
        "doubles-count": area_with(any_hit),
        "doubles-left-out": without_doubles,
        "not-monotone": area_with(first_hits, best=False),
        "best-so-far": lambda hits, n: (
            sum(
                max(curve(first_hits(hits))[: k + 1])
                for k, new in enumerate(first_hits(hits))
                if new
            )
            / n
        ),
        "over-found": area_with(first_hits, lambda total, right, n: total / max(1, sum(right))),
        "over-hits": lambda hits, n: area_by_steps(hits, max(1, sum(any_hit(hits)))),
        "over-all-boxes": lambda hits, n: np.mean(curve(first_hits(hits)) or [0.0]),
        "straight-lines": by_scikit_learn,
        "at-levels": by_coco_levels,
        "per-cent": lambda hits, n: 100 * area_by_steps(hits, n),
    },
}
# The same ideas, written in yet another way: exercise, idea and answer.
OTHER_FORMS = [
    ("iou", "one-more", last_pixel_in_areas),
    ("iou", "over-first", over(lambda one, two: two)),
    ("corners", "shares-for-pixels",
     corners_but("yolo", lambda x, y, w, h, W, H: [x - w / 2, y - h / 2, x + w / 2, y + h / 2])),
    ("corners", "only-starts-swapped",
     corners_but("yxyx", lambda t, le, b, r, W, H: [t, le, r, b])),
    ("corners", "one-side-for-both",
     corners_but("yolo", lambda x, y, w, h, W, H: [(x - w / 2) * H, (y - h / 2) * W,
                                                   (x + w / 2) * H, (y + h / 2) * W])),
    ("believable", "too-strict", REPORTS | {"P": "two measures"}),
    ("split_rows", "by-row", split_by(lambda row: (row["clip"], row["picture"], *row["box"]))),
    ("suppress", "by-area", crossing_out(worth=lambda boxes, scores: -box_area(boxes))),
    ("average_precision", "doubles-count", area_with(any_hit, best=False)),
    ("average_precision", "over-found",
     area_with(first_hits, lambda total, right, n: total / max(1, sum(right)), best=False)),
    ("average_precision", "share-right", lambda hits, n: sum(any_hit(hits)) / max(1, len(hits))),
]  # fmt: skip
UNNAMED = {
    "iou": {
        "half": lambda box, other: 0.5,
        "a text": lambda box, other: "large",
        "the square root": lambda *boxes: iou_by_sides(*boxes) ** 0.5,
    },
    "corners": {
        "nothing but zeros": lambda box, form, width, height: [0, 0, 0, 0],
        "two numbers": lambda box, form, width, height: box[:2],
        "a text": lambda box, form, width, height: form,
        "one form alone": lambda box, form, width, height: corners_in_full(box, "coco", 1, 1),
    },
    "believable": {
        "one missing": {"P": "stands"},
        "another word": REPORTS | {"P": "perhaps"},
    },
    "split_rows": {
        "one list": lambda rows, share, seed: [rows],
        "nothing to test": lambda rows, share, seed: (rows, []),
        "names of clips": lambda rows, share, seed: (["clip01"], ["clip02"]),
        "one clip": lambda rows, share, seed: split_by_clips(
            rows, 1 / len({row["clip"] for row in rows}), seed
        ),
    },
    "suppress": {
        "none": lambda boxes, labels, scores, most_iou: [],
        "half the overlap": lambda boxes, labels, scores, most: surest(
            boxes, labels, scores, most / 2
        ),
        "how many": lambda *case: len(surest(*case)),
    },
    "average_precision": {
        "half": lambda hits, n: 0.5,
        "a list": lambda hits, n: curve(first_hits(hits)),
        "squared": lambda hits, n: area_by_steps(hits, n) ** 2,
    },
}
