"""Cases that nobody has in hand."""

import pytest

from cases.models import Case
from dealt import make_dealt_pool


@pytest.fixture
def pool(db: None) -> list[Case]:
    """Three early, three in the middle stage; the second of each speaks English."""
    return make_dealt_pool()
