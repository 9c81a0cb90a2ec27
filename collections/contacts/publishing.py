"""Changing the contact rules: put forward by one manager with a first day, replayed, published by a second one.

A change is a list of rule versions that begin on its day. Former versions stay; undoing a change puts forward what stood
before it. The way is that of all terms (`lending.changes`).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from contacts.models import ContactRule
from contacts.replaying import is_replayed, replay_panel
from contacts.rule_faults import faults
from contacts.rule_words import channels, limit, whom
from contacts.situations import rule_of, rules
from contacts.versions import Told, row_of, told_of, version_on
from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.models import Borrower, Change
from staff.models import User


def put_forward_rules(
    changed: Sequence[Told], *, subject: str, from_on: date, words: str, by: User, at: datetime, on: date
) -> Change:
    """Put rule versions forward; ChangeError names the field."""
    content = {"rules": list(changed)}
    return propose(
        kind=Change.Kind.CONTACT_RULES, subject=subject, from_on=from_on, content=content, words=words,
        by=by, at=at, on=on,
    )  # fmt: skip


def former(change: Change) -> list[Told]:
    """What stood before a change, as versions to put forward again; a rule that it brought is withdrawn."""
    eve = change.from_on - timedelta(days=1)
    found = []
    for told in change.content["rules"]:
        before = version_on(told["rule_set"], told["code"], eve)
        found.append(told_of(before) if before else {**told, "is_withdrawn": True})
    return found


def _check(change: Change, on: date) -> None:
    if change.from_on <= on:
        raise ChangeError(
            _("It begins on a later day than today: what was answered today was answered rightly."), "from_on"
        )
    zones = set(Borrower.objects.values_list("time_zone", flat=True).distinct())
    for told in change.content["rules"]:
        _check_one(change, told, zones)
    if change.pk and not is_replayed(change):
        raise ChangeError(_("Wait for the replay of the last month: it shows what this would have done."))


def _check_one(change: Change, told: Told, zones: set[str]) -> None:
    same = ContactRule.objects.filter(rule_set=told["rule_set"], code=told["code"])
    later = same.filter(valid_from__gte=change.from_on).order_by("-valid_from").first()
    if later:
        day = later.valid_from.isoformat()
        raise ChangeError(_("There is a version from %(day)s already. Begin after it.") % {"day": day}, "from_on")
    newest = same.order_by("-valid_from").first()
    if newest and told_of(newest) == dict(told):
        raise ChangeError(_("Nothing differs from the version before."))
    if told["is_withdrawn"]:
        return
    try:
        rule = rule_of(row_of(told, change.from_on))
    except (KeyError, TypeError, ValueError):
        raise ChangeError(_("This rule cannot be read.")) from None
    others = [each for each in rules() if each.code != rule.code]
    for fault in faults(rule, others, rule.details.zones or zones, change.from_on):
        raise ChangeError(fault.words, fault.field)


def _apply(change: Change, on: date) -> None:
    ContactRule.objects.bulk_create([row_of(told, change.from_on, change) for told in change.content["rules"]])


def _lines(change: Change) -> list[Line]:
    eve = change.from_on - timedelta(days=1)
    found = []
    for told in change.content["rules"]:
        found += compared(version_on(told["rule_set"], told["code"], eve), row_of(told, change.from_on))
    return found


def compared(before: ContactRule | None, after: ContactRule) -> list[Line]:
    """Two versions of a rule side by side."""
    old, new = (_said(row) for row in (before, after))
    return [Line(label, old.get(label, ""), new[label], after.code) for label in new]


def _said(row: ContactRule | None) -> dict[str, str]:
    if row is None:
        return {}
    if row.is_withdrawn:
        return {str(_("In force")): _("withdrawn")}
    last = row.valid_to.isoformat() if row.valid_to else _("until it is changed")
    return {
        str(_("In force")): _("yes"),
        str(_("Limit of the rule")): limit(row),
        str(_("Channels")): channels(row),
        str(_("Whom it binds")): whom(row),
        str(_("Phrases")): _("; ").join(row.details.get("banned", [])),
        str(_("In English")): row.text,
        str(_("In Chinese")): row.text_zh,
        str(_("Standing of the rule")): row.get_standing_display(),
        str(_("Source")): row.source,
        str(_("Last day")): last,
    }


HANDLERS[Change.Kind.CONTACT_RULES] = Handler(_check, _apply, _lines, replay_panel)
