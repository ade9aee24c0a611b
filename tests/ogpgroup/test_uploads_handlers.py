import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from ogpgroup.uploads import LARGEST
from ogpgroup.uploads.handlers import MOST_A_REQUEST, BoundedUploadHandler


def sizes(*files: SimpleUploadedFile, **extra: str) -> list[int | None]:
    request = RequestFactory().post("/", {"files": list(files), "text": "lo escrito"}, **extra)  # type: ignore[arg-type]
    assert request.POST["text"] == "lo escrito"
    arrived = request.FILES.getlist("files")
    for one in arrived:
        one.close()
    return [one.size for one in arrived]


def test_file_is_cut_one_byte_after_what_is_accepted() -> None:
    large = SimpleUploadedFile("a.pdf", b"x" * (3 * LARGEST))

    assert sizes(large, SimpleUploadedFile("b.pdf", b"xyz")) == [LARGEST + 1, 3]


def test_file_of_the_allowed_size_comes_whole() -> None:
    assert sizes(SimpleUploadedFile("a.pdf", b"x" * LARGEST)) == [LARGEST]


def test_body_that_no_form_needs_is_refused_before_it_is_read() -> None:
    with pytest.raises(RequestDataTooBig):
        sizes(SimpleUploadedFile("a.pdf", b"x"), CONTENT_LENGTH=str(MOST_A_REQUEST + 1))


def test_forms_bring_few_files() -> None:
    with pytest.raises(TooManyFilesSent):
        sizes(*(SimpleUploadedFile("a.pdf", b"x") for _ in range(21)))


def test_limit_comes_before_anything_is_stored() -> None:
    first = settings.FILE_UPLOAD_HANDLERS[0]

    assert first == f"{BoundedUploadHandler.__module__}.{BoundedUploadHandler.__name__}"
