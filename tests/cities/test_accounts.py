"""Sign-in by password or mailed code, what it refuses, and what it never gives away."""

import re
import time
from email import message_from_bytes, policy
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cities.adapter import MFAAdapter
from ogpgroup.models import OutgoingMail, User
from tests import factories

pytestmark = pytest.mark.slow

WRONG = "cinco faros miran al norte"


def newest_mail() -> tuple[OutgoingMail, str, str]:
    """The last mail queued, its subject and its text."""
    mail = OutgoingMail.objects.order_by("-pk")[0]
    assert mail.rendered is not None
    message = message_from_bytes(bytes(mail.rendered), policy=policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    return mail, str(message["Subject"]), part.get_content().replace("\r\n", "\n")


def code_in(text: str) -> str:
    found = re.search(r"^([A-Z0-9-]{6,})$", text, re.MULTILINE)
    assert found
    return found.group(1)


def sign_in(client: Client, email: str, password: str = factories.PASSWORD, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password}, **more)


def prove_again(client: Client) -> None:
    """Say the password once more, as before each important change."""
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


# --- Password ---------------------------------------------------------------------------------------------------------


def test_sign_in_by_password_leads_to_the_desk(client: Client, member: User) -> None:
    response = sign_in(client, member.email.upper())

    assert response["Location"] == reverse("desk")
    assert is_signed_in(client)


def test_session_is_another_one_after_sign_in(client: Client, member: User) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["kept"] = "yes"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(session.session_key)

    sign_in(client, member.email)

    assert client.session.session_key != session.session_key


@pytest.mark.parametrize("cast", ["deactivated", "nobody"])
def test_wrong_password_and_unknown_address_get_the_same_answer(member: User, deactivated: User, cast: str) -> None:
    email = deactivated.email if cast == "deactivated" else "nadie@ejemplo.mx"

    known, unknown = (shape_of(sign_in(Client(), address, WRONG), address) for address in (member.email, email))

    assert known == unknown


@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
@pytest.mark.parametrize("cast", ["coordinator", "deactivated", "nobody"])
def test_asking_for_a_code_or_a_reset_gives_nobody_away(
    member: User, coordinator: User, deactivated: User, path: str, cast: str
) -> None:
    others = {"coordinator": coordinator.email, "deactivated": deactivated.email, "nobody": "nadie@ejemplo.mx"}
    answers = []
    for email in (member.email, others[cast]):
        client = Client()
        response = client.post(path, {"email": email})
        answers.append((shape_of(response, email), shape_of(client.get(response["Location"]), email)))

    assert answers[0] == answers[1]
    assert OutgoingMail.objects.count() == 2


def shape_of(response: Any, email: str) -> tuple[int, str, dict[str, str], list[str]]:
    """Status, body and headers without what differs between any two requests: tokens, cookies, the address."""
    body = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", response.content.decode()).replace(email, "X")
    headers = {name: value for name, value in response.headers.items() if name not in {"Content-Length", "Expires"}}
    return response.status_code, body, headers, sorted(response.cookies)


def test_unknown_address_costs_as_much_time(member: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    member.set_password(factories.PASSWORD)
    member.save()

    def seconds(email: str) -> float:
        begin = time.perf_counter()
        sign_in(Client(), email, WRONG)
        return time.perf_counter() - begin

    pairs = [(seconds(member.email), seconds("nadie@ejemplo.mx")) for _ in range(5)]  # a busy spell slows both alike
    known, unknown = (min(times) for times in zip(*pairs, strict=True))

    assert 0.5 < known / unknown < 2


def test_sixth_failure_is_refused_even_with_the_right_password(client: Client, member: User) -> None:
    for _ in range(5):
        sign_in(client, member.email, WRONG)

    sign_in(client, member.email)

    assert not is_signed_in(client)


def test_forged_forwarding_header_does_not_help(member: User) -> None:
    answers = [
        sign_in(Client(), f"persona{n}@ejemplo.mx", WRONG, headers={"x-forwarded-for": f"10.0.0.{n}"}).status_code
        for n in range(31)
    ]

    assert answers[0] == 200
    assert answers[-1] == 429


def test_sign_up_is_closed(client: Client, db: None) -> None:
    response = client.post("/accounts/signup/", {"email": "nueva@ejemplo.mx", "password1": factories.PASSWORD})

    assert response.status_code == 200
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "target",
    [
        "//malo.example",
        "https://malo.example",
        "\\\\malo.example",
        "https:malo.example",
        "javascript:alert(1)",
        "/\\malo",
    ],
)
def test_sign_in_leads_to_no_other_site(client: Client, member: User, target: str) -> None:
    response = client.post("/accounts/login/", {"login": member.email, "password": factories.PASSWORD, "next": target})

    assert response["Location"] == reverse("desk")


# --- Mailed code ------------------------------------------------------------------------------------------------------


def test_code_signs_a_member_in_once(client: Client, member: User) -> None:
    client.post("/accounts/login/code/", {"email": member.email})
    mail, subject, text = newest_mail()
    code = code_in(text)

    response = client.post("/accounts/login/code/confirm/", {"code": code})

    assert response["Location"] == reverse("desk")
    assert (mail.kind, mail.user, mail.priority) == ("account", member, OutgoingMail.Priority.ACCOUNT)
    assert code not in subject + mail.headline  # the outbox shows it to coordinators, and keeps it
    other = Client()
    other.post("/accounts/login/code/", {"email": member.email})
    other.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_signed_in(other)


def test_code_is_not_for_coordinators(client: Client, coordinator: User) -> None:
    client.post("/accounts/login/code/", {"email": coordinator.email})

    mail, _subject, text = newest_mail()
    assert "/accounts/login/" in text
    assert "code" not in mail.key
    assert not re.search(r"^[A-Z0-9-]{6,}$", text, re.MULTILINE)


def test_code_asked_before_becoming_coordinator_does_not_open(client: Client, member: User) -> None:
    client.post("/accounts/login/code/", {"email": member.email})
    _mail, _subject, text = newest_mail()
    factories.create_membership(user=member, role="coordinator")

    client.post("/accounts/login/code/confirm/", {"code": code_in(text)})

    assert not is_signed_in(client)


def test_fourth_wrong_code_begins_again(client: Client, member: User) -> None:
    client.post("/accounts/login/code/", {"email": member.email})
    _mail, _subject, text = newest_mail()
    for _ in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "XXX-XXX"})

    client.post("/accounts/login/code/confirm/", {"code": code_in(text)})

    assert not is_signed_in(client)


def test_mail_speaks_its_readers_language(client: Client, db: None) -> None:
    factories.create_user(email="ann@example.org", language="en")

    client.post("/accounts/login/code/", {"email": "ann@example.org"}, headers={"accept-language": "es"})

    assert newest_mail()[1].startswith("Your code to sign in")


# --- Password reset and change ----------------------------------------------------------------------------------------


def test_reset_by_mailed_link_works_once_and_ends_other_sessions(client: Client, member: User) -> None:
    elsewhere = Client()
    sign_in(elsewhere, member.email)
    client.post("/accounts/password/reset/", {"email": member.email})
    path = re.search(r"http://\S+(/accounts/password/reset/key/\S+)", newest_mail()[2])
    assert path

    form = client.get(path.group(1), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": WRONG, "password2": WRONG})

    member.refresh_from_db()
    assert member.check_password(WRONG)
    assert not is_signed_in(elsewhere)
    assert not is_signed_in(client)
    assert "token_fail" in Client().get(path.group(1)).context


def test_password_change_keeps_this_session_and_ends_others(client: Client, member: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, member.email)

    client.post(
        "/accounts/password/change/", {"oldpassword": factories.PASSWORD, "password1": WRONG, "password2": WRONG}
    )

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert newest_mail()[0].recipient == member.email


# --- Address ----------------------------------------------------------------------------------------------------------


def test_address_changes_with_a_code_sent_to_the_new_one(client: Client, member: User) -> None:
    sign_in(client, member.email)
    prove_again(client)
    old = member.email

    client.post("/accounts/email/", {"action_add": "", "email": "nueva@ejemplo.mx"})
    mail, _subject, text = newest_mail()
    client.post(reverse("account_email_verification_sent"), {"code": code_in(text)})

    member.refresh_from_db()
    assert mail.recipient == "nueva@ejemplo.mx"
    assert member.email == "nueva@ejemplo.mx"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("nueva@ejemplo.mx", True, True)]
    assert old in OutgoingMail.objects.values_list("recipient", flat=True)


def test_address_of_somebody_else_is_neither_taken_nor_given_away(
    client: Client, member: User, official_colima: User
) -> None:
    sign_in(client, member.email)
    prove_again(client)

    taken = client.post("/accounts/email/", {"action_add": "", "email": official_colima.email})
    free = client.post("/accounts/email/", {"action_add": "", "email": "libre@ejemplo.mx"})

    assert (taken.status_code, taken["Location"]) == (free.status_code, free["Location"])
    assert EmailAddress.objects.get(email=official_colima.email).user == official_colima


# --- Second step ------------------------------------------------------------------------------------------------------


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_second_step_is_set_up_asked_for_and_encrypted(
    client: Client, coordinator: User, django_capture_on_commit_callbacks: Any
) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        sign_in(browser, coordinator.email)
    prove_again(client)
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)})

    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert not re.fullmatch(r"[A-Z2-7]+=*", stored)
    assert secret not in stored
    assert MFAAdapter().decrypt(stored) == secret
    assert not Authenticator.objects.filter(type="recovery_codes", data__seed__regex=r"^[0-9a-f]+$").exists()
    assert not is_signed_in(elsewhere)
    newcomer = Client()
    response = sign_in(newcomer, coordinator.email)
    assert response["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(newcomer)


def test_code_of_the_second_step_works_once(coordinator: User) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(coordinator, secret)
    code = totp_code(secret)
    answers = []
    for _ in range(2):
        browser = Client()
        sign_in(browser, coordinator.email)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        answers.append(is_signed_in(browser))

    assert answers == [True, False]


@pytest.mark.parametrize("path", ["/accounts/2fa/totp/activate/", "/accounts/email/"])
def test_important_changes_need_the_password_again(client: Client, coordinator: User, path: str) -> None:
    sign_in(client, coordinator.email)

    response = client.post(path, {"action_add": "", "email": "nueva@ejemplo.mx", "code": "123456"})

    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_secrets_written_with_an_earlier_key_are_still_read(settings: Any) -> None:
    settings.MFA_KEY = ""
    derived = MFAAdapter().encrypt("JBSWY3DPEHPK3PXP")
    settings.MFA_KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="

    assert MFAAdapter().decrypt(derived) == "JBSWY3DPEHPK3PXP"
    assert MFAAdapter().decrypt(MFAAdapter().encrypt("x")) == "x"


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/profile/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/logout/",
    ],
)
def test_pages_of_the_account_answer(client: Client, member: User, path: str) -> None:
    sign_in(client, member.email)
    prove_again(client)

    assert client.get(path).status_code == 200


def test_profile_saves_what_it_asks_and_nothing_else(client: Client, member: User) -> None:
    sign_in(client, member.email)
    details = {"name": "Inés I.", "language": "en", "time_zone": "America/Merida", "email": "x@x.mx", "is_staff": "on"}

    client.post("/accounts/profile/", details)

    member.refresh_from_db()
    assert (member.name, member.language, member.time_zone, member.wants_reminders) == (
        "Inés I.",
        "en",
        "America/Merida",
        False,
    )
    assert (member.email, member.is_staff) == ("integrante@ejemplo.mx", False)


@pytest.mark.parametrize("name", ["Ana\x07Ruiz", "Ana\tRuiz", "Ana\x85Ruiz"])
def test_name_with_a_character_that_nobody_sees_is_refused(client: Client, member: User, name: str) -> None:
    sign_in(client, member.email)
    details = {"name": name, "language": "en", "time_zone": "America/Merida"}

    response = client.post("/accounts/profile/", details)

    assert response.context["form"].errors == {
        "name": ["Hay en el nombre un carácter que no se ve, como un tabulador. Bórrelo y vuelva a escribir el nombre."]
    }
    member.refresh_from_db()
    assert (member.name, member.language) == ("Inés Integrante", "es-mx")


def test_privacy_notice_in_both_languages(client: Client, db: None) -> None:
    spanish = client.get("/privacy/", headers={"accept-language": "es"}).content.decode()
    english = client.get("/privacy/", headers={"accept-language": "en"}).content.decode()

    assert "finalidades voluntarias" in spanish
    assert "voluntary purposes" in english
    assert "2026-11" in spanish
