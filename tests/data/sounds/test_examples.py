"""Labelled sounds: what is taken of them keeps who spoke, and the numbers of those who are left."""

import torch

from course_utils.data.examples import LabelledImages
from course_utils.data.sounds.examples import LabelledSounds
from course_utils.data.splits import take_per_class

NAMES = ("ann", "ben", "cleo")


def some_sounds() -> LabelledSounds:
    """Two classes, three speakers, two takes."""
    numbers = torch.arange(12)
    return LabelledSounds(
        numbers.view(12, 1, 1, 1).to(torch.uint8),
        numbers % 2,
        ("yes", "no"),
        groups=numbers // 4,
        speakers=numbers // 4,
        speaker_names=NAMES,
        takes=numbers // 2 % 2,
        files=tuple(f"{number}.wav" for number in range(12)),
    )


def test_what_is_taken_keeps_all_that_belongs_to_it() -> None:
    places = torch.tensor([9, 2])
    taken = some_sounds()[places]
    assert isinstance(taken, LabelledImages)
    assert taken.images.flatten().tolist() == [9, 2]
    assert taken.labels.tolist() == [1, 0] and taken.takes.tolist() == [0, 1]
    assert taken.speakers.tolist() == taken.groups.tolist() == [2, 0]
    assert taken.files == ("9.wav", "2.wav") and taken.speaker_names == NAMES
    assert taken.parts is None


def test_a_mask_takes_as_places_do() -> None:
    sounds = some_sounds()
    mask = sounds.labels == 1
    assert sounds[mask].files == sounds[mask.nonzero().flatten()].files


def test_sounds_of_which_nobody_knows_who_spoke_can_be_taken_too() -> None:
    plain = LabelledSounds(torch.zeros(4, 1, 1, 1), torch.tensor([0, 1, 0, 1]), ("a", "b"))
    assert plain[torch.tensor([1])].speakers is None and plain[torch.tensor([1])].files == ()
    assert len(take_per_class(plain, 1, seed=0)) == 2


def test_renumbered_are_those_who_speak_in_it() -> None:
    sounds = some_sounds()
    some = sounds[sounds.speakers != 1].renumbered()
    assert some.speaker_names == ("ann", "cleo")
    assert some.speakers.tolist() == [0] * 4 + [1] * 4
    assert some.groups.tolist() == [0] * 4 + [2] * 4, "groups stay what they were"
