"""The contact gate: questions asked of the database, and answers a second, for batches of any size."""

import time
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.gate import Question, decide_many
from contacts.models import Channel, Purpose
from lending.models import Borrower

BATCHES = (1, 100, 10_000)
LEAST_SECONDS = 1.0


class Asked(NamedTuple):
    batch: int
    queries: int
    rate: float


def measure(at: datetime) -> list[Asked]:
    """Of each size a batch is asked until a second has gone by."""
    people = list(Borrower.objects.order_by("pk").values_list("pk", flat=True)[: max(BATCHES)])
    found = []
    for size in BATCHES:
        questions = [Question(pk, Channel.CALL, Purpose.DEMAND, at) for pk in people[:size]]
        decide_many(questions)
        with CaptureQueriesContext(connection) as captured:
            decide_many(questions)
            queries = len(captured)
        since, answered = time.perf_counter(), 0
        while time.perf_counter() - since < LEAST_SECONDS:
            answered += len(decide_many(questions))
        found.append(Asked(len(questions), queries, answered / (time.perf_counter() - since)))
    return found
