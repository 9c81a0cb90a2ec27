"""A thousand messages as borrowers would read them, over all steps and in both languages, pass the rules on wording."""

from datetime import date, timedelta
from random import Random

import pytest

from contacts.gate import Question, decide_many
from contacts.models import Channel
from dunning.models import Template
from dunning.owed import OpenRow
from dunning.parts import check_parts, lacking
from dunning.preset_texts import TEXTS
from dunning.presets import STEPS
from dunning.segments import Segments, segments_of
from dunning.texts import TEXT_CHARACTERS_MAX, TemplateTextError, fill
from dunning.wording import names_of, values_for
from outbox_book import DAY, MORNING, funder, people

LADDER = {text.code: text for text in TEXTS if text.code in STEPS}
SEGMENTS_MAX = {"en": 4, "zh-hans": 4}


def some_rows(dice: Random, oldest: date) -> list[OpenRow]:
    """One to four instalments of one or two loans, in one or two currencies."""
    loans = [
        (pk, f"LN-{dice.randrange(10**8):08}", dice.choice(["CNY", "CNY", "USD"])) for pk in range(dice.randint(1, 2))
    ]
    return [
        OpenRow(1, 1, *dice.choice(loans), 1 + n, oldest + timedelta(days=30 * n), dice.randrange(1, 10**7), dice.randrange(10**6))
        for n in range(dice.randint(1, 4))
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_five_hundred_messages_over_all_steps_pass_every_rule(language: str) -> None:
    dice, creditor = Random(5), funder()
    templates = {text.code: text for text in Template.objects.filter(language=language)}
    (borrower,) = people(1)
    questions, texts = [], []
    for number in range(500):
        code = list(STEPS)[number % len(STEPS)]
        rows = some_rows(dice, DAY - timedelta(days=STEPS[code]))
        charges = {row.loan_id: dice.randrange(10**5) for row in rows} if STEPS[code] > 0 else {}
        text = fill(
            templates[code].text,
            values_for(funder=creditor, language=language, rows=rows, penalties=charges, on=DAY),
        ).unmasked()
        purpose = LADDER[code].purpose
        questions.append(
            Question(borrower.pk, Channel.SMS, purpose, MORNING, text=text, institution=names_of(creditor))
        )
        texts.append(text)

    answers = decide_many(questions)

    assert [(answer.rule, text) for answer, text in zip(answers, texts, strict=True) if not answer.allowed] == []
    assert len(set(texts)) > 450
    assert max(segments_of(text).number for text in texts) <= SEGMENTS_MAX[language]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", list(STEPS))
def test_each_text_of_the_ladder_bears_every_part(code: str, language: str) -> None:
    text = LADDER[code].en if language == "en" else LADDER[code].zh

    check_parts(text, language)

    assert len(text) <= TEXT_CHARACTERS_MAX


@pytest.mark.parametrize(
    ("taken", "missing"),
    [
        ("{creditor}", "who writes"),
        ("{split}", "what is owed, and how it is made up"),
        ("{due_on}", "since when"),
        ("in our app", "how to pay through official ways"),
        ("{service_phone}", "where to find help"),
        ("Reply T to stop", "how to stop reminders"),
    ],
)
def test_a_text_that_lacks_a_part_is_refused_by_its_name(taken: str, missing: str) -> None:
    text = LADDER["late-3"].en.replace(taken, "")

    with pytest.raises(TemplateTextError, match=missing):
        check_parts(text, "en")
    assert lacking(text, "en") == [missing]


def test_the_tone_goes_with_the_days() -> None:
    """Options from the fourth day, what follows from the 31st, a settlement after the 90th; never earlier (DOMAIN F)."""
    for code, days in STEPS.items():
        english = LADDER[code].en
        assert ("credit register" in english) <= (days > 30)
        assert ("settlement" in english) == (days > 90)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", Segments("GSM-7", 1)),
        ("a" * 160, Segments("GSM-7", 1)),
        ("a" * 161, Segments("GSM-7", 2)),
        ("a" * 306, Segments("GSM-7", 2)),
        ("a" * 307, Segments("GSM-7", 3)),
        ("€" * 80, Segments("GSM-7", 1)),
        ("€" * 81, Segments("GSM-7", 2)),
        ("a" * 152 + "€" * 8, Segments("GSM-7", 2)),
        ("还" * 70, Segments("UCS-2", 1)),
        ("还" * 71, Segments("UCS-2", 2)),
        ("还" * 134, Segments("UCS-2", 2)),
        ("还" * 135, Segments("UCS-2", 3)),
        ("a" * 70 + "’", Segments("UCS-2", 2)),
        ("😀" * 35, Segments("UCS-2", 1)),
        ("😀" * 36, Segments("UCS-2", 2)),
        ("还" * 66 + "😀" * 2, Segments("UCS-2", 1)),
        ("还" * 66 + "😀" * 34, Segments("UCS-2", 3)),
    ],
)
def test_segments_are_counted_as_carriers_count_them(text: str, segments: Segments) -> None:
    assert segments_of(text) == segments
