"""Invite somebody from the command line: the first coordinator has nobody else to ask."""

from datetime import datetime
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from cities import actions
from cities.models import AccountInvitation, GroupMembership, Organization, Role, group_day
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


class Command(BaseCommand):
    help = "Invites an e-mail address into an organisation and prints the link; works without mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--role", default=Role.MEMBER, choices=Role.values)
        parser.add_argument("--language", default="es-mx", choices=["es-mx", "en"])
        parser.add_argument("--mail", action="store_true", help="queue the mail as well")
        parser.add_argument(
            "--join-group", action="store_true", help="if the organisation is not in the group, it joins"
        )

    def handle(self, *, email: str, organization: str, join_group: bool, **options: Any) -> None:
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address.") from None
        now = timezone.now()
        with pghistory.context(command="invite"), transaction.atomic():
            row = _organization(organization)
            _see_to_the_group(row, now, join_group=join_group)
            try:
                link = _invite(row, email, now, **{name: options[name] for name in ("role", "language", "mail")})
            except ActionNotPossible as refusal:
                raise CommandError(str(refusal.sentence)) from None
        if User.objects.filter(is_demo=True).exists():
            self.stderr.write(
                "The demonstration is loaded: its coordinators, whose passwords may be known, see what real people do "
                "here and may change it. `manage.py remove_demo` takes it away."
            )
        self.stdout.write(link)


def _organization(slug: str) -> Organization:
    try:
        return Organization.objects.get(slug=slug)
    except Organization.DoesNotExist:
        known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"No organisation has the slug {slug!r}. There are: {known or 'none yet'}.") from None


def _see_to_the_group(organization: Organization, now: datetime, *, join_group: bool) -> None:
    """Whoever acts for an organisation outside the group may do nothing, so nobody is invited to it unawares."""
    today = group_day(now)
    if GroupMembership.objects.not_over(today).filter(organization=organization).exists():
        return
    if not join_group:
        raise CommandError(
            f"{organization} does not belong to the group, so its people could do nothing here. "
            "With --join-group it joins today."
        )
    actions.join_group(organization, since=today)


def _invite(organization: Organization, email: str, now: datetime, *, role: str, language: str, mail: bool) -> str:
    """The link of a new invitation, or a new link for one that is still open."""
    open_ones = AccountInvitation.objects.open(now)
    invitation = open_ones.filter(email=email.strip().lower(), organization=organization, role=role).first()
    if invitation is not None:
        return actions.send_again(invitation, by=None, now=now, notify=mail).link
    return actions.invite(organization, email=email, role=role, language=language, by=None, now=now, notify=mail).link
