"""What the views of this floor share: the plan within the person's scope, and the refusals of the services."""

from django.shortcuts import get_object_or_404

from cases.edge import StaffRequest
from lending.consents import ConsentError
from lending.rescheduling import ReschedulingError
from restructuring.accepting import AcceptanceRefusedError
from restructuring.asking import FiguresMovedError, PlanRefusedError
from restructuring.deciding import BeyondLimitError, MakerIsCheckerError, ReasonMissingError
from restructuring.models import PlanRequest
from restructuring.states import MoveError, StaleError

CONFLICT, UNPROCESSABLE = 409, 422
CHANGED_SINCE = (StaleError, MoveError, FiguresMovedError)
REFUSED = (
    ConsentError,
    ReschedulingError,
    PlanRefusedError,
    MakerIsCheckerError,
    BeyondLimitError,
    ReasonMissingError,
    AcceptanceRefusedError,
)


def find_plan(request: StaffRequest, pk: int) -> PlanRequest:
    """The plan, if this person sees its borrower; else 404."""
    plans = PlanRequest.objects.visible_to(request.user)
    return get_object_or_404(
        plans.select_related("loan__borrower", "loan__product", "loan__funder", "maker", "means"), pk=pk
    )


def status_of(error: Exception) -> int:
    return CONFLICT if isinstance(error, CHANGED_SINCE) else UNPROCESSABLE
