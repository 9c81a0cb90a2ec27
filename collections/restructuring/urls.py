from django.urls import path

from restructuring.views import agreement, approvals, limits, plans, requesting, reshaping, standing_in

urlpatterns = [
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/limits/", limits.approval_limits, name="approval_limits"),
    path("approvals/limits/change/", limits.approval_limits_change, name="approval_limits_change"),
    path("approvals/stand-in/", standing_in.stand_in, name="stand_in"),
    path("approvals/stand-in/<int:pk>/end/", standing_in.stand_in_end, name="stand_in_end"),
    path("cases/<int:pk>/plan/", requesting.case_plan, name="case_plan"),
    path("loans/<str:number>/plan/", requesting.plan_request, name="plan_request"),
    path("loans/<str:number>/plan/preview/", requesting.plan_preview, name="plan_preview"),
    path("loans/<str:number>/restructure/", reshaping.plan_reshape, name="plan_reshape"),
    path("loans/<str:number>/restructure/preview/", reshaping.plan_reshape_preview, name="plan_reshape_preview"),
    path("plans/<int:pk>/", plans.plan_page, name="plan_page"),
    path("plans/<int:pk>/agreement/", agreement.plan_agreement, name="plan_agreement"),
    path("plans/<int:pk>/amend/", requesting.plan_amend, name="plan_amend"),
    path("plans/<int:pk>/restructure/", reshaping.plan_reshape_amend, name="plan_reshape_amend"),
    path("plans/<int:pk>/undo/", plans.plan_undo, name="plan_undo"),
    path("plans/<int:pk>/decide/", plans.plan_decide, name="plan_decide"),
    path("plans/<int:pk>/acceptance/", plans.plan_accept, name="plan_accept"),
    path("plans/<int:pk>/consent/", plans.plan_consent, name="plan_consent"),
    path("plans/<int:pk>/withdraw/", plans.plan_withdraw, name="plan_withdraw"),
]
