"""Account mails: each template speaks both languages, and invitations go only while they are true."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import allauth
import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from cities import actions, emails
from ogpgroup.mail import Kind, render_parts
from ogpgroup.models import OutgoingMail, User
from tests import factories

NOW = timezone.now()
# What allauth can send and this platform cannot come to send: passkeys, reset by code.
NOT_SENT = {"webauthn_added", "webauthn_removed", "password_reset_code"}
LAYOUTS = {"base", "base_notification"}


def prefixes() -> list[str]:
    found = Path(allauth.__file__).parent / "templates"
    names = [path for app in ("account", "mfa") for path in (found / app / "email").glob("*_message.txt")]
    return sorted(
        f"{path.parent.parent.name}/email/{name}"
        for path in names
        if (name := path.name.removesuffix("_message.txt")) not in NOT_SENT | LAYOUTS
    )


@pytest.mark.parametrize("language", ["es-mx", "en"])
@pytest.mark.parametrize("prefix", [*prefixes(), "account/email/coordinators_use_password"])
def test_every_mail_of_the_sign_in_has_its_three_parts(prefix: str, language: str) -> None:
    context = {
        "email": "ana@ejemplo.mx",
        "code": "ABC-DEF",
        "password_reset_url": "https://x.mx/r/",
        "reset_url": "https://x.mx/r/",
        "sign_in_url": "https://x.mx/s/",
        "user_agent": "<script>",
        "deleted_email": "vieja@ejemplo.mx",
    }

    parts = render_parts(f"{prefix}.html", context, language)

    assert parts.subject
    assert "ABC-DEF" not in parts.subject
    assert "{" not in parts.subject + parts.text + parts.html
    assert "<p" not in parts.text
    assert "<script>" not in parts.html


def kind(name: str) -> Kind:
    return next(kind for kind in emails.KINDS if kind.name == name)


def test_kinds_are_account_mail_and_invitations_do_not_repeat() -> None:
    assert [(kind.name, kind.repeatable, kind.priority) for kind in emails.KINDS] == [
        ("account", True, OutgoingMail.Priority.ACCOUNT),
        ("account_invitation", False, OutgoingMail.Priority.ACCOUNT),
    ]


def test_invitation_is_true_while_its_link_is_the_last_and_open(coordinator: User) -> None:
    open_one, expired, renewed = (
        actions.invite(
            factories.create_organization(), email="a@b.mx", role="member", language="en", by=coordinator, now=now
        )
        for now in (NOW, NOW - timedelta(days=20), NOW)
    )
    actions.send_again(renewed, by=coordinator, now=NOW)
    withdrawn = actions.invite(
        factories.create_organization(), email="a@b.mx", role="member", language="en", by=coordinator, now=NOW
    )
    actions.withdraw_invitation(withdrawn)
    mails = list(OutgoingMail.objects.order_by("pk"))

    true = kind("account_invitation").still_true(mails, NOW)

    assert [(mail.subject_id, mail.subject_version) for mail in mails if mail.pk in true] == [
        (open_one.pk, 1),
        (renewed.pk, 2),
    ]
    assert expired.pk not in {mail.subject_id for mail in mails if mail.pk in true}


def test_invitation_mail_carries_the_link_and_who_invites(coordinator: User) -> None:
    organization = factories.create_organization(name="ITESO\r\nBcc: malo@example.org")
    invitation = actions.invite(organization, email="a@b.mx", role="member", language="en", by=coordinator, now=NOW)
    mail = OutgoingMail.objects.get()

    with time_machine.travel(NOW, tick=False):  # the link is signed with its second
        rendered = kind("account_invitation").render([mail], NOW)[mail.pk]
        link = f"{settings.PUBLIC_URL}/accounts/invitation/{invitation.token}/"

    message = message_from_bytes(rendered.content, policy=policy.default)
    text = message.get_body(("plain",))
    assert text is not None
    assert link in text.get_content()
    assert coordinator.name in text.get_content()
    assert message["To"] == "a@b.mx"
    assert message["Bcc"] is None
    assert message.get_body(("html",)) is not None


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_batch_asks_twice_whatever_its_size(coordinator: User, django_assert_num_queries: object, count: int) -> None:
    organization = factories.create_organization()
    for number in range(count):
        actions.invite(organization, email=f"a{number}@b.mx", role="member", language="en", by=coordinator, now=NOW)
    mails = list(OutgoingMail.objects.all())

    with django_assert_num_queries(2):  # type: ignore[operator]
        kind("account_invitation").still_true(mails, NOW)
        kind("account_invitation").render(mails, NOW)
