"""Labelled sounds: what every data set of sounds comes as."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_utils.data.examples import LabelledImages


@dataclass(frozen=True)
class LabelledSounds(LabelledImages):
    """N sounds with their classes, as pictures of sound; whatever takes pictures takes them.

    Of the fields of pictures, ``images`` are (N, 1, size, size), uint8, by ``sound_picture``, and
    ``groups`` (N,) are the same for sounds that belong into one part: of one speaker, or copies.

    Args:
        speakers: (N,), int64, who spoke, places in ``speaker_names``; None where nobody knows.
        speaker_names: Their names; empty where nobody knows.
        takes: (N,), int64, which time the speaker said that word; None where nobody counted.
        files: N paths; empty where the sounds lie in no files of their own.
    """

    speakers: Tensor | None = None
    speaker_names: tuple[str, ...] = ()
    takes: Tensor | None = None
    files: tuple[str, ...] = ()

    def __getitem__(self, indices: Tensor) -> "LabelledSounds":
        """The sounds at ``indices``, an int64 or bool tensor, with all that belongs to them."""
        places = torch.arange(len(self))[indices]
        names = ("parts", "groups", "speakers", "takes")
        given = {name: getattr(self, name) for name in names}
        return replace(
            self,
            images=self.images[places],
            labels=self.labels[places],
            files=tuple(self.files[place] for place in places.tolist()) if self.files else (),
            **{name: values[places] for name, values in given.items() if values is not None},
        )

    def renumbered(self) -> "LabelledSounds":
        """The same sounds; of the speakers' names only those of whom something is in it."""
        numbers, speakers = self.speakers.unique(return_inverse=True)
        names = tuple(self.speaker_names[number] for number in numbers.tolist())
        return replace(self, speakers=speakers, speaker_names=names)
