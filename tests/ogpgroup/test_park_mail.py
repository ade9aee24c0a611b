"""After a restore nothing goes out twice without somebody's word."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from ogpgroup import mail, mailings
from ogpgroup.models import OutgoingMail, User
from tests import factories, factories_schedule

pytestmark = pytest.mark.django_db


def test_mail_that_has_fallen_due_is_held_planned_anew_or_not(member, capsys):
    now = mail.database_now()
    User.objects.filter(pk=member.pk).update(time_zone=factories.zone_at_noon(now))  # no night moves a reminder
    cycle = factories.create_cycle(starts_on=date(2026, 1, 1), ends_on=date(2036, 1, 1))
    factories_schedule.create_session(cycle=cycle, starts_at=now + timedelta(days=1, minutes=-5))
    factories_schedule.publish(cycle, at=now - timedelta(days=20))
    OutgoingMail.objects.all().delete()  # the backup was made before the reminder of one day was planned

    call_command("park_mail")

    assert list(OutgoingMail.objects.order_by("due").values_list("status", flat=True)) == ["parked", "queued"]
    assert capsys.readouterr().out.startswith("1 mails are held.")
    assert mail.deliver(kinds=mailings.KINDS) == {}
