"""WAV files of all sorts give the sound that was written, or one sentence that says why not."""

import os
import struct
import wave
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import torch
from scipy.io import wavfile

from course_utils.data.sounds.log_mel import sound_picture
from course_utils.data.sounds.outcomes import SoundError, SoundOutcome
from course_utils.data.sounds.wav_files import Recording, open_wav, read_wav
from tests.helpers.sound_files import KINDS, chunk, wav, word

WORD = word()
STEP = {"int8": 2**-7, "int16": 2**-15, "int24": 2**-23}  # from one number to the next


def close(content: bytes, sound: np.ndarray = WORD, within: float = 1e-6) -> bool:
    """Whether ``content`` is read as ``sound`` with mean 0."""
    read = read_wav(content)
    wanted = torch.from_numpy(sound - sound.mean()).float()
    return read.dtype == torch.float32 and bool((read - wanted).abs().max() <= within)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("extensible", [False, True])
def test_all_kinds_of_numbers_give_the_same_sound(kind: str, order: str, extensible: bool) -> None:
    content = wav(WORD, kind=kind, order=order, extensible=extensible)
    assert close(content, within=STEP.get(kind, 0) + 1e-6)
    bits = "".join(sign for sign in kind if sign.isdigit())
    assert str(open_wav(content).form) == f"{bits} bit" + " float" * ("float" in kind)


def test_files_of_other_programs_are_read(tmp_path: Path) -> None:
    """The standard library's writer and SciPy's."""
    numbers = np.round(WORD * 2**15).astype(np.int16)
    with wave.open(str(tmp_path / "a.wav"), "wb") as opened:
        opened.setparams((1, 2, 8000, 0, "NONE", ""))
        opened.writeframes(numbers.tobytes())
    wavfile.write(tmp_path / "b.wav", 8000, numbers)
    for name in ("a.wav", "b.wav"):
        content = (tmp_path / name).read_bytes()
        assert torch.equal(read_wav(tmp_path / name), read_wav(content)) and close(
            content, within=4e-5
        )


@pytest.mark.parametrize("rate", [7000, 11025, 16000, 22050, 44100, 48000, 96000])
def test_other_rates_come_to_one(rate: int) -> None:
    time = np.arange(rate // 2) / rate
    tone = 0.5 * np.sin(2 * np.pi * 440 * time) * np.hanning(len(time))
    sound = read_wav(wav(tone, rate, "float32"))
    time = np.arange(4000) / 8000
    wanted = 0.5 * np.sin(2 * np.pi * 440 * time) * np.hanning(len(time))
    assert len(sound) == 4000 and np.abs(sound.numpy() - wanted).max() < 5e-3
    notes = open_wav(wav(tone, rate, "float32")).notes
    assert notes == ((SoundOutcome.LOW_RATE,) if rate == 7000 else ())
    assert len(read_wav(wav(tone, rate, "float32"), rate=16000)) == 8000


def test_pitches_that_the_rate_cannot_hold_are_taken_out() -> None:
    """7 kHz, sampled at 16 kHz, would come back as 1 kHz if every second sample were dropped."""
    time = np.arange(16000) / 16000
    sound = read_wav(wav(0.5 * np.sin(2 * np.pi * 7000 * time), 16000))
    assert sound[100:-100].abs().max() < 0.01


def stereo(*factors: float) -> np.ndarray:
    return np.stack([factor * WORD for factor in factors], axis=1)


def test_channels_come_to_one() -> None:
    assert close(wav(stereo(1, 1)), within=4e-5)
    assert close(wav(stereo(1, 0)), WORD / 2, within=4e-5)
    assert close(wav(stereo(1, 0, 0.5, 0.5, 0, 0)), WORD / 3, within=4e-5)
    assert open_wav(wav(stereo(1, 0))).notes == ()


def test_channels_that_cancel_each_other_are_told_and_the_louder_one_is_used() -> None:
    for other in (-1, -0.8):
        content = wav(stereo(1, other))
        assert close(content, within=4e-5)
        assert open_wav(content).notes == (SoundOutcome.CANCEL,)


ODD = chunk(b"LIST", b"INFOISFTabc"), chunk(b"bext", bytes(603)), chunk(b"id3 ", b"ID3" + bytes(8))


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("other", ODD)
def test_other_chunks_are_passed_over_without_a_warning(place: str, other: bytes) -> None:
    assert close(wav(WORD, **{place: other}), within=4e-5)


def test_an_odd_chunk_without_its_byte_of_padding_is_understood() -> None:
    assert close(wav(WORD, before=ODD[0].removesuffix(b"\0")), within=4e-5)
    assert close(wav(WORD[:2399], kind="int24"), WORD[:2399])  # an odd number of bytes


@pytest.mark.parametrize("said", [0, 0xFFFFFFFF, 0x7FFFFFD8])
def test_streamed_files_say_no_size_and_are_read_to_their_end(said: int) -> None:
    assert close(wav(WORD, said=said), within=4e-5)
    assert close(b"RF64\xff\xff\xff\xff" + wav(WORD, said=0xFFFFFFFF)[8:], within=4e-5)


def test_a_wrong_number_of_bytes_a_second_in_the_header_does_no_harm() -> None:
    content = bytearray(wav(WORD))
    content[28:32] = struct.pack("<I", 1)
    assert close(bytes(content), within=4e-5)


def refused(content: bytes | Path, **how: object) -> tuple[SoundOutcome, str]:
    with pytest.raises(SoundError) as caught:
        read_wav(content, **how)
    return caught.value.outcome, str(caught.value)


WITH_NAN = np.where(np.arange(len(WORD)) == 7, np.nan, WORD)
REFUSED = {
    "nothing": (b"", "NOT_WAV", "is empty: 0 bytes"),
    "a text": (b"this was meant to be a sound\n", "NOT_WAV", "is a text, no sound"),
    "a pointer": (b"version https://git-lfs.github.com/spec/v1\n", "NOT_WAV", "git lfs pull"),
    "FLAC": (b"fLaC\0\0\0\x22" + bytes(99), "NOT_WAV", "is FLAC, whatever its name says"),
    "MP4": (b"\0\0\0\x20ftypM4A " + bytes(99), "NOT_WAV", "is M4A or MP4"),
    "other bytes": (bytes(99), "NOT_WAV", "does not begin as a WAV file does"),
    "half a header": (wav(WORD)[:20], "DAMAGED", "does not say what its samples are"),
    "no samples chunk": (wav(WORD)[:36], "EMPTY", "ends before its samples begin"),
    "samples first": (wav(WORD)[:12] + wav(WORD)[36:], "DAMAGED", "before them"),
    "cut off": (wav(WORD)[:2444], "CUT", "is cut off: 0.15 s of 0.30 s are there"),
    "mu-law": (wav(WORD, kind="int8", form=7), "PACKED", "compressed samples (mu-law)"),
    "MP3 inside": (wav(WORD, form=85), "PACKED", "(MP3)"),
    "unheard of": (wav(WORD, form=0x1234), "PACKED", "of form 0x1234"),
    "rate 0": (wav(WORD, 0), "DAMAGED", "says 0 samples a second; 4,000 to 192,000"),
    "12 bit float": (wav(WORD, form=3), "DAMAGED", "16 bits, 2 bytes for all channels"),
    "no samples": (wav(WORD[:0]), "EMPTY", "takes 0.000 s: that is no word"),
    "a click": (wav(WORD[:100]), "EMPTY", "takes 0.013 s"),
    "too long": (wav(np.zeros(88_000)), "LONG", "takes 11.0 s, more than 10 s"),
    "zeros": (wav(np.zeros(4000)), "SILENT", "is silence"),
    "an offset alone": (wav(np.full(4000, 0.3)), "SILENT", "is silence"),
    "noise of the last bit": (wav(np.arange(4000) % 2 * 2.0**-15), "SILENT", "is silence"),
    "NaN": (
        wav(WITH_NAN, kind="float32"),
        "NO_NUMBERS",
        "has 1 samples that are no numbers, of 2,400",
    ),
    "beyond 32 bits": (wav(WORD * 1e300, kind="float64"), "NO_NUMBERS", "no numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_gives_no_sound_is_refused_with_a_reason(name: str) -> None:
    content, outcome, said = REFUSED[name]
    found, message = refused(content)
    assert found is SoundOutcome[outcome] and said in message


def test_files_that_cannot_be_opened_are_refused_alike(tmp_path: Path) -> None:
    assert refused(tmp_path / "a.wav") == (
        SoundOutcome.CLOSED,
        "is not there: moved, deleted, or a link to nowhere",
    )
    assert refused(tmp_path) == (SoundOutcome.CLOSED, "cannot be opened: Is a directory")


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="needs users as Linux and Macs have them")
def test_a_file_without_permission_is_called_closed() -> None:
    with TemporaryDirectory() as folder:  # not pytest's, which others may not enter
        os.chmod(folder, 0o755)
        file = Path(folder, "a.wav")
        file.write_bytes(wav(WORD))
        file.chmod(0)
        user = os.geteuid()
        os.seteuid(65534 if user == 0 else user)  # who starts tests as root may read everything
        try:
            found = refused(file)
        finally:
            os.seteuid(user)
    assert found == (SoundOutcome.CLOSED, "cannot be opened: Permission denied")


def test_a_longer_limit_can_be_asked_for() -> None:
    long = np.tile(word(), 40)  # 12 s
    assert refused(wav(long))[0] is SoundOutcome.LONG
    assert len(read_wav(wav(long), longest=12)) == 96_000


def test_a_very_long_file_is_refused_by_its_header_alone(tmp_path: Path) -> None:
    """Of 40 GB there is only the header on the disk; reading them would not end well."""
    with (tmp_path / "long.wav").open("wb") as opened:
        opened.write(wav(WORD, said=0xFFFFFFFF))
        opened.truncate(40_000_000_000)
    assert refused(tmp_path / "long.wav")[0] is SoundOutcome.LONG


def notes_of(sound: np.ndarray, kind: str = "int16") -> tuple[SoundOutcome, ...]:
    return open_wav(wav(sound, kind=kind)).notes


@pytest.mark.parametrize("kind", KINDS)
def test_clipped_recordings_are_told(kind: str) -> None:
    assert notes_of(np.clip(3 * WORD, -1, 1), kind) == (SoundOutcome.CLIPPED,)
    assert notes_of(1.2 * WORD / np.abs(WORD).max() / 1.2, kind) == ()  # loud, and whole


def test_an_offset_is_taken_off_and_told() -> None:
    content = wav(0.2 * WORD + 0.5)
    assert open_wav(content).notes == (SoundOutcome.OFFSET,) and close(content, 0.2 * WORD, 4e-5)


def test_a_very_quiet_recording_is_told_and_looks_like_a_loud_one() -> None:
    quiet = wav(WORD / 200)
    assert open_wav(quiet).notes == (SoundOutcome.QUIET,)
    pictures = [sound_picture(read_wav(content)).int() for content in (quiet, wav(WORD))]
    assert (pictures[0] - pictures[1]).abs().float().mean() < 1


def test_floats_that_are_no_shares_come_between_minus_one_and_one() -> None:
    sound = read_wav(wav(WORD * 20_000, kind="float32"))
    assert sound.abs().max() == 1
    assert torch.allclose(
        sound, read_wav(wav(WORD / np.abs(WORD).max(), kind="float32")), atol=0.02
    )


def test_the_same_sound_has_one_digest_however_it_is_written() -> None:
    whole = np.round(WORD * 2**15) / 2**15

    def digest(content: bytes) -> str:
        recording: Recording = open_wav(content)
        return recording.digest

    pair = np.stack([whole, whole], axis=1)
    left = np.stack([whole, 0 * whole], axis=1)
    same = [wav(whole, kind=kind) for kind in KINDS[1:]] + [
        wav(pair),
        wav(left),
        wav(whole / 2, kind="float32"),
    ]
    assert len(set(map(digest, same))) == 1
    others = [wav(whole, 16000), wav(whole[1:]), wav(word(1)), wav(whole, kind="int8")]
    assert len(set(map(digest, [same[0], *others]))) == 5
