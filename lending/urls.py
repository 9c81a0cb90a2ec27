from django.urls import path

from lending.views import imports, loans, machines

urlpatterns = [
    path("loans/", loans.loans, name="loans"),
    path("loans.csv", loans.loans_csv, name="loans_csv"),
    path("loans/<str:number>/", loans.loan_page, name="loan_page"),
    path("imports/", imports.import_page, name="import_page"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/bad-rows.csv", imports.import_bad_rows, name="import_bad_rows"),
    path("webhooks/payments/<slug:provider>/", machines.payment_webhook, name="payment_webhook"),
]
