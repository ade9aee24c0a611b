from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import Heartbeat, MailBreaker, OutgoingMail
from tests import factories
from tests.faults.kinds import DECISION, enqueue
from tests.feedback.noting import create_item, write
from tests.workshops.published import publish_session
from workshops.models import Minutes

pytestmark = pytest.mark.django_db

Status = OutgoingMail.Status
OUTBOX = "/coordination/outbox/"


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def set_status(one, status):
    OutgoingMail.objects.filter(pk=one.pk).update(
        status=status, sent_at=timezone.now(), token=uuid4(), lease_until=timezone.now() + timedelta(minutes=5)
    )


def test_outbox_lists_mails_the_latest_first(desk):
    enqueue("old", due=timedelta(hours=-2))
    enqueue("new")

    response = desk.get(OUTBOX)

    assert [row["mail"].key for row in response.context["rows"]] == ["new", "old"]
    assert [tab["href"] for tab in response.context["tabs"]] == ["?", "?status=queued"]
    assert [tab["label"].rpartition(": ")[2] for tab in response.context["tabs"]] == ["2", "2"]


def test_outbox_tabs_count_what_the_filter_finds(desk):
    enqueue("a", "b", "c", "d")
    OutgoingMail.objects.filter(key__in="abc").update(subject_id=7)
    OutgoingMail.objects.filter(key__in="ad").update(status="failed")

    tabs = desk.get(OUTBOX, {"session": "7", "status": "failed", "page": "1"}).context["tabs"]

    assert [(tab["href"], tab["label"].rpartition(": ")[2], tab["current"]) for tab in tabs] == [
        ("?session=7", "3", False),
        ("?session=7&status=queued", "2", False),
        ("?session=7&status=failed", "1", True),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"a", "b", "c"}),
        ({"status": "failed"}, {"b"}),
        ({"person": "EXAMPLE.org"}, {"a", "b", "c"}),
        ({"person": "a@exam"}, {"a"}),
        ({"person": "ines"}, {"c"}),
        ({"headline": "taller"}, {"b"}),
        ({"session": "7"}, {"a"}),
        ({"kind": "session_reminder"}, {"c"}),
        ({"status": "nonsense"}, {"a", "b", "c"}),
        ({"session": "x"}, {"a", "b", "c"}),
        ({"person": "a@exam", "status": "failed"}, set()),
        ({"seen": "yes"}, {"b"}),
        ({"seen": "no"}, {"a", "c"}),
        ({"seen": "no", "status": "failed"}, set()),
    ],
)
def test_outbox_filters(desk, member, query, expected):
    one, two, three = enqueue("a", "b", "c")
    OutgoingMail.objects.filter(pk=one.pk).update(subject_id=7)
    OutgoingMail.objects.filter(pk=two.pk).update(
        headline="Mañana: Taller de agua", status="failed", dismissed_at=timezone.now()
    )
    OutgoingMail.objects.filter(pk=three.pk).update(user=member, kind="session_reminder")

    response = desk.get(OUTBOX, query)

    assert {row["mail"].key for row in response.context["rows"]} == expected


def test_mails_of_a_session_are_also_those_about_its_parts(desk):
    session, other = (publish_session(visibility="public").session for _ in range(2))
    organization = factories.create_organization()
    point, elsewhere = (create_item(session=one, presenter=organization) for one in (session, other))
    note = write(point)
    minutes = Minutes.objects.create(session=session)
    OutgoingMail.objects.all().delete()
    abouts = {
        "itself": ("session", session.pk),
        "minutes": ("workshops.minutes", minutes.pk),
        "point": ("agenda_item", point.pk),
        "question": ("feedback.note", note.pk),
        "of_another": ("session", other.pk),
        "point_of_another": ("agenda_item", elsewhere.pk),
        "same_number": ("plan", session.pk),
    }
    enqueue(*abouts)
    for key, (subject, pk) in abouts.items():
        OutgoingMail.objects.filter(key=key).update(subject_type=subject, subject_id=pk)

    found = desk.get(OUTBOX, {"session": session.pk}).context["rows"]

    assert {row["mail"].key for row in found} == {"itself", "minutes", "point", "question"}


def test_what_is_not_written_yet_stands_under_the_name_of_its_session(desk):
    published = publish_session(title="Revisión de los foros")
    session = published.session
    OutgoingMail.objects.all().delete()
    enqueue("blank", "written", "of_a_plan", "account")
    mails = OutgoingMail.objects.filter(key__in=["blank", "written", "account"])
    mails.update(subject_type="session", subject_id=session.pk)
    OutgoingMail.objects.filter(key="of_a_plan").update(subject_type="plan", subject_id=session.pk)
    OutgoingMail.objects.filter(key="written").update(headline="Mañana: otra cosa")
    OutgoingMail.objects.filter(key="account").update(priority=OutgoingMail.Priority.ACCOUNT)

    def titles(**query):
        return {row["mail"].key: row["title"] for row in desk.get(OUTBOX, query).context["rows"]}

    kind = "reminder"
    numbers = {row["mail"].key: row["mail"].release_number for row in desk.get(OUTBOX).context["rows"]}
    number = published.release.number
    assert numbers == {"blank": number, "written": number, "account": number, "of_a_plan": None}
    assert titles() == {
        "blank": "Revisión de los foros",
        "written": "Mañana: otra cosa",
        "of_a_plan": kind,
        "account": kind,
    }
    assert set(titles(headline="REVISION")) == {"blank"}
    assert set(titles(headline="manana")) == {"written"}


def test_outbox_runs_the_same_queries_for_1_3_and_300_rows(desk):
    numbers = []
    for count in (1, 2, 297):
        mails = enqueue(*(f"m{count}-{number}" for number in range(count)))
        user = factories.create_user()
        OutgoingMail.objects.filter(pk__in=[one.pk for one in mails]).update(user=user)
        with CaptureQueriesContext(connection) as counted:
            desk.get(OUTBOX)
        numbers.append(len(counted))

    assert len(set(numbers)) == 1


def test_outbox_does_not_read_the_texts_of_its_rows(desk):
    enqueue("a")
    with CaptureQueriesContext(connection) as counted:
        desk.get(OUTBOX)

    assert [query["sql"] for query in counted.captured_queries if '"rendered"' in query["sql"]] == []


def test_outbox_part_for_htmx(desk):
    enqueue("a")

    response = desk.get(OUTBOX, headers={"HX-Request": "true"})

    assert b"<html" not in response.content
    assert b"a@example.org" in response.content
    assert "HX-Request" in response.headers["Vary"]


def test_outbox_says_why_sending_is_paused_and_who_is_away(desk):
    MailBreaker.objects.create(open_until=timezone.now() + timedelta(minutes=5), reason="535 5.7.8 <b>Bad password</b>")

    content = desk.get(OUTBOX).content.decode()

    assert "535 5.7.8 &lt;b&gt;Bad password&lt;/b&gt;" in content


def test_outbox_is_calm_when_all_is_well(desk):
    for name in (Heartbeat.PLANNER, Heartbeat.SENDER):
        mail.beat(name)

    assert b"notice" not in desk.get(OUTBOX).content


def written(text, **options):
    (one,) = enqueue("a", **options)
    content = mail.compose(
        mail=one, subject="Seminario", text=text, html="<p>x</p>", calendar=text.encode(), calendar_method="REQUEST"
    )
    OutgoingMail.objects.update(rendered=content, headline="Seminario", status="sent", sent_at=timezone.now())
    return one


def test_outbox_detail_shows_the_mail_as_sent_with_links_masked(desk):
    one = written(
        "Buenos días:\nhttps://g.example.org/answer/s3cret-token/\nhttps://g.example.org/unsubscribe/t0ken/\n"
    )

    content = desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()

    assert "Buenos días:" in content
    assert "https://g.example.org/answer/…/" in content
    assert "s3cret-token" not in content
    assert "t0ken" not in content
    assert one.message_id.strip("<>") in content


def test_outbox_detail_escapes_what_the_mail_says(desk):
    one = written("<script>alert(1)</script>")

    assert b"<script>alert" not in desk.get(reverse("outbox_detail", args=[one.pk])).content


def test_outbox_never_shows_account_mails(desk):
    (one,) = enqueue("a", kind=DECISION)
    content = mail.compose(mail=one, subject="Código 12345678", text="Código 12345678\n", html="<p>12345678</p>")
    OutgoingMail.objects.update(rendered=content, headline="Código 12345678")

    detail = desk.get(reverse("outbox_detail", args=[one.pk])).content
    listed = desk.get(OUTBOX).content

    assert b"12345678" not in detail
    assert b"12345678" not in listed


@pytest.mark.parametrize("status", list(Status))
def test_outbox_detail_offers_what_is_possible(desk, status):
    (one,) = enqueue("a")
    set_status(one, status)

    content = desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()

    assert (reverse("outbox_retry", args=[one.pk]) in content) == (status in OutgoingMail.SENT_AGAIN_FROM)
    assert (reverse("outbox_withdraw", args=[one.pk]) in content) == (status in OutgoingMail.WITHDRAWN_FROM)


# --- The HTML part --------------------------------------------------------------------------------------------------


def test_outbox_shows_the_html_part_in_a_frame_of_its_own(desk):
    one = written("Hola")
    OutgoingMail.objects.update(
        rendered=mail.compose(
            mail=one,
            subject="Seminario",
            text="Hola",
            html='<p style="margin:0">Hola</p><a href="https://g.example.org/unsubscribe/t0ken/">x</a>',
        )
    )

    detail = desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()
    framed = desk.get(reverse("outbox_html", args=[one.pk]))

    assert f'<iframe src="{reverse("outbox_html", args=[one.pk])}"' in detail
    assert " sandbox " in detail
    assert framed.content.decode().strip() == (
        '<p style="margin:0">Hola</p><a href="https://g.example.org/unsubscribe/…/">x</a>'
    )
    assert framed.headers["Content-Type"] == "text/html; charset=utf-8"
    assert framed.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert framed.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    )


def test_outbox_shows_no_html_of_account_mails_nor_of_what_is_not_written(desk):
    (account,) = enqueue("a", kind=DECISION)
    content = mail.compose(mail=account, subject="x", text="x", html="<p>12345678</p>")
    OutgoingMail.objects.update(rendered=content)
    (blank,) = enqueue("b")

    answers = [desk.get(reverse("outbox_html", args=[one.pk])).status_code for one in (account, blank)]

    assert answers == [404, 404]
    assert (
        reverse("outbox_html", args=[account.pk])
        not in desk.get(reverse("outbox_detail", args=[account.pk])).content.decode()
    )


# --- Who may ----------------------------------------------------------------------------------------------------------

OF_NO_MAIL = {"outbox", "outbox_release_parked", "outbox_dismiss_all", "outbox_retry_all"}
ACTIONS = ["outbox_retry", "outbox_withdraw", "outbox_release", "outbox_dismiss"]
ACTIONS += ["outbox_dismiss_all", "outbox_release_parked", "outbox_retry_all"]


@pytest.mark.parametrize("name", [*ACTIONS, "outbox_try_address"])
def test_outbox_changes_nothing_on_get(desk, name):
    (one,) = enqueue("a")
    address = reverse(name, args=[] if name in OF_NO_MAIL else [one.pk])

    assert desk.get(address).status_code == 405


@pytest.mark.parametrize("name", ["outbox", "outbox_detail", "outbox_html", *ACTIONS])
def test_outbox_is_for_coordinators_alone(client, member, official_reynosa, ex_member, name):
    (one,) = enqueue("a")
    address = reverse(name, args=[] if name in OF_NO_MAIL else [one.pk])

    answers = {}
    for person in (member, official_reynosa, ex_member):
        client.force_login(person)
        answers[person.name] = {client.get(address).status_code, client.post(address).status_code}
    client.logout()
    anonymous = client.get(address)

    assert set().union(*answers.values()) == {404}
    assert anonymous.headers["Location"].startswith(reverse("account_login"))
    one.refresh_from_db()
    assert one.status == "queued"
