"""Archives of published data sets, unpacked whole or not at all."""

import os
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from course_utils.files import free_disk, size_text


def unpack(archives: Sequence[Path], folder: Path, bare: bool = False) -> None:
    """Unpack under another name first, so that half an archive never passes for all of it.

    Args:
        archives: They lie beside ``folder``, and all that is in them lies in a folder of its name.
        folder: It is there once all of them are unpacked.
        bare: Whether what is in the archives lies in no folder there, but at their top.

    Raises:
        ValueError: If there is no room, or the place is not writable.
    """
    from torchvision.datasets.utils import extract_archive  # here: a second to import

    try:
        with (
            tempfile.TemporaryDirectory(prefix="unpacking-", dir=folder.parent) as unfinished,
            warnings.catch_warnings(),
        ):
            # Python 3.12 and 3.13 want a rule for what may be unpacked; the checksum is stricter.
            warnings.simplefilter("ignore", DeprecationWarning)
            whole = Path(unfinished) / folder.name
            for archive in archives:
                extract_archive(archive, whole if bare else unfinished)
            os.replace(whole, folder)
    except OSError as error:
        if folder.exists():  # another process was quicker
            return
        raise ValueError(
            f"cannot unpack {' and '.join(map(str, archives))} ({error.strerror or error}; "
            f"{size_text(free_disk(folder.parent))} free): make room there or the folder writable, "
            "or set data_dir to another folder"
        ) from None
