"""The change list of cases, with the filters and the search that anybody would set up, for everybody who is signed in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path

from cases.models import Case


class Site(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active


class CaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # at run time it takes none
    list_display = (
        "borrower",
        "stage",
        "bucket",
        "owner",
        "next_action",
        "next_at",
        "priority",
        "overdue",
        "opened_on",
    )
    list_filter = ("state", "stage", "bucket", "next_action", "borrower__language", "borrower__loans__funder")
    list_select_related = ("borrower", "owner")
    list_per_page = 50
    search_fields = ("borrower__ref", "borrower__plain__name")
    ordering = ("-priority", "pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True


site = Site()
site.register(Case, CaseAdmin)
urlpatterns = [path("admin/", site.urls)]
