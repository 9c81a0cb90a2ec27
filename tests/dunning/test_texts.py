"""Texts name only what exists, and every text of the presets can be filled in both languages."""

from datetime import date

import pytest

from dunning.models import Policy, Template
from dunning.owed import OpenRow, left_to_pay
from dunning.preset_texts import TEXTS
from dunning.presets import STEPS, install
from dunning.texts import VARIABLES, TemplateTextError, check_text, fill
from dunning.wording import values_for
from outbox_book import funder

ROW = OpenRow(1, 1, 7, "LN-20260001", "CNY", 3, date(2026, 3, 3), 95_000, 5_000)


@pytest.mark.parametrize(
    "text",
    [
        "{nobody}",
        "{amount.__class__}",
        "{amount[0]}",
        "{amount!r}",
        "{amount:>90}",
        "{}",
        "{0}",
        "{amount",
        "amount}",
        " ",
        "x" * 501,
    ],
)
def test_a_text_that_cannot_be_sent_is_refused(text: str) -> None:
    with pytest.raises(TemplateTextError):
        check_text(text)


def test_an_unknown_variable_is_named() -> None:
    with pytest.raises(TemplateTextError, match="nobody"):
        check_text("Hello {nobody}")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_preset_text_can_be_filled_and_names_its_creditor(language: str) -> None:
    values = values_for(funder=funder(), language=language, rows=[ROW], penalties={7: 320}, on=date(2026, 3, 10))

    for text in Template.objects.filter(language=language):
        filled = fill(text.text, values)
        assert ("北方银行" if language != "en" else "North Bank") in filled.unmasked()
        assert "{" not in filled.unmasked()


@pytest.mark.django_db
def test_every_variable_has_a_value() -> None:
    values = values_for(funder=funder(), language="en", rows=[ROW], penalties={}, on=date(2026, 3, 10))

    assert set(values) == set(VARIABLES)


@pytest.mark.django_db
def test_the_amount_is_split_and_holds_the_late_charge() -> None:
    values = values_for(funder=funder(), language="en", rows=[ROW], penalties={7: 320}, on=date(2026, 3, 10))

    assert values["amount"] == "CNY 1,003.20"
    assert values["split"] == "principal 950.00, interest 50.00, late charge 3.20"
    assert (values["loans"], values["due_on"], values["days"]) == ("loan ending 0001", "3 March 2026", "7")


@pytest.mark.django_db
def test_two_currencies_are_not_added_up() -> None:
    dollars = ROW._replace(loan_id=8, currency="USD", loan_number="LN-20260002")

    values = values_for(funder=funder(), language="zh-hans", rows=[ROW, dollars], penalties={}, on=date(2026, 3, 10))

    assert values["amount"] == "1,000.00元 + 1,000.00 USD"
    assert values["loans"] == "尾号0001、0002的借款"


def test_money_on_its_way_covers_the_oldest_first() -> None:
    newer = ROW._replace(n=4, due_on=date(2026, 4, 3))

    assert left_to_pay([ROW, newer], {7: 100_000}) == [newer]
    assert left_to_pay([ROW, newer], {7: 99_999}) == [ROW, newer]


@pytest.mark.django_db
def test_the_presets_are_there_once_however_often_they_are_installed() -> None:
    install()
    install()

    assert Policy.objects.get().steps.count() == len(STEPS) == 10
    assert Template.objects.count() == 2 * len(TEXTS)


def test_no_preset_text_threatens() -> None:
    banned = ("坐牢", "公安", "法院", "老赖", "黑名单", "最后一次", "arrest", "police", "jail", "court", "blacklist")

    assert [word for text in TEXTS for word in banned if word in text.zh + text.en.lower()] == []
