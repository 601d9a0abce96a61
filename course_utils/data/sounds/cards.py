"""Shipped sounds and the card beside each file of them: its checksum, and how it was made."""

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from course_utils.download import check_file
from course_utils.files import DamagedFileError, one_run_at_a_time, write_whole

AGAIN = "Get the workbook again, or make it: python -m course_utils.data.sounds.remake"


def write_by_card(path: Path, write: Callable[[BinaryIO], None], **facts: Any) -> None:
    """Write ``path`` whole by ``write``, and beside it, as JSON, its checksum and ``facts``."""
    content = io.BytesIO()
    write(content)
    card = {"sha256": hashlib.sha256(content.getvalue()).hexdigest(), **facts}
    with one_run_at_a_time(path):
        write_whole(path, content.getvalue())
        write_whole(path.with_suffix(".json"), (json.dumps(card, indent=1) + "\n").encode())


def check_by_card(path: Path) -> dict[str, Any]:
    """The card of ``path``, once the file is seen to be the one that it was written for.

    Raises:
        FileNotFoundError: If the file or its card is missing.
        DamagedFileError: If the card cannot be read, or the file has another checksum.
    """
    file = path.with_suffix(".json")
    for needed in (path, file):
        if not needed.is_file():
            raise FileNotFoundError(f"{needed.name} is missing in {path.parent.name}. {AGAIN}")
    try:
        card = json.loads(file.read_text(encoding="utf-8"))
        checksum = f"sha256:{card['sha256']}"
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedFileError(f"{file.name} holds no checksum: it is damaged. {AGAIN}") from error
    check_file(path, checksum)
    return card
