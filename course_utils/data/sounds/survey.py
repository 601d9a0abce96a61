"""What was found in a folder of sounds, as one object: printed, it is a table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor

from course_utils.data.boxes.outcomes import Finding
from course_utils.data.class_survey import ClassSurvey
from course_utils.data.damaged_pictures import listed
from course_utils.data.examples import PARTS
from course_utils.data.plain_text import shorten
from course_utils.data.sounds.outcomes import KEPT, LEFT_OUT, STOPS
from course_utils.data.survey_text import section

KINDS = 4  # rates and forms that are named
SPEAKERS, SPEAKER = 12, 16  # that are named, and columns of a name


@dataclass(frozen=True)
class FoundSound:
    """One recording, looked at but not kept in memory.

    Args:
        path: Where it is.
        name: The same, as seen from the folder.
        label: The name of its class.
        part: train, val or test; empty where the folder has no parts.
        group: Who speaks; empty where nobody knows.
        seconds: How long it is.
        rate: Samples a second.
        channels: 1 for mono, 2 for stereo.
        form: How samples are written, such as ``16 bit``.
        digest: Equal for equal sounds.
    """

    path: Path
    name: str
    label: str
    part: str
    group: str
    seconds: float
    rate: int
    channels: int
    form: str
    digest: str


@dataclass(frozen=True)
class SoundSurvey(ClassSurvey):
    """What a folder of sounds holds; printed, it is a table of what will be done with it.

    Args:
        name: What it was asked for as, ``sounds:PATH``.
        class_names: K names.
        used: The N sounds that are used if work goes on.
        findings: All that is not plain.
        notes: How it was read, in sentences.
        has_parts: Whether its own parts are kept.
        group_by: What says who speaks; None where nothing does.
        command: What converts sounds in other formats; empty where there are none.
    """

    name: str
    class_names: tuple[str, ...]
    used: tuple[FoundSound, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    has_parts: bool
    group_by: str | None
    command: str = ""

    STOPS = STOPS
    WHAT = "sounds"

    def __str__(self) -> str:
        sections = {
            "How it was read": self._reading(),
            "Must be mended, or left out": self.about(STOPS),
            "Left out": self.about(LEFT_OUT),
            "Kept": self.about(KEPT),
            "Speakers": self._speaking(),
            "What will be done": self._plans(),
        }
        lines = self.table()
        for title, sentences in sections.items():
            lines += section(title, sentences)
        if self.command:
            lines += ["This line in a terminal makes WAV files beside them (needs ffmpeg):"]
            lines += [self.command]
        return "\n".join(lines)

    @cached_property
    def speaker_names(self) -> tuple[str, ...]:
        """Who speaks, sorted; none where nobody knows."""
        return tuple(sorted({sound.group for sound in self.used if sound.group}))

    @property
    def speakers(self) -> Tensor | None:
        """Who speaks (N,), int64, places in ``speaker_names``; None where nobody knows."""
        places = {name: place for place, name in enumerate(self.speaker_names)}
        return torch.tensor([places[sound.group] for sound in self.used]) if places else None

    def _reading(self) -> Iterator[str]:
        yield from self.notes
        if self.used:
            seconds = sorted(sound.seconds for sound in self.used)
            yield (
                f"Seconds of a sound: {seconds[0]:.2f} to {seconds[-1]:.2f}, half of them take at "
                f"most {seconds[len(seconds) // 2]:.2f}; {sum(seconds) / 60:,.1f} minutes in all."
            )
            rates = _kinds([f"{sound.rate:,}" for sound in self.used])
            channels = _kinds([_channels(sound.channels) for sound in self.used])
            forms = _kinds([sound.form for sound in self.used])
            yield f"Samples a second: {rates}. Channels: {channels}. Samples: {forms}."
            yield from self._telling_rates()
        yield from self.alike_names()

    def _telling_rates(self) -> Iterator[str]:
        """Whether the rate alone tells classes apart, which a network would learn from."""
        common = {
            name: Counter(sound.rate for sound in self.used if sound.label == name).most_common(1)
            for name in self.class_names
        }
        rates = {name: rate for name, [(rate, _)] in common.items()}
        if len(set(rates.values())) > 1:
            said = listed([f"{shorten(name, 24)} {rate:,}" for name, rate in rates.items()])
            yield (
                f"Most sounds of a class have another rate than those of another: {said}. A "
                "network may tell them by how they were recorded; record all alike."
            )

    def _speaking(self) -> Iterator[str]:
        counts = Counter(sound.group for sound in self.used)
        if not self.speaker_names:
            return
        most = [f"{shorten(who, SPEAKER)} {number:,}" for who, number in counts.most_common()]
        said = ", ".join(most[:SPEAKERS]) + ", …" * (len(most) > SPEAKERS)
        least = f"; the fewest are by {most[-1]}" if len(most) > SPEAKERS else ""
        yield f"By {self.group_by!r}: {len(most):,} speakers, with so many sounds: {said}{least}."
        spoken = {(sound.label, sound.group) for sound in self.used}
        lacking = [
            f"{shorten(name, 24)} by {number:,}"
            for name in self.class_names
            if (number := sum((name, who) in spoken for who in counts)) < len(counts)
        ]
        if lacking:
            yield f"Not every speaker says every class: {listed(lacking)} of {len(counts):,}."

    def _plans(self) -> Iterator[str]:
        if self.lines_to_stop():
            yield ("The workbook stops here, or goes on without these files by skip_faulty = True.")
        yield self.plan_of_parts()
        yield from self._voices()
        if self.used:
            yield from self.guessing()

    def _voices(self) -> Iterator[str]:
        """For whose voices a score will hold."""
        if self.speaker_names and not self.has_parts:
            yield (
                "Each speaker goes into one part with all sounds: the score then holds for people "
                "who were never heard."
            )
        elif self.speaker_names and len(self.parts) < len(PARTS):
            yield "What is drawn are whole speakers."
        elif not self.speaker_names:
            split = (
                "whether the data set's parts share speakers"
                if self.has_parts
                else "so the split is by take: one person may be in training and in test"
            )
            yield (
                f"Who speaks is not known, {split}. The score then holds for known voices only. "
                "If the names of files or folders say who speaks, set group_by: 'folder' for "
                "folders inside class folders, or an expression such as '_([a-z]+)_' for "
                "7_george_12.wav."
            )


def _kinds(values: list[str]) -> str:
    found = Counter(values).most_common()
    if len(found) == 1:
        return found[0][0]
    rest = ", …" if len(found) > KINDS else ""
    return ", ".join(f"{value} ({number:,})" for value, number in found[:KINDS]) + rest


def _channels(number: int) -> str:
    return {1: "mono", 2: "stereo"}.get(number, f"{number} channels")
