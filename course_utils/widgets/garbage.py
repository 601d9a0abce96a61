"""Garbage collection while nobody waits: by itself, it comes in the middle of a move."""

import gc


def spare_what_is_loaded() -> None:
    """Let garbage collection pass over what is there now, with torch half a million objects.

    To search them all takes half a second, every few drawings.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def collect_what_is_new() -> None:
    """Collect what drawings left since then: after twenty, it would take a tenth of a second."""
    if gc.get_freeze_count():
        gc.collect()
