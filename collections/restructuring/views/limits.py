"""The approval matrix: what holds today, what waits, from when each held; and putting another one forward."""

from django.http import HttpResponse
from django.template.response import TemplateResponse

from cases.edge import StaffRequest, day_of
from lending.models import Change
from lending.views.changing import put_forward, who_and_when
from restructuring.limit_forms import MatrixForm
from restructuring.limit_publishing import put_forward_matrix
from restructuring.matrix import HOUSE, matrix_of, matrix_on
from restructuring.models import ApprovalMatrix, PlanRequest
from staff.access import audience
from staff.matrix import may
from staff.models import Role
from staff.once import once


@audience("restructuring.read")
def approval_limits(request: StaffRequest) -> HttpResponse:
    on = day_of(request)
    matrix = matrix_on(on)
    context = {
        "matrix": matrix,
        "limits": [
            (limit, Role(limit.role).label, kind.label) for kind in PlanRequest.Instrument for limit in matrix.of(kind)
        ],
        "published": ApprovalMatrix.objects.select_related("change__maker", "change__checker").order_by("-valid_from"),
        "waiting": Change.objects.waiting().filter(kind=Change.Kind.APPROVAL_LIMITS).select_related("maker"),
        "may_change": may(request.user.role, "lending.terms"),
        "may_see_changes": may(request.user.role, "lending.terms_read"),
    }
    return TemplateResponse(request, "restructuring/limits.html", context)


@audience("lending.terms", post="lending.terms")
@once
def approval_limits_change(request: StaffRequest) -> HttpResponse:
    """Another matrix, from the newest one that is published."""
    newest = ApprovalMatrix.objects.order_by("-valid_from").values_list("content", flat=True).first()
    form = MatrixForm(request.POST or None, matrix=matrix_of(newest) if newest else HOUSE)

    def act() -> Change:
        cleaned = form.cleaned_data
        return put_forward_matrix(
            form.matrix, from_on=cleaned["valid_from"], words=cleaned["words"], **who_and_when(request)
        )

    return put_forward(request, form, act, "restructuring/limit_form.html")
