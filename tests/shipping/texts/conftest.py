"""A tiny base in the place of the one that comes with the workbook."""

from collections.abc import Iterator

import pytest

from course_utils.shipping.texts import architecture
from tests.helpers.saved_texts import open_tiny


@pytest.fixture(scope="package", autouse=True)
def tiny_base() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(architecture, "open_language_model", open_tiny)
        yield
