from django.urls import URLPattern, URLResolver, path

from dunning.views import by_hand, gateways, machines, messages, outbox, rehearsal

urlpatterns: list[URLPattern | URLResolver] = [
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/unknown/", outbox.unknown_sends, name="unknown_sends"),
    path("outbox/rehearsal/", rehearsal.rehearsal_page, name="rehearsal_page"),
    path("outbox/dead/", gateways.dead_letters_settle, name="dead_letters_settle"),
    path("outbox/gateways/", gateways.gateways_page, name="gateways"),
    path("outbox/<int:pk>/dead/", gateways.dead_letter_settle, name="dead_letter_settle"),
    path("outbox/<int:pk>/", outbox.reminder_page, name="reminder_page"),
    path("outbox/<int:pk>/settle/", outbox.settle_unknown, name="settle_unknown"),
    path("messages/", messages.messages_page, name="messages"),
    path("messages/fault/", messages.loopback_fault, name="loopback_fault"),
    path("cases/<int:pk>/message/", by_hand.message_write, name="message_write"),
    path("cases/<int:pk>/message/preview/", by_hand.message_preview, name="message_preview"),
    path("webhooks/messages/<slug:provider>/", machines.message_webhook, name="message_webhook"),
    path("loopback/messages/", machines.loopback_message, name="loopback_message"),
]
