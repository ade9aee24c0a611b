"""Where a mail goes: to the address its person has now, unless it may have arrived at the old one."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from ogpgroup import mail
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import OutgoingMail, RefusedAddress
from tests import factories
from tests.faults.kinds import DECISION, REMINDER, enqueue
from tests.ogpgroup.sending import deliver, the, zone_at

pytestmark = pytest.mark.django_db

CHANGE = mail.Kind("change", OutgoingMail.Priority.CHANGE, True, REMINDER.still_true, REMINDER.render)


@pytest.fixture
def person():
    return factories.create_user(email="ines@before.example.org", time_zone=zone_at(12))


def enqueue_for(person, *keys, **options):
    mails = enqueue(*keys, recipient=person.email, **options)
    OutgoingMail.objects.filter(key__in=keys).update(user=person)
    return mails


def move(person, address="ines@after.example.org"):
    person.email = address
    person.save(update_fields=["email"])


def due_again():
    OutgoingMail.objects.filter(status="queued").update(retry_at=timezone.now())


# --- A person with a new address --------------------------------------------------------------------------------------


def test_queued_mail_goes_to_the_address_of_today(sink, person):
    enqueue_for(person, "a")
    move(person)

    assert deliver() == Counter(sent=1)
    assert sink.ledger.recipients() == ["ines@after.example.org"]
    assert sink.ledger.parsed()[0]["To"] == "ines@after.example.org"
    assert the("a").recipient == "ines@after.example.org"


def test_mail_that_was_refused_for_now_follows_and_is_written_anew(sink, person):
    sink.behaviour.later = {"ines@before.example.org": 1}
    enqueue_for(person, "a")
    deliver()
    move(person)
    due_again()

    assert deliver() == Counter(sent=1)
    assert sink.ledger.recipients() == ["ines@after.example.org"]
    assert sink.ledger.parsed()[0]["To"] == "ines@after.example.org"
    assert sink.ledger.parsed()[0]["Message-ID"] == the("a").message_id


def test_mail_about_the_account_stays_with_the_address_it_was_queued_for(sink, person):
    enqueue_for(person, "a", kind=DECISION)
    move(person)

    deliver()

    assert sink.ledger.recipients() == ["ines@before.example.org"]


def test_mail_that_may_have_arrived_is_not_sent_elsewhere(sink, person):
    sink.behaviour.drop_after_dot = 1
    enqueue_for(person, "a")
    deliver()
    move(person)
    due_again()

    deliver()

    assert sink.ledger.recipients() == ["ines@before.example.org"] * 2
    assert len({content for _to, content in sink.ledger.mails}) == 1
    assert (the("a").status, the("a").recipient, the("a").unknown_count) == ("sent", "ines@before.example.org", 1)


@pytest.mark.parametrize(("began", "goes_to"), [(True, "ines@before.example.org"), (False, "ines@after.example.org")])
def test_mail_with_which_a_sender_died_goes_elsewhere_only_if_its_text_had_not_begun(sink, person, began, goes_to):
    enqueue_for(person, "a")
    OutgoingMail.objects.update(
        status="sending",
        token="00000000-0000-0000-0000-000000000000",
        lease_until=timezone.now() - timedelta(1),
        data_began_at=timezone.now() if began else None,
    )
    move(person)

    deliver()

    assert sink.ledger.recipients() == [goes_to]


def test_failed_mail_sent_again_goes_to_the_address_of_today(sink, person, coordinator):
    sink.behaviour.refuse = {"ines@before.example.org"}
    enqueue_for(person, "a")
    deliver()
    move(person)
    mail.retry(the("a"), by=coordinator, now=timezone.now())

    assert deliver() == Counter(sent=1)
    assert sink.ledger.recipients() == ["ines@after.example.org"]


def test_bytes_are_kept_where_the_address_differs_in_case_alone(sink, person):
    (one,) = enqueue_for(person, "a")
    OutgoingMail.objects.filter(pk=one.pk).update(recipient="Ines@before.example.org", rendered=b"as it was")

    deliver()

    assert bytes(the("a").rendered) == b"as it was"


# --- Addresses at which nobody is -------------------------------------------------------------------------------------


def fail_twice(sink, person):
    sink.behaviour.refuse = {person.email}
    enqueue_for(person, "first", "second")
    assert deliver() == Counter(failed=2)


def test_second_refusal_marks_the_address(sink, person):
    sink.behaviour.refuse = {person.email}
    enqueue_for(person, "first")
    deliver()
    after_one = RefusedAddress.objects.marked().exists()
    enqueue_for(person, "second")
    deliver()

    (refused,) = RefusedAddress.objects.marked()
    assert not after_one
    assert (refused.user, refused.address, refused.times) == (person, "ines@before.example.org", 2)
    assert refused.reply == "550 5.1.1 No such person"
    assert mail.watch().refusing == 1


def test_refusal_that_says_nothing_about_the_mailbox_marks_nothing(sink, person):
    sink.behaviour.answers = {person.email: "550 5.7.1 Message looks like spam"}
    enqueue_for(person, "first", "second")

    assert deliver() == Counter(failed=2)
    assert not RefusedAddress.objects.exists()


def test_reminders_to_a_marked_address_are_not_tried(sink, person):
    fail_twice(sink, person)
    sink.behaviour.refuse = set()
    enqueue_for(person, "third")
    enqueue("somebody")

    assert deliver() == Counter(sent=1, withdrawn=1)
    assert the("third").server_reply == "Not tried: the mail server has said that there is nobody at this address."
    assert RefusedAddress.objects.get().times == 2


def test_account_mails_to_a_marked_address_still_try_and_clear_it_when_accepted(sink, person):
    fail_twice(sink, person)
    sink.behaviour.refuse = set()
    enqueue_for(person, "third", kind=DECISION)

    assert deliver() == Counter(sent=1)
    assert not RefusedAddress.objects.exists()


def test_changes_to_a_marked_address_still_try(sink, person):
    fail_twice(sink, person)
    enqueue_for(person, "third", kind=CHANGE)

    assert mail.deliver(kinds=[CHANGE]) == Counter(failed=1)
    assert RefusedAddress.objects.get().times == 3


def test_new_address_is_not_marked(sink, person):
    fail_twice(sink, person)
    move(person)
    enqueue_for(person, "third")

    assert deliver() == Counter(sent=1)
    assert not RefusedAddress.objects.marked().exists()
    assert mail.watch().refusing == 0


def test_refusals_of_another_address_begin_anew(sink, person):
    fail_twice(sink, person)
    move(person)
    sink.behaviour.refuse = {"ines@after.example.org"}
    enqueue_for(person, "third")
    deliver()

    refused = RefusedAddress.objects.get()
    assert (refused.address, refused.times) == ("ines@after.example.org", 1)


def test_address_tried_again_gets_what_was_held_back_and_is_still_useful(sink, person, coordinator):
    fail_twice(sink, person)
    sink.behaviour.refuse = set()
    enqueue_for(person, "useful", "too late")
    deliver()
    OutgoingMail.objects.filter(key="too late").update(useful_until=timezone.now() - timedelta(seconds=1))

    mail.try_address_again(person, by=coordinator)

    assert deliver() == Counter(sent=1)
    assert the("useful").status == "sent"
    assert the("too late").status == "withdrawn"
    with pytest.raises(ActionNotPossible):
        mail.try_address_again(person, by=coordinator)


def test_refusals_of_who_has_no_account_are_not_counted(sink):
    sink.behaviour.refuse = {"a@example.org"}
    enqueue("a")

    deliver()

    assert not RefusedAddress.objects.exists()
