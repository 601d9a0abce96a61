"""What tests of spoken words need: eSpeak NG, or a reason to skip."""

import pytest

from course_utils.data.sounds.espeak import is_installed

needs_espeak = pytest.mark.skipif(
    not is_installed(), reason="espeakng-loader is not installed: requirements/speech.txt"
)
