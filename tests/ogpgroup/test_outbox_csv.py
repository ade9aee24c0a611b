"""The outbox as a sheet."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ogpgroup.models import OutgoingMail, User
from ogpgroup.sheets import plain
from tests import factories
from tests.faults.kinds import DECISION, enqueue
from tests.workshops.published import publish_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, coordinator):
    User.objects.filter(pk=coordinator.pk).update(language="en")
    coordinator.refresh_from_db()
    client.force_login(coordinator)
    return client


def sheet(desk, **query: str) -> list[list[str]]:
    response = desk.get(reverse("outbox_csv"), query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="outbox-')
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_sheet_has_what_the_filter_finds_and_no_text_of_any_mail(desk):
    sent, failed = enqueue("a", "b")
    person = factories.create_user(name="Inés", email="ines@ejemplo.mx")
    now = timezone.now()
    OutgoingMail.objects.filter(pk=sent.pk).update(
        status="sent", sent_at=now, headline="Mañana", user=person, rendered=b"secreto", attempts=2
    )
    told = publish_session()
    OutgoingMail.objects.exclude(pk__in=[sent.pk, failed.pk]).delete()
    OutgoingMail.objects.filter(pk=sent.pk).update(
        subject_id=told.session_id, subject_version=3
    )  # raised for one person
    OutgoingMail.objects.filter(pk=failed.pk).update(status="failed", server_reply="550 5.1.1 No such person")

    heads, row = sheet(desk, status="sent")
    _heads, *rows = sheet(desk)

    stamp = "%Y-%m-%d %H:%M:%S"
    assert dict(zip(heads, row, strict=True)) == {
        "Kind": "reminder",
        "Subject": "Mañana",
        "Person": "Inés",
        "E-mail": "a@example.org",
        "Version of the schedule": str(told.release.number),
        "Due (UTC)": sent.due.strftime(stamp),
        "Sent (UTC)": now.strftime(stamp),
        "Status": "accepted by the mail server",
        "Tries": "2",
        "Perhaps arrived unknown": "0",
        "What the server said": "",
        "Put aside (UTC)": "",
        "Message-ID": sent.message_id,
    }
    assert sorted(one[10] for one in rows) == ["", "550 5.1.1 No such person"]
    assert "secreto" not in str(rows)


def test_subject_of_an_account_mail_is_left_out(desk):
    (one,) = enqueue("a", kind=DECISION)
    OutgoingMail.objects.filter(pk=one.pk).update(headline="Su código: 123456")

    assert sheet(desk)[1][1] == ""


@pytest.mark.parametrize("text", ["=1+1", "+52 899", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd"])
def test_no_cell_is_a_formula(text):
    assert plain(text) == f"'{text}"


def test_a_name_that_is_a_formula_comes_as_text(desk):
    (one,) = enqueue("a")
    person = factories.create_user(name='=HYPERLINK("http://evil.example")')
    OutgoingMail.objects.filter(pk=one.pk).update(user=person)

    assert sheet(desk)[1][2] == '\'=HYPERLINK("http://evil.example")'


@pytest.mark.parametrize("text", ["Inés", "a@b.mx", "1 = 1", ""])
def test_other_cells_stay_as_they_are(text):
    assert plain(text) == text


def test_sheet_takes_as_many_queries_for_many_as_for_one(desk, django_assert_num_queries):
    numbers = []
    for name in ("a", "b", "c"):
        enqueue(*(f"{name}{number}" for number in range(20)), due=timedelta(hours=-1))
        desk.get("/")  # what is looked up once
        with django_assert_num_queries(4):
            numbers.append(len(sheet(desk)))

    assert numbers == [21, 41, 61]
