"""Tags and filters: how a status, a day and an amount look."""

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from lending.templatetags.money import change, in_currency, money, percent
from staff.templatetags.ui import badge, bucket_badge, day_from, day_words, duration, grouped, iso, short_count


def test_money_has_separators_in_both_languages() -> None:
    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert money(123_456_789, "CNY") == "1,234,567.89"


def test_money_of_a_currency_without_cents_has_no_point() -> None:
    assert money(1_234, "JPY") == "1,234"


def test_money_that_is_not_known_is_a_dash() -> None:
    assert money(None, "CNY") == "–"


def test_negative_money_has_a_true_minus() -> None:
    assert money(-5, "CNY") == "−0.05"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "CNY 1,200.00"), ("zh-hans", "1,200.00 元")], ids=["english", "chinese"]
)
def test_amount_in_a_sentence_names_its_currency(language: str, words: str) -> None:
    with translation.override(language):
        assert in_currency(120_000, "CNY") == words


@pytest.mark.parametrize(("amount", "words"), [(1_050, "+10.50"), (-1_050, "−10.50"), (0, "±0"), (None, "–")])
def test_change_has_its_sign(amount: int | None, words: str) -> None:
    assert change(amount, "CNY") == words


@pytest.mark.parametrize(("rate", "words"), [(240_000, "24%"), (155_000, "15.5%"), (500, "0.05%"), (100_000, "10%")])
def test_percent_leaves_out_idle_noughts(rate: int, words: str) -> None:
    assert percent(rate) == words


def test_badge_has_a_shape_and_a_word() -> None:
    html = badge("bad", "<Refused>")

    assert "#shape-bad" in html
    assert "&lt;Refused&gt;" in html


def test_badge_of_an_unknown_kind_is_neutral() -> None:
    assert "badge-neutral" in badge("purple", "odd")


def test_bucket_badge_says_the_days() -> None:
    html = bucket_badge("M2", 45)

    assert "bucket-m2" in html
    assert "45 days past due" in html


def test_bucket_badge_of_no_arrears_is_plain() -> None:
    assert "bucket-m0" in bucket_badge("C")


def test_moments_are_shown_in_the_business_time_zone() -> None:
    assert iso(datetime(2016, 12, 7, 16, 30, tzinfo=UTC)) == "2016-12-08 00:30"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "8 December 2016"), ("zh-hans", "2016年12月8日")], ids=["english", "chinese"]
)
def test_day_in_words_follows_the_language(language: str, words: str) -> None:
    with translation.override(language):
        assert day_words(date(2016, 12, 8)) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [(7, "yesterday"), (8, "today"), (9, "tomorrow"), (11, "in 3 days"), (3, "5 days ago")],
    ids=["yesterday", "today", "tomorrow", "later", "earlier"],
)
def test_day_is_told_from_the_business_date(day: int, words: str) -> None:
    assert day_from(date(2016, 12, day), date(2016, 12, 8)) == words


@pytest.mark.parametrize(("seconds", "words"), [(45.4, "45 s"), (200, "3 min 20 s"), (7_500, "2 h 5 min"), (None, "–")])
def test_duration_keeps_two_units(seconds: float | None, words: str) -> None:
    assert duration(seconds) == words


def test_counts_are_grouped_and_capped() -> None:
    assert grouped(12_345) == "12,345"
    assert short_count(10_412) == "9,999+"


def test_chinese_pages_name_the_script() -> None:
    page = Template("{% load ui %}{{ 'zh-hans'|html_lang }} {{ 'en'|html_lang }}")

    assert page.render(Context()) == "zh-Hans en"
