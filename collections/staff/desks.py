"""The desk of each role: the first page after sign-in, as data. Url names of floors above, so nothing is imported."""

from staff.models import Role

DESKS = {
    Role.AGENT: "my_day",
    Role.SUPERVISOR: "caseloads",
    Role.MANAGER: "approvals",
    Role.AUDITOR: "audit_entries",
    Role.ADMINISTRATOR: "people",
}
