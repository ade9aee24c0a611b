"""Answers by the links of mails, without signing in: one seat, two people, a waiting list."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.factories_schedule import create_session, publish
from tests.journeys.conftest import Product, press, text_of
from tests.journeys.steps import PHONE, fits, main
from workshops.models import Participation

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def link_in(mail: EmailMessage, product: Product, *, number: int) -> str:
    """The mail's links to answer: yes, maybe, no."""
    return str(re.findall(rf"{product.url}/answer/\S+", text_of(mail))[number])


def say_yes(page: Page, mail: EmailMessage, product: Product) -> None:
    page.goto(link_in(mail, product, number=0))
    fits(page)
    expect(main(page)).to_contain_text("Nothing is recorded before you press the button.")
    press(page, "Record “yes”")


def test_seat_goes_from_who_cannot_come_to_who_waits(product: Product, open_page: Callable[..., Page]) -> None:
    ana = factories.create_member(name="Ana Analista", language="en")
    beto = factories.create_member(name="Beto Becario", language="en")
    session = create_session(
        title="Taller con un lugar",
        mode="face_to_face",
        venue="Sala 1",
        people=[ana, beto],
        seats_in_person=1,
        starts_at=datetime.now(UTC) + timedelta(days=9),
    )
    publish(session)
    product.call_like_beat()
    invited = {person.pk: product.mail_to(person.email, number=1) for person in (ana, beto)}
    phone, other = (open_page(viewport=PHONE, has_touch=True) for _ in range(2))

    say_yes(phone, invited[ana.pk], product)
    expect(main(phone)).to_contain_text("You have a seat.")
    say_yes(other, invited[beto.pk], product)
    expect(main(other)).to_contain_text("All seats are taken. You are the first on the waiting list.")

    press(phone, "No")
    expect(main(phone)).to_contain_text("Your answer is recorded: no")
    offer = product.mail_to(beto.email, number=2)
    assert str(offer["Subject"]).startswith("A seat for you: Taller con un lugar")
    other.goto(link_in(offer, product, number=0))
    expect(main(other)).to_contain_text("A seat is kept for you")
    press(other, "Yes")
    expect(main(other)).to_contain_text("You have a seat.")

    places = Participation.objects.filter(session=session).values_list("user", "answer", "place")
    assert set(places) == {(ana.pk, "no", ""), (beto.pk, "yes", "held")}
