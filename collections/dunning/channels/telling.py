"""What a webhook does with an event that it understood, whichever gateway told it."""

from django.http import JsonResponse

from audit.clock import now
from dunning import receipts


def keep(provider: str, event: receipts.Event) -> JsonResponse:
    """202 when the event is kept, 200 when it had come before."""
    is_new = receipts.take(provider, event, received_at=now())
    return JsonResponse({"status": "stored" if is_new else "seen"}, status=202 if is_new else 200)
