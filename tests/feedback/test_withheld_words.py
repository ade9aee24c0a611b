"""Who reads words that coordinators withhold, on every page and in every mail that would show them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from actionplans.models import ActionPlan
from cities.models import City
from feedback.actions import notes as note_actions
from feedback.actions import rounds as round_actions
from feedback.emails import notes as emails
from feedback.models import Answer, Note
from ogpgroup import moderation, parts, waiting
from ogpgroup.mail import Kind
from ogpgroup.models import OutgoingMail, User, Withholding
from tests import factories
from tests.factories_schedule import create_session, in_days, publish
from tests.feedback import noting, rounds
from tests.feedback.noting import NOW, TODAY

pytestmark = pytest.mark.django_db

SENTENCE = "Retirado por la coordinación el 23 de noviembre de 2026: contiene datos personales."
KINDS: dict[str, Kind] = {kind.name: kind for kind in emails.KINDS}


@dataclass
class Story:
    """A note with a telephone number, its answer, and everybody who may come by."""

    plan: ActionPlan
    note: Note
    people: dict[str, User]
    withheld: list[Withholding] = field(default_factory=list)
    browsers: dict[str, Client] = field(default_factory=dict)

    def get(self, name: str, address: str) -> str:
        if name not in self.browsers:
            self.browsers[name] = Client(headers={"Accept-Language": "es-mx"})
            if name != "stranger":
                self.browsers[name].force_login(self.people[name])
        answer = self.browsers[name].get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    def shown(self, address: str) -> dict[str, str]:
        """The page as each finds it now."""
        return {name: self.get(name, address) for name in ("stranger", *self.people)}

    def readers(self, address: str, words: str) -> set[str]:
        """To whom a page shows these words."""
        return among(self.shown(address), words)

    def withhold(self, kind: str, pk: int) -> None:
        thing = moderation.find(kind, pk)
        assert thing
        by = self.people["coordinator"]
        self.withheld.append(moderation.withhold(thing, reason="personal", words="", by=by, now=NOW))

    def show_again(self) -> None:
        for row in self.withheld:
            moderation.lift(row, by=self.people["coordinator"], now=NOW)

    @property
    def everybody(self) -> set[str]:
        return {"stranger", *self.people}


def among(shown: dict[str, str], words: str) -> set[str]:
    return {name for name, page in shown.items() if words in page}


@pytest.fixture
def story(reynosa: City, official_reynosa: User, coordinator: User, member: User) -> Story:
    plan = factories.create_plan(city=reynosa, title="Reynosa abre su plan")
    organization = factories.create_organization(name="Colectivo")
    author = factories.create_member(organization=organization, name="Ana Autora")
    colleague = factories.create_member(organization=organization)
    note = noting.write(plan, by=author, organization=organization, text="Llame al 55 1234 5678.")
    people = {"author": author, "colleague": colleague, "official": official_reynosa, "member": member}
    return Story(plan, note, people | {"coordinator": coordinator})


def panel(story: Story) -> str:
    return story.plan.get_absolute_url()


def ledger(story: Story) -> str:
    return reverse("feedback:ledger", args=[story.plan.slug])


def filtered_ledger(story: Story) -> str:
    return f"{ledger(story)}?kind=doubt"


def page(story: Story) -> str:
    return story.note.get_absolute_url()


@pytest.mark.parametrize("address", [panel, ledger, filtered_ledger, page])
def test_note_is_read_by_its_author_and_coordinators(story: Story, address: Callable[[Story], str]) -> None:
    assert story.readers(address(story), "55 1234 5678") == story.everybody

    story.withhold("note", story.note.pk)

    shown = story.shown(address(story))
    assert among(shown, "55 1234 5678") == {"author", "coordinator"}
    expected = story.everybody if address is page else story.everybody - {"author", "coordinator"}
    assert among(shown, SENTENCE) == expected
    assert among(shown, "retirado de la vista pública") == (set() if address is page else {"author", "coordinator"})
    story.show_again()
    shown = story.shown(address(story))
    assert among(shown, "55 1234 5678") == story.everybody
    assert among(shown, "Retirado por") == set()


def test_only_coordinators_are_shown_the_way(story: Story) -> None:
    noting.answer(story.note, by=story.people["official"])
    noting.settle(story.note, settles=True, reaction="Gracias.")
    answer = Answer.objects.get()

    for kind, pk in (("note", story.note.pk), ("answer", answer.pk), ("reaction", answer.pk)):
        assert story.readers(page(story), reverse("withhold", args=[kind, pk])) == {"coordinator"}
        story.withhold(kind, pk)
        shown = story.shown(page(story))
        assert among(shown, reverse("withhold", args=[kind, pk])) == set()
        assert among(shown, reverse("withholding_lift", args=[story.withheld[-1].pk])) == {"coordinator"}


def test_states_and_counts_stay(story: Story) -> None:
    before = story.get("stranger", ledger(story))

    story.withhold("note", story.note.pk)

    after = story.get("stranger", ledger(story))
    for words in ("Una nota espera respuesta", "Colectivo", "23 de diciembre de 2026", f"note-{story.note.pk}"):
        assert words in before, words
        assert words in after, words


def test_answer_is_read_by_who_speaks_for_the_city_and_coordinators(story: Story) -> None:
    colleague = factories.create_official(city=story.plan.city)
    story.people["other official"] = colleague
    noting.answer(story.note, by=story.people["official"], reason="Pregunte a Juan Pérez.", change="Juan lo cambia.")
    answer = Answer.objects.get()
    story.withhold("answer", answer.pk)
    keepers = {"official", "other official", "coordinator"}

    on_page, in_ledger = story.shown(page(story)), story.shown(ledger(story))
    for shown, words in (
        (on_page, "Pregunte a Juan"),
        (on_page, "Juan lo cambia."),
        (in_ledger, "Pregunte a Juan"),
        (story.shown(panel(story)), "Pregunte a Juan"),
    ):
        assert among(shown, words) == keepers, words
    assert among(in_ledger, SENTENCE) == story.everybody - keepers
    assert among(on_page, SENTENCE) == story.everybody
    assert among(on_page, "15 de diciembre de 2026") == story.everybody
    assert among(on_page, '<div class="prose"><p></p></div>') == set()
    settle = reverse("feedback:note_settle", args=[story.note.pk])
    assert "Juan" not in story.get("author", settle)
    assert SENTENCE in story.get("author", settle)


def test_report_of_a_change_is_withheld_with_its_answer(story: Story) -> None:
    noting.answer(story.note, by=story.people["official"], change_by=TODAY)
    answer = Answer.objects.get()
    Answer.objects.filter(pk=answer.pk).update(changed_on=TODAY, change_report="Lo hizo Juan Pérez.")

    story.withhold("answer", answer.pk)

    assert story.readers(page(story), "Lo hizo Juan") == {"official", "coordinator"}
    assert story.readers(page(story), '<div class="prose"><p></p></div>') == set()


def test_word_on_an_answer_is_read_by_its_author_and_coordinators(story: Story) -> None:
    noting.answer(story.note, by=story.people["official"])
    noting.settle(story.note, settles=False, reaction="Son unos inútiles.")
    answer = Answer.objects.get()

    story.withhold("reaction", answer.pk)

    shown = story.shown(page(story))
    assert among(shown, "inútiles") == {"author", "coordinator"}
    assert among(shown, SENTENCE) == story.everybody
    form = reverse("feedback:note_answer", args=[story.note.pk])
    assert "inútiles" not in story.get("official", form)
    assert SENTENCE in story.get("official", form)


def test_forms_of_those_asked_show_no_withheld_note_and_take_their_answer(story: Story) -> None:
    story.withhold("note", story.note.pk)
    form = reverse("feedback:note_answer", args=[story.note.pk])
    official = Client()
    official.force_login(story.people["official"])

    asked = official.get(form)

    assert "55 1234" not in asked.content.decode()
    sent = {"decision": "declined", "reason": "No.", "seen": asked.context["form"]["seen"].value()}
    assert official.post(form, sent).status_code == 302


def test_author_can_change_it_and_it_stays_withheld(story: Story) -> None:
    story.withhold("note", story.note.pk)
    form = reverse("feedback:note_edit", args=[story.note.pk])
    assert "55 1234 5678" in story.get("author", form)

    Note.objects.filter(pk=story.note.pk).update(text="Sin teléfono.")

    assert story.readers(page(story), "Sin teléfono.") == {"author", "coordinator"}


def test_desk_and_calendar_say_the_sentence(story: Story) -> None:
    story.withhold("note", story.note.pk)
    day = timezone.localdate()

    with override("es-mx"):
        own = waiting.beside_agreements(story.people["official"], day, reach=waiting.ALL_AHEAD)
        late = waiting.late_in_plans(story.people["coordinator"], day + timedelta(days=60))

    assert [one.title for one in own if one.href == page(story)] == [SENTENCE]
    assert [one.title for one in late.things if one.href == page(story)] == ["“Llame al 55 1234 5678.”"]


def test_note_about_an_entry_quotes_nothing_of_it(story: Story) -> None:
    entry = noting.create_entry(milestone=noting.create_milestone(commitment=noting.create_commitment(plan=story.plan)))
    note = noting.write(entry, by=story.people["author"], text="¿Cuándo?")

    assert story.readers(note.get_absolute_url(), entry.text) == set()
    assert story.readers(ledger(story), entry.text) == set()


def test_note_on_an_agenda_is_withheld_on_the_page_of_the_session(story: Story) -> None:
    session = create_session(title="Taller", starts_at=in_days(10))
    publish(session.cycle)
    presenter = story.people["official"].memberships.get().organization
    item = noting.create_item(session=session, presenter=presenter)
    note = noting.write(item, by=story.people["author"], text="El número de Juan: 33 4444.")
    note_actions.answer_note(
        note,
        decision="declined",
        reason="Juan no contesta.",
        change="",
        change_by=None,
        seen=note_actions.edition_of(note),
        by=story.people["official"],
        now=NOW,
    )
    page = session.get_absolute_url()
    shown = story.shown(page)
    assert among(shown, "33 4444") == among(shown, "Juan no contesta.") == story.everybody

    story.withhold("note", note.pk)
    story.withhold("answer", Answer.objects.get().pk)

    shown = story.shown(page)
    assert among(shown, "33 4444") == {"author", "coordinator"}
    assert among(shown, "Juan no contesta.") == {"official", "coordinator"}
    assert among(shown, SENTENCE) == story.everybody - {"coordinator"}


# --- Mail -------------------------------------------------------------------------------------------------------------


def mails(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def written(kind: str) -> str:
    [one] = mails(kind)
    content = KINDS[kind].render([one], NOW)[one.pk].content
    return content.decode().replace("=\r\n", "")


def true(kind: str) -> bool:
    [one] = mails(kind)
    return one.pk in KINDS[kind].still_true([one], NOW)


def test_mail_of_a_note_that_is_not_written_yet_says_the_sentence(story: Story) -> None:
    assert "55 1234 5678" in written("note_written")

    story.withhold("note", story.note.pk)

    text = written("note_written")
    assert "55 1234 5678" not in text
    assert "contiene datos personales." in text
    assert true("note_written")


def test_mail_that_may_have_gone_is_not_repeated_with_the_words(story: Story) -> None:
    [one] = mails("note_written")
    OutgoingMail.objects.filter(pk=one.pk).update(
        rendered=KINDS["note_written"].render([one], NOW)[one.pk].content, unknown_count=1
    )
    assert true("note_written")

    story.withhold("note", story.note.pk)

    assert not true("note_written")


@pytest.mark.parametrize("kind", ["note_answered", "note_changed"])
def test_mail_of_an_answer_says_the_sentence(kind: str, story: Story) -> None:
    answer = noting.answer(
        story.note, by=story.people["official"], reason="Juan Pérez.", change="Juan.", change_by=TODAY
    )
    if kind == "note_changed":
        note_actions.report_change(answer, changed_on=TODAY, report="Lo hizo Juan.", now=NOW)
    assert "Juan" in written(kind)

    story.withhold("answer", answer.pk)

    text = written(kind)
    assert "Juan" not in text
    assert "contiene datos personales." in text
    assert true(kind)


def test_mail_that_an_answer_does_not_settle_says_the_sentence(story: Story) -> None:
    noting.answer(story.note, by=story.people["official"])
    OutgoingMail.objects.filter(kind="note_written").delete()
    noting.settle(story.note, settles=False, reaction="Son unos inútiles.")
    assert "Son unos in=C3=BAtiles." in written("note_written")

    story.withhold("reaction", Answer.objects.get().pk)

    text = written("note_written")
    assert "tiles." not in text
    assert "contiene datos personales." in text


# --- Evaluations ------------------------------------------------------------------------------------------------------


def test_words_of_an_evaluation_are_read_by_coordinators_and_on_its_authors_own_page(story: Story) -> None:
    author = story.people["author"]
    organization = author.memberships.get().organization
    one = rounds.open_round(plan=story.plan, organizations=[organization])
    rounds.submitted(one, by=author, evidence="Lo dijo Juan Pérez.")
    round_actions.close_round(one, by=None, now=rounds.NOW)
    rounds.reply_to_all(one, "Juan Pérez miente.")
    round_actions.publish_round(one, by=None, now=rounds.NOW)
    page, own = one.get_absolute_url(), reverse("feedback:evaluate", args=[story.plan.slug, one.number])
    scores, replies = one.evaluations.get().scores.all(), one.replies.all()
    figures = story.get("stranger", page).count("scale-dots")
    for score in scores:
        story.withhold("score", score.pk)

    shown = story.shown(page)
    assert among(shown, "Lo dijo Juan") == {"coordinator"}
    assert among(shown, "Juan Pérez miente.") == among(shown, SENTENCE) == story.everybody
    assert shown["stranger"].count("scale-dots") == figures
    mine = story.get("author", own)
    assert mine.count("Lo dijo Juan Pérez.") == mine.count(SENTENCE) == len(scores)

    for reply in replies:
        story.withhold("reply", reply.pk)
    assert story.readers(page, "Juan Pérez miente.") == {"official", "coordinator"}
    story.show_again()
    shown = story.shown(page)
    assert among(shown, "Juan Pérez miente.") == among(shown, "Lo dijo Juan") == story.everybody


def test_nothing_of_a_round_can_be_withheld_that_nobody_reads_yet(story: Story) -> None:
    one = rounds.open_round(plan=story.plan)
    evaluation = rounds.submitted(one, evidence="Lo dijo Juan Pérez.")

    assert all(moderation.find("score", score.pk) is None for score in evaluation.scores.all())


def test_kept_pages_are_shared_by_nobody_who_reads_otherwise(story: Story) -> None:
    """In whatever order people come by."""
    story.withhold("note", story.note.pk)
    for order in (list(story.everybody), ["coordinator", "author", "stranger", "official", "member", "colleague"]):
        parts.forget()
        for name in order:
            shown = "55 1234 5678" in story.get(name, ledger(story))
            assert shown == (name in {"author", "coordinator"}), name
