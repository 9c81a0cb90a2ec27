"""The reminders that a fresh console has: one ladder, its texts in both languages, and texts for messages by hand."""

from datetime import date, time
from typing import Any

from django.db import transaction

from contacts.models import Channel
from dunning.models import Policy, PolicyStep, Template
from dunning.parts import check_parts
from dunning.preset_texts import TEXTS
from dunning.texts import check_text

POLICY = "standard"
VALID_FROM = date(2000, 1, 1)
SEND_AT = time(10, 0)


STEPS = {
    "before-3": -3,
    "due": 0,
    "late-1": 1,
    "late-3": 3,
    "late-7": 7,
    "late-14": 14,
    "late-28": 28,
    "late-45": 45,
    "late-75": 75,
    "late-100": 100,
}
"""Code of each step, which is also the code of its text, and the days from the due day of the oldest unpaid instalment."""


def install_after_migrate(using: str = "default", **_: Any) -> None:
    install(using)


def install(using: str = "default") -> None:
    """Write what is missing; what is there, changed or not, stays. Safe to run again."""
    with transaction.atomic(using=using):
        _install_texts(using)
        _install_policy(using)


def _install_texts(using: str) -> None:
    for text in TEXTS:
        for language, words in (("en", text.en), ("zh-hans", text.zh)):
            check_text(words)
            if not text.by_hand:
                check_parts(words, language)
            Template.objects.using(using).get_or_create(
                code=text.code,
                language=language,
                defaults={"purpose": text.purpose, "name": text.name, "text": words, "by_hand": text.by_hand},
            )


def _install_policy(using: str) -> None:
    policy, created = Policy.objects.using(using).get_or_create(
        code=POLICY, version=1, defaults={"name": "Standard reminders", "valid_from": VALID_FROM}
    )
    if created:
        steps = [
            PolicyStep(policy=policy, code=code, offset_days=days, channel=Channel.SMS, template=code, send_at=SEND_AT)
            for code, days in STEPS.items()
        ]
        PolicyStep.objects.using(using).bulk_create(steps)
