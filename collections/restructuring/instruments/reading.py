"""Instruments from JSON: `{"kind": "term", "periods": 24}`; what is left out has its default, what is not known is refused."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

from lending.money import AMOUNT_MAX
from lending.schedules import Method, Terms, TermsError, reading
from lending.schedules.terms import PERIODS_MAX
from lending.waivable import Parts
from restructuring.instruments.arrears import Arrears, Treatment
from restructuring.instruments.capitalise import Capitalise
from restructuring.instruments.consolidation import Consolidation
from restructuring.instruments.deferral import Deferral
from restructuring.instruments.extension import Extension
from restructuring.instruments.instalment_plan import InstalmentPlan
from restructuring.instruments.interest_only import InterestOnly
from restructuring.instruments.opening import opened
from restructuring.instruments.position import Position
from restructuring.instruments.postponing import Interest
from restructuring.instruments.rate import Rate
from restructuring.instruments.reage import Reage
from restructuring.instruments.reamortise import Reamortise
from restructuring.instruments.refusal import RefusedError
from restructuring.instruments.settlement import Settlement
from restructuring.instruments.staged import Staged, Step
from restructuring.instruments.term import Term
from restructuring.instruments.waiver import Waiver

DAYS_MAX = 3_650


class Instrument(Protocol):
    """What every instrument does."""

    def apply(self, position: Position) -> Position: ...


Read = Callable[[str, object], Any]


def _periods(field: str, value: object) -> int:
    return reading.whole(field, value, 1, PERIODS_MAX)


def _days(field: str, value: object) -> int:
    return reading.whole(field, value, 1, DAYS_MAX)


def _amount(field: str, value: object) -> int:
    return reading.whole(field, value, 1, AMOUNT_MAX)


def _amount_or_none(field: str, value: object) -> int:
    return reading.whole(field, value, 0, AMOUNT_MAX)


def _interest(field: str, value: object) -> Interest:
    return reading.choice(field, value, Interest)


def _method(field: str, value: object) -> Method:
    method = reading.choice(field, value, Method)
    if method in {Method.STAGED, Method.FIXED_INSTALLMENT}:
        raise TermsError(field, "cannot be chosen here: use the instrument `staged`")
    return method


def _arrears(field: str, value: object) -> Arrears:
    """One word for both components, or an object of interest and penalty."""
    if isinstance(value, str):
        how = reading.choice(field, value, Treatment)
        return Arrears(how, Treatment.FIRST if how is Treatment.CAPITALISE else how)
    given = reading.mapping(field, value)
    if not given.keys() <= set(Arrears._fields):
        raise TermsError(field, "must be a word, or an object of interest and penalty")
    return Arrears(**{name: reading.choice(field, how, Treatment) for name, how in given.items()})


def _shares(field: str, value: object) -> tuple[int | Fraction, ...]:
    return tuple(reading.percent(field, share) for share in reading.sequence(field, value))


def _steps(field: str, value: object) -> tuple[Step, ...]:
    steps = []
    for given in reading.sequence(field, value):
        step = reading.mapping(field, given)
        if set(step) != {"periods", "amount"}:
            raise TermsError(field, "must be objects of periods and amount")
        steps.append(Step(_periods(field, step["periods"]), _amount(field, step["amount"])))
    return tuple(steps)


def _loans(field: str, value: object) -> tuple[Mapping[str, object], ...]:
    return tuple(reading.mapping(field, loan) for loan in reading.sequence(field, value))


FIELDS: Mapping[str, Mapping[str, Read]] = {
    "extension": {"days": _days, "periods": _periods},
    "deferral": {"days": _days, "periods": _periods, "interest": _interest},
    "reage": {"periods": _periods, "arrears": _arrears},
    "reamortise": {"periods": _periods, "annual_rate": reading.percent, "method": _method, "arrears": _arrears},
    "term": {"periods": _periods, "arrears": _arrears},
    "interest_only": {
        "periods": _periods,
        "then": _periods,
        "annual_rate": reading.percent,
        "method": _method,
        "arrears": _arrears,
    },
    "rate": {"annual_rate": reading.percent, "periods": _periods},
    "staged": {"periods": _periods, "percentages": _shares, "steps": _steps, "arrears": _arrears},
    "capitalise": {"interest": _amount},
    "waiver": {"amount": _amount, **dict.fromkeys(Parts._fields, _amount_or_none)},
    "settlement": {"amount": _amount, "payments": _periods, "due_on": reading.day},
    "instalment_plan": {"periods": _periods, "annual_rate": reading.percent, "arrears": _arrears},
    "consolidation": {"loans": _loans, "periods": _periods, "annual_rate": reading.percent, "arrears": _arrears},
}
"""Every kind with the fields that it takes."""

NEEDED = {
    "reage": {"periods"}, "reamortise": {"periods"}, "term": {"periods"}, "interest_only": {"periods"},
    "rate": {"annual_rate"}, "staged": {"periods"}, "settlement": {"amount"}, "instalment_plan": {"periods"},
    "consolidation": {"loans", "periods"},
}  # fmt: skip

MADE: Mapping[str, Callable[..., Instrument]] = {
    "extension": Extension,
    "deferral": Deferral,
    "reage": Reage,
    "reamortise": Reamortise,
    "term": Term,
    "interest_only": InterestOnly,
    "rate": Rate,
    "staged": Staged,
    "capitalise": Capitalise,
    "settlement": Settlement,
    "instalment_plan": InstalmentPlan,
}
_NAMES = {"annual_rate": "rate_ppm", "percentages": "shares"}


def read_instrument(document: object, on: date) -> Instrument:
    """One instrument; RefusedError names the field that makes no sense."""
    try:
        given = {name: value for name, value in reading.mapping("instruments", document).items() if value is not None}
        kind = given.pop("kind", None)
        if not isinstance(kind, str) or kind not in FIELDS:
            raise TermsError("kind", f"must be one of {', '.join(FIELDS)}")
        for name in given:
            if name not in FIELDS[kind]:
                raise TermsError(name, f"is not a field of {kind}")
        for name in sorted(NEEDED.get(kind, set()) - given.keys()):
            raise TermsError(name, "is missing")
        values = {_NAMES.get(name, name): FIELDS[kind][name](name, value) for name, value in given.items()}
    except TermsError as error:
        raise RefusedError.from_terms(error) from error
    if kind == "waiver":
        parts = Parts(**{name: values[name] for name in Parts._fields if name in values})
        return Waiver(parts, values.get("amount", 0))
    if kind == "consolidation":
        loans = tuple(read_position(loan, on) for loan in values.pop("loans"))
        return Consolidation(loans, **values)
    return MADE[kind](**values)


def read_position(document: Mapping[str, object], on: date) -> Position:
    """A loan as it stands: `{"terms": {…}, "paid_through": 6, "owed": {"interest", "penalty"}}`; RefusedError."""
    try:
        if "terms" not in document:
            raise TermsError("terms", "is missing")
        paid = reading.whole("paid_through", document.get("paid_through", 0), 0, PERIODS_MAX)
        owed = _owed(document.get("owed"))
        terms = Terms.parse(reading.mapping("terms", document["terms"]))
    except TermsError as error:
        raise RefusedError.from_terms(error) from error
    return opened(terms, paid, on, owed)


def _owed(given: object) -> Parts:
    if given is None:
        return Parts()
    values = reading.mapping("owed", given)
    if not values.keys() <= {"interest", "penalty"}:
        raise TermsError("owed", "must be an object of interest and penalty")
    return Parts(**{name: _amount_or_none("owed", value) for name, value in values.items()})


def apply_all(position: Position, instruments: Sequence[Instrument]) -> Position:
    """One instrument after the other."""
    for instrument in instruments:
        position = instrument.apply(position)
    return position
