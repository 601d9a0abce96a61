"""PASCAL VOC 2012 through torchvision: 2,913 photographs with a class for every pixel."""

from pathlib import Path

from course_utils.data.maps.examples import MappedPictures
from course_utils.data.maps.reading import read_maps
from course_utils.data.maps.surveying import refuse_given
from course_utils.data.maps.voc_folders import CLASSES, VOC_NAMES
from course_utils.data.voc_archives import get_voc


def load_voc2012(
    data_dir: Path, image_size: int | None, download: bool = True, **options: object
) -> MappedPictures:
    """The photographs of VOC 2012 with masks, each scaled so that its longer side fits.

    The masks of the official test are not public. So ``parts`` has the 1,449 pictures of the
    official validation as the test, and the 1,464 for training, of which validation is to be drawn:
    what is chosen on pictures must not be scored on them. Borders of objects do not count.

    Args:
        data_dir: Folder of data sets; the archive and what is unpacked lie in its ``voc2012``.
        image_size: Pixels of the longer side; None for photographs as they are.
        download: Whether to fetch what is not there.
        options: What ``read_maps`` takes.

    Raises:
        OfflineError: If it is not there and cannot, or must not, be fetched.
        ValueError: As of ``get_voc`` and ``read_maps``, or if classes or masks are named: they are
            known.

    Source: Everingham et al., "The PASCAL Visual Object Classes Challenge: A Retrospective"
        (2015), International Journal of Computer Vision 111,
        http://host.robots.ox.ac.uk/pascal/VOC/voc2012
    """
    refuse_given(options, "VOC 2012 says which pixels are what")
    place = get_voc("voc2012", data_dir, download)
    own = {"class_names": VOC_NAMES, "mask_folder": CLASSES, "val_is_test": True}
    return read_maps(f"masks:{place}", image_size, **options | own)
