from django.urls import URLPattern, URLResolver, path

from contacts import loopback, machines, rule_views, views, wish_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("contact-rules/", rule_views.contact_rules, name="contact_rules"),
    path("contact-rules/new/<slug:kind>/", rule_views.rule_new, name="contact_rule_new"),
    path("contact-rules/sets/<slug:rule_set>/", rule_views.rules_adopt, name="contact_rules_adopt"),
    path("contact-rules/undo/<int:pk>/", rule_views.rules_undo, name="contact_rules_undo"),
    path("contact-rules/<slug:rule_set>/<slug:code>/", rule_views.rule_page, name="contact_rule"),
    path("contact-rules/<slug:rule_set>/<slug:code>/change/", rule_views.rule_change, name="contact_rule_change"),
    path("contact-rules/<slug:rule_set>/<slug:code>/withdraw/", rule_views.rule_withdraw, name="contact_rule_withdraw"),
    path("borrowers/<int:pk>/reach/", views.reach_now, name="reach_now"),
    path("borrowers/<int:pk>/reveal/", views.reveal_value, name="reveal"),
    path("borrowers/<int:pk>/hold/", views.hold_place, name="hold_place"),
    path("borrowers/<int:pk>/holds/<int:hold_pk>/lift/", views.hold_lift, name="hold_lift"),
    path("borrowers/<int:pk>/opt-out/", views.opt_out, name="opt_out"),
    path("borrowers/<int:pk>/opt-out/<slug:channel>/withdraw/", views.opt_in, name="opt_in"),
    path("borrowers/<int:pk>/contact-consents/", wish_views.consent_note, name="contact_consent_note"),
    path(
        "borrowers/<int:pk>/contact-consents/<slug:kind>/withdraw/", wish_views.consent_end, name="contact_consent_end"
    ),
    path("borrowers/<int:pk>/liking/", wish_views.liking_note, name="liking_note"),
    path("borrowers/<int:pk>/contact-points/<int:point_pk>/refused/", wish_views.refusal_note, name="refusal_note"),
    path("borrowers/<int:pk>/contact-points/add/", views.contact_point_add, name="contact_point_add"),
    path(
        "borrowers/<int:pk>/contact-points/<int:point_pk>/retire/",
        views.contact_point_retire,
        name="contact_point_retire",
    ),
    path("borrowers/<int:pk>/log-contact/", views.contact_log, name="contact_log"),
    path("webhooks/calls/<slug:provider>/", machines.call_webhook, name="call_webhook"),
    path("loopback/calls/", loopback.place_call, name="loopback_calls"),
    path("loopback/calls/<slug:call_id>/", loopback.call_details, name="loopback_call"),
]
