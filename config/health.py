"""What machines ask: is it alive, is it ready, how does it do. No sign-in, and nothing here names a person."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis, RedisError

from audit.clock import machine_now, now
from audit.models import Head
from cases.models import Case
from dunning.health import Health, of_all
from dunning.models import Reminder
from staff.access import public
from staff.models import Job, Pulse

BROKER_SECONDS_MAX = 1.0
OK, DOWN, PENDING, DEGRADED = "ok", "down", "pending", "degraded"


@public
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is alive; it touches nothing to say so."""
    return HttpResponse("ok", content_type="text/plain")


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """503 while the database is away or behind the code; without the broker everything works, only later."""
    try:
        migrations = PENDING if pending_migrations() else OK
        database = OK
    except DatabaseError:
        database = migrations = DOWN
    broker = OK if broker_answers(settings.CELERY_BROKER_URL) else DEGRADED
    ready = database == migrations == OK
    facts = {"database": database, "migrations": migrations, "broker": broker}
    return JsonResponse(facts, status=200 if ready else 503)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """A few gauges in Prometheus' text format, counted when asked."""
    return HttpResponse("".join(gauges(now())), content_type="text/plain; version=0.0.4; charset=utf-8")


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """What this code brings: it cannot change while the process lives."""
    return frozenset(MigrationLoader(None).disk_migrations)


def pending_migrations() -> frozenset[tuple[str, str]]:
    return known_migrations() - frozenset(MigrationRecorder(connection).applied_migrations())


def is_behind() -> bool:
    """Whether the database answers and lacks migrations: what a command that failed on it should say."""
    try:
        return bool(pending_migrations())
    except DatabaseError:
        return False


def broker_answers(url: str) -> bool:
    """Whether the broker answers a ping within a second; Celery's words for a socket are not those of its client."""
    address = url.replace("redis+socket://", "unix://", 1).replace("?virtual_host=", "?db=", 1)
    limits = {"socket_timeout": BROKER_SECONDS_MAX, "socket_connect_timeout": BROKER_SECONDS_MAX}
    try:
        with Redis.from_url(address, **limits) as client:
            return bool(client.ping())
    except (RedisError, OSError, ValueError):
        return False


def gauges(at: datetime) -> Iterator[str]:
    due = Reminder.objects.filter(state=Reminder.State.DUE, due_at__lte=at).aggregate(first=Min("due_at"))["first"]
    pulse = Pulse.objects.filter(name="pulse").values_list("at", flat=True).first()
    yield from _gauge("reminders", "rows of the outbox by state", _by_state(Reminder))
    yield from _gauge("reminders_oldest_due_seconds", "how long the oldest due row has waited", {"": _age(due, at)})
    yield from _of_gateways(at)
    yield from _gauge("cases", "cases by state", _by_state(Case))
    yield from _gauge("jobs", "long work by state", _by_state(Job))
    yield from _gauge(
        "audit_entries", "length of the audit chain", {"": Head.objects.aggregate(n=Min("number"))["n"] or 0}
    )
    if pulse is not None:
        yield from _gauge(
            "pulse_age_seconds", "time since the scheduler and a worker were last alive", {"": _age(pulse, at)}
        )


def _of_gateways(at: datetime) -> Iterator[str]:
    """Whether each gateway is passable, what it took of late, and what waits behind it for a person."""
    found = {f'{{gateway="{each.settings.name}"}}': each for each in of_all(at=at, machine_at=machine_now())}
    columns: dict[str, tuple[str, Callable[[Health], float]]] = {
        "gateway_open": ("1 while nothing is claimed for the gateway", lambda each: each.is_open),
        "gateway_taken_last_minute": (
            "messages that the gateway took in the last minute",
            lambda each: each.last_minute,
        ),
        "gateway_faults": ("faults of its window, less the clear answers", lambda each: each.faults),
        "gateway_unknown": ("messages in doubt", lambda each: each.unknown),
        "gateway_dead_letters": ("messages that were tried out", lambda each: each.dead),
    }
    for name, (meaning, value) in columns.items():
        yield from _gauge(name, meaning, {labels: float(value(each)) for labels, each in found.items()})


def _by_state(model: type[Reminder] | type[Case] | type[Job]) -> dict[str, float]:
    rows = model.objects.order_by("state").values_list("state").annotate(n=Count("pk"))
    return {f'{{state="{state}"}}': n for state, n in rows}


def _age(moment: datetime | None, at: datetime) -> float:
    return max((at - moment).total_seconds(), 0.0) if moment else 0.0


def _gauge(name: str, meaning: str, values: dict[str, float]) -> Iterator[str]:
    yield f"# HELP console_{name} {meaning}\n# TYPE console_{name} gauge\n"
    yield from (f"console_{name}{labels} {value:g}\n" for labels, value in values.items())
