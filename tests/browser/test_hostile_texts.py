"""S14: hostile texts in every text that a person can write, on every page that shows it, in Chromium under the console's own policy.

Nothing runs, nothing is reported, and no link or handler comes out of a text. Ten texts in every run, TESTS_AT_SIZE=1 sixty.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from playwright.sync_api import BrowserContext, Error, Page
from pytest_django.live_server_helper import LiveServer

from audit import clock
from audit.guards import lifted
from behind import NOW
from browser import chromium
from lending.personal import PersonalField, PersonName
from sizes import AT_SIZE
from staff.models import Role
from two_desks import House, make_house
from who_may import UNKNOWN, Rule, written

BASE = [
    "<script>hit()</script>",
    "<img src=x onerror=hit()>",
    '"><svg onload=hit()>',
    "'-hit()-'",
    "</script><script>hit()</script>",
    "javascript:hit()",
    "{{constructor.constructor('hit()')()}}",
    "</title><script>hit()</script>",
    "<a href=javascript:hit()>z</a>",
    '" autofocus onfocus=hit() x="',
]
WRAPPED = ("{}", "]]>{}", "--><!-- -->{}", "\u2028{}", "</textarea>{}", "&lt;{}")
HOSTILE = [shape.format(text) for shape in (WRAPPED if AT_SIZE else WRAPPED[:1]) for text in BASE]
LEAST = 24
"""Shorter columns are codes."""
NOT_WRITTEN = ("hash", "digest", "key", "ref", "code", "number", "language", "zone", "currency", "username", "password", "_id", "token",
               "batch", "run", "agent", "fingerprint", "sha256", "address", "channel", "stage", "policy", "step", "template", "format",
               "rule_set", "measure", "call_id", "buckets", "payload", "shares", "query",
               "kind", "event", "subject", "url", "reference", "what", "bearing", "gateway", "provider")  # fmt: skip
"""Names of columns that the console itself fills, or that hold what something is called by machines."""
MACHINES = {
    "staff.Factor",
    "staff.Session",
    "staff.SpentKey",
    "staff.Skill",
    "lending.PaymentEvent",
    "risk.Observation",
}
NOT_OF_PEOPLE = {"audit", "authtoken", "sessions", "contenttypes", "auth", "config"}
PLANTED_MIN, PAGES_MIN = 60, 110
GETS = [rule for rule in written() if rule.method == "GET" and rule.about != UNKNOWN]
GETS = [rule for rule in GETS if not rule.route.startswith("/api/") and not rule.route.endswith((".csv", ".xlsx"))]
WATCH = """
addEventListener('securitypolicyviolation', event => refused(event.violatedDirective + ' ' + event.blockedURI));
"""
MADE_OF_TEXT = """() => [...document.querySelectorAll('*')].filter(each => [...each.attributes].some(
  ({name, value}) => /^on/i.test(name) || /^\\s*javascript:/i.test(value) && /^(href|src|action|formaction)$/i.test(name)
)).map(each => each.outerHTML.slice(0, 200))"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def columns() -> Iterator[tuple[type[models.Model], Any]]:
    """Every column in which a person's words may stand."""
    for model in apps.get_models():
        if model._meta.app_label in NOT_OF_PEOPLE or model._meta.label in MACHINES:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.TextField) or (
                isinstance(field, models.CharField) and (field.max_length or 0) >= LEAST
            )
            is_ours = field.unique or field.choices or any(part in field.name for part in NOT_WRITTEN)
            if is_text and not is_ours and not isinstance(field, models.SlugField):
                yield model, field


def plant() -> list[str]:
    """Put one of the texts into each of these columns, in turn; what the database refuses is no text that anybody could write."""
    turn, planted = count(), []
    with lifted(connection):
        for model, field in columns():
            text = HOSTILE[next(turn) % len(HOSTILE)]
            if isinstance(field, PersonalField) and field.kind is not PersonName:
                continue
            fits = text if field.max_length is None or len(text) <= field.max_length else BASE[0]
            value: Any = PersonName(fits) if isinstance(field, PersonalField) else fits
            try:
                with transaction.atomic():
                    if model._default_manager.update(**{field.name: value}):
                        planted.append(f"{model._meta.label}.{field.name}")
            except DatabaseError:
                continue
    return planted


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr("config.middleware.now", lambda: NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_house()


def person_for(rule: Rule) -> str:
    order = ("agent", "supervisor", "manager", "administrator", "auditor")
    return next(name for name in order if getattr(Role, name.upper()) in rule.roles)


def signed_in(context: BrowserContext, house: House, name: str, address: str) -> None:
    client = Client()
    client.force_login(house.people[name])
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


def looked_at(page: Page, address: str) -> bool:
    """Whether that is a page; a file that is kept beside it is none."""
    try:
        answer = page.goto(address, wait_until="domcontentloaded")
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return False
    return answer is not None and answer.status == 200


def test_no_text_that_somebody_wrote_runs_on_any_page(house: House, live_server: LiveServer) -> None:
    planted, hits, refused, made, seen = plant(), list[str](), list[str](), list[str](), 0
    with chromium() as browser:
        context = browser.new_context()
        context.expose_function("hit", lambda: hits.append(page.url))
        context.expose_function("refused", lambda what: refused.append(f"{page.url} {what}"))
        context.add_init_script(WATCH)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.on("pageerror", lambda error: hits.append(f"{page.url} {error}"))
        for name in ("agent", "supervisor", "manager", "administrator", "auditor"):
            signed_in(context, house, name, live_server.url)
            for rule in GETS:
                if person_for(rule) != name or rule.route in {"/metrics", "/healthz", "/readyz"}:
                    continue
                seen += looked_at(page, live_server.url + house.address(rule.route, rule.about))
                made += page.evaluate(MADE_OF_TEXT)
        found = (list(hits), list(refused), list(made))
        page.goto(live_server.url + "/own/")
        page.evaluate("text => document.body.insertAdjacentHTML('beforeend', text)", BASE[1])
        page.wait_for_timeout(200)
        assert refused, "what would run is seen"
        assert page.evaluate(MADE_OF_TEXT)
        context.close()

    assert found == ([], [], [])
    assert len(planted) >= PLANTED_MIN, planted
    assert seen >= PAGES_MIN
