"""The shares of several funders in one loan, from a day on."""

from datetime import date

from django.utils.translation import gettext as _

from lending.changes import HANDLERS, ChangeError, Handler, Line
from lending.claims import creditor_facts
from lending.creditors import Owners, shares_on
from lending.models import Change, Funder, LoanShare
from lending.money import PPM


def shares_in(change: Change) -> dict[str, int]:
    """The shares that a change asks for, by the code of the funder: the lender of record first, then by code.

    The order decides who gets a minor unit that several have the same claim to, and a database keeps none in JSON.
    """
    assert change.loan is not None
    first = change.loan.funder.code
    listed = sorted(change.content["shares"].items(), key=lambda each: (each[0] != first, each[0]))
    return {code: int(ppm) for code, ppm in listed}


def share_words(ppm: int) -> str:
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + " %"


def _check(change: Change, on: date) -> None:
    assert change.loan is not None
    shares = shares_in(change)
    if any(ppm <= 0 for ppm in shares.values()) or sum(shares.values()) != PPM:
        raise ChangeError(_("The shares of all funders sum to 100 %."), "shares")
    if Funder.objects.filter(code__in=shares).count() != len(shares):
        raise ChangeError(_("There is no such funder."), "shares")
    if change.loan.funder.code not in shares:
        raise ChangeError(_("The lender of record keeps a share."), "shares")
    latest = LoanShare.objects.filter(loan=change.loan).order_by("-from_on").first()
    if latest and change.from_on <= latest.from_on:
        day = latest.from_on.isoformat()
        raise ChangeError(_("A new version begins after the one of %(day)s.") % {"day": day}, "from_on")
    if latest and change.from_on <= on:
        raise ChangeError(_("Shares change from a day that lies ahead."), "from_on")
    if change.from_on < change.loan.start_on:
        raise ChangeError(_("The loan does not exist yet on that day."), "from_on")


def _apply(change: Change, on: date) -> None:
    assert change.loan is not None
    shares = shares_in(change)
    funders = {funder.code: funder for funder in Funder.objects.filter(code__in=shares)}
    LoanShare.objects.bulk_create(
        LoanShare(loan=change.loan, funder=funders[code], share_ppm=ppm, from_on=change.from_on, change=change)
        for code, ppm in shares.items()
    )


def _lines(change: Change) -> list[Line]:
    assert change.loan is not None
    facts = creditor_facts([change.loan.pk])[change.loan.pk]
    earlier = [each for each in facts.shares if each.from_on < change.from_on]
    in_force = shares_on(earlier, change.from_on)
    before: Owners = in_force.owners if in_force else ((facts.funder_id, PPM),)
    after = shares_in(change)
    listed = Funder.objects.filter(pk__in=[pk for pk, _ppm in before]) | Funder.objects.filter(code__in=after)
    old = dict(before)
    return [
        Line(
            str(funder),
            share_words(old[funder.pk]) if funder.pk in old else "–",
            share_words(after[funder.code]) if funder.code in after else "–",
        )
        for funder in listed.order_by("code")
    ]


HANDLERS[Change.Kind.SHARES] = Handler(_check, _apply, _lines)
