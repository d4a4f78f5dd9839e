"""How much a request may bring along, held by the application too: nothing larger is even written to a temporary file."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 12 * 1024 * 1024  # as deploy/nginx.conf says


class Capped(FileUploadHandler):
    """The first handler of a form with files: counts what comes, whatever the request says of its length."""

    seen = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:
        if content_length > MOST_BYTES:
            raise RequestDataTooBig("more bytes than a form may have")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.seen += len(raw_data)
        if self.seen > MOST_BYTES:
            raise RequestDataTooBig("more bytes than a form may have")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
