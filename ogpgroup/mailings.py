"""Who sends what: the apps' kinds of mail and their planners, joined. The mail core itself knows no app."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError

from actionplans import emails as actionplans_emails
from actionplans.actions import evidence
from cities import emails as cities_emails
from feedback import emails as feedback_emails
from ogpgroup import mail, moderation
from ogpgroup.models import Heartbeat
from workshops import actions as workshops_actions
from workshops import emails as workshops_emails
from workshops.actions import seats
from workshops.actions.replies import purge_mails, receive_reply
from workshops.emails import agreements
from workshops.mailbox import Mail, MailboxError, read_mailbox
from workshops.models import ReceivedReply

logger = logging.getLogger(__name__)

KINDS = [*cities_emails.KINDS, *actionplans_emails.KINDS, *workshops_emails.KINDS, *feedback_emails.KINDS]
KINDS += moderation.KINDS
PLANNERS = [
    *(workshops_actions.plan, seats.plan, workshops_emails.plan_parts, agreements.plan),
    *(actionplans_emails.plan, *feedback_emails.PLANNERS),
]


def plan() -> int:
    """Queue what falls due within a day, in every app; returns how many mails were new. Safe to run twice or at once.

    A planner that fails does not stop the others, but the heartbeat is then left out, so that somebody notices.
    """
    now = mail.database_now()
    added, all_worked = 0, True
    for planner in PLANNERS:
        try:
            added += planner(now)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("%s.%s failed", planner.__module__, planner.__name__)
            all_worked = False
    if all_worked:
        mail.beat(Heartbeat.PLANNER)
    _purge_daily(now)
    return added


def read_replies() -> int:
    """Read the answers that calendars have sent to the mailbox of replies, where there is one; returns how many.

    Safe to run twice or at once. A mailbox that cannot be read raises nothing: the heartbeat is left out, so that
    /readyz, the coordination page and `check_mail` say so, and mail goes on.
    """
    if not settings.REPLY_MAILBOX_URL:
        return 0
    try:
        count = read_mailbox(settings.REPLY_MAILBOX_URL, _keep_reply, most_bytes=ReceivedReply.MOST_BYTES)
    except MailboxError as error:
        logger.error("The mailbox of replies cannot be read: %s", error)
        return 0
    mail.beat(Heartbeat.READER)
    return count


def _keep_reply(came: Mail) -> None:
    receive_reply(came.raw, now=mail.database_now(), arrived_at=came.arrived_at)


def _purge_daily(now: datetime) -> None:
    if not Heartbeat.objects.filter(name=Heartbeat.PURGE, seen_at__gt=now - timedelta(days=1)).exists():
        mail.purge_bodies(now=now)
        evidence.purge_waiting(now=now)
        purge_mails(now=now)
        mail.beat(Heartbeat.PURGE)
