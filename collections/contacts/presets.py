"""The contact rules of mainland China and of the house, as dated data.

Written from public accounts of the texts, whose clauses were not seen: counsel must check a preset before live use. On days
before a text was in force its limits stand as house rules. Rows that are there already are left as they are.
"""

from datetime import date, time
from typing import Any, NamedTuple

from django.apps import AppConfig
from django.db import connections, transaction

from contacts.models import Channel, ContactRule

BEGINNING = date(2000, 1, 1)
STANDARD_FROM = date(2025, 2, 28)
GUIDELINE_FROM = date(2026, 1, 30)
STANDARD = "GB/T 45251-2025 互联网金融 个人网络消费信贷 贷后催收风控指引 (national standard, 2025-02-28)"
GUIDELINE = "CBA 金融机构个人消费类贷款催收工作指引（试行） (banking association, 2026-01-30)"
HOUSE = "House policy on contact 本机构联系规定"


class Preset(NamedTuple):
    """A rule and the days from which it stands: each text in force from a day, with its standing and source."""

    code: str
    channels: tuple[str, ...]
    limits: dict[str, Any]
    text: str
    text_zh: str
    dated: tuple[tuple[date, str, str], ...]
    rule_set: str = "CN-ONLINE-CONSUMER"


def _ahead_of(source: str) -> str:
    return f"House policy 本机构提前执行: {source}"


PRESETS = (
    Preset(
        "CN-WIN",
        (),
        {"kind": "window", "quiet_from": time(22), "quiet_to": time(8)},
        "No collection contact of any kind from 22:00 to 08:00 of the next day, by the clock where the borrower lives.",
        "每日22:00至次日8:00（以债务人所在地时间为准）不得以任何方式开展催收。",
        ((BEGINNING, "house", _ahead_of(STANDARD)), (STANDARD_FROM, "law", STANDARD)),
    ),
    Preset(
        "CN-CALL-EFF",
        (Channel.CALL,),
        {"kind": "cap", "unit": "connected", "max_count": 3},
        "At most 3 connected calls a day to one borrower, over all agents and agencies; calls that the borrower makes do not count.",
        "对同一债务人每日主动拨打的有效通话不超过3次，所有催收员与委外机构合并计算；债务人来电不计。",
        ((BEGINNING, "house", _ahead_of(STANDARD)), (STANDARD_FROM, "law", STANDARD)),
    ),
    Preset(
        "CN-CALL-TRY",
        (Channel.CALL,),
        {"kind": "cap", "unit": "attempt", "max_count": 6},
        "At most 6 dials a day to one borrower, answered or not, over all their numbers.",
        "对同一债务人每日拨打不超过6次，无论是否接通，其全部号码合并计算。",
        ((BEGINNING, "house", _ahead_of(GUIDELINE)), (GUIDELINE_FROM, "self_regulation", GUIDELINE)),
    ),
    Preset(
        "HOUSE-CALL-WIN",
        (Channel.CALL, Channel.VISIT),
        {"kind": "window", "quiet_from": time(20), "quiet_to": time(8)},
        "No calls and no visits from 20:00 to 08:00, by the clock where the borrower lives.",
        "每日20:00至次日8:00（以债务人所在地时间为准）不打电话、不上门。",
        ((BEGINNING, "house", HOUSE),),
        rule_set="HOUSE",
    ),
    Preset(
        "HOUSE-SMS-DAY",
        (Channel.SMS,),
        {"kind": "cap", "unit": "message", "max_count": 2},
        "At most 2 text messages a day to one borrower.",
        "对同一债务人每日发送短信不超过2条。",
        ((BEGINNING, "house", HOUSE),),
        rule_set="HOUSE",
    ),
    Preset(
        "HOUSE-SMS-WEEK",
        (Channel.SMS,),
        {"kind": "cap", "unit": "message", "max_count": 7, "period_days": 7},
        "At most 7 text messages in 7 days to one borrower.",
        "对同一债务人7日内发送短信不超过7条。",
        ((BEGINNING, "house", HOUSE),),
        rule_set="HOUSE",
    ),
)


def install(using: str = "default") -> int:
    """Write the rules that are not there yet and say how many they were; safe to run again."""
    written = 0
    with transaction.atomic(using=using):
        for preset in PRESETS:
            ends = [start for start, _standing, _source in preset.dated[1:]]
            for (start, standing, source), following in zip(preset.dated, [*ends, None], strict=True):
                _row, is_new = ContactRule.objects.using(using).get_or_create(
                    rule_set=preset.rule_set,
                    code=preset.code,
                    valid_from=start,
                    defaults={
                        **preset.limits,
                        "standing": standing,
                        "channels": [str(channel) for channel in preset.channels],
                        "text": preset.text,
                        "text_zh": preset.text_zh,
                        "source": source,
                        "valid_to": date.fromordinal(following.toordinal() - 1) if following else None,
                    },
                )
                written += is_new
    return written


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if ContactRule._meta.db_table in connections[using].introspection.table_names():
        install(using)
