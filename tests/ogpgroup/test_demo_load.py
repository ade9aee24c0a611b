"""The demonstration comes, stays as it is, and goes without a trace."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cities.models import Cycle
from ogpgroup.demo.load import load_demo
from ogpgroup.erasure import erase_demo
from ogpgroup.founding.load import load_founding_cycle
from ogpgroup.models import OutgoingMail, User
from tests import factories
from tests.database import contents
from workshops import emails
from workshops.models import Participation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EARLY, LATE = datetime(2026, 12, 2, 5, 10, tzinfo=UTC), datetime(2027, 1, 10, 23, 10, tzinfo=UTC)


def remind(now):
    """Some reminders are about to go, whatever the hour."""
    assert emails.plan_reminders(now) > 0
    reminders = OutgoingMail.objects.filter(kind=emails.REMINDER)
    assert all(now <= one.due <= now + timedelta(hours=24) for one in reminders)


def test_commands_say_what_they_did_and_do_it_once(monkeypatch, capsys):
    monkeypatch.delenv("DEMO_PASSWORDS", raising=False)

    call_command("load_demo")
    said = capsys.readouterr().out
    assert "16 sessions" in said
    assert "by a mailed code only" in said
    assert not any(user.has_usable_password() for user in User.objects.all())

    before = contents()
    call_command("load_demo", "--today", "2027-03-01")
    assert "there already" in capsys.readouterr().out
    assert contents() == before

    call_command("remove_demo")
    assert "The demonstration is gone" in capsys.readouterr().out
    call_command("remove_demo")
    assert "There is no demonstration to remove." in capsys.readouterr().out


def test_real_people_are_not_joined_by_the_demonstration_unless_that_is_wanted(
    coordinator, member, official_reynosa, tmp_path, monkeypatch
):
    before = contents()
    with pytest.raises(CommandError, match="Real people have accounts here.*--beside-real-people"):
        call_command("load_demo")
    assert contents() == before
    passwords = tmp_path / "passwords.json"
    passwords.write_text(json.dumps({"member": "siete garzas cruzan", "official": "dos garzas", "coordinator": "tres"}))
    monkeypatch.setenv("DEMO_PASSWORDS", str(passwords))

    call_command("load_demo", "--beside-real-people", "--today", "2026-12-01", verbosity=0)
    emails.plan_reminders(datetime(2026, 12, 1, 16, 30, tzinfo=UTC))

    assert Cycle.objects.filter(is_demo=True).count() == 1
    assert User.objects.get(email="integrante@demo.example").check_password("siete garzas cruzan")
    # Nobody else is expected or written to.
    assert set(Participation.objects.values_list("user__is_demo", flat=True)) == {True}
    assert set(OutgoingMail.objects.values_list("user__is_demo", flat=True)) == {True}


def test_removal_leaves_the_database_as_it_was_and_a_new_one_may_come(coordinator, member):
    load_founding_cycle()
    factories.create_cycle(name="Ciclo en preparación")
    Client().force_login(member)
    before = contents()
    load_demo(now=EARLY, passwords={})
    remind(EARLY)
    Client().force_login(User.objects.get(email="coordinacion@demo.example"))

    erased = erase_demo()

    assert contents() == before
    assert (erased["ogpgroup.User"], erased["workshops.ScheduleRelease"]) == (12, 4)
    assert len(load_demo(now=LATE, passwords={})) == 16
    remind(LATE)
