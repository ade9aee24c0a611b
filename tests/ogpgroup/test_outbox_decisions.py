"""What coordinators do about mails of the outbox: send again, withdraw, release, put aside, try an address."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.models import OutgoingMail, RefusedAddress
from tests.faults.kinds import DECISION, enqueue

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


def test_outbox_retry_queues_again(desk):
    (one,) = enqueue("a")
    set_status(one, "failed")

    response = desk.post(reverse("outbox_retry", args=[one.pk]))

    one.refresh_from_db()
    assert response.headers["Location"] == reverse("outbox_detail", args=[one.pk])
    assert one.status == "queued"


def test_outbox_retry_of_a_sent_mail_is_refused_with_a_sentence(desk):
    (one,) = enqueue("a")
    set_status(one, "sent")

    response = desk.post(reverse("outbox_retry", args=[one.pk]), follow=True)

    one.refresh_from_db()
    assert one.status == "sent"
    assert len(response.context["messages"]) == 1


def test_outbox_withdraw_takes_back(desk):
    (one,) = enqueue("a")

    desk.post(reverse("outbox_withdraw", args=[one.pk]))

    one.refresh_from_db()
    assert (one.status, one.server_reply) == ("withdrawn", "Withdrawn by a coordinator.")


def test_outbox_release_parked_lets_all_go(desk):
    enqueue("a", "b")
    OutgoingMail.objects.update(status="parked")

    assert reverse("outbox_release_parked") in desk.get(OUTBOX).content.decode()
    desk.post(reverse("outbox_release_parked"))

    assert set(OutgoingMail.objects.values_list("status", flat=True)) == {"queued"}


def test_outbox_release_lets_one_go(desk):
    one, other = enqueue("a", "b")
    OutgoingMail.objects.update(status="parked")
    address = reverse("outbox_release", args=[one.pk])

    assert address in desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()
    response = desk.post(address)

    assert response.headers["Location"] == reverse("outbox_detail", args=[one.pk])
    assert dict(OutgoingMail.objects.values_list("key", "status")) == {"a": "queued", "b": "parked"}
    assert address not in desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()


def test_outbox_release_of_what_is_not_held_is_refused_with_a_sentence(desk):
    (one,) = enqueue("a")
    set_status(one, "sent")

    response = desk.post(reverse("outbox_release", args=[one.pk]), follow=True)

    one.refresh_from_db()
    assert one.status == "sent"
    assert [str(said) for said in response.context["messages"]] == ["Este correo no está retenido."]


@pytest.mark.parametrize(
    ("query", "released"),
    [("?session=7&status=parked", "a"), ("?person=b%40example.org", "b"), ("?session=x", ""), ("", "abc")],
)
def test_outbox_releases_what_the_list_shows(query, released, desk):
    enqueue("a", "b", "c")
    OutgoingMail.objects.update(status="parked")
    OutgoingMail.objects.filter(key="a").update(subject_id=7)

    desk.post(reverse("outbox_release_parked") + query)

    assert set(OutgoingMail.objects.filter(status="queued").values_list("key", flat=True)) == set(released)


def test_outbox_offers_to_release_the_list_where_it_is_not_all(desk):
    enqueue("a", "b")
    OutgoingMail.objects.update(status="parked")
    OutgoingMail.objects.filter(key="a").update(subject_id=7)
    action = f'action="{reverse("outbox_release_parked")}?session=7&amp;status=parked"'

    assert action in desk.get(OUTBOX, {"session": "7", "status": "parked"}).content.decode()
    assert f"{reverse('outbox_release_parked')}?" not in desk.get(OUTBOX, {"status": "parked"}).content.decode()


# --- Put aside ------------------------------------------------------------------------------------------------------


def test_outbox_dismiss_puts_one_aside_and_says_who_and_when(desk, coordinator):
    one, other = enqueue("a", "b")
    OutgoingMail.objects.update(status="failed")

    assert (
        reverse("outbox_dismiss", args=[one.pk]) in desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()
    )
    response = desk.post(reverse("outbox_dismiss", args=[one.pk]))

    one.refresh_from_db()
    other.refresh_from_db()
    assert response.headers["Location"] == reverse("outbox_detail", args=[one.pk])
    assert (one.dismissed_by, other.dismissed_at) == (coordinator, None)
    detail = desk.get(reverse("outbox_detail", args=[one.pk])).content.decode()
    assert coordinator.name in detail
    assert reverse("outbox_dismiss", args=[one.pk]) not in detail
    assert reverse("outbox_retry", args=[one.pk]) in detail


def test_outbox_dismiss_of_what_waits_for_nobody_is_refused_with_a_sentence(desk):
    (one,) = enqueue("a")

    response = desk.post(reverse("outbox_dismiss", args=[one.pk]), follow=True)

    one.refresh_from_db()
    assert one.dismissed_at is None
    assert len(response.context["messages"]) == 1


def test_outbox_dismiss_all_puts_aside_one_status(desk):
    enqueue("a", "b")
    OutgoingMail.objects.update(status="missed")
    (failed,) = enqueue("c")
    set_status(failed, "failed")

    offered = desk.get(OUTBOX, {"status": "missed"})
    desk.post(reverse("outbox_dismiss_all") + "?status=missed")
    offered_again = desk.get(OUTBOX, {"status": "missed"})

    assert (offered.context["to_put_aside"], offered_again.context["to_put_aside"]) == (2, 0)
    assert reverse("outbox_dismiss_all") in offered.content.decode()
    assert set(OutgoingMail.objects.filter(dismissed_at=None).values_list("key", flat=True)) == {"c"}


@pytest.mark.parametrize("status", ["queued", "sent", "nonsense", ""])
def test_outbox_dismiss_all_of_what_waits_for_nobody_does_nothing(desk, status):
    enqueue("a")
    OutgoingMail.objects.update(status="failed")

    desk.post(f"{reverse('outbox_dismiss_all')}?status={status}")

    assert not OutgoingMail.objects.filter(dismissed_at__isnull=False).exists()
    assert desk.get(OUTBOX, {"status": status}).context["to_put_aside"] == 0


def test_outbox_dismiss_all_puts_aside_what_the_list_shows(desk):
    enqueue("a", "b")
    OutgoingMail.objects.update(status="missed")
    OutgoingMail.objects.filter(key="a").update(subject_id=7)

    assert desk.get(OUTBOX, {"session": "7", "status": "missed"}).context["to_put_aside"] == 1
    desk.post(reverse("outbox_dismiss_all") + "?session=7&status=missed")

    assert set(OutgoingMail.objects.filter(dismissed_at=None).values_list("key", flat=True)) == {"b"}


def test_outbox_sends_all_again_that_the_list_shows(desk):
    """Not what was put aside, nor what only its person can ask for anew."""
    enqueue("a", "b", "aside", "elsewhere", "sent")
    enqueue("expired", kind=DECISION, due=timedelta(hours=-2), useful=timedelta(hours=-1))
    OutgoingMail.objects.exclude(key="sent").update(status="failed", attempts=3, subject_id=7)
    OutgoingMail.objects.filter(key="aside").update(dismissed_at=timezone.now())
    OutgoingMail.objects.filter(key="elsewhere").update(subject_id=8)
    address = f"{reverse('outbox_retry_all')}?session=7&status=failed"

    offered = desk.get(OUTBOX, {"session": "7", "status": "failed"}).content.decode()
    desk.post(address)

    assert address.replace("&", "&amp;") in offered
    queued = OutgoingMail.objects.filter(status="queued", attempts=0).values_list("key", flat=True)
    assert set(queued) - {"sent"} == {"a", "b"}


@pytest.mark.parametrize(
    "query", ["", "?status=sent", "?status=withdrawn", "?status=unknown", "?status=x", "?status=failed&session=x"]
)
def test_outbox_sends_nothing_again_where_it_is_not_said_what(desk, query):
    enqueue("failed", "withdrawn", "unknown")
    for status in ("failed", "withdrawn", "unknown"):
        OutgoingMail.objects.filter(key=status).update(status=status)

    desk.post(reverse("outbox_retry_all") + query)

    assert not OutgoingMail.objects.filter(status="queued").exists()


def test_coordination_counts_what_is_not_put_aside(desk, coordinator):
    one, _other = enqueue("a", "b")
    OutgoingMail.objects.update(status="missed")
    before = desk.get(reverse("coordination")).content.decode()
    mail.dismiss(OutgoingMail.objects.filter(pk=one.pk), by=coordinator, now=timezone.now())
    after_one = desk.get(reverse("coordination")).context["watch"].missed
    mail.dismiss(OutgoingMail.objects.all(), by=coordinator, now=timezone.now())
    after = desk.get(reverse("coordination")).content.decode()

    assert f"{OUTBOX}?status=missed&amp;seen=no" in before
    assert after_one == 1
    assert "?status=missed" not in after


# --- Addresses that refuse mail -------------------------------------------------------------------------------------


@pytest.fixture
def refusing(member):
    return RefusedAddress.objects.create(
        user=member, address=member.email.lower(), times=2, last_at=timezone.now(), reply="550 5.1.1 <b>Nobody</b>"
    )


def test_outbox_and_coordination_name_addresses_that_refuse_mail(desk, refusing):
    outbox = desk.get(OUTBOX).content.decode()
    coordination = desk.get(reverse("coordination")).content.decode()

    assert refusing.address in outbox
    assert "550 5.1.1 &lt;b&gt;Nobody&lt;/b&gt;" in outbox
    assert f"{OUTBOX}#refusing" in coordination


def test_outbox_lets_an_address_be_tried_again(desk, refusing):
    desk.post(reverse("outbox_try_address", args=[refusing.user_id]))

    assert not RefusedAddress.objects.exists()
    assert refusing.address not in desk.get(OUTBOX).content.decode()
