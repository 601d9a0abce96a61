"""Pictures with maps in three parts, the last one sealed."""

from dataclasses import dataclass

from course_utils.data.boxes.splitting import WORDS, places_apart
from course_utils.data.maps.examples import MappedPictures, classes_in
from course_utils.data.splits import SealedTestSet


@dataclass(frozen=True)
class MapSplit:
    """Training, validation and sealed test pictures; none is in two of them."""

    train: MappedPictures
    val: MappedPictures
    test: SealedTestSet


def split_mapped(
    pictures: MappedPictures, *, val_fraction: float, test_fraction: float, seed: int
) -> MapSplit:
    """Split ``pictures`` at random, whole pictures with their maps.

    A part that the data set itself brings is kept, what it lacks is drawn from its training
    pictures, and pictures of one group are drawn into the same part.

    Args:
        pictures: N pictures.
        val_fraction: Share for validation, between 0 and 1.
        test_fraction: Share for the sealed test set, between 0 and 1.
        seed: Same seed, same split.

    Raises:
        ValueError: If the shares leave nothing to train on, or a part would have too few pictures,
            or only one class; it says how many each would have.
    """
    places = places_apart(
        pictures, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed
    )
    train, val, test = parts = [pictures[some] for some in places]
    for part, word in zip(parts, WORDS, strict=True):
        if classes_in(part).any(dim=0).sum() < 2:
            raise ValueError(
                f"the {word} part has {len(part):,} pictures and fewer than two classes in their "
                "maps: add pictures or, where the parts are drawn, take another seed"
            )
    return MapSplit(train, val, SealedTestSet(test))
