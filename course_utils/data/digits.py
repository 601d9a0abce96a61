"""Real handwritten digits, 8x8 pixels, that scikit-learn carries."""

import torch

from course_utils.data.examples import LabelledImages


def load_digits() -> LabelledImages:
    """The 1,797 handwritten digits of 13 writers: images (1797, 1, 8, 8) with 17 grey levels.

    Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits" (1998), UCI Machine
        Learning Repository, its test part: 32x32 bitmaps, black pixels counted in 4x4 blocks.
    """
    from sklearn import datasets  # here: it takes a second to import

    digits = datasets.load_digits()
    images = torch.from_numpy(digits.images).float().div(16).unsqueeze(1)  # (N, 1, 8, 8)
    labels = torch.from_numpy(digits.target).long()
    return LabelledImages(images, labels, tuple(str(digit) for digit in range(10)))
