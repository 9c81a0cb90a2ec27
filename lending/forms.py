"""Forms of the book's pages: they clean, the services act."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from lending.imports.fields import DAY_FIRST, DAY_LAST
from lending.imports.formats import FORMATS


class UploadForm(forms.Form):
    """A file to import. What it is follows from its bytes, never from its name."""

    format = forms.ChoiceField(
        label=_("What it holds"),
        choices=lambda: [(each.code, each.label) for each in FORMATS.values()],
        initial="native",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=200,
        help_text=_("CSV in UTF-8 or GBK. It is tried first; nothing changes until you say so."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> "File[bytes]":
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_BYTES_MAX:
            largest = filesizeformat(settings.UPLOAD_BYTES_MAX)
            raise forms.ValidationError(
                _("The file is larger than %(largest)s. Split it."), params={"largest": largest}
            )
        return file


class AsOfForm(forms.Form):
    """The day as of which a loan is shown."""

    on = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, default: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.default = default

    def clean_on(self) -> date:
        on: date | None = self.cleaned_data["on"]
        if on and not DAY_FIRST <= on <= DAY_LAST:
            raise forms.ValidationError(_("No loan of this book stands on that day."))
        return on or self.default
