"""AG News: 127,600 beginnings of news items of four kinds, published as two tables."""

from dataclasses import replace
from pathlib import Path

from course_utils.data.texts.examples import LabelledTexts
from course_utils.data.texts.reading import read_texts
from course_utils.download import download_file, offline_error

CLASS_NAMES = {"1": "World", "2": "Sports", "3": "Business", "4": "Sci/Tech"}
FOLDER = "https://raw.githubusercontent.com/mhjabreel/CharCnn_Keras/master/data/ag_news_csv"
ADDRESSES = {part: f"{FOLDER}/{part}.csv" for part in ("train", "test")}
CHECKSUMS = {  # as torchtext has them
    "train": "md5:b1a00f826fdfbd249f79597b59e1dc12",
    "test": "md5:d52ea96a97a2d943681189a97654912d",
}
SIZES = {"train": "29 MB", "test": "1.9 MB"}
INSTEAD = 'dataset = "roles"'


def load_ag_news(data_dir: Path, download: bool = True) -> LabelledTexts:
    r"""Titles and first sentences of news items, with the official training and test parts.

    The backslashes that stand for ends of lines in the published files become blanks. The set is
    used as it was published, but that equal texts count once; near copies are not looked for.

    Args:
        data_dir: Folder of data sets; the two tables lie in its ``ag_news``.
        download: Whether to fetch what is not there.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        DamagedFileError: If a file is damaged; it names the file.
        ValueError: If the disk is full or the folder is not writable.

    Source: Zhang, Zhao and LeCun, "Character-level Convolutional Networks for Text Classification"
        (NIPS 2015), section 4, from the corpus of A. Gulli.
    """
    folder = data_dir / "ag_news"
    paths = {part: folder / f"{part}.csv" for part in CHECKSUMS}
    absent = [part for part, path in paths.items() if not path.exists()]
    if absent and download:
        said = " and ".join(f"{part}.csv ({SIZES[part]})" for part in absent)
        print(f"Fetched once, and kept in {folder}: {said} of AG News")
    for part, path in paths.items():
        url, what = ADDRESSES[part], f"AG News for {part} ({SIZES[part]})"
        if not (download or path.exists()):
            raise offline_error(what, path, url, INSTEAD, "download=False forbids to fetch it")
        download_file(url, path, checksum=CHECKSUMS[part], what=what, instead=INSTEAD)
    texts = read_texts(
        f"texts:{folder}",
        near_copies=False,
        text_column=[2, 3],
        label_column=1,
        class_names=CLASS_NAMES,
    )
    clean = (" ".join(text.replace("\\", " ").split()) for text in texts.texts)
    return replace(texts, texts=tuple(clean))
