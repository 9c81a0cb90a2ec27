"""The pages of the rules: what each role sees and does, errors beside their fields, and the way to publishing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contacts.models import ContactRule
from contacts.presets import OFFERED
from lending.models import Change
from staff import jobs
from staff.models import Role, User
from staff.once import new_key

SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db
RULE = ["HOUSE", "HOUSE-SMS-DAY"]
TEXTS = {
    "text": "One text a day.",
    "text_zh": "每日一条。",
    "source": "House policy",
    "standing": "house",
    "words": "calmer",
}
CAP = {**TEXTS, "channels": ["sms"], "unit": "message", "max_count": "1", "period_days": "1", "from_on": "2099-01-01"}


def _send(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, {"one_time_key": new_key(), **data})


def _second_manager() -> Client:
    client = Client()
    client.force_login(User.objects.create(username="second", role=Role.MANAGER))
    return client


def test_a_rule_is_changed_replayed_and_published_by_a_second_manager(signed_in: SignedIn) -> None:
    answer = _send(signed_in(Role.MANAGER), reverse("contact_rule_change", args=RULE), **CAP)
    change = Change.objects.get()
    waiting = signed_in(Role.MANAGER).get(reverse("change_page", args=[change.pk])).content.decode()
    jobs.work(seconds=5)
    second = _second_manager()
    page = second.get(reverse("change_page", args=[change.pk])).content.decode()

    done = _send(
        second,
        reverse("change_decide", args=[change.pk]),
        verdict="approve",
        words="",
        payload_hash=change.payload_hash,
    )

    assert (answer.status_code, done.status_code) == (302, 302)
    assert "The replay runs" in waiting
    assert "Of 0 contacts of the last month, 0 would now be refused" in page
    assert "at most 2 messages in 1 day" in page
    assert "at most 1 messages in 1 day" in page
    assert ContactRule.objects.filter(code="HOUSE-SMS-DAY").order_by("-valid_from")[0].max_count == 1


def test_a_cap_of_zero_is_refused_beside_its_field(signed_in: SignedIn) -> None:
    answer = _send(signed_in(Role.MANAGER), reverse("contact_rule_change", args=RULE), **{**CAP, "max_count": "0"})

    assert answer.status_code == 422
    assert "A cap of zero" in answer.context["form"].errors["max_count"][0]
    assert "One text a day." in answer.content.decode()


def test_quiet_hours_without_an_end_are_refused_beside_their_field(signed_in: SignedIn) -> None:
    url = reverse("contact_rule_change", args=["CN-ONLINE-CONSUMER", "CN-WIN"])

    answer = _send(signed_in(Role.MANAGER), url, **TEXTS, from_on="2099-01-01", quiet_from="22:00", quiet_to="")

    assert "have no end" in answer.context["form"].errors["quiet_to"][0]


@pytest.mark.parametrize("row", list(ContactRule.Kind))
def test_every_kind_of_rule_has_its_page_and_its_form(signed_in: SignedIn, row: str) -> None:
    rule = ContactRule.objects.filter(kind=row).order_by("-valid_from").first()
    if rule is None:
        _adopt(signed_in)
        rule = ContactRule.objects.filter(kind=row)[0]
    place = [rule.rule_set, rule.code]
    manager = signed_in(Role.MANAGER)

    pages = [
        manager.get(reverse(name, args=place))
        for name in ("contact_rule", "contact_rule_change", "contact_rule_withdraw")
    ]

    assert [page.status_code for page in pages] == [200] * 3
    assert all(rule.code in page.content.decode() for page in pages)


@pytest.mark.parametrize("row", list(ContactRule.Kind))
def test_a_form_that_is_sent_back_untouched_differs_in_nothing(signed_in: SignedIn, row: str) -> None:
    rule = ContactRule.objects.filter(kind=row).order_by("-valid_from").first()
    if rule is None:
        _adopt(signed_in)
        rule = ContactRule.objects.filter(kind=row)[0]
    manager, url = signed_in(Role.MANAGER), reverse("contact_rule_change", args=[rule.rule_set, rule.code])
    form = manager.get(url).context["form"]
    typed = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in typed.items() if value not in (None, False)}

    answer = _send(manager, url, **{**sent, "from_on": "2099-06-01", "words": "x"})

    assert answer.context["form"].non_field_errors() == ["Nothing differs from the version before."]


@pytest.mark.parametrize("kind", ["window", "holiday", "cap", "content"])
def test_a_house_rule_is_added(signed_in: SignedIn, kind: str) -> None:
    own = {
        "window": {"quiet_from": "12:00", "quiet_to": "13:00"},
        "holiday": {"dates": "2099-05-01\n2099-05-02"},
        "cap": {"unit": "attempt", "max_count": "2", "period_days": "7"},
        "content": {"banned": "shame\n丢脸", "required": "{institution} | 我司"},
    }[kind]

    answer = _send(
        signed_in(Role.MANAGER), reverse("contact_rule_new", args=[kind]), **TEXTS, from_on="2099-01-01", **own
    )

    assert answer.status_code == 302
    assert Change.objects.get().content["rules"][0]["code"] == "HOUSE-OWN-1"


def test_a_day_that_is_none_is_named(signed_in: SignedIn) -> None:
    url = reverse("contact_rule_new", args=["holiday"])

    answer = _send(signed_in(Role.MANAGER), url, **TEXTS, from_on="2099-01-01", dates="2099-02-30")

    assert "“2099-02-30” is no day" in answer.context["form"].errors["dates"][0]


def test_the_rules_of_another_country_are_taken_over_for_its_people(signed_in: SignedIn) -> None:
    _adopt(signed_in)

    adopted = ContactRule.objects.filter(rule_set="US-REG-F")
    assert adopted.count() == len(OFFERED["US-REG-F"][1])
    assert all("America/New_York" in rule.details["zones"] for rule in adopted)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_others_read_and_change_nothing(signed_in: SignedIn, role: str) -> None:
    reader = signed_in(role)

    assert reader.get(reverse("contact_rule", args=RULE)).status_code == 200
    assert reader.get(reverse("contact_rule_change", args=RULE)).status_code == 403
    assert _send(reader, reverse("contact_rules_adopt", args=["US-REG-F"])).status_code == 403


@pytest.mark.parametrize(
    ("name", "place"),
    [("contact_rule", ["HOUSE", "NONE"]), ("contact_rule_new", ["duty"]), ("contact_rules_adopt", ["MARS"]), ("contact_rules_undo", [999])],
)  # fmt: skip
def test_what_is_not_there_is_not_found(signed_in: SignedIn, name: str, place: list[Any]) -> None:
    assert signed_in(Role.MANAGER).get(reverse(name, args=place)).status_code == 404


def test_the_rules_in_force_are_read_by_machines(signed_in: SignedIn) -> None:
    answer = signed_in(Role.AUDITOR).get("/api/v1/contact-rules/?on=2026-11-20")

    window = next(rule for rule in answer.json() if rule["code"] == "CN-WIN")
    assert (window["standing"], window["valid_from"], window["limit"][:17]) == (
        "law",
        "2025-02-28",
        "quiet 22:00–08:00",
    )
    assert signed_in(Role.AUDITOR).get("/api/v1/contact-rules/?on=soon").status_code == 400
    assert signed_in(Role.AGENT).get("/api/v1/contact-rules/").status_code == 403


def _adopt(signed_in: SignedIn) -> None:
    _send(
        signed_in(Role.MANAGER),
        reverse("contact_rules_adopt", args=["US-REG-F"]),
        from_on="2099-01-01",
        words="x",
        here_only="on",
    )
    jobs.work(seconds=5)
    change = Change.objects.get()
    seen = {"verdict": "approve", "words": "", "payload_hash": change.payload_hash}
    assert _send(_second_manager(), reverse("change_decide", args=[change.pk]), **seen).status_code == 302
