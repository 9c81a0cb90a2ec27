"""Tables as files to keep: CSV as a stream, or a workbook."""

from collections.abc import Iterable

from django.http import FileResponse, StreamingHttpResponse

from lending.spreadsheets import csv_pieces
from lending.workbooks import WORKBOOK_TYPE, workbook


def as_file(kind: str, rows: Iterable[list[str]], *, head: Iterable[str], name: str) -> StreamingHttpResponse:
    """The rows as `name`.csv or `name`.xlsx."""
    if kind == "xlsx":
        file = workbook(rows, head=head)
        return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=WORKBOOK_TYPE)
    response = StreamingHttpResponse(csv_pieces(rows, head=head), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
