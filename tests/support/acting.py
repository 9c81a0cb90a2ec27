"""What has to be there before a route can act in the house, what is typed into its form, and by whom: for those that the drawn form and the
schema do not say enough of.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

import tapes
from behind import NOW, TODAY, make_person
from cases.complaints.models import Complaint
from cases.models import AssignmentRule, Case
from cases.quality.models import Review
from cases.referrals.models import Referral
from cases.rule_setting import seen_of
from changed import give_rights
from contacts.models import Hold, OptOut
from lending.imports.formats import FORMATS
from lending.models import Change, Debit, WaiverRequest
from lending.rights import Instrument
from planned import rule
from referred import make_terms
from restructuring.models import PlanRequest
from staff.models import Role, Team
from two_desks import House
from who_may import filled

LATER = "2026-08-15"
Given = dict[str, Any]


def plan_of(house: House) -> PlanRequest:
    return PlanRequest.objects.get(pk=house.north.rows["plan"].pk)


def without_a_plan(house: House) -> None:
    PlanRequest.objects.filter(pk=plan_of(house).pk).update(state="withdrawn")


def without_a_waiver(house: House) -> None:
    WaiverRequest.objects.filter(loan=house.north.loan).update(state="withdrawn")


def without_a_change(house: House) -> None:
    Change.objects.filter(loan=house.north.loan, state="waiting").update(state="withdrawn")


def sent_back(house: House) -> None:
    rule(plan_of(house), "send_back", by=house.people["manager"])


def running(house: House) -> None:
    referral = Referral.objects.filter(pk=house.north.rows["referral"].pk)
    referral.update(state="running", checker=house.people["manager"], decided_at=NOW)


def handled(house: House) -> None:
    Complaint.objects.filter(pk=house.north.rows["complaint"].pk).update(handler=house.people["manager"])


def to_be_reviewed(house: House) -> None:
    Review.objects.filter(pk=house.north.rows["review"].pk).update(state="waiting", reviewer=None, written_at=None)


def with_consents(house: House) -> None:
    """The funder wants to be asked before anything is put off or given up."""
    give_rights(house.north.loan.funder, dict.fromkeys(Instrument, "consent"))


def with_an_agency(house: House) -> None:
    make_terms(make_person("maker", Role.MANAGER), house.people["manager"])


def to_be_placed(house: House) -> None:
    with_an_agency(house)
    without_a_hold(house)


def a_pool(house: House) -> None:
    Team.objects.filter(pk=house.rows["team"].pk).update(pulls=True)
    Case.objects.filter(pk=house.north.case.pk).update(owner=None)


def without_a_hold(house: House) -> None:
    """And without a wish to hear nothing."""
    OptOut.objects.filter(borrower=house.north.borrower).update(to_at=NOW)
    Hold.objects.filter(borrower=house.north.borrower).update(lifted_at=NOW, lifted_by=house.people["clerk"])


def free_to_debit(house: House) -> None:
    without_a_hold(house)
    Debit.objects.filter(loan=house.north.loan).update(state="cancelled")


def in_the_batch(house: House) -> str:
    Referral.objects.create(
        case=house.north.case, kind="lawsuit", words="Nobody answers.", from_on=TODAY, until_on=TODAY + timedelta(days=9),
        batch="b1", maker=house.people["clerk"], made_at=NOW,
    )  # fmt: skip
    return "/referrals/batches/b1/decide/"


def agency(route: str) -> Callable[[House], str]:
    return lambda house: filled(route, {"code": "fair"})


def of_the_case(route: str, **more: str) -> Callable[[House], str]:
    return lambda house: filled(route, {**house.north.named("case"), **more})


ADDRESSES: dict[str, Callable[[House], str]] = {
    route: agency(route)
    for route in ("/agencies/<slug:code>/change/", "/agencies/<slug:code>/evaluate/", "/agencies/<slug:code>/place/")
} | {
    "/api/v1/cases/<int:pk>/calls/<int:contact_pk>/": of_the_case("/api/v1/cases/<int:pk>/calls/<int:contact_pk>/"),
    "/cases/<int:pk>/refer/<slug:kind>/": of_the_case("/cases/<int:pk>/refer/<slug:kind>/", kind="lawsuit"),
    "/referrals/batches/<slug:batch>/decide/": in_the_batch,
}
BEFORE: dict[str, Callable[[House], object]] = {
    "/agencies/<slug:code>/change/": with_an_agency,
    "/agencies/<slug:code>/evaluate/": with_an_agency,
    "/agencies/<slug:code>/place/": to_be_placed,
    "/cases/<int:pk>/message/": without_a_hold,
    "/cases/<int:pk>/call/": without_a_hold,
    "/loans/<str:number>/plan/": without_a_plan,
    "/plans/<int:pk>/amend/": sent_back,
    "/plans/<int:pk>/consent/": with_consents,
    "/waivers/<int:pk>/consent/": with_consents,
    "/loans/<str:number>/waive/": without_a_waiver,
    "/loans/<str:number>/write-off/": without_a_waiver,
    "/api/v1/loans/<str:number>/waivers/": without_a_waiver,
    "/loans/<str:number>/shares/": without_a_change,
    "/api/v1/loans/<str:number>/shares/": without_a_change,
    "/referrals/<int:pk>/note/": running,
    "/referrals/<int:pk>/stage/": running,
    "/referrals/<int:pk>/end/": running,
    "/api/v1/referrals/<int:pk>/end/": running,
    "/complaints/<int:pk>/answer/": handled,
    "/complaints/<int:pk>/put-off/": handled,
    "/quality/<int:pk>/": to_be_reviewed,
    "/my-day/next/": a_pool,
    "/borrowers/<int:pk>/debit/": free_to_debit,
    "/api/v1/loans/<str:number>/debits/": free_to_debit,
    "/api/v1/next-case/": a_pool,
}


def seen_of_the_rule(house: House) -> Given:
    return {"seen": seen_of(AssignmentRule.objects.get(pk=house.rows["dealing"].pk))}


def limits_with_another_time(house: House) -> Given:
    told = house.browsers["manager"].get("/api/v1/approval-limits/").json()
    return {"limits": told["limits"], "decide_days": told["decide_days"] + 1, "valid_from": LATER}


COLUMNS = FORMATS["native"].columns
NO = {"verdict": "reject", "words": "Not now."}
GIVEN: dict[str, Given | Callable[[House], Given]] = {
    "/agencies/<slug:code>/change/": {"name": "Fairer Recovery"},
    "/agencies/<slug:code>/place/": lambda house: {"stage": house.north.case.stage},
    "/agencies/new/": {"channels": ["call"], "contract_from": "2026-07-01", "contract_to": "2027-07-01"},
    "/api/v1/borrowers/<str:ref>/consents/": {"account": "6222000011112222"},
    "/borrowers/<int:pk>/consent/": {"account": "6222000011112222"},
    "/api/v1/changes/": {"kind": "product", "code": "plain", "from_on": LATER, "terms": {"grace_days": 9}},
    "/api/v1/changes/<int:pk>/decision/": NO,
    "/api/v1/waivers/<int:pk>/decision/": NO,
    "/api/v1/plans/<int:pk>/decision/": {"verdict": "reject", "reason": "Not now."},
    "/api/v1/approval-limits/": limits_with_another_time,
    "/approvals/limits/change/": {"decide_days": "3", "valid_from": LATER},
    "/api/v1/stand-ins/": {"person": "mo"},
    "/api/v1/refunds/<int:pk>/decision/": NO,
    "/api/v1/guarantees/": {"guarantor": "guarantor-n", "cap_ppm": 500_000, "trigger_days": 30, "from_on": LATER},
    "/api/v1/loans/<str:number>/guarantee/": {"guarantor": "guarantor-n", "cap_ppm": 500_000, "trigger_days": 30, "from_on": LATER},
    "/guarantees/new/": {"guarantor": "guarantor-n", "cap_ppm": "50", "trigger_days": "30", "from_on": LATER},
    "/loans/<str:number>/guarantee/": {"guarantor": "guarantor-n", "cap_ppm": "50", "trigger_days": "30", "from_on": LATER},
    "/api/v1/guarantor-payments/<int:pk>/notice/": {"given_on": TODAY.isoformat()},
    "/api/v1/import-mappings/": lambda house: {
        "lender": "new", "header": [*COLUMNS], "columns": {name: name for name in COLUMNS if name != "funder"}
    },
    "/api/v1/loans/<str:number>/shares/": {"shares": {"bank": 1_000_000}, "from_on": LATER},
    "/api/v1/referrals/": {"kind": "lawsuit"},
    "/api/v1/referrals/<int:pk>/end/": {"result": "nothing"},
    "/borrowers/<int:pk>/log-contact/": {"happened_at": "2026-07-15T09:00"},
    "/caseloads/rules/<int:pk>/drop/": seen_of_the_rule,
    "/borrowers/<int:pk>/opt-out/": {"channel": "call"},
    "/cases/views/": {"name": "Late", "query": "stage=early"},
    "/funders/<slug:code>/change/": {"name": "First Bank of All"},
    "/products/<slug:code>/change/": {"grace_days": "9"},
    "/loans/<str:number>/waive/": {"total": "1.00"},
    "/loans/<str:number>/payments/<int:pk>/reverse/": {"note": "Posted twice."},
    "/referrals/<int:pk>/end/": {"result": "nothing", "document": "REC-1"},
    "/refunds/<int:pk>/decide/": NO,
    "/imports/": lambda house: {
        "format": "native", "file": SimpleUploadedFile("tape.csv", tapes.text_of(tapes.loan(number="L-NEW")).encode())
    },
    "/suspense/<int:pk>/match/": lambda house: {"number": house.north.loan.number},
    "/messages/fault/": {"kind": "slow"},
    "/api/v1/cases/<int:pk>/traces/": {"look_again_on": LATER},
    "/cases/<int:pk>/trace/": {"means": "lender", "value": "", "look_again_on": LATER, "note": "nothing"},
    "/api/v1/cases/<int:pk>/calls/<int:contact_pk>/": {"outcome": "no_answer"},
    "/next-steps/<slug:of>/<slug:code>/change/": {"hours": "5"},
    "/borrowers/<int:pk>/liking/": {"opens": "18:00", "closes": "19:00"},
    "/plans/<int:pk>/acceptance/": {"accepted_on": TODAY.isoformat(), "evidence": "REC-1"},
}  # fmt: skip
BY: dict[str, str] = dict.fromkeys(
    [
        "/changes/<int:pk>/decide/", "/waivers/<int:pk>/decide/", "/refunds/<int:pk>/decide/", "/referrals/<int:pk>/decide/",
        "/plans/<int:pk>/decide/", "/complaints/<int:pk>/answer/", "/complaints/<int:pk>/put-off/",
        "/referrals/batches/<slug:batch>/decide/", "/mandates/<int:pk>/verify/", "/quality/<int:pk>/",
    ],
    "manager",
)  # fmt: skip
BY |= {
    "/referrals/<int:pk>/withdraw/": "clerk",
}
