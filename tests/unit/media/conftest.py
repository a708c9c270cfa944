"""Fixtures of the media tests."""

import pytest

from tests.unit.media.scene import MediaTime


@pytest.fixture
def media_time() -> MediaTime:
    return MediaTime()
