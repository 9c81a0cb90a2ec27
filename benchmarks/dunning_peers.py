"""A Celery task for each message, as it is usually written: stock (ORM, a new connection each), and tuned (all kept open).

Neither asks a gate, keeps attempts, or renders more than one template: what a peer leaves out is to its advantage.
"""

import http.client
import json
import os
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import httpx  # noqa: E402
import psycopg  # noqa: E402
from celery import Celery  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.template import Context, Template  # noqa: E402

from dunning.models import Reminder  # noqa: E402

app = Celery("peers", broker=settings.CELERY_BROKER_URL)
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, task_acks_late=True)
WORDS = Template("[{{ funder.signature }}] Hello, this is {{ funder.name }}. Something of yours was due.")


@app.task(name="bench.stock")
def stock(pk: int) -> None:
    """Read by the ORM, render, post over a new connection, save; Celery closes the database's connection afterwards."""
    row = Reminder.objects.select_related("funder").get(pk=pk)
    text = WORDS.render(Context({"funder": row.funder}))
    answer = httpx.post(settings.PROVIDER_URL, json=_body(row.message_id, text), headers=_headers(row.message_id))
    row.state, row.provider_id = Reminder.State.SENT, answer.json()["id"]
    row.save()
    connection.close()


@app.task(name="bench.tuned")
def tuned(pk: int) -> None:
    """One statement to read, a compiled text, a kept connection on either side, one statement to write."""
    server, lane = _server(), _lane()
    found: Any = server.execute("SELECT message_id FROM dunning_reminder WHERE id = %s", [pk]).fetchone()
    body = json.dumps(_body(found[0], "[Bench] Hello, this is Bench Bank. Something of yours was due.")).encode()
    lane.request("POST", "/", body, _headers(found[0]))
    answer = json.loads(lane.getresponse().read())
    server.execute("UPDATE dunning_reminder SET state = 'sent', provider_id = %s WHERE id = %s", [answer["id"], pk])


def _body(key: str, text: str) -> dict[str, str]:
    return {"to": "19900000000", "channel": "sms", "text": text, "message_id": key}


def _headers(key: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Idempotency-Key": key}


@cache
def _server() -> "psycopg.Connection[Any]":
    address = urlsplit(os.environ["DATABASE_URL"])._replace(scheme="postgresql").geturl()
    return psycopg.connect(address, autocommit=True)


@cache
def _lane() -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(settings.PROVIDER_URL).netloc)
