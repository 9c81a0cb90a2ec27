from django.urls import path

from restructuring.views import approvals, plans, requesting, reshaping

urlpatterns = [
    path("approvals/", approvals.approvals, name="approvals"),
    path("cases/<int:pk>/plan/", requesting.case_plan, name="case_plan"),
    path("loans/<str:number>/plan/", requesting.plan_request, name="plan_request"),
    path("loans/<str:number>/plan/preview/", requesting.plan_preview, name="plan_preview"),
    path("loans/<str:number>/restructure/", reshaping.plan_reshape, name="plan_reshape"),
    path("loans/<str:number>/restructure/preview/", reshaping.plan_reshape_preview, name="plan_reshape_preview"),
    path("plans/<int:pk>/", plans.plan_page, name="plan_page"),
    path("plans/<int:pk>/amend/", requesting.plan_amend, name="plan_amend"),
    path("plans/<int:pk>/restructure/", reshaping.plan_reshape_amend, name="plan_reshape_amend"),
    path("plans/<int:pk>/undo/", plans.plan_undo, name="plan_undo"),
    path("plans/<int:pk>/decide/", plans.plan_decide, name="plan_decide"),
    path("plans/<int:pk>/acceptance/", plans.plan_accept, name="plan_accept"),
    path("plans/<int:pk>/consent/", plans.plan_consent, name="plan_consent"),
    path("plans/<int:pk>/withdraw/", plans.plan_withdraw, name="plan_withdraw"),
]
