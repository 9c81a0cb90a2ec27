"""J2, reminders: planning a day beside one INSERT … SELECT and an ORM loop; sending beside a Celery task for each message.

    python -m benchmarks.dunning [--loans 400000] [--sent 20000] [--slow 4000] [--peers 1000]

On the PostgreSQL of DATABASE_URL in a scratch database, or on a server of its own; a broker of its own. Asserts no time, but
that the gateway got each message once. `--sent` messages go to a gateway that answers at once, `--slow` to one that takes 50 ms,
by two processes each; each peer sends `--peers`.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import server
from benchmarks.dunning_book import AT, DAY, load, plan_by_the_limit, plan_by_the_orm
from benchmarks.table import Asked, asked_rows

PROCESSES = 2
SLOW_SECONDS = 0.05
WAIT_SECONDS_MAX = 1_800


class Way(NamedTuple):
    """What was done, how much of it, and how long it took."""

    words: str
    number: int
    seconds: float
    note: str = ""

    @property
    def rate(self) -> float:
        return self.number / self.seconds


def timed(words: str, work: Callable[[], int]) -> Way:
    since = time.perf_counter()
    number = work()
    return Way(words, number, time.perf_counter() - since)


def plans(sample: int) -> list[Way]:
    """The limit, the console, the console again, the loop; the console's rows stay."""
    from dunning.planning import plan

    limit = timed("limit: one INSERT … SELECT with text", plan_by_the_limit)
    ours = timed("**the console plans the day**", lambda: plan(DAY, AT).planned)
    since = time.perf_counter()
    again = Way("the console plans it again", plan(DAY, AT).planned, time.perf_counter() - since)
    assert (ours.number, again.number) == (limit.number, 0), (limit, ours, again)
    return [limit, ours, again, timed("peer: ORM loop (from a sample)", lambda: plan_by_the_orm(sample))]


@contextmanager
def gateway(folder: Path, seconds: float) -> Iterator[Callable[[], list[int]]]:
    """A gateway at PROVIDER_URL; the call ends it and says how many requests and keys came."""
    address, counts = folder / "address", folder / "counts"
    address.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.fast_gateway", str(address), str(counts), str(seconds)]
    )
    while not (address.exists() and address.read_text()):
        time.sleep(0.02)
    os.environ["PROVIDER_URL"] = address.read_text()

    def end() -> list[int]:
        process.terminate()
        process.wait()
        return list(json.loads(counts.read_text()))

    try:
        yield end
    finally:
        process.kill()


def only(number: int, *, is_fresh: bool) -> None:
    """So many reminders are due, and no other. The console gets fresh ones, because its gate counts; a peer does not ask."""
    from dunning.models import Reminder

    planned = Reminder.objects.filter(policy="standard")
    planned.filter(state="due").update(state="cancelled")
    rows = planned.filter(state="cancelled") if is_fresh else planned
    first = list(rows.order_by("pk").values_list("pk", flat=True)[:number])
    assert planned.filter(pk__in=first).update(state="due") == number, "more loans are needed for so many messages"


def left() -> bool:
    from dunning.models import Reminder

    return Reminder.objects.filter(state__in=["due", "sending"], policy="standard").exists()


def send_ours(number: int, seconds: float, folder: Path) -> Way:
    """Two processes of the console's own sender."""
    only(number, is_fresh=True)
    with gateway(folder, seconds) as end:
        workers = [
            subprocess.Popen([sys.executable, "-m", "benchmarks.dunning", "--work"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]  # fmt: skip
        for worker in workers:
            assert worker.stdout
            worker.stdout.readline()
        since = time.perf_counter()
        told = [json.loads(worker.communicate("go\n")[0]) for worker in workers]
        taken = time.perf_counter() - since
        assert end() == [number, number], "each message once"
    growth = max(after / before for before, after in told)
    return Way("**the console**, two processes", number, taken, f"memory grew by {100 * (growth - 1):.0f} %")


def work() -> None:
    """One process of the sender: tells when it is ready, sends when told, tells its memory early and at the end."""
    import django

    django.setup()
    from dunning.channels.registry import configured
    from dunning.gateways import Gateway
    from dunning.sending import send_all

    print("ready", flush=True)
    sys.stdin.readline()
    with Gateway(configured()[-1]) as way_out:
        send_all(way_out, lambda: AT, time.monotonic() + 1.0)
        early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        send_all(way_out, lambda: AT)
    print(json.dumps([early, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))


def send_by_tasks(task: str, number: int, seconds: float, folder: Path) -> Way:
    """A task for each message, published beforehand; the time is the worker's."""
    from dunning.models import Reminder

    only(number, is_fresh=False)
    with gateway(folder, seconds) as end:
        from benchmarks import dunning_peers

        publish = dunning_peers.app.tasks[f"bench.{task}"].delay
        for pk in Reminder.objects.filter(state="due", policy="standard").values_list("pk", flat=True):
            publish(pk=pk)
        worker = subprocess.Popen(
            [*(sys.executable, "-m", "celery", "--quiet", "-A", "benchmarks.dunning_peers:app", "worker"),
             *(f"--concurrency={PROCESSES}", "--loglevel=ERROR", "--without-mingle", "--without-gossip")]
        )  # fmt: skip
        try:
            total = Reminder.objects.filter(state="due", policy="standard")
            while total.count() == number:
                time.sleep(0.005)
            since, began = time.perf_counter(), number - total.count()
            deadline = since + WAIT_SECONDS_MAX
            while left() and time.perf_counter() < deadline:
                time.sleep(0.02)
            taken = time.perf_counter() - since
        finally:
            worker.terminate()
            worker.wait()
        assert end() == [number, number], "each message once"
    return Way(f"peer: a task for each message, {task}", number - began, taken)


def measure(loans: int, sent: int, slow: int, peers: int, folder: Path) -> str:
    load(loans)
    planned = plans(min(peers, loans // 8))
    found = {
        seconds: [
            send_ours(number, seconds, folder),
            send_by_tasks("tuned", peers, seconds, folder),
            send_by_tasks("stock", max(peers // 4, 20), seconds, folder),
        ]
        for seconds, number in ((0.0, sent), (SLOW_SECONDS, slow))
    }
    return "\n".join(
        [
            "## Figures asked for", "", *asked_rows(list(_asked(planned, found))), "",
            f"## Planning a day, {loans:,} loans", "", *table(planned), "",
            "## Sending, a gateway that answers at once", "", *table(found[0.0]), "",
            "## Sending, a gateway that takes 50 ms", "", *table(found[SLOW_SECONDS]),
        ]
    )  # fmt: skip


def _asked(planned: list[Way], found: dict[float, list[Way]]) -> Iterator[Asked]:
    from dunning.gateways import LANES

    limit, ours, _again, loop = planned
    yield Asked("planning, × the rate of one INSERT … SELECT", 0.5, ours.rate / limit.rate, most=False)
    yield Asked("planning, × an ORM loop", 60, ours.rate / loop.rate, most=False)
    ours, tuned, stock = found[0.0]
    yield Asked("sending at once, × tuned tasks", 12, ours.rate / tuned.rate, most=False)
    yield Asked("sending at once, × stock tasks", 50, ours.rate / stock.rate, most=False)
    most = PROCESSES * LANES / SLOW_SECONDS
    yield Asked("sending at 50 ms, × lanes / latency", 0.8, found[SLOW_SECONDS][0].rate / most, most=False)


def table(ways: list[Way]) -> list[str]:
    rows = ["| way | messages | s | a second | × first | |", "|---|---|---|---|---|---|"]
    for way in ways:
        times = f"{way.rate / ways[0].rate:.3f}"
        rows.append(f"| {way.words} | {way.number:,} | {way.seconds:.2f} | {way.rate:,.0f} | {times} | {way.note} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dunning", description="Measure reminders.")
    for name, number in (("loans", 400_000), ("sent", 20_000), ("slow", 4_000), ("peers", 1_000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        work()
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="console-bench-")))
        address = stack.enter_context(server.database(stack.enter_context(server.server()), "console_bench_dunning"))
        os.environ |= {"DATABASE_URL": address, "VAR_DIR": str(folder), "SECRET_KEY": "only-for-benchmarks"}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "BROKER_URL": stack.enter_context(broker(folder))}
        import django

        import config  # noqa: F401 - puts collections/ on the path

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        print(measure(given.loans, given.sent, given.slow, given.peers, folder))
        connections.close_all()


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    from config import programs

    program = programs.broker(folder)
    process = subprocess.Popen(program.command, stdout=subprocess.DEVNULL)
    socket = programs.broker_socket(folder)
    try:
        while not socket.exists():
            time.sleep(0.02)
        yield f"redis+socket://{socket}"
    finally:
        process.kill()
        process.wait()


if __name__ == "__main__":
    main()
