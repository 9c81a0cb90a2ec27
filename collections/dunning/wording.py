"""The values of a message's variables, in the language of the borrower.

These words go out to people whatever translations are installed, so they stand here and not in the catalogue.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from audit.clock import local_day
from dunning.owed import OpenRow
from lending.models import Funder, PayLink
from lending.money import format_amount

LOAN_TAIL_CHARACTERS = 4


class _Words(NamedTuple):
    principal: str
    interest: str
    penalty: str
    one_loan: str
    several_loans: str
    comma: str
    no_phone: str
    link: str
    units: Mapping[str, str]
    unit: str


_ENGLISH = _Words(
    principal="principal {}",
    interest="interest {}",
    penalty="late charge {}",
    one_loan="loan ending {}",
    several_loans="loans ending {}",
    comma=", ",
    no_phone="the number in your contract",
    link=" You can pay {amount} here, once, until the end of {day}: {url}",
    units={},
    unit="{currency} {amount}",
)
_CHINESE = _Words(
    principal="本金{}",
    interest="利息{}",
    penalty="罚息{}",
    one_loan="尾号{}的借款",
    several_loans="尾号{}的借款",
    comma="、",
    no_phone="合同所载客服电话",
    link="您可在{day}24点前通过此链接一次性支付{amount}：{url}",
    units={"CNY": "{amount}元"},
    unit="{amount} {currency}",
)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def words_of(language: str) -> _Words:
    return _CHINESE if language.startswith("zh") else _ENGLISH


def day_in(language: str, day: date) -> str:
    """8 December 2016, or 2016年12月8日."""
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def names_of(funder: Funder) -> tuple[str, ...]:
    """Every name by which a message may say whom it comes from."""
    return tuple(name for name in (funder.name, funder.name_zh, funder.signature, funder.signature_zh) if name)


def values_for(
    *, funder: Funder, language: str, rows: Sequence[OpenRow], penalties: Mapping[int, int], on: date, writer: str = ""
) -> dict[str, str]:
    """What each variable stands for, as of `on`: the open instalments of one creditor and the penalty of their loans."""
    words = words_of(language)
    loans = {row.loan_id: row for row in rows}
    penalties = {row.loan_id: penalties.get(row.loan_id, 0) for row in rows if row.has_penalty}
    oldest = min((row.due_on for row in rows), default=on)
    tails = dict.fromkeys(row.loan_number[-LOAN_TAIL_CHARACTERS:] for row in loans.values())
    return {
        "signature": funder.signature_in(language),
        "creditor": funder.name_in(language),
        "service_phone": funder.service_phone or words.no_phone,
        "loans": (words.one_loan if len(tails) == 1 else words.several_loans).format(words.comma.join(tails)),
        "amount": " + ".join(
            _money(words, currency, row_sum + charge) for currency, row_sum, charge in _sums(rows, loans, penalties)
        ),
        "split": words.comma.join(_split(words, rows, loans, penalties)),
        "due_on": day_in(language, oldest),
        "days": str(abs((on - oldest).days)),
        "writer": writer,
    }


def link_words(link: PayLink, language: str) -> str:
    """Where this exact amount can be paid once, and until when; to stand after the text."""
    words = words_of(language)
    last_on = local_day(link.expires_at - timedelta(seconds=1))
    amount, day = _money(words, link.currency, link.amount), day_in(language, last_on)
    return words.link.format(amount=amount, day=day, url=link.url)


def _money(words: _Words, currency: str, amount: int) -> str:
    form = words.units.get(currency, words.unit)
    return form.format(amount=format_amount(amount, currency), currency=currency)


def _sums(
    rows: Sequence[OpenRow], loans: Mapping[int, OpenRow], penalties: Mapping[int, int]
) -> Iterable[tuple[str, int, int]]:
    for currency in dict.fromkeys(row.currency for row in rows):
        open_sum = sum(row.principal + row.interest for row in rows if row.currency == currency)
        charge = sum(penalties.get(pk, 0) for pk, row in loans.items() if row.currency == currency)
        yield currency, open_sum, charge


def _split(
    words: _Words, rows: Sequence[OpenRow], loans: Mapping[int, OpenRow], penalties: Mapping[int, int]
) -> Iterable[str]:
    for currency, _open, charge in _sums(rows, loans, penalties):
        mine = [row for row in rows if row.currency == currency]
        if principal := sum(row.principal for row in mine):
            yield words.principal.format(format_amount(principal, currency))
        if interest := sum(row.interest for row in mine):
            yield words.interest.format(format_amount(interest, currency))
        if charge:
            yield words.penalty.format(format_amount(charge, currency))
