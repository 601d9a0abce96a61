"""A folder of recordings: one table before work starts, faults with their outcome, speakers."""

import unicodedata
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.data.sounds import reading
from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.outcomes import SoundOutcome
from course_utils.data.sounds.reading import read_sounds
from course_utils.data.sounds.survey import SoundSurvey
from course_utils.data.sounds.surveying import survey_sounds
from course_utils.data.sounds.wav_files import read_wav
from tests.helpers.sound_files import wav, word, write_spoken, write_words

TWO = {"no": 4, "yes": 5}
PEOPLE = ("anna", "ben", "cleo")


def found(survey: SoundSurvey, outcome: SoundOutcome) -> list[str]:
    return [str(finding) for finding in survey.of(outcome)]


def table(dataset: str, **how: object) -> str:
    """What the table says, with blanks for the ends of lines."""
    return " ".join(str(survey_sounds(dataset, **how)).split())


def test_a_folder_of_classes_comes_as_pictures_with_names(tmp_path: Path) -> None:
    sounds = read_sounds(write_words(tmp_path, TWO))
    assert sounds.images.shape == (9, 1, 16, 16) and sounds.images.dtype == torch.uint8
    assert sounds.class_names == ("no", "yes") and sounds.labels.bincount().tolist() == [4, 5]
    assert sounds.files[4:6] == ("yes/0.wav", "yes/1.wav") and sounds.parts is None
    assert sounds.speakers is None and len(sounds.groups.unique()) == 9
    for place, name in enumerate(sounds.files):
        picture = sound_picture(read_wav(tmp_path / name))
        assert torch.equal(sounds.images[place], picture)
    assert read_sounds(f"sounds:{tmp_path}", size=8).images.shape == (9, 1, 8, 8)


def test_the_table_says_what_was_found_and_what_will_be_done(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, {"no": 6, "yes": 3})
    (tmp_path / "yes" / "x.wav").write_bytes(wav(np.stack([word(99, 0.9, 16000)] * 2, 1), 16000))
    said = table(dataset)
    for line in (
        "class sounds no 6 yes 4 2 classes 10",
        "- A folder for each class, and in it a sound a file.",
        "Seconds of a sound: 0.30 to 0.90, half of them take at most 0.30; 0.1 minutes",
        "Samples a second: 8,000 (9), 16,000 (1). Channels: mono (9), stereo (1). Samples: 16 bit.",
        "- The workbook splits the sounds into training, validation and test.",
        "- Who speaks is not known, so the split is by take: one person may be in training and",
        "always answering no (no class has more sounds) is right for 60.0 %",
    ):
        assert line in said
    assert "must be mended" not in said.lower() and "Speakers:" not in said
    assert "another rate" not in said


def test_rates_that_tell_the_classes_apart_are_told(tmp_path: Path) -> None:
    write_words(tmp_path, {"no": 3})
    for take in range(3):
        content = wav(word(10 + take, rate=16000), 16000)
        (tmp_path / "yes").mkdir(exist_ok=True)
        (tmp_path / "yes" / f"{take}.wav").write_bytes(content)
    said = table(f"sounds:{tmp_path}")
    assert "another rate than those of another: no 8,000, yes 16,000." in said


def test_speakers_come_from_names_of_files_or_of_folders(tmp_path: Path) -> None:
    dataset = write_spoken(tmp_path / "a", ("no", "yes"), PEOPLE, 2)
    sounds = read_sounds(dataset, group_by="_([a-z]+)_")
    assert sounds.speaker_names == PEOPLE and sounds.speakers.tolist() == [0, 0, 1, 1, 2, 2] * 2
    assert len(sounds.groups.unique()) == 3
    said = str(survey_sounds(dataset, group_by="_([a-z]+)_"))
    assert "3 speakers, with so many sounds: anna 4, ben 4, cleo 4." in said
    assert "Each speaker goes into one part" in said and "known voices" not in said
    for number, label in enumerate(("no", "yes")):
        write_words(tmp_path / "b" / label, dict.fromkeys(PEOPLE, 2), first=10 * number)
    sounds = read_sounds(f"sounds:{tmp_path / 'b'}", group_by="folder")
    assert sounds.speaker_names == PEOPLE and sounds.speakers.bincount().tolist() == [4, 4, 4]


def test_classes_that_not_every_speaker_says_are_told(tmp_path: Path) -> None:
    dataset = write_spoken(tmp_path, ("no", "yes"), PEOPLE, 2)
    write_spoken(tmp_path, ("maybe",), PEOPLE[:2], 2, first=50)
    said = table(dataset, group_by="_([a-z]+)_")
    assert "Not every speaker says every class: maybe by 2 of 3." in said
    with pytest.raises(ValueError, match="class 'maybe' is said by 2 speakers, too few for three"):
        read_sounds(dataset, group_by="_([a-z]+)_")


def test_names_that_say_no_speaker_stop_the_work(tmp_path: Path) -> None:
    dataset = write_spoken(tmp_path, ("no", "yes"), PEOPLE, 2)
    write_words(tmp_path, {"no": 1}, first=50)
    with pytest.raises(ValueError, match=r"names group_by finds nothing: 1 \(no/0\.wav\)"):
        read_sounds(dataset, group_by="_([a-z]+)_")
    assert len(read_sounds(dataset, group_by="_([a-z]+)_", skip_faulty=True)) == 12
    with pytest.raises(ValueError, match="nothing in the names of the sounds matches"):
        read_sounds(dataset, group_by="speaker[0-9]")


def test_too_few_speakers_are_refused_before_a_picture_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(reading, "sound_picture")
    dataset = write_spoken(tmp_path, ("no", "yes"), PEOPLE[:2], 2)
    with pytest.raises(ValueError, match="2 speakers cannot make three parts: each part needs"):
        read_sounds(dataset, group_by="_([a-z]+)_")


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"no sound at all", "NOT_WAV"),
        (wav(word(90))[:1000], "CUT"),
        (wav(word(90), form=7), "PACKED"),
        (wav(word(90), 0), "DAMAGED"),
        (wav(word(90) * np.inf, kind="float32"), "NO_NUMBERS"),
        (wav(np.tile(word(90), 40)), "LONG"),
    ],
)
def test_faulty_files_stop_the_work_unless_they_are_to_be_left_out(
    tmp_path: Path, content: bytes, outcome: str
) -> None:
    dataset = write_words(tmp_path, TWO)
    (tmp_path / "yes" / "9.wav").write_bytes(content)
    survey = survey_sounds(dataset)
    assert len(found(survey, SoundOutcome[outcome])) == 1 and len(survey.used) == 9
    said = []
    with pytest.raises(ValueError, match=r"must be mended: .*yes/9\.wav.*skip_faulty = True"):
        read_sounds(dataset, report=said.append)
    assert len(said) == 1 and "The workbook stops here" in str(said[0])
    assert len(read_sounds(dataset, skip_faulty=True)) == 9


def test_long_sounds_can_be_allowed(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, TWO)
    (tmp_path / "yes" / "9.wav").write_bytes(wav(np.tile(word(90), 40)))
    assert "takes 12.0 s, more than 10 s" in table(dataset)
    assert len(read_sounds(dataset, longest=15)) == 10
    with pytest.raises(ValueError, match="longest must be above 0 seconds, got 0"):
        read_sounds(dataset, longest=0)


def test_silence_and_files_without_samples_are_left_out_and_said(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, TWO)
    (tmp_path / "yes" / "8.wav").write_bytes(wav(np.zeros(4000)))
    (tmp_path / "yes" / "9.wav").write_bytes(wav(np.zeros(0)))
    survey = survey_sounds(dataset)
    assert found(survey, SoundOutcome.SILENT)[0].startswith("yes/8.wav: is silence")
    assert found(survey, SoundOutcome.EMPTY)[0].startswith("yes/9.wav: takes 0.000 s")
    assert len(read_sounds(dataset)) == 9


def test_odd_recordings_are_used_and_told(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, TWO)
    odd = {
        "CLIPPED": wav(np.clip(3 * word(91), -1, 1)),
        "QUIET": wav(word(92) / 200),
        "CANCEL": wav(np.stack([word(93), -word(93)], axis=1)),
        "OFFSET": wav(word(94) / 3 + 0.5),
        "LOW_RATE": wav(word(95, rate=7000), 7000),
    }
    for name, content in odd.items():
        (tmp_path / "yes" / f"{name}.wav").write_bytes(content)
    survey = survey_sounds(dataset)
    for name in odd:
        assert found(survey, SoundOutcome[name]) == [f"yes/{name}.wav"]
    assert "Kept:\n- recordings that were too loud and are clipped" in str(survey)
    assert len(read_sounds(dataset)) == 14


def test_copies_count_once_and_contradictions_never(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, TWO)
    whole = np.round(word(4) * 2**15) / 2**15  # that of yes/0.wav
    (tmp_path / "yes" / "copy.wav").write_bytes(wav(whole, kind="int24"))
    (tmp_path / "yes" / "no.wav").write_bytes((tmp_path / "no" / "0.wav").read_bytes())
    survey = survey_sounds(dataset)
    assert found(survey, SoundOutcome.COPY) == ["yes/copy.wav: equals yes/0.wav"]
    assert found(survey, SoundOutcome.TWO_CLASSES) == [
        "no/0.wav: equals yes/no.wav, yes",
        "yes/no.wav: equals no/0.wav, no",
    ]
    assert len(read_sounds(dataset)) == 8


def test_parts_that_hold_the_same_sounds_are_refused_with_the_reason(tmp_path: Path) -> None:
    for part in ("train", "test"):
        write_words(tmp_path / part, TWO)
    with pytest.raises(ValueError, match=r"no: 0, and 2 are needed.*equals test/no/0\.wav"):
        read_sounds(f"sounds:{tmp_path}")
    assert len(read_sounds(f"sounds:{tmp_path}", split_anew=True)) == 9


def test_near_copies_share_a_group_and_other_takes_do_not(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, {"no": 6, "yes": 30})
    (tmp_path / "yes" / "loud.wav").write_bytes(wav(0.7 * word(6)))
    (tmp_path / "yes" / "deep.wav").write_bytes(wav(word(7), kind="float32"))
    said = []
    sounds = read_sounds(dataset, report=said.append)
    place = sounds.files.index
    groups = sounds.groups.tolist()
    assert groups[place("yes/loud.wav")] == groups[place("yes/0.wav")]
    assert groups[place("yes/deep.wav")] == groups[place("yes/1.wav")]
    assert len(set(groups)) == 36
    told = " ".join(said[1].split())
    assert "4 sounds are nearly the same as others" in told and "group in one part." in told


def test_other_formats_are_named_with_the_command(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, TWO)
    for name in ("8.mp3", "9.M4A"):
        (tmp_path / "yes" / name).write_bytes(b"ID3")
    (tmp_path / "yes" / "0.flac").write_bytes(b"fLaC")  # there is a 0.wav
    (tmp_path / "yes" / "words.txt").write_text("who said what")
    survey = survey_sounds(dataset)
    assert found(survey, SoundOutcome.CONVERT) == ["yes/8.mp3", "yes/9.M4A"]
    assert found(survey, SoundOutcome.OTHER) == ["yes/words.txt", "yes/0.flac"]
    assert str(survey).splitlines()[-1] == survey.command and len(survey.used) == 9


def test_a_folder_of_other_formats_alone_is_refused_with_the_command(tmp_path: Path) -> None:
    for label in ("no", "yes"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.mp3").write_bytes(b"ID3")
    with pytest.raises(ValueError, match=r"no: 0, and 3 are needed.*formats by: find -L .*mp3"):
        read_sounds(f"sounds:{tmp_path}")


def test_parts_of_the_folder_are_kept_or_joined(tmp_path: Path) -> None:
    write_words(tmp_path / "train", {"no": 4, "yes": 4})
    write_words(tmp_path / "test_set", {"no": 2, "yes": 2}, first=20)
    dataset = f"sounds:{tmp_path}"
    assert read_sounds(dataset).parts.bincount(minlength=3).tolist() == [8, 0, 4]
    assert read_sounds(dataset, split_anew=True).parts is None
    said = table(dataset)
    assert "train from train, test from test_set" in said
    assert "not known, whether the data set's parts share" in said


def test_speakers_in_two_parts_of_the_folder_are_told(tmp_path: Path) -> None:
    write_spoken(tmp_path / "train", ("no", "yes"), PEOPLE, 2)
    write_spoken(tmp_path / "test", ("no", "yes"), ("cleo", "dan"), 2, first=50)
    said = []
    read_sounds(f"sounds:{tmp_path}", group_by="_([a-z]+)_", report=said.append)
    assert "What is drawn are whole speakers." in str(said[0])
    assert "Sounds whose speaker is in training, too: 4 in test." in " ".join(said[1].split())


def test_links_hidden_files_and_spellings_are_as_with_pictures(tmp_path: Path) -> None:
    write_words(tmp_path / "store", {"x": 4})
    write_words(tmp_path / "here", {"no": 4}, first=10)
    (tmp_path / "here" / "yes").symlink_to(tmp_path / "store" / "x")
    (tmp_path / "here" / "no" / "._0.wav").write_bytes(b"x")
    (tmp_path / "here" / "no" / "gone.wav").symlink_to("/nowhere/gone.wav")
    dataset = f"sounds:{tmp_path / 'here'}"
    assert found(survey_sounds(dataset), SoundOutcome.CLOSED) == ["no/gone.wav"]
    sounds = read_sounds(dataset, skip_faulty=True)
    assert sounds.labels.bincount().tolist() == [4, 4]
    for part, form, count, first in (("train", "NFC", 4, 0), ("val", "NFD", 2, 30)):
        names = [unicodedata.normalize(form, name) for name in ("Käse", "Öl")]
        write_words(tmp_path / "two" / part, dict.fromkeys(names, count), first)
    sounds = read_sounds(f"sounds:{tmp_path / 'two'}")
    assert sounds.class_names == ("Käse", "Öl") and sounds.parts.bincount().tolist() == [8, 4]


def test_every_folder_is_a_class_where_the_path_says_so_and_numbers_are_in_order(
    tmp_path: Path,
) -> None:
    write_words(tmp_path, {"10": 3, "9": 3, "2": 3})
    assert read_sounds(f"sounds:{tmp_path}").class_names == ("2", "9", "10")
    write_words(tmp_path / "x", {"train": 3, "test": 3})
    assert read_sounds(f"sounds:{tmp_path / 'x'}/*").class_names == ("test", "train")


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        ("sounds:", 'must be "sounds:PATH", got'),
        ("folder:x", 'must be "sounds:PATH", got'),
        ("sounds:nowhere", "there is no folder nowhere"),
    ],
)
def test_what_is_no_folder_of_sounds_is_refused(dataset: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_sounds(dataset)


def test_loose_files_and_small_sizes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(word()))
    with pytest.raises(ValueError, match=r"1 loose sounds; arrange .*CLASS/sound\.wav"):
        read_sounds(f"sounds:{tmp_path}")
    with pytest.raises(ValueError, match="size must be at least 2 bands, got 1"):
        read_sounds(f"sounds:{tmp_path}", size=1)


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path: Path) -> None:
    dataset = write_words(tmp_path, TWO)

    def spoil(_: object) -> None:
        (tmp_path / "no" / "1.wav").write_bytes(b"")

    with pytest.raises(ValueError, match=r"no/1\.wav was changed and is empty: 0 bytes; run again"):
        read_sounds(dataset, report=spoil)
