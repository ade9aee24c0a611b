"""Coordinators withhold what was published: how, who is told, and what remains on record."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from actionplans.models import ActionPlan, ProgressEntry
from cities.models import City, Membership
from feedback.models import Note
from feedback.withholding import as_read
from ogpgroup import moderation, withholding
from ogpgroup.models import OutgoingMail, User, Withholding
from ogpgroup.withholding import AlreadyWithheld, Thing, Withheld
from tests import factories
from tests.feedback import noting, rounds

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 3, 18, 0, tzinfo=UTC)
[KIND] = moderation.KINDS


@pytest.fixture
def plan(reynosa: City) -> ActionPlan:
    return factories.create_plan(city=reynosa, title="Reynosa abre su plan")


@pytest.fixture
def entry(plan: ActionPlan, official_reynosa: User) -> ProgressEntry:
    commitment = factories.create_commitment(plan=plan, title="Foros")
    return factories.create_entry(commitment=commitment, text="Llame a Ana, 55 1234.", reported_by=official_reynosa)


def thing(kind: str, pk: int) -> Thing:
    found = moderation.find(kind, pk)
    assert found is not None
    return found


def withhold(kind: str, pk: int, by: User, *, reason: str = "personal", words: str = "") -> Withholding:
    return moderation.withhold(thing(kind, pk), reason=reason, words=words, by=by, now=NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told() -> list[str]:
    return sorted(one.recipient for one in OutgoingMail.objects.filter(kind="withheld", status="queued"))


def still_true() -> list[bool]:
    mails = list(OutgoingMail.objects.filter(kind="withheld").order_by("pk"))
    true = KIND.still_true(mails, NOW)
    return [one.pk in true for one in mails]


# --- What is read in its place ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words", "sentence"),
    [
        ("es-mx", "", "Retirado por la coordinación el 3 de marzo de 2026: contiene datos personales."),
        (
            "es-mx",
            "Se pidió.",
            "Retirado por la coordinación el 3 de marzo de 2026: contiene datos personales. Se pidió.",
        ),
        ("en", "", "Withdrawn from public view by the coordinators on 3 March 2026: it contains personal data."),
    ],
)
def test_sentence_says_the_day_and_the_reason(language: str, words: str, sentence: str) -> None:
    with override(language):
        assert Withheld(1, "personal", words, NOW).sentence == sentence


def test_day_is_that_of_the_group() -> None:
    """Late in the evening of the third in Mexico."""
    assert Withheld(1, "personal", "", datetime(2026, 3, 4, 5, 0, tzinfo=UTC)).day.isoformat() == "2026-03-03"


# --- Withholding and lifting ------------------------------------------------------------------------------------------


def test_one_withholding_at_a_time_and_both_on_record(entry: ProgressEntry, coordinator: User) -> None:
    first = withhold("entry", entry.pk, coordinator)

    with pytest.raises(AlreadyWithheld):
        withhold("entry", entry.pk, factories.create_coordinator())
    with pytest.raises(IntegrityError), transaction.atomic():
        Withholding.objects.create(subject_type="entry", subject_id=entry.pk, reason="insult")
    assert moderation.lift(first, by=coordinator, now=NOW) is True
    assert moderation.lift(first, by=coordinator, now=NOW) is False
    withhold("entry", entry.pk, coordinator, reason="minor")

    kept = Withholding.objects.order_by("pk").values_list("reason", "lifted_at")
    assert list(kept) == [("personal", NOW), ("minor", None)]


def test_database_keeps_what_was_decided(entry: ProgressEntry, coordinator: User) -> None:
    row = withhold("entry", entry.pk, coordinator)

    for change in ({"reason": "mistake"}, {"words": "Otra cosa"}, {"subject_id": 7}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Withholding.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Withholding.objects.filter(pk=row.pk).update(lifted_by=coordinator)


def test_withholding_of_a_demonstration_goes_with_it(coordinator: User) -> None:
    plan = factories.create_plan(city=factories.create_city(is_demo=True), cycle=factories.create_cycle(is_demo=True))
    ActionPlan.objects.filter(pk=plan.pk).update(is_demo=True)
    entry = factories.create_entry(commitment=factories.create_commitment(plan=plan))
    assert withhold("entry", entry.pk, coordinator).is_demo

    call_command("remove_demo", verbosity=0)

    assert not Withholding.objects.exists()


# --- Who is told ------------------------------------------------------------------------------------------------------


def test_who_published_it_is_told_once(
    entry: ProgressEntry, reynosa: City, official_reynosa: User, coordinator: User
) -> None:
    factories.create_official(city=reynosa)

    row = withhold("entry", entry.pk, coordinator)

    assert told() == [official_reynosa.email]
    [mail] = OutgoingMail.objects.filter(kind="withheld")
    assert (mail.key, mail.subject_type, mail.subject_id) == (
        f"withheld:{row.pk}:{official_reynosa.pk}",
        "withholding",
        row.pk,
    )
    assert moderation.lift(row, by=coordinator, now=NOW)
    assert still_true() == [False]
    withhold("entry", entry.pk, coordinator)
    assert still_true() == [False, True]


def test_for_an_official_who_has_left_the_others_are_told(
    entry: ProgressEntry, reynosa: City, official_reynosa: User, official_colima: User, coordinator: User
) -> None:
    successors = [factories.create_official(city=reynosa) for _each in range(2)]
    Membership.objects.filter(user=official_reynosa).update(until="2026-01-31")

    withhold("entry", entry.pk, coordinator)

    assert told() == sorted(one.email for one in successors)


def test_author_of_a_note_is_told_while_they_belong_to_the_group(plan: ActionPlan, coordinator: User) -> None:
    gone, there = noting.write(plan), noting.write(plan)
    assert gone.author
    assert there.author
    Membership.objects.filter(user=gone.author).update(until="2026-01-31")

    withhold("note", gone.pk, coordinator)
    withhold("note", there.pk, coordinator)

    assert told() == [there.author.email]
    Membership.objects.filter(user=there.author).update(until="2026-01-31")
    assert still_true() == [False]


def test_coordinator_is_not_told_of_what_they_withhold_of_their_own(plan: ActionPlan, coordinator: User) -> None:
    note = noting.write(plan, by=coordinator)

    withhold("note", note.pk, coordinator)

    assert told() == []


@pytest.mark.parametrize("language", ["es-mx", "en"])
def test_mail_names_the_thing_and_repeats_nothing_of_it(
    language: str, entry: ProgressEntry, official_reynosa: User, coordinator: User, settings: Any
) -> None:
    User.objects.filter(pk=official_reynosa.pk).update(language=language)
    withhold("entry", entry.pk, coordinator, words="Lo pidió una persona.")
    [one] = OutgoingMail.objects.filter(kind="withheld")

    content = KIND.render([one], NOW)[one.pk].content

    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",))
    assert body
    text = body.get_content().replace("\r\n", "\n")
    told = {
        "es-mx": "La coordinación retiró de la vista pública el avance del 1 de septiembre de 2017 en «Foros» "
        "(Reynosa abre su plan), porque contiene datos personales.",
        "en": "The coordinators withdrew the progress of 1 September 2017 on “Foros” from public view "
        "(Reynosa abre su plan), because it contains personal data.",
    }
    assert text.splitlines()[:3] == [told[language], "", "«Lo pidió una persona.»"]
    assert text.rstrip().endswith(f"{settings.PUBLIC_URL}{entry.get_absolute_url()}")
    assert message["Reply-To"] == settings.REPLY_ADDRESS
    assert "55 1234" not in content.decode()


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_coordinator_withholds_and_shows_again(entry: ProgressEntry, coordinator: User) -> None:
    client, address = signed_in(coordinator), reverse("withhold", args=["entry", entry.pk])

    asked = client.get(address)
    refused = client.post(address, {"words": "Se pidió."})
    done = client.post(address, {"reason": "minor", "words": " Se pidió. "}, follow=True)

    assert "Llame a Ana, 55 1234." in asked.content.decode()
    assert refused.status_code == 200
    assert refused.context["form"].errors == {"reason": ["Este campo es obligatorio."]}
    assert "Se pidió." in refused.content.decode()
    assert done.redirect_chain == [(entry.get_absolute_url(), 302)]
    row = Withholding.objects.get()
    assert (row.reason, row.words, row.withheld_by) == ("minor", "Se pidió.", coordinator)

    lift = reverse("withholding_lift", args=[row.pk])
    assert "Llame a Ana, 55 1234." in client.get(lift).content.decode()
    assert client.post(lift).headers["Location"] == entry.get_absolute_url()
    row.refresh_from_db()
    assert row.lifted_by == coordinator
    assert client.post(lift).headers["Location"] == entry.get_absolute_url()


def test_second_of_two_coordinators_is_told_kindly(entry: ProgressEntry, coordinator: User) -> None:
    withhold("entry", entry.pk, coordinator)
    second = signed_in(factories.create_coordinator())

    answer = second.post(reverse("withhold", args=["entry", entry.pk]), {"reason": "insult"}, follow=True)

    assert answer.redirect_chain == [(entry.get_absolute_url(), 302)]
    assert [str(one) for one in answer.context["messages"]] == [
        "Ya está retirado de la vista pública: otra persona de la coordinación se adelantó."
    ]
    assert Withholding.objects.count() == 1


def test_second_of_two_at_once_is_told_kindly(
    entry: ProgressEntry, coordinator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is quicker between the question and the writing down."""

    def quicker(one: Thing, **said: Any) -> Withholding:
        with monkeypatch.context() as before:
            before.setattr(moderation, "withhold", done)
            done(one, **said)
        return done(one, **said)

    done = moderation.withhold
    monkeypatch.setattr(moderation, "withhold", quicker)

    answer = signed_in(coordinator).post(reverse("withhold", args=["entry", entry.pk]), {"reason": "insult"})

    assert answer.headers["Location"] == entry.get_absolute_url()
    assert Withholding.objects.count() == 1


def test_list_says_what_who_when_and_why(entry: ProgressEntry, coordinator: User) -> None:
    User.objects.filter(pk=coordinator.pk).update(name="Carla Coordinadora")
    withhold("entry", entry.pk, coordinator, words="Se pidió.")
    lifted = withhold("note", noting.write(entry.commitment.plan).pk, coordinator)
    moderation.lift(lifted, by=coordinator, now=NOW)

    page = signed_in(coordinator).get(reverse("withheld")).content.decode()

    assert "Hay una cosa retirada de la vista pública" in page
    assert "El avance del 1 de septiembre de 2017 en «Foros»" in page
    assert "Carla Coordinadora lo retiró el 3 de marzo de 2026: contiene datos personales." in page
    assert "Se pidió." in page
    assert "55 1234" not in page


def test_list_asks_the_same_for_any_number(plan: ActionPlan, coordinator: User) -> None:
    client = signed_in(coordinator)

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("withheld"))
        return len(queries)

    def one_of_each() -> None:
        entry = factories.create_entry(commitment=factories.create_commitment(plan=plan))
        withhold("entry", entry.pk, coordinator)
        withhold("evidence", factories.create_link(entry=entry, url=f"https://ejemplo.org/{entry.pk}").pk, coordinator)
        note = noting.write(plan)
        answer = noting.answer(note)
        noting.settle(note, settles=True, reaction="Bien.")
        for kind, pk in (("note", note.pk), ("answer", answer.pk), ("reaction", answer.pk)):
            withhold(kind, pk, coordinator)

    one_of_each()
    first = asked()
    for _each in range(2):
        one_of_each()
    assert asked() == first
    for _each in range(4):
        one_of_each()
    assert asked() == first
    assert client.get(reverse("withheld"), {"page": 2}).context["page"].number == 2


def test_what_rounds_hold_is_told_in_the_list(plan: ActionPlan, coordinator: User) -> None:
    one = rounds.published_round(plan=plan, evidence="Lo dijo Juan Pérez.")
    score, reply = one.evaluations.get().scores.order_by("pk")[0], one.replies.order_by("pk")[0]
    withhold("score", score.pk, coordinator)
    withhold("reply", reply.pk, coordinator)

    rows = signed_in(coordinator).get(reverse("withheld")).context["rows"]

    hrefs = [told.href for _row, told in rows]
    assert hrefs == [f"{one.get_absolute_url()}?commitment=1#{each.criterion.slug}" for each in (reply, score)]


def test_every_kind_of_thing_has_room_for_its_name() -> None:
    length = Withholding._meta.get_field("subject_type").max_length
    assert length is not None
    assert all(len(kind) <= length for kind in moderation.SUBJECTS)


def test_nothing_is_read_where_nothing_is_withheld() -> None:
    assert withholding.read(None) is None
    assert withholding.read("") is None


def test_what_was_read_without_asking_is_shown_to_nobody(plan: ActionPlan) -> None:
    note = noting.write(plan)

    with pytest.raises(ValueError, match="Ask what is withheld"):
        as_read(Note.objects.get(pk=note.pk), note.author or AnonymousUser())
