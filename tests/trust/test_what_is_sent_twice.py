"""S8, generated from the routes: whatever has an effect is done once, with one entry on the record, and the same with the same key has none.

A page's form is sent as it is drawn, with what it wants filled in; a machine's body is made from the schema. Every route that takes a POST is here,
or stands below among those that are left out, with the reason.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from acting import ADDRESSES, BEFORE, BY, GIVEN
from audit.models import Entry
from bodies import body_of
from filled import filled_form
from staff.once import FIELD
from two_desks import ROLE_OF, House, taken_back
from who_may import Rule, written

LEFT_OUT: dict[str, str] = {
    "/search/": "looks: a name that must not stand in an address",
    "/cases/": "looks: a name that must not stand in an address",
    "/audit/proof/": "looks: a long proof",
    "/cases/<int:pk>/presence/": "says that somebody looks too",
    "/theme/": "sets what is set already",
    "/sign-out/": "ends the session: who sends it again is a stranger",
    "/borrowers/<int:pk>/reveal/": "each look is a reveal of its own, counted and on record; no key keeps its value",
    "/own/password/": "a key would take back the count of a refused try; sent again, it finds another password",
    "/own/codes/": "shown once, so kept under no key; sent again, the codes on the page are the good ones",
    "/caseloads/assign/": "puts together what would go where: nothing moves, and of each person one waits",
    "/caseloads/<int:pk>/move/": "the same",
    "/api/v1/proposals/": "the same",
    "/caseloads/proposals/<int:pk>/discard/": "throws that away; sent again, it throws away nothing",
    "/api/v1/proposals/<int:pk>/discard/": "the same; sent again, it is not there",
}
"""Routes that take a POST and have no effect of which there could be two."""
NOT_IN_THE_HOUSE: dict[str, str] = {
    "/api/v1/loans/<str:number>/costs/<int:pk>/give-up/": "its cost is paid (tests/lending/book/test_fees.py)",
    "/costs/<int:pk>/give-up/": "the same",
    "/api/v1/loans/<str:number>/guarantor-payments/": "its guarantor has paid (tests/lending/creditors/test_guarantees.py)",
    "/loans/<str:number>/guarantor-payment/": "the same",
    "/loans/<str:number>/prepay/": "the same (tests/lending/pages)",
    "/api/v1/loans/<str:number>/refunds/": "its money settles something (tests/lending/pages/test_refunds_api.py)",
    "/loans/<str:number>/payments/<int:pk>/refund/": "the same (tests/lending/pages/test_refunds.py)",
    "/api/v1/referrals/<int:pk>/contacts/": "nothing is placed with an agency (tests/cases/referrals)",
    "/referrals/<int:pk>/set-out/": "no visit is planned (tests/cases/referrals/test_visits.py)",
    "/borrowers/<int:pk>/merge/<int:other>/": "nobody is there twice (tests/cases/test_merging.py)",
    "/api/v1/stand-ins/<int:pk>/end/": "nobody stands in (tests/restructuring)",
    "/approvals/stand-in/<int:pk>/end/": "the same",
    "/api/v1/dead-letters/": "nothing was given up (tests/dunning/test_dead_letters.py)",
    "/api/v1/dead-letters/<int:pk>/decision/": "the same",
    "/outbox/dead/": "the same",
    "/outbox/<int:pk>/dead/": "the same",
    "/cases/<int:pk>/trace/<int:point_pk>/call/": "nobody else is named (tests/cases/work/test_tracing.py)",
    "/caseloads/<int:pk>/absence/end/": "nobody is away (tests/cases/test_caseloads.py)",
    "/caseloads/proposals/<int:pk>/undo/": "nothing was given out (tests/cases/dealing/test_proposing.py)",
    "/loans/<str:number>/restructure/": "nothing was paid in full (tests/restructuring/test_reshape_pages.py)",
    "/plans/<int:pk>/restructure/": "the same",
    "/plans/<int:pk>/undo/": "money came under the plan (tests/restructuring/test_reshape_pages.py)",
}
"""Routes for whose act something is missing here, and where they are tried instead. The guard of the key is the same."""
WITH_A_REPLAY = ["lending.change_proposed", "staff.job_started"]
ENTRIES: dict[str, list[str]] = {
    "/api/v1/borrower-payments/": ["lending.payment_spread", "lending.payment_posted"],
    "/api/v1/loans/<str:number>/pay-links/": ["lending.pay_link_cancelled", "lending.pay_link_made"],
    "/api/v1/stand-ins/": ["staff.absence_noted", "restructuring.stand_in_named"],
    "/approvals/stand-in/": ["staff.absence_noted", "restructuring.stand_in_named"],
    "/borrowers/<int:pk>/pay-link/": ["lending.pay_link_cancelled", "lending.pay_link_made"],
    "/borrowers/<int:pk>/complaint/": ["contacts.hold_placed", "cases.complaint_taken"],
    "/cases/views/": [],  # a list as somebody likes to see it
    "/cases/views/<int:pk>/drop/": [],
    "/contact-rules/<slug:rule_set>/<slug:code>/change/": WITH_A_REPLAY,
    "/contact-rules/<slug:rule_set>/<slug:code>/withdraw/": WITH_A_REPLAY,
    "/contact-rules/new/<slug:kind>/": WITH_A_REPLAY,
    "/contact-rules/sets/<slug:rule_set>/": WITH_A_REPLAY,
    "/contact-rules/undo/<int:pk>/": WITH_A_REPLAY,
    "/imports/columns/<slug:sha256>/": ["lending.import_mapping_kept", "staff.job_started"],
    "/plans/<int:pk>/consent/": ["lending.funder_consented", "restructuring.consented"],
}
"""Acts that leave another number of entries than one, with what these say."""
WRITES = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
ERRORS = re.compile(r"errorlist[^>]*>.*?</ul>", re.DOTALL)
OF_THE_SESSION = {"staff_spentkey", "staff_session"}
"""A key that is spent is asked for once more, in vain; a session says when it was seen."""
POSTS = [rule for rule in written() if rule.method == "POST" and not rule.is_public]
ACTING = [rule for rule in POSTS if rule.route not in LEFT_OUT | NOT_IN_THE_HOUSE]

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def who_acts(rule: Rule) -> str:
    if rule.route in BY:
        return BY[rule.route]
    if rule.only:
        return "clerk"
    return next(name for name, role in ROLE_OF.items() if name != "other" and role in rule.roles)


def address_of(house: House, rule: Rule) -> str:
    return ADDRESSES[rule.route](house) if rule.route in ADDRESSES else house.address(rule.route, rule.about)


def what_is_sent(house: House, rule: Rule, browser: Client, address: str) -> dict[str, Any]:
    given = GIVEN.get(rule.route, {})
    given = given(house) if callable(given) else given
    if rule.route.startswith("/api/"):
        return body_of(rule, house) | given
    drawn = None
    if any(each.route == rule.route and each.method == "GET" for each in written()):
        drawn = filled_form(browser.get(address).content.decode(), address)
    return {**(drawn or {}), **given}


def sent(browser: Client, address: str, body: dict[str, Any], key: str) -> Any:
    cookies = SimpleCookie(browser.cookies)
    if address.startswith("/api/"):
        answer = browser.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})
    else:
        for part in body.values():
            if hasattr(part, "seek"):
                part.seek(0)
        form = encode_multipart(BOUNDARY, {**body, FIELD: key})
        answer = browser.generic("POST", address, form, MULTIPART_CONTENT)
    browser.cookies = cookies
    return answer


@contextmanager
def tables_written() -> Iterator[set[str]]:
    found: set[str] = set()

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if write := WRITES.match(sql):
            found.add(write[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def acted(answer: Any) -> bool:
    is_told = answer.status_code != 200 or answer["Content-Type"] == "application/json"
    return bool(200 <= answer.status_code < 400 and is_told)


def nothing(_house: House) -> None:
    """Most of what acts needs no more than what is in the house."""


def test_what_is_left_out_is_there() -> None:
    assert {*LEFT_OUT, *NOT_IN_THE_HOUSE} <= {rule.route for rule in POSTS}
    assert {*ENTRIES, *ADDRESSES, *BEFORE, *GIVEN, *BY} <= {rule.route for rule in ACTING}
    assert len(ACTING) >= 145


@pytest.mark.parametrize("rule", ACTING, ids=lambda rule: rule.route)
def test_the_same_key_twice_acts_once(house: House, rule: Rule) -> None:
    with taken_back():
        BEFORE.get(rule.route, nothing)(house)
        browser, address = house.browsers[who_acts(rule)], address_of(house, rule)
        body, before = what_is_sent(house, rule, browser, address), Entry.objects.count()

        first = sent(browser, address, body, "the-key")
        told = [*Entry.objects.order_by("number").values_list("action", flat=True)[before:]]
        with tables_written() as written_again:
            again = sent(browser, address, body, "the-key")

        assert acted(first), (first.status_code, body, ERRORS.findall(first.content.decode()) or first.content[-600:])
        assert acted(again), (again.status_code, again.content[-600:])
        assert again.get("Location") == first.get("Location")
        assert written_again <= OF_THE_SESSION
        assert Entry.objects.count() - before == len(told)
        assert told == ENTRIES.get(rule.route, told[:1] or ["no entry"])
