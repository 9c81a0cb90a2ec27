"""Routes under /api/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cases.api import CaseViewSet
from config.api import DocsView, SchemaView, TokenView
from lending.api import LoanViewSet, PaymentsView

router = SimpleRouter()
router.register("loans", LoanViewSet, basename="api_loan")
router.register("cases", CaseViewSet, basename="api_case")

urlpatterns = [
    path("v1/token/", TokenView.as_view(), name="api_token"),
    path("v1/payments/", PaymentsView.as_view(), name="api_payments"),
    path("v1/", include(router.urls)),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    path("docs/", DocsView.as_view(url_name="api_schema"), name="api_docs"),
]
