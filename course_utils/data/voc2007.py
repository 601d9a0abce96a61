"""PASCAL VOC 2007 through torchvision: 9,963 photographs with boxes of twenty kinds of things."""

from pathlib import Path

from course_utils.data.boxes.examples import BoxedPictures
from course_utils.data.boxes.reading import read_boxes
from course_utils.data.voc_archives import VOC_CLASSES, get_voc


def load_voc2007(
    data_dir: Path, image_size: int | None, download: bool = True, **options: object
) -> BoxedPictures:
    """The photographs of VOC 2007 with their boxes, each scaled so that its longer side fits.

    ``parts`` keeps the official ones: 2,501 for training, 2,510 for validation and 4,952 for the
    test. Difficult objects do not count.

    Args:
        data_dir: Folder of data sets; the archives and what is unpacked lie in its ``voc2007``.
        image_size: Pixels of the longer side; None for photographs as they are.
        download: Whether to fetch what is not there.
        options: What ``read_boxes`` takes.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        ValueError: As of ``get_voc`` and ``read_boxes``.

    Source: Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge" (2010),
        International Journal of Computer Vision 88, http://host.robots.ox.ac.uk/pascal/VOC
    """
    place = get_voc("voc2007", data_dir, download)
    return read_boxes(f"voc:{place}", image_size, class_names=VOC_CLASSES, **options)
