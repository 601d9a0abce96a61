"""How what was found in a data set is printed: titles, and sentences in lines of one width."""

from collections.abc import Iterable, Sequence

from course_utils.data.damaged_pictures import listed
from course_utils.data.plain_text import wrap

COLUMNS = 88  # of a line; a notebook shows about a hundred


def section(title: str, sentences: Iterable[str]) -> list[str]:
    """Lines of a title and of each sentence below it; none where there is nothing to say."""
    told = [line for text in sentences for line in wrap(f"- {text}", COLUMNS)]
    return [f"{title}:", *told] if told else []


def tell_missing(names: Sequence[str], said: str, so: str) -> None:
    """Print that a part lacks the classes ``names``, if there are any.

    Args:
        names: Of classes.
        said: What the part lacks, as far as the names.
        so: What comes of it.
    """
    if names:
        print("\n".join(wrap(f"{said} {listed([repr(name) for name in names])}: {so}.", COLUMNS)))
