"""Every route that changes something, generated: refused for the role it leaves one entry; done and rolled back it leaves none."""

import json

import pytest
from django.db import transaction

from audit.models import Entry
from staff.models import Role
from two_desks import ROLE_OF, House, sent
from who_may import Rule, written

CHANGING = [rule for rule in written() if rule.method == "POST" and not rule.is_public]
REFUSABLE = [rule for rule in CHANGING if len(rule.roles) < len(Role)]

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize("rule", REFUSABLE, ids=lambda rule: rule.route)
def test_an_act_refused_for_the_role_leaves_one_entry(house: House, plain_refusals: None, rule: Rule) -> None:
    name = next(name for name, role in ROLE_OF.items() if role not in rule.roles)
    before = Entry.objects.count()

    address = house.address(rule.route, rule.about)
    answer = sent(house.browsers[name], "POST", address, is_kept_back=False)

    assert answer.status_code == 403
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.order_by("-number")[0]
    assert (entry.action, entry.actor, entry.role) == ("staff.act_refused", house.people[name].username, ROLE_OF[name])
    assert entry.at.utcoffset() is not None
    assert (entry.source, entry.request_id) == ("127.0.0.1", answer["X-Request-ID"])
    assert json.loads(entry.facts)["route"].startswith("/")


def test_looking_at_what_one_may_not_see_fills_nothing(house: House) -> None:
    before = Entry.objects.count()

    assert sent(house.browsers["agent"], "GET", "/portfolio/", is_kept_back=False).status_code == 403
    assert Entry.objects.count() == before


@pytest.mark.parametrize("rule", CHANGING, ids=lambda rule: rule.route)
def test_an_act_that_was_rolled_back_leaves_nothing(house: House, rule: Rule) -> None:
    """Whatever it does, and whether it is taken or sent back: its entry stands in its own transaction."""
    name = next(name for name, role in ROLE_OF.items() if role in rule.roles)
    before = Entry.objects.count()

    with transaction.atomic():
        sent(house.browsers[name], "POST", house.address(rule.route, rule.about), {"seen": "0"}, is_kept_back=False)
        transaction.set_rollback(True)

    assert Entry.objects.count() == before
