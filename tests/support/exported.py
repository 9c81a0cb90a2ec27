"""What `export_state` tells of two books that are to be one and the same."""

import re

from django.db import connection

_NUMBER = re.compile(r'"case":\{"id":\d+')


def comparable(state: str) -> str:
    """The state byte by byte; on PostgreSQL but for the numbers of cases, of which whoever dies or comes second may use some up."""
    return state if connection.vendor == "sqlite" else _NUMBER.sub('"case":{"id":0', state)
