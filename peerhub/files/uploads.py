"""How a file enters: Django's parser of forms asks here before it reads one byte of a file.

Everything is refused but one file, named `file`, that a signed-in person sends to a view that takes files
(`@takes_files`). What is too long is refused by its announced length, before it is read; what is read goes to a
temporary file, never to memory.
"""

from collections.abc import Callable
from typing import IO, Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpResponseBase

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
FIELD = "file"


def takes_files(view: View) -> View:
    """Declare that this view takes a file of a signed-in person. Outermost, so that the resolver sees it."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def longest_file() -> int:
    """In bytes, of whatever kind."""
    return max(settings.FILE_IMAGE_MEGABYTES, settings.FILE_DOCUMENT_MEGABYTES) * 1_000_000


class UploadHandler(TemporaryFileUploadHandler):
    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,  # bytes, whatever the stubs say
        encoding: Any = None,
    ) -> None:
        """The whole form, before any of it is read: its texts, and a file where one may be."""
        self.may_send = _may_send_file(self.request)
        if content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE + (longest_file() if self.may_send else 0):
            raise RequestDataTooBig

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if not self.may_send or field_name != FIELD:
            raise TooManyFilesSent
        self.received = 0
        super().new_file(field_name, *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > longest_file():
            self.file.close()  # Django closes what is complete
            raise RequestDataTooBig
        super().receive_data_chunk(raw_data, start)


def _may_send_file(request: Any) -> bool:
    """The form is read by the check of its token, after the address was resolved and the person was found; whoever
    reads it before gets no file."""
    match, user = getattr(request, "resolver_match", None), getattr(request, "user", None)
    return match is not None and getattr(match.func, "takes_files", False) and bool(user and user.is_authenticated)
