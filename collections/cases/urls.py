from django.urls import path

from cases.complaints import drawers as complaint_drawers
from cases.complaints import views as complaint_views
from cases.quality import views as quality_views
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
    path("complaints/", complaint_views.complaints, name="complaints"),
    path("complaints/numbers/", complaint_views.complaint_numbers, name="complaint_numbers"),
    path("complaints/<int:pk>/", complaint_views.complaint_page, name="complaint_page"),
    path("complaints/<int:pk>/letter/", complaint_views.letter, name="complaint_letter"),
    path("complaints/<int:pk>/give/", complaint_drawers.give, name="complaint_give"),
    path("complaints/<int:pk>/step/", complaint_drawers.step, name="complaint_step"),
    path("complaints/<int:pk>/put-off/", complaint_drawers.put_off, name="complaint_put_off"),
    path("complaints/<int:pk>/answer/", complaint_drawers.answer, name="complaint_answer"),
    path("complaints/<int:pk>/take-back/", complaint_drawers.take_back, name="complaint_take_back"),
    path("borrowers/<int:pk>/complaint/", complaint_drawers.take, name="complaint_take"),
    path("borrowers/<int:pk>/representative/", complaint_drawers.representative, name="representative_note"),
    path("quality/", quality_views.reviews, name="reviews"),
    path("quality/numbers/", quality_views.review_numbers, name="review_numbers"),
    path("quality/<int:pk>/", quality_views.review, name="review"),
    path("quality/<int:pk>/reply/", quality_views.reply, name="review_reply"),
    path("quality/contacts/<int:pk>/pick/", quality_views.review_pick, name="review_pick"),
    path("mandates/<int:pk>/verify/", complaint_drawers.mandate, name="mandate_verify"),
]
