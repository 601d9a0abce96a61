"""CIFAR-10 through torchvision: 60,000 real photographs of ten kinds of things, 32x32 pixels."""

import warnings
from pathlib import Path

import torch

from course_utils.data.archives import unpack
from course_utils.data.examples import PARTS, LabelledImages
from course_utils.download import download_file, offline_error
from course_utils.files import DamagedFileError

WHAT = "CIFAR-10 (170 MB)"
CIFAR10_BYTES = 60_000 * 3 * 32 * 32  # of its pixels
INSTEAD = 'dataset = "digits"'


def load_cifar10(data_dir: Path, download: bool = True) -> LabelledImages:
    """The 60,000 photographs of CIFAR-10: images (60000, 3, 32, 32), uint8, in memory 184 MB.

    ``parts`` keeps the official split, 50,000 for training and 10,000 for testing; the test
    pictures come last. Take validation pictures from the training ones.

    Args:
        data_dir: Folder of data sets. In its ``cifar10`` lie, as torchvision lays them out,
            ``cifar-10-python.tar.gz`` and the folder unpacked from it, ``cifar-10-batches-py``.
        download: Whether to fetch the archive if neither is there.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        DamagedFileError: If the archive or an unpacked file is damaged; it names the file.
        ValueError: If the disk is full or the folder is not writable.

    Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images" (2009), section
        3.1, https://www.cs.toronto.edu/~kriz/cifar.html
    """
    from torchvision.datasets import CIFAR10  # here: a second to import

    root = data_dir / "cifar10"
    folder = root / CIFAR10.base_folder
    if not folder.exists():
        unpack([_get_archive(root, download)], folder)
    with warnings.catch_warnings():
        # NumPy 2.4.0 to 2.4.4 warn of arrays that Python 2 wrote, as these were.
        warnings.filterwarnings("ignore", r"dtype\(\): align should be passed")
        try:
            train, test = (CIFAR10(root, train=is_train) for is_train in (True, False))
        except RuntimeError:  # torchvision says that something is wrong, not what
            raise _name_damaged(folder) from None
    pictures = [torch.from_numpy(part.data) for part in (train, test)]
    images = torch.cat([part.permute(0, 3, 1, 2) for part in pictures])  # (N, C, H, W), uint8
    counts = torch.tensor([len(train), len(test)])
    parts = torch.tensor([PARTS.index("train"), PARTS.index("test")]).repeat_interleave(counts)
    labels = torch.tensor(train.targets + test.targets)  # (N,)
    return LabelledImages(images, labels, tuple(train.classes), parts)


def is_there(data_dir: Path) -> bool:
    """Whether the archive or what was unpacked from it lies in ``data_dir``."""
    from torchvision.datasets import CIFAR10

    root = data_dir / "cifar10"
    return (root / CIFAR10.base_folder).exists() or (root / CIFAR10.filename).exists()


def _get_archive(root: Path, download: bool) -> Path:
    from torchvision.datasets import CIFAR10

    archive = root / CIFAR10.filename
    if not (download or archive.exists()):
        reason = "download=False forbids to fetch it"
        raise offline_error(WHAT, archive, CIFAR10.url, INSTEAD, reason)
    checksum = f"md5:{CIFAR10.tgz_md5}"
    download_file(CIFAR10.url, archive, checksum=checksum, what=WHAT, instead=INSTEAD)
    return archive


def _name_damaged(folder: Path) -> DamagedFileError:
    """The error that names the unpacked files that are missing or damaged."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    checksums = [*CIFAR10.train_list, *CIFAR10.test_list]
    checksums += [(CIFAR10.meta["filename"], CIFAR10.meta["md5"])]
    wrong = [
        f"{name} ({'damaged' if (folder / name).exists() else 'missing'})"
        for name, md5 in checksums
        if not check_integrity(folder / name, md5)
    ]
    return DamagedFileError(
        f"{folder} is not what came with CIFAR-10: {', '.join(wrong)}. Delete that folder and run "
        f"again: it is unpacked again from {CIFAR10.filename}, which is kept"
    )
