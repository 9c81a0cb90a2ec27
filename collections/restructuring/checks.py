"""One rule and whether a plan keeps it."""

from typing import NamedTuple

from restructuring.matrix import Limit
from staff.models import Role


class Check(NamedTuple):
    """A rule and whether the plan keeps it; `role` and `limit` are set where it bounds only what that role may decide."""

    passes: bool
    text: str
    source: str
    detail: str = ""
    role: str = ""
    limit: Limit | None = None

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role else ""
