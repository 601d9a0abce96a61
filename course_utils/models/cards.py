"""A card beside a file of tensors: its checksum, and how it was made."""

import hashlib
import json
from pathlib import Path
from typing import Any

from course_utils.files import DamagedFileError, write_whole
from course_utils.tensor_files import save_tensors


def write_with_card(content: Any, path: Path, **facts: Any) -> None:
    """Write ``content`` to ``path`` as tensors, and its checksum and ``facts`` beside it, as JSON.

    Call it within ``one_run_at_a_time``, so that the two files belong together.
    """
    save_tensors(content, path)
    card = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **facts}
    write_whole(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())


def card_beside(path: Path) -> dict[str, Any]:
    """What ``write_with_card`` wrote beside ``path``.

    Raises:
        FileNotFoundError: If there is no card.
        DamagedFileError: If there is no checksum in it.
    """
    file = path.with_suffix(".json")
    if not file.is_file():
        raise FileNotFoundError(
            f"{file.name} is missing: {path.name} is loaded only with the checksum that was "
            "written beside it. Copy it too, or make both again"
        )
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
        card["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedFileError(
            f"{file.name} holds no checksum: it is damaged, or another file. Copy it again, or "
            f"make {path.name} again with the lesson that wrote it."
        ) from error
    return card
