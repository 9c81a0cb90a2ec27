"""First-loss guarantees: which one covers a loan, and what it still covers.

A guarantee of the loan itself goes before one of its funder and product, and that before one of the funder alone; of several
the newest in force counts, and it alone: where its cap is 0 it takes its loans out of every wider one (decision 31). The cap
is a part of the principal of the loans that it covers, less what its guarantor has paid under it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from lending.changes import HANDLERS, ChangeError, Handler, Line
from lending.facts import standing_of
from lending.models import Change, Funder, Guarantee, GuarantorPayment, Loan, Product
from lending.money import PPM
from lending.share_terms import share_words


class Claim(NamedTuple):
    """What a guarantor pays for: whole instalments, the oldest first, with what was open of them as the day began."""

    first_n: int
    last_n: int
    principal: int
    interest: int

    @property
    def amount(self) -> int:
        return self.principal + self.interest


def in_force(on: date) -> list[Guarantee]:
    """The guarantees of that day, each the newest of its loans; one with a cap of 0 says that these are not guaranteed."""
    rows = Guarantee.objects.filter(from_on__lte=on).select_related("funder", "guarantor", "loan__funder")
    newest = {(row.loan_id, row.funder_id, row.product_code): row for row in rows.order_by("from_on", "pk")}
    return list(newest.values())


def seen_by(user: Any, found: list[Guarantee]) -> list[Guarantee]:
    """Those of funders' loans as a whole, and those of single loans that this person sees."""
    asked = [each.loan_id for each in found if each.loan_id]
    loans = set(Loan.objects.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    return [each for each in found if each.loan_id is None or each.loan_id in loans]


def covering(loan: Loan, guarantees: Iterable[Guarantee]) -> Guarantee | None:
    """The guarantee, of those in force, that covers this loan."""
    fitting = [each for each in guarantees if covers(each, loan)]
    found = max(fitting, key=lambda each: (each.loan_id is not None, each.product_code != ""), default=None)
    return found if found and found.cap_ppm else None


def covers(guarantee: Guarantee, loan: Loan) -> bool:
    if guarantee.loan_id:
        return guarantee.loan_id == loan.pk
    return guarantee.funder_id == loan.funder_id and guarantee.product_code in {"", loan.product.code}


def covered_loans(guarantee: Guarantee, on: date) -> QuerySet[Loan]:
    """All loans, paid off or not, that it is the first to cover on that day: on their principal its cap is counted."""
    if guarantee.loan_id:
        return Loan.objects.filter(pk=guarantee.loan_id)
    begun = Guarantee.objects.filter(from_on__lte=on)
    loans = Loan.objects.filter(~Exists(begun.filter(loan=OuterRef("pk"))), funder=guarantee.funder_id)
    if guarantee.product_code:
        return loans.filter(product__code=guarantee.product_code)
    narrower = begun.filter(funder=guarantee.funder_id).exclude(product_code="")
    return loans.exclude(product__code__in=narrower.values("product_code"))


def room_of(guarantee: Guarantee, currency: str, on: date) -> int:
    """What the guarantor has still to pay at most on that day, in minor units of that currency.

    What it paid under earlier terms of the same guarantee counts; what was paid under another does not.
    """
    loans = covered_loans(guarantee, on).filter(currency=currency)
    lent = loans.aggregate(sum=Sum("principal", default=0))["sum"]
    same = {name: getattr(guarantee, name) for name in ("loan_id", "funder_id", "product_code", "guarantor_id")}
    rows = GuarantorPayment.objects.standing().filter(loan__currency=currency)
    rows = rows.filter(**{f"guarantee__{name}": value for name, value in same.items()})
    paid = rows.aggregate(sum=Sum(F("principal") + F("interest"), default=0))["sum"]
    return max(int(lent) * guarantee.cap_ppm // PPM - int(paid), 0)


def claim_of(loan: Loan, on: date, *, whole: bool, room: int) -> Claim | None:
    """What a guarantor who pays on that day pays for: what is due by then, or (`whole`) all that is left of the loan.

    Only whole instalments, as many as there is room for; None when that is none.
    """
    state = standing_of(loan, on - timedelta(days=1))
    paid = GuarantorPayment.objects.standing().filter(loan=loan)
    last = paid.order_by("-last_n").values_list("last_n", flat=True).first() or 0
    rows = [row for row in state.instalments if row.n > last and row.open and (whole or row.due_on <= on)]
    taken, left = [], room
    for row in rows:
        if row.open > left:
            break
        taken.append(row)
        left -= row.open
    if not taken:
        return None
    principal, interest = sum(row.open_principal for row in taken), sum(row.open_interest for row in taken)
    return Claim(taken[0].n, taken[-1].n, principal, interest)


def guarantee_words(guarantee: Guarantee) -> str:
    """What the guarantee covers, in words."""
    if guarantee.loan:
        return _("Loan %(number)s") % {"number": guarantee.loan.number}
    return f"{guarantee.funder} · {guarantee.product_code}" if guarantee.product_code else str(guarantee.funder)


def own_rate_words(rate_ppm: int | None) -> str:
    """The penalty rate of what a guarantor has paid for."""
    return (
        _("as the product says") if rate_ppm is None else _("%(rate)s %% a year") % {"rate": f"{rate_ppm / 10_000:g}"}
    )


def subject_of(content: dict[str, object]) -> str:
    """The name by which a guarantee of the same loans is known: only one change of it waits at a time."""
    return str(content["loan"] or f"{content['funder']}/{content['product'] or '*'}")


def _before(change: Change) -> Guarantee | None:
    content = change.content
    same = Guarantee.objects.filter(
        Q(loan=change.loan)
        if change.loan
        else Q(loan=None, funder__code=content["funder"], product_code=content["product"])
    )
    return same.select_related("guarantor").order_by("-from_on", "-pk").first()


def _check(change: Change, on: date) -> None:
    content = change.content
    codes = {content["guarantor"], content["funder"]} - {""}
    if Funder.objects.filter(code__in=codes).count() != len(codes):
        raise ChangeError(_("There is no such funder."), "guarantor")
    guaranteed = change.loan.funder.code if change.loan else content["funder"]
    if guaranteed == content["guarantor"]:
        raise ChangeError(_("Nobody guarantees to themselves."), "guarantor")
    if content["product"] and not Product.objects.filter(code=content["product"]).exists():
        raise ChangeError(_("There is no such product."), "product")
    before = _before(change)
    if before and change.from_on <= before.from_on:
        day = before.from_on.isoformat()
        raise ChangeError(_("A new version begins after the one of %(day)s.") % {"day": day}, "from_on")


def _apply(change: Change, on: date) -> None:
    content = change.content
    Guarantee.objects.create(
        loan=change.loan,
        funder=None if change.loan else Funder.objects.get(code=content["funder"]),
        product_code=content["product"],
        guarantor=Funder.objects.get(code=content["guarantor"]),
        cap_ppm=content["cap_ppm"],
        trigger_days=content["trigger_days"],
        penalty_rate_ppm=content.get("penalty_rate_ppm"),
        from_on=change.from_on,
        change=change,
    )


def _lines(change: Change) -> list[Line]:
    before = _before(change) if change.state == Change.State.WAITING else None
    guarantor = Funder.objects.filter(code=change.content["guarantor"]).first()
    return [
        Line(_("Guarantor"), str(before.guarantor) if before else "", str(guarantor or "")),
        Line(
            _("First loss up to"), share_words(before.cap_ppm) if before else "", share_words(change.content["cap_ppm"])
        ),
        Line(_("Days past due"), str(before.trigger_days) if before else "", str(change.content["trigger_days"])),
        Line(
            _("Penalty on what it paid for"),
            own_rate_words(before.penalty_rate_ppm) if before else "",
            own_rate_words(change.content.get("penalty_rate_ppm")),
        ),
    ]


HANDLERS[Change.Kind.GUARANTEE] = Handler(_check, _apply, _lines)
