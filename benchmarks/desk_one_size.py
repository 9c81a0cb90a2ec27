"""Everything about the desk at one size, in a process and a database of its own: `desk` starts it and reads its JSON."""

import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

TIMES, WARM = 12, 32
"""Visits that count, and those before them: a worker of four threads has four connections, each of which plans what it asks once."""
PEER_TIMES, PEER_WARM = 3, 1
PAGE_200 = 199 * 50


def main(loans: int, entries: int) -> dict[str, Any]:
    """Prove a chain, load a book, then visit its lists on a server, claim its cases, ask its gate."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import audit_chain, claiming, desk_book, gate
    from benchmarks.measuring import sql
    from staff.models import User

    since = time.perf_counter()

    def told(words: str) -> None:
        print(f"[{loans:,} loans, {time.perf_counter() - since:6.0f} s] {words}", file=sys.stderr, flush=True)

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("compile_translations", verbosity=0)
    sql("SET statement_timeout = 0")
    found: dict[str, Any] = {"audit": audit_chain.measure(entries)}
    told("chain proved")
    desk_book.load(loans)
    told("loaded")
    found |= pages()
    told("pages visited")
    found["gate"] = gate.measure(datetime.now(UTC))
    puller = User.objects.select_related("team").get(username="puller")
    found["claims"] = claiming.measure(puller, datetime.now(UTC))
    told("done")
    return found


def pages() -> dict[str, Any]:
    """The console's pages, then the peer's, on the same rows and by the same people."""
    from django.test import Client, override_settings

    from benchmarks import desk_book
    from benchmarks.measuring import one
    from benchmarks.serving import Visitor, serving
    from cases.models import Case
    from staff.models import User

    story = Case.objects.select_related("owner").get(pk=desk_book.case_with_a_story())
    people = {"manager": User.objects.get(username="manager"), "agent": User.objects.get(username="a1")}
    if story.owner:
        people["owner"] = story.owner
    clients = {name: Client() for name in people}
    for name, person in people.items():
        clients[name].force_login(person)
    sessions = {name: client.cookies["sessionid"].value for name, client in clients.items()}
    ours = {"my_day": ["/my-day/"], "case_page": [f"/cases/{story.pk}/"], **_lists()}
    whose = {"my_day": "agent", "case_page": "owner"}
    found: dict[str, Any] = {"open_cases": one("SELECT count(*) FROM cases_case WHERE state = 'open'"), "ours": {}}
    with override_settings(ALLOWED_HOSTS=["*"]):
        found["queries"] = {
            name: max(_queries(clients[whose.get(name, "manager")], url) for url in urls) for name, urls in ours.items()
        }
    with serving("config.settings") as port:
        for name, urls in ours.items():
            visitor = Visitor(port, sessions[whose.get(name, "manager")])
            found["ours"][name] = visitor.pace(urls, times=max(4, TIMES * 4 // len(urls)), warm=WARM)
    with serving("benchmarks.peer.settings") as port:
        visitor = Visitor(port, sessions["manager"])
        found["peer"] = {
            name: visitor.pace(urls, times=PEER_TIMES, warm=PEER_WARM) for name, urls in _peer_lists().items()
        }
    return found


def _queries(client: Any, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
        return len(captured)


def _lists() -> dict[str, list[str]]:
    """Pages of the case list by kind; what is sought is a surname that one of twenty has, one that hardly anybody has, a whole name."""
    from benchmarks.desk_book import GIVEN, RARE, SURNAMES
    from cases.finding import digest_of

    def page(**asked: str) -> str:
        return f"/cases/?{urlencode(asked)}"

    filters: list[dict[str, str]] = [
        {"stage": "late"}, {"bucket": "M2"}, {"unassigned": "true"}, {"promise": "true"}, {"hold": "true"},
        {"action": "call_again"}, {"language": "en"}, {"funder": "f1"}, {"product": "p3"}, {"team": "Team 0"}, {"owner": "a1"},
        {"behind_from": "2026-11-10"}, {"stage": "early", "language": "en"},
    ]  # fmt: skip
    sorts = [{"sort": sort} for sort in ("-days", "days", "-amount", "amount", "next", "-next", "priority")]
    both = [
        {"stage": "early", "sort": "-days"},
        {"funder": "f1", "sort": "-amount"},
        {"promise": "true", "sort": "next"},
    ]
    names = [SURNAMES[0], RARE, SURNAMES[1] + GIVEN[0]]
    return {
        "first": [page(all="1")],
        "filtered": [page(**asked) for asked in filters],
        "sorted": [page(**asked) for asked in [*sorts, *both]],
        "searched": [page(name=digest_of(name)) for name in names],
        "page_200": [page(after=_cursor(PAGE_200))],
        "deepest": [page(after=_cursor(None))],
    }


def _cursor(offset: int | None) -> str:
    """The place in the order of urgency after so many rows, or fifty before the last one."""
    from django.db import connection

    way = f"DESC, id DESC OFFSET {offset}" if offset is not None else "ASC, id ASC OFFSET 51"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT priority, id FROM cases_case WHERE state = 'open' ORDER BY priority {way} LIMIT 1")
        row = cursor.fetchone()
    return f"{row[0]}~{row[1]}" if row else ""


def _peer_lists() -> dict[str, list[str]]:
    from benchmarks.desk_book import GIVEN, SURNAMES
    from benchmarks.measuring import one
    from cases.models import Case
    from lending.models import Funder

    funder, cases = Funder.objects.get(code="f1").pk, Case.objects.count()

    def page(**asked: object) -> str:
        return f"/admin/cases/case/?{urlencode(asked)}"

    assert one("SELECT count(*) FROM bench_plain_name")
    return {
        "first": [page()],
        "filtered": [
            page(stage__exact="late"),
            page(bucket__exact="M2"),
            page(borrower__loans__funder__id__exact=funder),
        ],
        "sorted": [page(o="-8"), page(o="9")],
        "searched": [page(q=SURNAMES[0]), page(q=SURNAMES[1] + GIVEN[0])],
        "page_200": [page(p=min(200, cases // 50))],
        "deepest": [page(p=cases // 50)],
    }


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
