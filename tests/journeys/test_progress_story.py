"""What a city did, from its phone to everybody's eyes; and what a member asks of it until it is settled and changed."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from actionplans.models import ActionPlan
from cities.models import group_day
from tests import factories
from tests.journeys.conftest import Product, press, text_of
from tests.journeys.steps import PHONE, fits, main, sign_in
from tests.ogpgroup import upload_pictures as pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HAPPENED = "Se celebró el foro con 43 vecinas y vecinos."
WHAT_IT_SHOWS = "Vecinas y vecinos alrededor de una mesa"


@pytest.fixture
def plan(product: Product) -> ActionPlan:
    """A plan in force with a commitment of two milestones."""
    today = group_day(timezone.now())
    cycle = factories.create_cycle(starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=200))
    city = factories.create_city(name="Reynosa", slug="reynosa")
    plan = factories.create_plan(
        city=city, cycle=cycle, title="Reynosa abre su plan", starts_on=cycle.starts_on, ends_on=cycle.ends_on
    )
    commitment = factories.create_commitment(plan=plan, title="Foros en los barrios")
    for title, days in (("Primer foro", 40), ("Segundo foro", 80)):  # later than anybody is reminded of
        factories.create_milestone(
            commitment=commitment, title=title, starts_on=plan.starts_on, ends_on=today + timedelta(days=days)
        )
    return plan


def diary(page: Page) -> Locator:
    """Its entries, the newest first."""
    return page.locator(".diary > li")


def choose_photo(page: Page) -> None:
    photo = FilePayload(
        name="foro.jpg", mimeType="image/jpeg", buffer=pictures.gps(picture=pictures.sketch(size=(1200, 900)))
    )
    assert pictures.SECRET in photo["buffer"]
    page.get_by_label("Photos and files").set_input_files(photo)
    page.get_by_label("What the photo shows", exact=True).fill(WHAT_IT_SHOWS)


def assert_that_only_pixels_are_left(page: Page, address: str) -> None:
    answer = page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/jpeg")
    served = answer.body()
    with Image.open(BytesIO(served)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((900, 1200), {})  # upright, as the phone was held
    assert pictures.SECRET not in served
    assert pictures.parts(served) <= pictures.PIXELS_ALONE


def test_from_a_phone_to_the_public_diary(product: Product, open_page: Callable[..., Page], plan: ActionPlan) -> None:
    official = factories.create_official(city=plan.city, name="Olga Oficial", language="en")
    phone, anybody = open_page(viewport=PHONE, has_touch=True, is_mobile=True), open_page(viewport=PHONE)

    sign_in(phone, official)
    fits(phone)
    main(phone).get_by_role("link", name="Log progress", exact=True).tap()
    main(phone).get_by_text("Segundo foro").tap()
    main(phone).get_by_text("Substantial", exact=True).tap()
    choose_photo(phone)
    phone.get_by_label("What happened?").fill(HAPPENED)
    fits(phone)
    main(phone).get_by_role("button", name="Put it in the diary").tap()
    expect(phone.get_by_text("It is in the diary, and anybody can read it.")).to_be_visible()

    anybody.goto(plan.get_absolute_url())
    expect(diary(anybody)).to_have_count(1)
    expect(diary(anybody).get_by_role("link", name="Segundo foro")).to_be_visible()
    expect(diary(anybody)).to_contain_text(HAPPENED)
    expect(diary(anybody)).to_contain_text("substantial")
    photo = diary(anybody).get_by_alt_text(WHAT_IT_SHOWS)
    photo.scroll_into_view_if_needed()
    assert photo.evaluate("(image) => image.decode().then(() => image.naturalHeight)") == 1200
    fits(anybody)
    address = photo.get_attribute("src")
    assert address
    assert_that_only_pixels_are_left(anybody, address)

    phone.get_by_role("link", name="Correct this entry").tap()
    phone.get_by_label("What was wrong?").fill("Fueron menos.")
    phone.get_by_label("What happened?").fill("Se celebró el foro con 34 vecinas y vecinos.")
    main(phone).get_by_text("Limited", exact=True).tap()
    fits(phone)
    main(phone).get_by_role("button", name="Put the correction in its place").tap()
    expect(phone.get_by_text("The correction stands; the old entry stays readable beside it.")).to_be_visible()

    anybody.reload()
    expect(diary(anybody)).to_have_count(2)
    stands, struck = diary(anybody).nth(0), diary(anybody).nth(1)
    expect(stands).to_contain_text("34 vecinas")
    expect(stands).to_contain_text("What was wrong: Fueron menos.")
    expect(stands.get_by_alt_text(WHAT_IT_SHOWS)).to_have_count(1)
    expect(struck.locator("del")).to_contain_text("43 vecinas")
    expect(struck.get_by_role("link", name="Read the correction")).to_be_visible()
    fits(anybody)
    assert "Olga" not in anybody.content()


# --- A note and its answers -------------------------------------------------------------------------------------------


def open_link(page: Page, product: Product, mail: EmailMessage) -> None:
    link = re.search(rf"{product.url}/notes/\S+", text_of(mail))
    assert link
    page.goto(link[0])


def answer(page: Page, *, decision: str, why: str, change: str, by: date) -> None:
    page.get_by_role("link", name="Answer the note").click()
    page.get_by_label(decision).check()
    page.get_by_label("Why").fill(why)
    page.get_by_label("What will change").fill(change)
    page.get_by_label("By when").fill(by.isoformat())
    press(page, "Send the answer and tell the author")
    expect(page.get_by_text("The answer is there, and the author is told.")).to_be_visible()


def say(page: Page, word: str, comment: str) -> None:
    page.get_by_label(word).check()
    page.get_by_label("Comment").fill(comment)
    press(page, "Send my word")
    expect(page.get_by_text("Thank you, your word is kept with the answer.")).to_be_visible()


def counted(page: Page, plan: ActionPlan) -> dict[str, int]:
    """What the ledger counts, as anybody reads it."""
    page.goto(f"{plan.get_absolute_url()}feedback/")
    words = page.locator(".stats dt").all_inner_texts()
    numbers = page.locator(".stats dd").all_inner_texts()
    return dict(zip(words, map(int, numbers), strict=True))


def write_note(page: Page, plan: ActionPlan, text: str) -> None:
    page.goto(plan.commitments.get().get_absolute_url())
    main(page).locator("#notes").get_by_role("link", name="Write a note").click()
    page.get_by_label("Doubt").check()
    page.get_by_label("Your note").fill(text)
    page.get_by_label("On whose behalf").select_option(label="Observatorio Ciudadano")
    press(page, "Send the note to Reynosa")
    expect(main(page).get_by_role("heading", level=1)).to_have_text("Doubt about commitment 1: Foros en los barrios")


def test_from_a_note_to_the_change_it_made(product: Product, open_page: Callable[..., Page], plan: ActionPlan) -> None:
    official = factories.create_official(city=plan.city, name="Olga Oficial", language="en")
    observatory = factories.create_organization(name="Observatorio Ciudadano")
    member = factories.create_member(organization=observatory, name="Mara Miembro", language="en")
    mara, olga, anybody = open_page(), open_page(), open_page(viewport=PHONE)
    soon = group_day(timezone.now()) + timedelta(days=10)

    sign_in(mara, member)
    write_note(mara, plan, "¿Quién **convoca** a los foros?")
    asked = product.mail_to(official.email, number=1)
    assert asked["Subject"] == "Doubt about commitment 1: Foros en los barrios"
    assert "¿Quién convoca a los foros?" in text_of(asked)

    sign_in(olga, official)
    open_link(olga, product, asked)
    answer(olga, decision="It accepts it", why="Faltaba decirlo.", change="El plan lo dirá.", by=soon)
    told = product.mail_to(member.email, number=1)
    assert told["Subject"] == "Answer to your note, accepted: commitment 1: Foros en los barrios"

    open_link(mara, product, told)
    say(mara, "No, I ask for another answer", "No dice quién.")
    again = product.mail_to(official.email, number=2)
    assert again["Subject"] == "Not settled yet: doubt about commitment 1: Foros en los barrios"
    assert "No dice quién." in text_of(again)
    assert counted(anybody, plan) == {"Asked": 1, "Answered": 0, "Changed something": 0, "Open": 1, "Late": 0}

    open_link(olga, product, again)
    answer(olga, decision="It accepts a part", why="Convoca el IMPLAN.", change="El IMPLAN publica la fecha.", by=soon)
    open_link(mara, product, product.mail_to(member.email, number=2))
    say(mara, "Yes, it is settled", "Gracias.")
    assert counted(anybody, plan) == {"Asked": 1, "Answered": 1, "Changed something": 0, "Open": 0, "Late": 0}
    expect(main(anybody).get_by_role("heading", level=1)).to_have_text("Every note is answered")

    olga.goto("/desk/")
    main(olga).get_by_role("link", name="El IMPLAN publica la fecha.").click()
    main(olga).get_by_role("listitem").filter(has_text="Convoca el IMPLAN.").get_by_role(
        "link", name="Report that it was changed"
    ).click()
    olga.get_by_label("What was changed").fill("La fecha está en el portal.")
    press(olga, "Put the change on record")
    expect(olga.get_by_text("The change is on record.")).to_be_visible()

    assert counted(anybody, plan) == {"Asked": 1, "Answered": 1, "Changed something": 1, "Open": 0, "Late": 0}
    fits(anybody)
    main(anybody).get_by_role("link", name="¿Quién convoca a los foros?").click()
    conversation = anybody.locator(".conversation > li")
    expect(conversation).to_have_count(6)
    expect(conversation.nth(0).get_by_role("heading")).to_have_text("member of Observatorio Ciudadano")
    expect(conversation.nth(5)).to_contain_text("La fecha está en el portal.")
    fits(anybody)
    assert not {"Mara", "Olga"} & set(re.findall(r"\w+", anybody.content()))
    assert str(product.mail_to(member.email, number=3)["Subject"])  # that it was changed
    assert [len(product.mails_to(one.email)) for one in (official, member)] == [2, 3]
