"""Every route of the console; each floor keeps its own list."""

from django.urls import URLPattern, URLResolver, include, path

from config import health, record_views
from staff.style_page import style_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("staff.urls")),
    path("audit/", record_views.audit_entries, name="audit_entries"),
    path("audit/proof/", record_views.audit_proof, name="audit_proof"),
    path("", include("lending.urls")),
    path("", include("risk.urls")),
    path("", include("contacts.urls")),
    path("", include("cases.urls")),
    path("", include("restructuring.urls")),
    path("", include("dunning.urls")),
    path("api/", include("config.api_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("style/", style_page, name="style_page"),
]

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
