"""Bodies of requests are cut where nothing in them would be accepted any more, before they fill a disk."""

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from ogpgroup.uploads.refusals import LARGEST

MOST_A_REQUEST: Final = 120 * 1024 * 1024  # ten files and the words around them


class BoundedUploadHandler(FileUploadHandler):
    """First of the handlers: of each file it lets through one byte more than is accepted, so that it is refused."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > MOST_A_REQUEST:
            raise RequestDataTooBig("More than the files of one form.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        left = LARGEST + 1 - start
        return raw_data[:left] if left > 0 else None

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return None
