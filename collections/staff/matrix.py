"""The permission matrix: which role may use which capability. Deny by default: what is not written here, nobody may.

A capability is named `app.verb`. Each view names the capability it asks for (`staff.access.audience`), so this table, the
routes and `manage.py permission_matrix` can never tell three stories.
"""

from staff.models.people import Role

_A, _S, _M, _U, _D = Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR
_EVERYONE = frozenset(Role)

MATRIX: dict[str, frozenset[Role]] = {
    # everybody
    "staff.own": _EVERYONE,  # home, preferences, one's own access, sign out
    "staff.own_codes": _EVERYONE,  # new recovery codes
    # audit
    "audit.read": frozenset({_U, _M}),
    # staff
    "staff.see": frozenset({_D, _U}),
    "staff.manage": frozenset({_D}),
    "staff.absence": frozenset({_S, _M, _D}),
    "staff.jobs": frozenset({_S, _M, _U}),
    "staff.training": frozenset({_S, _M, _U, _D}),
    "staff.training_record": frozenset({_S, _D}),
    # lending
    "lending.read": frozenset({_A, _S, _M, _U}),
    "lending.export": frozenset({_A, _S, _M, _U}),
    "lending.import": frozenset({_S, _M}),
    "lending.post": frozenset({_S, _M}),  # payments by hand, their reversal, money out of suspense
    "lending.suspense": frozenset({_S, _M, _U}),
    "lending.waive": frozenset({_A, _S, _M}),
    "lending.ask_money": frozenset({_A, _S}),  # pay links, consent to debits, debits
    "lending.ask_money_end": frozenset({_S}),  # links cancelled, debits taken back or settled
    "lending.write_off": frozenset({_S, _M}),
    "lending.waive_decide": frozenset({_S, _M}),
    "lending.pause": frozenset({_S, _M}),
    "lending.refund": frozenset({_S, _M}),
    "lending.refund_decide": frozenset({_S, _M}),
    "lending.terms": frozenset({_S, _M}),  # put forward changes of products, funders, shares, guarantees; notices
    "lending.terms_read": frozenset({_S, _M, _U}),
    "lending.terms_decide": frozenset({_M}),
    "lending.terms_export": frozenset({_S, _M, _U}),
    "lending.consent": frozenset({_S, _M}),  # record what a funder agreed to
    # risk
    "risk.portfolio": frozenset({_M, _U}),
    "risk.export": frozenset({_M, _U}),
    # contacts
    "contacts.read": frozenset({_A, _S, _M, _U}),
    "contacts.contact": frozenset({_A, _S}),
    "contacts.reveal": frozenset({_A, _S, _M}),
    "contacts.hold": frozenset({_A, _S, _M}),
    "contacts.rules": frozenset({_S, _M, _U}),
    "contacts.rules_change": frozenset({_M}),  # put forward; a second one publishes by lending.terms_decide
    # cases
    "cases.read": frozenset({_A, _S, _M, _U}),
    "cases.export": frozenset({_A, _S, _M, _U}),
    "cases.work": frozenset({_A, _S}),
    "cases.assign": frozenset({_S}),
    "cases.complaint_take": frozenset({_A, _S, _M}),
    "cases.complaints": frozenset({_S, _M, _U}),
    "cases.complaint_handle": frozenset({_S, _M}),
    "cases.quality": frozenset({_A, _S, _M, _U}),  # agents read what was written about their own contacts
    "cases.quality_reply": frozenset({_A, _S}),
    "cases.quality_review": frozenset({_S, _M}),
    "cases.quality_read": frozenset({_S, _M, _U}),
    "cases.complaint_extend": frozenset({_M}),  # the last extension, and only of what somebody else handles
    "cases.referrals": frozenset({_A, _S, _M, _U}),  # agents those of their own cases, and the visits that they make
    "cases.refer": frozenset(
        {_A, _S, _M}
    ),  # ask, and write down what happens; visits are made by agents and supervisors
    "cases.refer_decide": frozenset(
        {_S, _M}
    ),  # never one's own; what managers alone decide stands in the table of kinds
    "cases.agencies": frozenset({_S, _M, _U}),
    "cases.agency_evaluate": frozenset({_S, _M}),
    "cases.agency_export": frozenset({_S, _M}),  # what an agency is given of the cases placed with it
    "cases.agency_report": frozenset({_S, _M}),  # what an agency tells of its contacts
    "cases.reports": frozenset({_S, _M, _U}),  # counts over all cases of one's scope, without names
    "cases.rules": frozenset({_S, _M, _U}),
    "cases.rules_set": frozenset({_S, _M}),  # how cases are dealt out, and what people are to reach
    # restructuring
    "restructuring.read": frozenset({_A, _S, _M, _U}),
    "restructuring.request": frozenset({_A, _S}),
    "restructuring.accept": frozenset({_A, _S, _M}),
    "restructuring.decide": frozenset({_S, _M}),
    # dunning
    "dunning.read": frozenset({_S, _M, _U}),
    "dunning.write": frozenset({_A, _S}),
    "dunning.settle": frozenset({_S}),
    "dunning.rehearse": frozenset({_S, _M}),
    "dunning.messages": frozenset({_A, _S, _M, _U}),
    "dunning.loopback": frozenset({_S}),  # let the demonstration's gateway misbehave
}

STEP_UP = frozenset(
    {
        *("staff.manage", "staff.own_codes", "contacts.reveal"),
        *("restructuring.decide", "lending.waive_decide", "lending.refund_decide", "lending.terms_decide"),
        "cases.refer_decide",
    }
)
"""Acts for which a fresh code of the second factor is asked, where the role has one: before the form and when it is sent."""
EXPORTS = frozenset({"lending.export", "lending.terms_export", "risk.export", "cases.export", "cases.agency_export"})
"""Reads of a whole list at once, for which the same holds."""


def may(role: str, capability: str) -> bool:
    """Whether that role has that capability; KeyError for a capability that the matrix does not know."""
    return role in MATRIX[capability]
