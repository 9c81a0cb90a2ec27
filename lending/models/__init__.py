"""The book: who owes what to whom under which schedule, and what was paid."""

from lending.models.arrears import Arrears, ClosedDay, ClosingStep, ParkedLoan, PenaltyAccrual
from lending.models.creditors import AssignmentNotice, Guarantee, GuarantorPayment, GuarantorReversal, LoanShare
from lending.models.fees import Fee
from lending.models.imports import ImportMapping
from lending.models.loans import Instalment, Loan, LoanQuerySet, ScheduleVersion
from lending.models.parties import (
    USABLE_QUALITIES,
    Borrower,
    BorrowerQuerySet,
    ContactPoint,
    NameDigest,
    seen_through,
)
from lending.models.pauses import Pause, PauseEnd
from lending.models.payments import (
    Allocation,
    Payment,
    PaymentEvent,
    SuspendedPayment,
    SuspendedPaymentQuerySet,
    SuspenseResolution,
)
from lending.models.products import ALWAYS, Funder, Product
from lending.models.refunds import Refund, RefundRequest
from lending.models.terms import Change, FunderConsent, FunderVersion
from lending.models.waivers import Waiver, WaiverLimit, WaiverRequest, WriteOff
from lending.models.ways import OPEN_DEBITS, Debit, DebitQuerySet, LoopbackOrder, Mandate, PayLink, PayLinkQuerySet

__all__ = [
    "ALWAYS",
    "OPEN_DEBITS",
    "USABLE_QUALITIES",
    "Allocation",
    "Arrears",
    "AssignmentNotice",
    "Borrower",
    "BorrowerQuerySet",
    "Change",
    "ClosedDay",
    "ClosingStep",
    "ContactPoint",
    "Debit",
    "DebitQuerySet",
    "Fee",
    "Funder",
    "FunderConsent",
    "FunderVersion",
    "Guarantee",
    "GuarantorPayment",
    "GuarantorReversal",
    "ImportMapping",
    "Instalment",
    "Loan",
    "LoanQuerySet",
    "LoanShare",
    "LoopbackOrder",
    "Mandate",
    "NameDigest",
    "ParkedLoan",
    "Pause",
    "PauseEnd",
    "PayLink",
    "PayLinkQuerySet",
    "Payment",
    "PaymentEvent",
    "PenaltyAccrual",
    "Product",
    "Refund",
    "RefundRequest",
    "ScheduleVersion",
    "SuspendedPayment",
    "SuspendedPaymentQuerySet",
    "SuspenseResolution",
    "Waiver",
    "WaiverLimit",
    "WaiverRequest",
    "WriteOff",
    "seen_through",
]
