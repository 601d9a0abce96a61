"""Where the samples of a WAV file lie, and in what form; headers of all sorts made plain.

Source: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (1991),
    chapter 3; Microsoft, "Multiple channel audio data and WAVE files" (2001), for the extensible
    form; EBU, "MBWF / RF64" (Tech 3306, 2009), for files that say their size elsewhere.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from course_utils.data.sounds.outcomes import SoundError, SoundOutcome

ORDERS = {b"RIFF": "<", b"RIFX": ">", b"RF64": "<", b"BW64": "<"}  # how bytes follow each other
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
PACKED = {2: "ADPCM", 6: "A-law", 7: "mu-law", 17: "IMA ADPCM", 49: "GSM 6.10", 85: "MP3"}
BITS = {PCM: range(1, 33), FLOAT: (32, 64)}
RATES = range(4_000, 192_001)  # samples a second
STREAMED = 0x7FFF0000  # bytes; programs that write into a pipe say so many, or 0, as they know none
SLACK = 64  # bytes; some programs count a header with the samples
OTHERS = {  # what files of other kinds begin with
    b"fLaC": "FLAC",
    b"OggS": "Ogg",
    b"ID3": "MP3",
    b"\xff\xfb": "MP3",
    b"\xff\xf3": "MP3",
    b"\xff\xf1": "AAC",
    b"FORM": "AIFF",
    b"caff": "CAF",
    b"#!AMR": "AMR",
    b"\x1aE\xdf\xa3": "WebM",
    b"0&\xb2u": "WMA",
    b"PK\x03\x04": "a ZIP archive",
}


@dataclass(frozen=True)
class Form:
    """How the samples of a WAV file are written.

    Args:
        order: ``"<"`` or ``">"``, as of ``struct``.
        kind: ``PCM`` for whole numbers, or ``FLOAT``.
        channels: C.
        rate: Frames a second, of C samples each.
        block: Bytes of a frame.
        bits: Of a sample.
    """

    order: str
    kind: int
    channels: int
    rate: int
    block: int
    bits: int

    def __str__(self) -> str:
        return f"{self.bits} bit" + " float" * (self.kind == FLOAT)


def find_samples(opened: BinaryIO) -> tuple[Form, int, int]:
    """The form of the samples, where they start, and how many bytes of them there are.

    Args:
        opened: The file.

    Raises:
        SoundError: If it is no WAV file, its header is damaged, its samples are compressed, or
            some of them are missing.
    """
    end = opened.seek(0, 2)
    opened.seek(0)
    head = opened.read(12)
    if head[:4] not in ORDERS or head[8:] != b"WAVE":
        raise SoundError(SoundOutcome.NOT_WAV, _what_it_is(head + opened.read(500)))
    order, form, place = ORDERS[head[:4]], None, 12
    while len(head := _read_at(opened, place, 8)) == 8:
        name, size = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        place += 8
        if name == b"data" and form is None:
            raise SoundError(SoundOutcome.DAMAGED, "does not say what its samples are before them")
        if name == b"data":
            return form, place, _size_there(opened, form, place, size, end)
        if name == b"fmt ":
            form = _read_form(_read_at(opened, place, min(size, 64)), order)
        place += size
        place += size % 2 if _read_at(opened, place, 1)[:1] == b"\0" else 0
    outcome = SoundOutcome.DAMAGED if form is None else SoundOutcome.EMPTY
    raise SoundError(outcome, "ends before its samples begin")


def plain_wav(form: Form, samples: bytes) -> bytes:
    """A WAV file of these samples with nothing in it that a reader could stumble over."""
    per_second = form.rate * form.block
    about = (form.kind, form.channels, form.rate, per_second, form.block, form.bits)
    body = b"WAVE"
    for name, content in (
        (b"fmt ", struct.pack(f"{form.order}HHIIHH", *about)),
        (b"data", samples),
    ):
        body += name + struct.pack(f"{form.order}I", len(content)) + content
        body += b"\0" * (len(content) % 2)
    first = b"RIFF" if form.order == "<" else b"RIFX"
    return first + struct.pack(f"{form.order}I", len(body)) + body


def _read_form(about: bytes, order: str) -> Form:
    if len(about) < 16:
        raise SoundError(SoundOutcome.DAMAGED, "does not say what its samples are")
    kind, channels, rate, _, block, bits = struct.unpack(f"{order}HHIIHH", about[:16])
    if kind == EXTENSIBLE and len(about) >= 40:
        kind = struct.unpack(f"{order}H", about[24:26])[0]
    if kind not in BITS:
        said = PACKED.get(kind, f"of form {kind:#06x}")
        raise SoundError(SoundOutcome.PACKED, f"holds compressed samples ({said})")
    if rate not in RATES:
        said = f"says {rate:,} samples a second; {RATES[0]:,} to {RATES[-1]:,} can be right"
        raise SoundError(SoundOutcome.DAMAGED, said)
    if not channels or block % channels or not _fits(kind, bits, block // channels):
        said = f"says {channels} channels, {bits} bits, {block} bytes for all channels"
        raise SoundError(SoundOutcome.DAMAGED, f"{said}: that does not fit")
    return Form(order, kind, channels, rate, block, bits)


def _fits(kind: int, bits: int, num_bytes: int) -> bool:
    """Whether a sample of that many ``bits`` can lie in ``num_bytes``, and is one that is read."""
    if kind == FLOAT or bits <= 8:
        return bits in BITS[kind] and num_bytes == -(-bits // 8)
    return bits in BITS[kind] and bits <= 8 * num_bytes <= 32


def _size_there(opened: BinaryIO, form: Form, start: int, said: int, end: int) -> int:
    """Bytes of whole frames from ``start``, where the file says that there are ``said``."""
    there = end - start
    is_streamed = said >= STREAMED or (said == 0 and not _begins_a_chunk(opened, start, end))
    if not is_streamed and said - there > SLACK:
        seconds = (f"{size / form.block / form.rate:.2f} s" for size in (there, said))
        raise SoundError(SoundOutcome.CUT, "is cut off: {} of {} are there".format(*seconds))
    size = there if is_streamed else min(said, there)
    return size - size % form.block


def _begins_a_chunk(opened: BinaryIO, place: int, end: int) -> bool:
    """Whether a chunk with a name of letters, as long as it says, lies at ``place``."""
    head = _read_at(opened, place, 8)
    sizes = [struct.unpack(f"{order}I", head[4:])[0] for order in "<>"] if len(head) == 8 else []
    fits = any(place + 8 + size <= end for size in sizes)
    return fits and all(32 <= sign < 127 for sign in head[:4])


def _read_at(opened: BinaryIO, place: int, size: int) -> bytes:
    opened.seek(place)
    return opened.read(size)


def _what_it_is(head: bytes) -> str:
    if not head:
        return "is empty: 0 bytes"
    for begin, kind in OTHERS.items():
        if head.startswith(begin):
            return f"is {kind}, whatever its name says"
    if head[4:8] == b"ftyp":
        return "is M4A or MP4, whatever its name says"
    if head.startswith(b"version https://git-lfs"):
        return "only stands for a file (Git LFS): fetch it by git lfs pull"
    is_text = all(sign >= 32 or sign in b"\t\r\n" for sign in head)
    return "is a text, no sound" if is_text else "does not begin as a WAV file does"
