"""What each kind of referral brings with it, as data: who decides, how long it may last, what ends it, and by which stages it goes.

Visits: two people, hours and recording (CN-VISIT); agencies: white list, evaluation, minimal data (CN-AGENCY, PIPL 6 and 21). The days
are house rules.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from staff.models import Role

VISIT, AGENCY, MEDIATION, LAWSUIT = "visit", "agency", "mediation", "lawsuit"


class Stage(NamedTuple):
    """A step of the way: what it may follow (nothing: the first), and whether a document has to be named."""

    after: frozenset[str]
    needs_document: bool = False


class KindRule(NamedTuple):
    """`decided_by` which roles, always another person; at most `days_max` long.

    `settles`: it ends by itself when nothing that it is about is overdue any more. `yields`: a hold that freezes agency work, or a plan
    that took effect, ends it too, and none is begun while such a hold stands. `expires`: the night ends it after its last day; what stands before a court goes on
    and waits on the desk instead. `results` are those that a person may report.
    """

    decided_by: frozenset[str]
    days_max: int
    settles: bool
    yields: bool
    expires: bool
    results: tuple[str, ...]
    needs_document: bool
    stages: Mapping[str, Stage]


_OFFICE: Final = frozenset({Role.SUPERVISOR, Role.MANAGER})
_NONE: Final[frozenset[str]] = frozenset()

KINDS: Final[Mapping[str, KindRule]] = {
    VISIT: KindRule(_OFFICE, 14, True, False, True, ("met", "other_person", "not_met", "moved"), True, {}),
    AGENCY: KindRule(frozenset({Role.MANAGER}), 180, True, True, True, ("nothing",), False, {}),
    MEDIATION: KindRule(
        _OFFICE, 90, True, False, True, ("agreement", "no_agreement", "nothing"), True,
        {
            "invited": Stage(_NONE),
            "accepted": Stage(frozenset({"invited"})),
            "session": Stage(frozenset({"accepted", "session"})),
        },
    ),
    LAWSUIT: KindRule(
        frozenset({Role.MANAGER}), 730, False, False, False,
        ("for_us", "in_part", "against_us", "agreement", "withdrawn"), True,
        {
            "prepared": Stage(_NONE),
            "preserved": Stage(frozenset({"prepared", "filed", "docketed"}), needs_document=True),
            "filed": Stage(frozenset({"prepared", "preserved"}), needs_document=True),
            "docketed": Stage(frozenset({"filed", "preserved"}), needs_document=True),
            "hearing": Stage(frozenset({"docketed", "preserved", "hearing"})),
            "judged": Stage(frozenset({"hearing"}), needs_document=True),
            "enforced": Stage(frozenset({"judged"}), needs_document=True),
        },
    ),
}  # fmt: skip
"""Every kind of `Referral.Kind`, once."""


def next_stages(kind: str, stage: str) -> list[str]:
    """The stages that may follow the one that it has reached (empty: none yet)."""
    stages = KINDS[kind].stages
    return [code for code, each in stages.items() if (stage in each.after if stage else not each.after)]
