"""``python -m course_utils.data.sounds.remake``: make the shipped sounds anew, in a minute."""

import argparse
import platform
from importlib.metadata import version
from pathlib import Path

from course_utils.data.sounds.espeak import Speaker
from course_utils.data.sounds.shipped_words import make_words, save_words
from course_utils.data.sounds.synthetic_digits import (
    NUM_TAKES,
    SEED,
    SHIPPED_FOLDER,
    make_synthetic_digits,
    save_synthetic_digits,
)

COMMAND = "python -m course_utils.data.sounds.remake"
NOTE = (
    "These voices are synthetic: no person spoke. Throats, microphones and takes were drawn by the "
    "code of this project. On another kind of machine, or with other versions, values may differ."
)
PACKAGES = ("espeakng-loader", "numpy", "scipy", "torch")


def remake(folder: Path) -> None:
    """Write the pictures of digits, the words to hear, and a card of each to ``folder``.

    Raises:
        ImportError: If eSpeak NG is not installed; it says how to install it.
    """
    facts = {"note": NOTE, "command": COMMAND, "made_with": made_with()}
    digits = make_synthetic_digits(NUM_TAKES, SEED)
    save_synthetic_digits(digits, folder, num_takes=NUM_TAKES, seed=SEED, **facts)
    save_words(make_words(), folder, **facts)


def made_with() -> dict[str, str]:
    """Versions of all that the sounds depend on, and the kind of this machine."""
    with Speaker() as speaker:
        versions = {"eSpeak NG": speaker.version}
    versions |= {name: version(name).split("+")[0] for name in PACKAGES}
    return {**versions, "machine": f"{platform.system()} {platform.machine()}"}


def main(arguments: list[str] | None = None) -> None:
    """The command; ``--to FOLDER`` writes elsewhere than over the shipped files."""
    parser = argparse.ArgumentParser(description=__doc__.partition(": ")[2])
    parser.add_argument("--to", type=Path, default=SHIPPED_FOLDER, metavar="FOLDER")
    remake(parser.parse_args(arguments).to)


if __name__ == "__main__":
    main()
