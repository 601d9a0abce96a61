"""What runs need that does not travel to a worker: pictures, data sets, weights."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from course_utils.files import PROJECT_FOLDER
from course_utils.runs.keys import files_named_by, texts_in

DATA_DIR = "data"  # of lessons, where no parameter names another
DATA_SETS = {  # that are fetched: what they are called
    "cifar10": "CIFAR-10",
    "voc2007": "VOC 2007",
    "voc2012": "VOC 2012",
}


def needs_of(runs: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What runs with these parameters need, to ask every worker for.

    Returns:
        By the text that names it: for files and folders here, the names and sizes of the files;
        for what only a worker can look for, the folder of its data.
    """
    # Once each: a folder of 50,000 pictures may be named by every run.
    named = dict.fromkeys(
        (parameters.get("data_dir", DATA_DIR), text)
        for parameters in runs
        for text in texts_in(parameters)
    )
    needs: dict[str, Any] = {}
    for folder, text in named:
        if files := sizes_of(text):
            needs[text] = files
        else:  # a data set or a backbone by name, several with commas
            names = filter(_may_lack, (part.strip() for part in text.split(",")))
            needs |= {f"{folder}/{name}": None for name in names}
    return needs


def missing_here(needs: Mapping[str, Any]) -> list[str]:
    """Of ``needs``, what this machine lacks, each in words; asked on a worker."""
    missing = []
    for text, files in needs.items():
        if files is not None:
            if sizes_of(text) != [tuple(entry) for entry in files]:
                missing.append(f"{text} (not there, or not with the same files)")
            continue
        folder, _, name = text.rpartition("/")
        if name in DATA_SETS:
            if not _has_data(name, PROJECT_FOLDER / Path(folder).expanduser()):
                missing.append(f"{DATA_SETS[name]} in {folder}/{name}")
        elif not _has_weights(name):
            missing.append(f"the weights of {name}")
    return missing


def sizes_of(text: str) -> list[tuple[str, int]]:
    """Names and sizes of the files that ``text`` names; their times differ between machines."""
    return [(name, num_bytes) for name, num_bytes, _ in files_named_by(text)]


def _has_data(name: str, data_dir: Path) -> bool:
    from course_utils.data import cifar10, voc_archives  # here, as below: they import torch

    return (
        cifar10.is_there(data_dir) if name == "cifar10" else voc_archives.is_there(name, data_dir)
    )


def _has_weights(name: str) -> bool:
    from course_utils.models.torchvision_backbones import weights_are_here

    return weights_are_here(name)


def _may_lack(name: str) -> bool:
    """Whether ``name`` is a data set or a network of which a worker may lack the files."""
    from course_utils.models.torchvision_backbones import is_torchvision_name

    return name in DATA_SETS or is_torchvision_name(name)
