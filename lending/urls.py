from django.urls import path

from lending.views import imports, letters, loans, machines, payments, suspense, waivers

urlpatterns = [
    path("loans/", loans.loans, name="loans"),
    path("loans.csv", loans.loans_csv, name="loans_csv"),
    path("loans/<str:number>/", loans.loan_page, name="loan_page"),
    path("loans/<str:number>/payment/", payments.payment_record, name="payment_record"),
    path("loans/<str:number>/payment/preview/", payments.payment_preview, name="payment_preview"),
    path("loans/<str:number>/payments/<int:pk>/reverse/", payments.payment_reverse, name="payment_reverse"),
    path("loans/<str:number>/payoff/", letters.payoff, name="payoff"),
    path("loans/<str:number>/payoff/letter/", letters.payoff_letter, name="payoff_letter"),
    path("loans/<str:number>/statement/", letters.statement_page, name="statement"),
    path("suspense/", suspense.suspense, name="suspense"),
    path("suspense/<int:pk>/match/", suspense.suspense_match, name="suspense_match"),
    path("suspense/<int:pk>/candidates/", suspense.suspense_candidates, name="suspense_candidates"),
    path("suspense/<int:pk>/return/", suspense.suspense_return, name="suspense_return"),
    path("loans/<str:number>/waive/", waivers.waive, name="waive"),
    path("loans/<str:number>/waive/preview/", waivers.waive_preview, name="waive_preview"),
    path("loans/<str:number>/write-off/", waivers.write_off, name="write_off"),
    path("waivers/", waivers.waivers, name="waivers"),
    path("waivers/<int:pk>/", waivers.waiver_page, name="waiver_page"),
    path("waivers/<int:pk>/decide/", waivers.waiver_decide, name="waiver_decide"),
    path("waivers/<int:pk>/withdraw/", waivers.waiver_withdraw, name="waiver_withdraw"),
    path("imports/", imports.import_page, name="import_page"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/bad-rows.csv", imports.import_bad_rows, name="import_bad_rows"),
    path("webhooks/payments/<slug:provider>/", machines.payment_webhook, name="payment_webhook"),
]
