"""What may come in and what may not: the whole corpus, and that nothing but pixels is left of a picture."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from ogpgroup.uploads import Accepted, Refused, accept, kinds
from tests.ogpgroup import upload_pictures as pics
from tests.ogpgroup.upload_corpus import CORPUS, DOCUMENTS, PICTURES, REFUSED, SLIDES, SLIDES_REFUSED, Case


class Sent(SimpleUploadedFile):
    """As somebody sent it who does not use a browser: Django cleans no name."""

    def _set_name(self, name: str | None) -> None:
        self._name = name

    name = property(lambda self: self._name, _set_name)


def send(case: Case, **given: Any) -> Accepted:
    return accept(Sent(case.name, case.content, content_type="image/png"), **given)


def test_corpus_is_large() -> None:
    assert len(CORPUS) >= 100
    assert len({case.what for case in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("case", REFUSED, ids=str)
@pytest.mark.slow
def test_bad_file_is_refused_with_its_sentence(case: Case) -> None:
    with pytest.raises(Refused) as refused:
        send(case)

    assert case.refused is not None
    assert (refused.value.reason, refused.value.sentence) == (case.refused.value, case.refused.label)


@pytest.mark.parametrize("case", PICTURES, ids=str)
def test_picture_is_kept_as_pixels_alone(case: Case) -> None:
    kept = send(case)

    assert (kept.name, kept.content_type) == (case.kept, case.content_type)
    assert pics.parts(kept.content) <= pics.PIXELS_ALONE
    for planted in (pics.SECRET, pics.PLANTED.encode("utf-16-le"), b"<?php", b"<script", b"PK\x03\x04", b"%PDF"):
        assert planted not in kept.content
    with Image.open(BytesIO(kept.content)) as picture:
        assert (picture.width, picture.height) == (kept.width, kept.height)
        assert max(picture.size) <= 2400
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("case", DOCUMENTS, ids=str)
def test_document_is_kept_as_it_came(case: Case) -> None:
    kept = send(case)

    assert (kept.name, kept.content_type, kept.content) == (case.kept, case.content_type, case.content)
    assert (kept.width, kept.height) == (None, None)


@pytest.mark.parametrize("case", SLIDES, ids=str)
def test_slides_are_kept_as_they_came_where_somebody_presents(case: Case) -> None:
    kept = send(case, also=kinds.SLIDES)

    assert (kept.name, kept.content_type, kept.content) == (case.kept, case.content_type, case.content)
    with pytest.raises(Refused) as refused:
        send(case)
    assert refused.value.reason == "type"


@pytest.mark.parametrize("case", SLIDES_REFUSED, ids=str)
def test_bad_slides_are_refused_with_their_sentence(case: Case) -> None:
    with pytest.raises(Refused) as refused:
        send(case, also=kinds.SLIDES)

    assert case.refused is not None
    assert (refused.value.reason, refused.value.sentence) == (case.refused.value, case.refused.label)
