"""Mails about accounts: what allauth wants told, and invitations. Never shown, and deleted once sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cities.models import AccountInvitation
from ogpgroup import mail as outgoing
from ogpgroup.mail import Kind, Rendered
from ogpgroup.models import OutgoingMail, User, message_id_for

INVITATION = "cities.accountinvitation"
CODES_ARE_USEFUL_FOR = timedelta(minutes=10)
NEWS_IS_USEFUL_FOR = timedelta(days=3)


def account_mail(
    *, template: str, recipient: str, context: dict[str, Any], language: str, user: User | None, now: datetime
) -> OutgoingMail:
    """A mail of the sign-in, rendered at once: its codes and links exist nowhere else."""
    mail = OutgoingMail(
        key=f"account:{uuid4()}",
        kind="account",
        priority=OutgoingMail.Priority.ACCOUNT,
        user=user,
        recipient=recipient,
        subject_type="ogpgroup.user",
        subject_id=user.pk if user else None,
        due=now,
        useful_until=now + (CODES_ARE_USEFUL_FOR if "code" in context else NEWS_IS_USEFUL_FOR),
        is_demo=bool(user and user.is_demo),
    )
    mail.message_id = message_id_for(mail.key, parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2])
    rendered = _rendered(mail, template, context, language)
    mail.headline, mail.rendered = rendered.headline, rendered.content
    return mail


def invitation_mail(invitation: AccountInvitation, *, now: datetime) -> OutgoingMail:
    """The mail with the invitation's present link; one for each link."""
    return OutgoingMail(
        key=f"account_invitation:{invitation.pk}:{invitation.link_number}",
        kind="account_invitation",
        priority=OutgoingMail.Priority.ACCOUNT,
        recipient=invitation.email,
        subject_type=INVITATION,
        subject_id=invitation.pk,
        subject_version=invitation.link_number,
        due=now,
        useful_until=invitation.expires_at,
        is_demo=invitation.is_demo,
    )


def _rendered(mail: OutgoingMail, template: str, context: dict[str, Any], language: str) -> Rendered:
    context = {"site_url": settings.PUBLIC_URL, "language": language, **context}
    parts = outgoing.render_parts(template, context, language)
    content = outgoing.compose(mail=mail, subject=parts.subject, text=parts.text, html=parts.html)
    return Rendered(headline=parts.subject[:200], content=content)


def _all_still_true(mails: Sequence[OutgoingMail], _now: datetime) -> set[int]:
    return {mail.pk for mail in mails}


def _cannot_be_rendered_again(_mails: Sequence[OutgoingMail], _now: datetime) -> dict[int, Rendered]:
    return {}


def _invitations(mails: Sequence[OutgoingMail]) -> dict[int, AccountInvitation]:
    ids = [mail.subject_id for mail in mails if mail.subject_id is not None]
    return AccountInvitation.objects.select_related("organization", "invited_by").in_bulk(ids)


def _invitation_still_open(mails: Sequence[OutgoingMail], now: datetime) -> set[int]:
    """Open, and not sent again meanwhile with a newer link."""
    found = _invitations(mails)
    return {
        mail.pk
        for mail in mails
        if (invitation := found.get(mail.subject_id or 0))
        and invitation.is_open(now)
        and invitation.link_number == mail.subject_version
    }


def _render_invitations(mails: Sequence[OutgoingMail], _now: datetime) -> dict[int, Rendered]:
    found = _invitations(mails)
    return {
        mail.pk: _rendered(
            mail, "cities/emails/account_invitation.html", {"invitation": invitation}, invitation.language
        )
        for mail in mails
        if (invitation := found.get(mail.subject_id or 0))
    }


KINDS = [
    Kind(
        name="account",
        priority=OutgoingMail.Priority.ACCOUNT,
        repeatable=True,  # the same code or link once more harms nobody; its loss would
        still_true=_all_still_true,
        render=_cannot_be_rendered_again,
        label=_("Account"),
    ),
    Kind(
        name="account_invitation",
        priority=OutgoingMail.Priority.ACCOUNT,
        repeatable=False,
        still_true=_invitation_still_open,
        render=_render_invitations,
        label=_("Invitation to the group"),
    ),
]
