"""Words that this machine speaks itself, by eSpeak NG, an extra: imported here alone, when needed.

Source: eSpeak NG, https://github.com/espeak-ng/espeak-ng, its header speak_lib.h; GPL-3. It comes
    in the package espeakng-loader, and is no part of this workbook.
"""

import _ctypes
import ctypes
import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import numpy as np
import torch
from scipy.signal import resample_poly
from torch import Tensor

from course_utils.data.sounds.log_mel import RATE

NO_ESPEAK = (
    "espeakng-loader would speak any word in many voices: pip install -r requirements/speech.txt"
)
SPOKEN_RATE = 22050  # samples a second that eSpeak NG gives
UP, DOWN = RATE // 50, SPOKEN_RATE // 50  # 160 / 441
LIMITS = {"rate": (80, 450), "pitch": (0, 99), "pitch_range": (0, 99)}  # of eSpeak NG
NUMBERS = {"rate": 1, "pitch": 3, "pitch_range": 4}  # espeak_PARAMETER
AT_ONCE, DO_NOT_EXIT, UTF8, IPA = 2, 0x8000, 1, 2  # of espeak_Initialize, _Synth, _TextToPhonemes
Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


def is_installed() -> bool:
    """Whether eSpeak NG can be had here."""
    return find_spec("espeakng_loader") is not None


def say(
    text: str, voice: str = "en-us", rate: float = 175, pitch: float = 50, pitch_range: float = 50
) -> Tensor:
    """``text`` as samples (T,), float32 from -1 to 1, at ``RATE``; the same each time.

    Args:
        text: What is said, in English.
        voice: A language and, behind a plus, one of ``variants``: ``"en-us+m1"``.
        rate: Words a minute, 80 to 450.
        pitch: 0 to 99; 50 is that of the voice.
        pitch_range: 0 to 99, how much the pitch moves; 0 is a monotone.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
        ValueError: If there is no such voice, it is not repeatable, a number is outside its limits,
            or the text holds nothing that can be said.
    """
    with Speaker() as speaker:
        return speaker.say(text, voice, rate, pitch, pitch_range)


def variants() -> tuple[str, ...]:
    """Names of all voices that say the same each time, in the order of the alphabet.

    Raises:
        ImportError: As ``say``.
    """
    files = sorted((_data_folder() / "voices" / "!v").iterdir())
    return tuple(file.name for file in files if not _breathes(file))


class Speaker:
    """eSpeak NG with a memory of its own, for a ``with`` block.

    What it says depends a little on what it said before: the same words in the same order sound the
    same, bit for bit on one machine, whatever other speakers said.

    Raises:
        ImportError: As ``say``.
    """

    def __init__(self) -> None:
        library = Path(_loader().get_library_path())
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)  # Windows keeps it while open
        # The library keeps its state in itself. A copy under another name is loaded anew.
        copy = shutil.copyfile(library, Path(self._folder.name, library.name))
        self._library = ctypes.CDLL(str(copy))
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_Info.restype = ctypes.c_char_p
        data = str(_data_folder()).encode()
        rate = self._library.espeak_Initialize(AT_ONCE, 0, data, DO_NOT_EXIT)
        if rate != SPOKEN_RATE:
            raise OSError(f"eSpeak NG answered {rate} in place of {SPOKEN_RATE} samples a second")
        self._parts: list[np.ndarray] = []
        self._callback = Callback(self._collect)  # kept: the library holds its address alone
        self._library.espeak_SetSynthCallback(self._callback)

    def __enter__(self) -> "Speaker":
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._library.espeak_Terminate()
        close = getattr(_ctypes, "dlclose", None) or _ctypes.FreeLibrary  # the latter on Windows
        close(self._library._handle)
        self._folder.cleanup()

    @property
    def version(self) -> str:
        """Of eSpeak NG, such as ``"1.52.0"``."""
        return self._library.espeak_Info(None).decode().split()[0]

    def say(
        self,
        text: str,
        voice: str = "en-us",
        rate: float = 175,
        pitch: float = 50,
        pitch_range: float = 50,
    ) -> Tensor:
        """``text`` as samples; arguments and errors as of the function ``say``."""
        self._choose(voice)
        self._set(rate=rate, pitch=pitch, pitch_range=pitch_range)
        self._parts, content = [], text.encode() + b"\0"
        size = ctypes.c_size_t(len(content))
        self._library.espeak_Synth(content, size, 0, 1, 0, UTF8, None, None)
        self._library.espeak_Synchronize()
        if not self._parts or not any(part.any() for part in self._parts):
            raise ValueError(f"{text!r} holds nothing that can be said")
        spoken = np.concatenate(self._parts).astype(np.float32) / 2**15
        heard = resample_poly(spoken, UP, DOWN)  # it may swing over the ends of the range
        return torch.from_numpy(heard).clamp(-1, 1)

    def phonemes(self, text: str, voice: str = "en-us") -> str:
        """The sounds of ``text`` in the letters of the International Phonetic Association."""
        self._choose(voice)
        content = ctypes.create_string_buffer(text.encode())
        place = ctypes.c_void_p(ctypes.addressof(content))
        return self._library.espeak_TextToPhonemes(ctypes.byref(place), UTF8, IPA).decode()

    def _collect(self, samples: Any, count: int, _: Any) -> int:
        if samples and count > 0:
            self._parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0  # go on

    def _choose(self, voice: str) -> None:
        variant = voice.partition("+")[2]
        file = _data_folder() / "voices" / "!v" / variant
        if variant and not file.is_file():
            raise ValueError(f"no variant {variant!r}; there are {', '.join(variants())}")
        if variant and _breathes(file):
            raise ValueError(
                f"the voice {voice!r} breathes, and does so in another way each time; these repeat "
                f"themselves: {', '.join(variants())}"
            )
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f'no voice {voice!r}; give a language such as "en-us", and a variant')

    def _set(self, **numbers: float) -> None:
        for name, number in numbers.items():
            low, high = LIMITS[name]
            if not low <= number <= high:
                raise ValueError(f"{name} must be from {low} to {high}, got {number}")
            self._library.espeak_SetParameter(NUMBERS[name], round(number), 0)


def _loader() -> Any:
    try:
        import espeakng_loader
    except ImportError as error:
        raise ImportError(NO_ESPEAK) from error
    return espeakng_loader


def _data_folder() -> Path:
    return Path(_loader().get_data_path())


@cache
def _breathes(file: Path) -> bool:
    """Whether a voice has the noise of breath, which no two calls make alike."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    return any(line.split("//")[0].startswith("breath") for line in lines)
