"""Gathers the facts of whom loans are owed to, in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from lending.creditors import CreditorFacts, ShareSet, Takeover, creditor, owners
from lending.models import Funder, FunderVersion, GuarantorPayment, Instalment, Loan, LoanShare
from lending.rights import DatedRights
from lending.standing import Standing
from lending.versions import funder_on


def creditor_facts(loan_ids: Iterable[int]) -> dict[int, CreditorFacts]:
    """Who lent, who shares and which guarantor has paid, by loan: three queries."""
    wanted = sorted(set(loan_ids))
    takeovers = takeovers_of(wanted)
    sets: dict[int, dict[date, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    rows = LoanShare.objects.filter(loan__in=wanted).order_by("pk")
    for loan, from_on, funder, ppm in rows.values_list("loan", "from_on", "funder", "share_ppm"):
        sets[loan][from_on].append((funder, ppm))
    return {
        pk: CreditorFacts(
            funder,
            tuple(ShareSet(from_on, tuple(owned)) for from_on, owned in sorted(sets[pk].items())),
            takeovers.get(pk, ()),
        )
        for pk, funder in Loan.objects.filter(pk__in=wanted).values_list("pk", "funder")
    }


def takeovers_of(loan_ids: Iterable[int]) -> dict[int, tuple[Takeover, ...]]:
    """What guarantors have paid for, by loan: one query, and no entry for a loan without."""
    found: dict[int, list[Takeover]] = defaultdict(list)
    rows = GuarantorPayment.objects.standing().filter(loan__in=list(loan_ids)).order_by("first_n")
    for loan, on, guarantor, first_n, last_n in rows.values_list("loan", "on", "guarantor", "first_n", "last_n"):
        found[loan].append(Takeover(on, guarantor, first_n, last_n))
    return {loan: tuple(each) for loan, each in found.items()}


def creditors_of(facts: CreditorFacts, state: Standing) -> list[int]:
    """The funders to whom something of the loan is still owed on its standing's day, the lender of record first."""
    parts: list[int | None] = [row.n for row in state.instalments if row.open]
    if state.penalty or state.fee or not parts:
        parts.append(None)
    found = {funder for n in parts for funder, _ppm in owners(facts, n, state.on)}
    return sorted(found, key=lambda funder: (funder != facts.funder_id, funder))


def guarantors_of(loan_ids: Iterable[int]) -> dict[int, int]:
    """The guarantor who is owed the oldest open instalment, by loan, where one has paid for it: two queries at most."""
    takeovers = takeovers_of(loan_ids)
    if not takeovers:
        return {}
    rows = Instalment.objects.filter(loan__in=takeovers, is_current=True, open__gt=0).order_by("-n")
    oldest = dict(rows.values_list("loan", "n"))
    asked = {loan: creditor(CreditorFacts(0, (), each), oldest.get(loan), date.max) for loan, each in takeovers.items()}
    return {loan: guarantor for loan, guarantor in asked.items() if guarantor}


def creditor_of(loan: Loan) -> Funder:
    """To whom the loan's oldest open instalment is owed now: its funder, or the guarantor who has paid for it."""
    guarantor = guarantors_of([loan.pk]).get(loan.pk)
    return Funder.objects.get(pk=guarantor) if guarantor else loan.funder


def speaking_for(loan: Loan, on: date) -> list[Funder]:
    """In whose names the loan is asked for on a day: its lender of record, and a guarantor who has paid for part of it.

    Once a guarantor has paid for all that is open, it speaks alone.
    """
    facts = CreditorFacts(loan.funder_id, (), takeovers_of([loan.pk]).get(loan.pk, ()))
    if not any(each.on <= on for each in facts.takeovers):
        return [loan.funder]
    open_ones = Instalment.objects.filter(loan=loan, is_current=True, open__gt=0).values_list("n", flat=True)
    wanted = {creditor(facts, n, on) for n in open_ones} or {creditor(facts, None, on)}
    return sorted(Funder.objects.filter(pk__in=wanted), key=lambda funder: (funder.pk != loan.funder_id, funder.pk))


def creditor_names(loan: Loan, on: date, language: str) -> str:
    """In whose names the borrower is addressed on that day."""
    return " · ".join(funder_on(each, on).name_in(language) for each in speaking_for(loan, on))


def rights_of(funder_ids: Iterable[int]) -> dict[int, list[DatedRights]]:
    """The rights of these funders over time."""
    found: dict[int, list[DatedRights]] = defaultdict(list)
    rows = FunderVersion.objects.filter(funder__in=list(funder_ids)).order_by("valid_from")
    for funder, valid_from, rights in rows.values_list("funder", "valid_from", "rights"):
        found[funder].append(DatedRights(valid_from, rights))
    return dict(found)
