"""Which pages take a file, and how large: a view says so, and every other page takes none.

    @takes_files(10 * 1024 * 1024)
    def attach(request, pk): ...

The limit binds while the file comes in: what is larger is left unread, wherever the request is parsed first. The fields that
stand before the file in the form are kept, and `is_too_large(request)` says why there is no file.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

View = TypeVar("View", bound=Callable[..., Any])
FORM_BYTES = 64 * 1024
"""What the other fields of such a form may weigh."""


def takes_files(bytes_max: int) -> Callable[[View], View]:
    """State that a view takes files of at most so many bytes together."""

    def state(view: View) -> View:
        view.upload_bytes_max = bytes_max  # type: ignore[attr-defined]
        return view

    return state


def is_too_large(request: HttpRequest) -> bool:
    """Whether a file was left unread because it is larger than the page takes."""
    request.POST  # noqa: B018 - read here at the latest
    return getattr(request, "upload_refused", False)


class BoundedUploadHandler(FileUploadHandler):
    """Stands before the handlers that keep files; stops at the first file that is too large, or not asked for."""

    def handle_raw_input(self, *told: Any) -> None:
        """Django tells the body, the headers, the announced length, the boundary and the encoding, in this order."""
        content_length: int = told[2]
        match = getattr(self.request, "resolver_match", None)
        self.bytes_max: int = getattr(match.func, "upload_bytes_max", 0) if match else 0
        self.is_announced_too_large = content_length > self.bytes_max + FORM_BYTES
        self.received = 0

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        if self.is_announced_too_large or not self.bytes_max:
            self._stop()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.bytes_max:
            self._stop()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def _stop(self) -> None:
        assert self.request is not None
        self.request.upload_refused = True  # type: ignore[attr-defined]
        raise StopUpload(connection_reset=True)
