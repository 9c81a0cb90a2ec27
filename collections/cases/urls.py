from django.urls import path

from cases.views import assigning, calls, case_page, caseloads, drawers, my_day, search

urlpatterns = [
    path("my-day/", my_day.my_day, name="my_day"),
    path("search/", search.search, name="search"),
    path("cases/<int:pk>/", case_page.case_page, name="case_page"),
    path("cases/<int:pk>/presence/", case_page.presence, name="case_presence"),
    path("cases/<int:pk>/call/", calls.call, name="case_call"),
    path("cases/<int:pk>/call/<int:contact_pk>/", calls.wrap_up, name="case_wrap_up"),
    path("cases/<int:pk>/promise/", drawers.promise, name="case_promise"),
    path("cases/<int:pk>/says-paid/", drawers.paid_claim, name="case_says_paid"),
    path("cases/<int:pk>/callback/", drawers.callback, name="case_callback"),
    path("cases/<int:pk>/reason/", drawers.reason, name="case_reason"),
    path("cases/<int:pk>/note/", drawers.note, name="case_note"),
    path("cases/<int:pk>/hand-over/", drawers.handover, name="case_hand_over"),
    path("caseloads/", caseloads.caseloads, name="caseloads"),
    path("caseloads/assign/", assigning.assign_preview, name="assign_preview"),
    path("caseloads/assign/apply/", assigning.assign_apply, name="assign_apply"),
    path("caseloads/assign/undo/", assigning.assign_undo, name="assign_undo"),
    path("caseloads/<int:pk>/move/", assigning.move_person, name="move_person"),
    path("caseloads/<int:pk>/absence/", assigning.absence, name="note_absence"),
]
