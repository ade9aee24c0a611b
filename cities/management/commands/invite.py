"""Invite somebody from the command line: the first coordinator has nobody else to ask."""

from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from cities import actions
from cities.models import AccountInvitation, Organization, Role
from ogpgroup.errors import ActionNotPossible


class Command(BaseCommand):
    help = "Invites an e-mail address into an organisation and prints the link; works without mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--role", default=Role.MEMBER, choices=Role.values)
        parser.add_argument("--language", default="es-mx", choices=["es-mx", "en"])
        parser.add_argument("--mail", action="store_true", help="queue the mail as well")

    def handle(self, *, email: str, organization: str, role: str, language: str, mail: bool, **_: Any) -> None:
        try:
            validate_email(email)
            row = Organization.objects.get(slug=organization)
        except ValidationError:
            raise CommandError(f"{email!r} is not an e-mail address.") from None
        except Organization.DoesNotExist:
            known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True))
            raise CommandError(
                f"No organisation has the slug {organization!r}. There are: {known or 'none yet'}."
            ) from None
        now = timezone.now()
        with pghistory.context(command="invite"):
            open_ones = AccountInvitation.objects.open(now)
            invitation = open_ones.filter(email=email.strip().lower(), organization=row, role=role).first()
            try:
                if invitation is not None:
                    invitation = actions.send_again(invitation, by=None, now=now, notify=mail)
                else:
                    invitation = actions.invite(
                        row, email=email, role=role, language=language, by=None, now=now, notify=mail
                    )
            except ActionNotPossible as refusal:
                raise CommandError(str(refusal.sentence)) from None
        self.stdout.write(invitation.link)
