"""Two desks that must not see each other's work: Li's of team North and Bo's of team South, one of everything at each.

`Desk.named` gives the parameters of an address by the word that `who_may.txt` has for what the address is about.
"""

import hashlib
import json
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

import tapes
from behind import NOW, TODAY, close_day, make_loan, make_person, make_team, pay
from cases import attachments
from cases.complaints.models import Complaint, Representative
from cases.models import AssignmentRule, Case, Proposal, SavedView
from cases.quality.models import Review
from cases.referrals.models import Referral, ReferralLoan
from cases.scripts.models import Script
from contacts.models import Consent, ContactRule, Hold, LoopbackCall, OptOut
from dunning.models import Reminder
from files import png
from lending import changes, waiving
from lending.imports import job as imports
from lending.imports.formats import FORMATS
from lending.imports.uploads import bad_rows_of, find, path_of
from lending.models import (
    Borrower,
    Change,
    ContactPoint,
    Debit,
    Fee,
    Guarantee,
    GuarantorPayment,
    Loan,
    LoopbackOrder,
    Mandate,
    Pause,
    PayLink,
    RefundRequest,
    SuspendedPayment,
    WaiverRequest,
)
from lending.parties import get_funder
from lending.personal import AccountNumber, IdentityNumber, PersonName, PhoneNumber
from planned import ask as ask_plan
from reachable import make_contact
from staff.models import Door, Job, Role, Team, User
from staff.once import FIELD
from who_may import UNKNOWN, filled

NOBODY = 987_654_321
BOTH = {"en": "a", "zh-hans": "b"}
PAGE = {
    "loan_number": "", "amount": 1, "currency": "CNY", "creditor": BOTH, "payer": "", "purpose": BOTH, "language": "en",
    "expires_at": NOW.isoformat(),
}  # fmt: skip
"""What the page of the demonstration's payment provider shows."""
Named = dict[str, str | int]
ANONYMOUS = "anonymous"
ROLE_OF = {
    "agent": Role.AGENT,
    "other": Role.AGENT,
    "supervisor": Role.SUPERVISOR,
    "manager": Role.MANAGER,
    "auditor": Role.AUDITOR,
    "administrator": Role.ADMINISTRATOR,
}
"""Those who can act; beside them stand a stranger, somebody disabled and somebody whose session has run out."""
COUNTED = NOW - timedelta(days=1)


@dataclass
class Desk:
    """An agent, and the one borrower in that agent's hands with everything that can stand beside a borrower."""

    agent: User
    borrower: Borrower
    loan: Loan
    case: Case
    mark: str
    rows: dict[str, models.Model] = field(default_factory=dict)

    def named(self, about: str) -> Named:
        """What stands in an address about that: the row itself and whatever else is in the same address."""
        row = self.rows[about]
        found: Named = {
            "number": self.loan.number,
            "hold_pk": self.rows["hold"].pk,
            "point_pk": self.rows["point"].pk,
            "contact_pk": self.rows["call"].pk,
            "file_pk": self.rows["file"].pk,
            "ref": self.borrower.ref,
            "reference": f"P-{self.mark}",
            "other": self.rows["twin"].pk,
            "channel": "sms",
            "pk": self.case.pk if about == "call" else row.pk,
        }
        return found | ({"kind": Consent.Kind.HOURS} if about == "wish" else {})


@dataclass
class House:
    """Both desks, and everybody who works in the house."""

    north: Desk
    south: Desk
    people: dict[str, User]
    rows: dict[str, models.Model]
    upload: str
    browsers: dict[str, Client] = field(default_factory=dict)

    def lay_out_files(self) -> None:
        """What lies on the disk beside the rows: a request that is taken back may have taken it away for good."""
        _upload()
        bad_rows_of(self.rows["job"].pk).write_text("line,reason")

    def desk(self, at: str) -> Desk:
        return self.north if at == "north" else self.south

    def address(self, route: str, about: str, *, at: str = "north") -> str:
        """Where that is found; an upload is read in a format."""
        return filled(route, self.named(about, at=at)) + ("?format=native" if about == "upload" else "")

    def named(self, about: str, *, at: str = "north") -> Named:
        """Parameters of an address; of the south desk if asked, and the same at both for what belongs to no desk."""
        desk = self.desk(at)
        if about == UNKNOWN:
            return defaultdict(lambda: NOBODY)
        if about == "colleague":
            return {"pk": desk.agent.pk}
        if about in desk.rows:
            return desk.named(about)
        shared: Named = {
            "code": "bank" if about == "funder" else "plain",
            "kind": ContactRule.Kind.CAP,
            "rule_set": "US-REG-F",
            "sha256": self.upload,
            "provider": "loopback",
            "call_id": "the-call",
            "token": "the-token",
        }
        if about == "script":
            shared["code"] = Script.objects.order_by("pk")[0].code
        if about == "step":
            shared |= {"of": "outcome", "code": "no_answer"}
        if about == "rule":
            rule = ContactRule.objects.order_by("pk")[0]
            shared |= {"rule_set": rule.rule_set, "code": rule.code}
        return shared | ({"pk": self.rows[about].pk} if about in self.rows else {})


def make_house() -> House:
    """Everything, made straight in the tables where a service asks for more than a test of access needs."""
    north, south = make_team("North"), make_team("South")
    people = {
        "agent": make_person("li", team=north, display_name="Li Na"),
        "other": make_person("bo", team=south, display_name="Bo Wen"),
        "supervisor": make_person("chen", Role.SUPERVISOR, team=north, display_name="Chen Jie"),
        "other_supervisor": make_person("dong", Role.SUPERVISOR, team=south),
        "manager": make_person("mo", Role.MANAGER),
        "auditor": make_person("an", Role.AUDITOR),
        "administrator": make_person("ada", Role.ADMINISTRATOR),
        "disabled": make_person("out", Role.MANAGER),
        "expired": make_person("late", Role.MANAGER),
        "clerk": make_person("clerk", Role.SUPERVISOR),
    }
    borrowers = [_borrower("NORTH-1", "19900001111", "王小明"), _borrower("SOUTH-1", "19900002222", "李大伟")]
    loans = [make_loan(each, days=10, periods=3) for each in borrowers]
    close_day(TODAY)
    owners = (people["agent"], people["other"])
    desks = [
        _desk(loan, owner, people["clerk"], each) for loan, owner, each in zip(loans, owners, ("n", "s"), strict=True)
    ]
    upload = _upload()
    return House(desks[0], desks[1], people, _shared(people, north, upload), upload)


def _borrower(ref: str, phone: str, name: str) -> Borrower:
    borrower = Borrower.objects.create(
        ref=ref, name=PersonName(name), identity=IdentityNumber("110101199003070011"), time_zone="Asia/Shanghai"
    )
    number = PhoneNumber(phone)
    ContactPoint.objects.create(
        borrower=borrower, kind="mobile", value=number, digest=number.digest(), added_at=COUNTED
    )
    return borrower


def _desk(loan: Loan, agent: User, clerk: User, mark: str) -> Desk:
    borrower = loan.borrower
    Case.objects.filter(borrower=borrower).update(owner=agent)
    case = Case.objects.select_related("borrower", "owner").get(borrower=borrower)
    desk = Desk(agent, borrower, loan, case, mark)
    point = borrower.contact_points.get()
    desk.rows = {"case": case, "borrower": borrower, "loan": loan, "point": point, "wish": borrower}
    _money(desk, clerk, mark)
    _talk(desk, clerk, mark)
    return desk


def _money(desk: Desk, clerk: User, mark: str) -> None:
    loan, rows = desk.loan, desk.rows
    who: dict[str, Any] = {"maker": clerk, "made_at": NOW}
    rows["payment"] = payment = pay(loan, 10_000, value_on=TODAY, reference=f"P-{mark}")
    rows["refund"] = RefundRequest.objects.create(payment=payment, amount=100, reason="twice", made_on=TODAY, **who)
    waiver = WaiverRequest(
        loan=loan, reason="hardship", words="-", principal=100, open_penalty=0, open_interest=0, open_principal=1_000,
        made_on=TODAY, **who,
    )  # fmt: skip
    waiver.payload_hash = waiving.hash_of(waiver)
    waiver.save()
    rows["waiver"] = waiver
    rows["pause"] = Pause.objects.create(
        loan=loan, kind="clock", from_on=TODAY, reason="moved house", made_by=clerk, made_at=NOW
    )
    rows["link"] = PayLink.objects.create(
        loan=loan, code=f"L{mark}", covers="due", amount=100, currency="CNY", expires_at=NOW + timedelta(days=3),
        made_by=clerk, made_at=NOW,
    )  # fmt: skip
    account = AccountNumber("6222021234567890")
    mandate = Mandate.objects.create(
        borrower=desk.borrower, account=account, account_digest=account.digest(), bank="ICBC", evidence="REC-17",
        from_on=TODAY, recorded_by=clerk, recorded_at=NOW,
    )  # fmt: skip
    rows["mandate"] = mandate
    rows["debit"] = Debit.objects.create(
        loan=loan, mandate=mandate, code=f"D{mark}", amount=100, currency="CNY", local_day=TODAY, asked_by=clerk,
        asked_at=NOW,
    )  # fmt: skip
    rows["cost"] = Fee.objects.create(
        loan=loan, kind="other", on=TODAY, amount=100, source="invoice", booked_on=TODAY,
        change=_change(loan, "shares", clerk, is_decided=True),
    )  # fmt: skip
    rows["change"] = _change(loan, "shares", clerk)
    guarantor = get_funder(f"guarantor-{mark}", "Guarantor")
    guarantee = Guarantee.objects.create(
        loan=loan, guarantor=guarantor, cap_ppm=1_000_000, trigger_days=1, from_on=TODAY,
        change=_change(loan, "guarantee", clerk, is_decided=True),
    )  # fmt: skip
    rows["guarantor_payment"] = GuarantorPayment.objects.create(
        loan=loan, guarantee=guarantee, guarantor=guarantor, on=TODAY, first_n=3, last_n=3, principal=100, interest=0,
        reference=f"G-{mark}", change=_change(loan, "guarantor_payment", clerk, is_decided=True),
    )  # fmt: skip
    rows["plan"] = ask_plan(loan, by=clerk)


def _talk(desk: Desk, clerk: User, mark: str) -> None:
    borrower, agent, rows = desk.borrower, desk.agent, desk.rows
    point = borrower.contact_points.get()
    rows["twin"] = twin = _borrower(f"{borrower.ref}-again", f"1990000333{len(mark)}", "王小明")
    Case.objects.create(
        borrower=twin, owner=agent, stage="early", bucket="M1", opened_on=TODAY, state="closed", ended_on=TODAY
    )
    rows["hold"] = Hold.objects.create(
        borrower=borrower, kind="illness", reason="in hospital", from_on=TODAY, placed_by=clerk, placed_at=NOW
    )
    OptOut.objects.create(borrower=borrower, channel="sms", from_at=NOW, noted_by=agent)
    Consent.objects.create(borrower=borrower, kind=Consent.Kind.HOURS, evidence="REC-1", from_at=NOW, noted_by=agent)
    rows["call"] = make_contact(borrower, NOW, state="reserved", outcome="", by=agent, point=point, call_id=f"c{mark}")
    rows["contact"] = make_contact(borrower, COUNTED, by=agent, point=point)
    heard = make_contact(borrower, COUNTED - timedelta(days=1), by=agent, point=point)
    rows["review"] = Review.objects.create(
        contact=heard, agent=agent, why="usual", picked_on=TODAY, state="written", reviewer=clerk, written_at=NOW
    )
    paper = attachments.keep(SimpleUploadedFile("paper.png", png()), at=NOW)
    rows["file"] = attachments.attach(desk.case, paper, by=agent, at=NOW)
    if transaction.get_connection().in_atomic_block:
        attachments._settle(paper.key)  # this house is never committed
    rows["representative"] = Representative.objects.create(
        borrower=borrower, name=PersonName("张律师"), relation="lawyer", evidence="letter", noted_by=clerk, noted_at=NOW
    )
    rows["complaint"] = Complaint.objects.create(
        borrower=borrower, kind="service", source="phone", words="They never call back.", received_on=TODAY,
        taken_by=agent, taken_at=NOW, due_on=TODAY + timedelta(days=15),
    )  # fmt: skip
    rows["referral"] = referral = Referral.objects.create(
        case=desk.case, kind="mediation", words="They would come.", from_on=TODAY, until_on=TODAY + timedelta(days=9),
        maker=clerk, made_at=NOW,
    )  # fmt: skip
    ReferralLoan.objects.create(referral=referral, loan=desk.loan, bucket="M1", overdue=110_000, payoff=350_000)
    rows["reminder"] = Reminder.objects.create(
        borrower=borrower, funder=desk.loan.funder, policy="early", step="d1", channel="sms", local_day=TODAY,
        purpose="reminder", template="early", language="zh-hans", point=point, message_id=f"m{mark}", state="unknown",
        due_at=NOW, planned_at=NOW,
    )  # fmt: skip


def _published(people: dict[str, User]) -> Change:
    return Change.objects.create(
        kind=Change.Kind.CONTACT_RULES, subject="cn", from_on=TODAY, content={"rules": []}, words="-", payload_hash="",
        maker=people["clerk"], made_at=NOW, state=Change.State.APPROVED, checker=people["manager"], decided_at=NOW,
    )  # fmt: skip


def _trial(by: User, upload: str) -> Job:
    return imports.start(find(upload), FORMATS["native"], "tape.csv", is_dry_run=True, by=by, at=NOW)


def _upload() -> str:
    """A tape that waits to be read; the digest by which it is found."""
    text = tapes.text_of(tapes.loan()).encode()
    digest = hashlib.sha256(text).hexdigest()
    path_of(digest).write_bytes(text)
    return digest


def _change(loan: Loan, kind: str, clerk: User, *, is_decided: bool = False) -> Change:
    decided: dict[str, Any] = {}
    if is_decided:
        checker = User.objects.get(username="mo")
        decided = {"state": Change.State.APPROVED, "checker": checker, "decided_at": NOW}
    change = Change(
        kind=kind, subject=loan.number, loan=loan, from_on=TODAY, content={"shares": {"bank": 1_000_000}},
        words="-", maker=clerk, made_at=NOW, **decided,
    )  # fmt: skip
    change.payload_hash = changes.hash_of(change)
    change.save()
    return change


def _shared(people: dict[str, User], team: Team, upload: str) -> dict[str, models.Model]:
    """What belongs to no borrower. A proposal and a job are whose they are: the supervisor's."""
    chief = people["supervisor"]
    LoopbackOrder.objects.create(code="X", token="the-token", is_debit=False, facts=PAGE)
    LoopbackCall.objects.create(key="k", call_id="the-call", to_masked="•", agent="li", started_at=NOW)
    return {
        "saved": SavedView.objects.create(user=people["agent"], name="Mine", query=""),
        "person": people["agent"],
        "team": team,
        "door": Door.objects.create(kind="known", key="k", user=people["agent"], tries=10, last_at=NOW),
        "job": _trial(chief, upload),
        "proposal": Proposal.objects.create(batch="b", by=chief, made_at=NOW, on=TODAY, count=0),
        "dealing": AssignmentRule.objects.create(name="All", position=10, changed_by=chief, changed_at=NOW),
        "published": _published(people),
        "suspended": SuspendedPayment.objects.create(
            reference="S-1", loan_number="?", value_on=TODAY, amount=100, currency="CNY", reason="-", received_at=NOW
        ),
    }


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def sent(
    browser: Client, method: str, address: str, body: Mapping[str, Any] | None = None, *, is_kept_back: bool = True
) -> Any:
    """What is answered to that, with a one-time key wherever one may be wanted; nothing of it has happened afterwards, if asked."""
    cookies, key = SimpleCookie(browser.cookies), secrets.token_hex(8)
    more: dict[str, Any] = {"headers": {"Idempotency-Key": key}}
    if address.startswith("/api/"):
        more |= {"data": json.dumps(dict(body or {})), "content_type": "application/json"}
    elif method == "POST":
        form = {FIELD: key, **(body or {})}
        more |= {"data": encode_multipart(BOUNDARY, form), "content_type": MULTIPART_CONTENT}
    with taken_back() if is_kept_back else nullcontext():
        answer = browser.generic(method, address, **more)
    browser.cookies = cookies
    return answer
