"""Who is learned from, and who is never heard before the test."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_utils.data.sounds.examples import LabelledSounds

NEW_TAKES = 1 / 3  # of the takes of known speakers, kept for a test


@dataclass(frozen=True)
class VoicesApart:
    """Sounds to learn from and two test sets; no sound is in two of the three.

    Args:
        train: Takes of known speakers, to learn from.
        own: New takes of the same speakers.
        new: Takes of speakers never heard.
    """

    train: LabelledSounds
    own: LabelledSounds
    new: LabelledSounds


def set_apart(
    sounds: LabelledSounds, known: Sequence[int], new: Sequence[int], seed: int
) -> VoicesApart:
    """Learn from some speakers, and test on other takes of theirs and on other speakers.

    Args:
        sounds: With speakers and takes.
        known: Numbers of the speakers to learn from.
        new: Numbers of those who are never heard.
        seed: Of the takes that are kept for the test.
    """
    takes = sounds.takes.unique()
    takes = takes[torch.randperm(len(takes), generator=torch.Generator().manual_seed(seed))]
    is_kept = torch.isin(sounds.takes, takes[: max(1, round(NEW_TAKES * len(takes)))])
    is_known = torch.isin(sounds.speakers, torch.tensor(known))
    return VoicesApart(
        train=sounds[is_known & ~is_kept],
        own=sounds[is_known & is_kept],
        new=sounds[torch.isin(sounds.speakers, torch.tensor(new))],
    )


def deal_voices(
    sounds: LabelledSounds, num_known: int, num_deals: int, seed: int
) -> list[VoicesApart]:
    """Rounds in which all voices are known equally often, and never heard in all other rounds.

    In a deal the voices are shuffled and cut into sets of ``num_known``; each set is known in one
    round, in which all other voices are never heard.

    Args:
        sounds: With speakers and takes.
        num_known: Voices to learn from in a round.
        num_deals: How often the voices are shuffled and cut.
        seed: Same seed, same rounds.

    Raises:
        ValueError: If the voices cannot be cut into two or more sets of that size.
    """
    voices = sounds.speakers.unique()
    if num_known < 1 or len(voices) % num_known or num_known == len(voices):
        raise ValueError(
            f"{len(voices)} voices cannot be cut into sets of {num_known}; take a number that "
            f"divides {len(voices)} and is smaller"
        )
    generator = torch.Generator().manual_seed(seed)
    rounds = []
    for _ in range(num_deals):
        shuffled = voices[torch.randperm(len(voices), generator=generator)]
        for known in shuffled.split(num_known):
            new = shuffled[~torch.isin(shuffled, known)]
            at = int(torch.randint(2**31, (1,), generator=generator))
            rounds.append(set_apart(sounds, known.tolist(), new.tolist(), at))
    return rounds


def shares_by_speaker(answered: Iterable[tuple[Tensor, LabelledSounds]]) -> dict[str, float]:
    """The share of right answers of each speaker, its mean over the tests that the speaker is in.

    Args:
        answered: Of each test, whether each answer is right (N,), bool, and its N sounds.

    Returns:
        By name, in the order of the speakers' numbers.
    """
    found: dict[tuple[int, str], list[float]] = {}
    for is_right, sounds in answered:
        for speaker in sounds.speakers.unique().tolist():
            share = is_right[sounds.speakers == speaker].double().mean().item()
            found.setdefault((speaker, sounds.speaker_names[speaker]), []).append(share)
    return {name: sum(each) / len(each) for (_, name), each in sorted(found.items())}


def join(parts: Sequence[LabelledSounds]) -> LabelledSounds:
    """The sounds of ``parts`` in one, in their order; all have the same speakers' names."""
    first = parts[0]
    given = [name for name in ("speakers", "takes", "groups") if getattr(first, name) is not None]
    return replace(
        first,
        images=torch.cat([part.images for part in parts]),
        labels=torch.cat([part.labels for part in parts]),
        files=tuple(file for part in parts for file in part.files),
        parts=None,
        **{name: torch.cat([getattr(part, name) for part in parts]) for name in given},
    )


def deal_folds(
    sounds: LabelledSounds, num_folds: int, seed: int
) -> list[tuple[LabelledSounds, LabelledSounds]]:
    """In each fold some speakers are never heard, and each speaker is so in one fold.

    Args:
        sounds: With speakers.
        num_folds: How many at most; no more than there are speakers.
        seed: Of who is in which.

    Returns:
        Of each fold what is learned from, and the sounds of those who are never heard.

    Raises:
        ValueError: If there is only one speaker.
    """
    speakers = sounds.speakers.unique()
    if len(speakers) < 2:
        raise ValueError("all sounds are by one speaker, so nobody is left who was never heard")
    order = torch.randperm(len(speakers), generator=torch.Generator().manual_seed(seed))
    folds = speakers[order].tensor_split(min(num_folds, len(speakers)))
    held = [torch.isin(sounds.speakers, some) for some in folds]
    return [(sounds[~is_held], sounds[is_held]) for is_held in held]
