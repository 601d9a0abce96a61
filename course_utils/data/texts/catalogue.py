"""Labelled texts by the name of their data set, in three parts."""

from collections.abc import Sequence
from pathlib import Path

from course_utils.data.places import check_part_fractions
from course_utils.data.texts.ag_news import load_ag_news
from course_utils.data.texts.reading import read_texts
from course_utils.data.texts.roles import load_roles
from course_utils.data.texts.splitting import TextSplit, split_texts
from course_utils.data.texts.surveying import FORMS
from course_utils.data.unknown_dataset import unknown_dataset
from course_utils.files import PROJECT_FOLDER

NAMES = ("roles", "ag_news")


def open_texts(
    dataset: str,
    data_dir: Path,
    *,
    val_fraction: float,
    test_fraction: float,
    seed: int,
    built_in: Sequence[str] = (),
    **how: object,
) -> TextSplit:
    """The data set called ``dataset`` in three parts; those that it brings are kept.

    Of one's own texts is printed what was found and what will be done, and then which texts are
    near copies of others; such stay in one part.

    Args:
        dataset: ``"roles"``, sentences of scikit-learn by the part that they play; ``"ag_news"``,
            which is downloaded if need be; or ``"texts:PATH"``, as of ``read_texts``, but that a
            relative path starts at the project.
        data_dir: Folder for downloads and for what is made once.
        val_fraction: Share for validation, where the data set brings none.
        test_fraction: Share for the sealed test set, where the data set brings none.
        seed: Same seed, same split.
        built_in: Names of data sets that the caller has besides, for the message.
        how: Of ``texts:PATH``, what ``read_texts`` takes.

    Raises:
        ValueError: If there is no such data set, it cannot be used as it is, or it has too few
            texts for three parts; it says what to do.
        OSError: If a file is missing and cannot be had; it says how to get it.
    """
    check_part_fractions(val_fraction, test_fraction)
    form, _, path = dataset.partition(":")
    if dataset == "roles":
        texts = load_roles(data_dir)
    elif dataset == "ag_news":
        texts = load_ag_news(data_dir)
    elif form in FORMS and path:
        place = PROJECT_FOLDER / Path(path).expanduser()
        texts = read_texts(f"{form}:{place}", report=print, **how)
    else:
        raise unknown_dataset(
            dataset, (*built_in, *NAMES), FORMS, "texts in a form that the workbook knows"
        )
    return split_texts(texts, val_fraction=val_fraction, test_fraction=test_fraction, seed=seed)
