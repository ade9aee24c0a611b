"""Pages of rounds and evaluations: what each person is shown, and what their browser may do."""

import json
import re
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cities.models import City
from feedback.actions import evaluations
from feedback.actions import rounds as actions
from feedback.models import CriterionReply, Evaluation, ReviewRound, Score
from feedback.reports.evaluations import criteria_of
from ogpgroup.models import User
from tests import factories
from tests.feedback import rounds

pytestmark = pytest.mark.slow

NOW = timezone.now()
DUE, REPLY_DUE = NOW.date() + timedelta(days=20), NOW.date() + timedelta(days=40)


def signed_in(user: User, *, language: str = "") -> Client:
    User.objects.filter(pk=user.pk).update(language=language or user.language)
    client = Client()
    client.force_login(user)
    return client


def open_round(**frame: Any) -> ReviewRound:
    return rounds.open_round(now=NOW, due_on=DUE, reply_due_on=REPLY_DUE, **frame)


@pytest.fixture
def one(reynosa: City) -> ReviewRound:
    """An open round on two commitments of Reynosa."""
    plan = factories.create_plan(city=reynosa, slug="reynosa", title="Reynosa abre su plan")
    return open_round(plan=plan, commitments=2, organizations=[factories.create_organization(name="Observatorio")])


@pytest.fixture
def person(one: ReviewRound) -> User:
    user = rounds.evaluator_of(one)
    User.objects.filter(pk=user.pk).update(name="Elvira Evaluadora")
    return User.objects.get(pk=user.pk)


AT = "/plans/reynosa/evaluations/1/"


def page_data(person: User, one: ReviewRound, *, number: int = 1, edition: int = 0, **fields: Any) -> dict[str, str]:
    """What the form of a page sends: every criterion at its highest level."""
    data = {"edition": str(edition), "person": str(person.pk), "commitment": str(number)}
    for criterion in criteria_of(one):
        data[f"level-{criterion.pk}"] = str(criterion.levels.order_by("-position")[0].pk)
        data[f"evidence-{criterion.pk}"] = ""
    return data | fields


def html(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


# --- Evaluating without a script --------------------------------------------------------------------------------------


def test_member_evaluates_page_by_page_and_submits(one: ReviewRound, person: User) -> None:
    client = signed_in(person)
    assert f'{AT}evaluate/"' in html(client, AT)

    first = client.post(f"{AT}draft/", page_data(person, one, go_on="1"))
    assert first["Location"] == f"{AT}evaluate/?commitment=2#saved"
    assert "5 de 10 respondidos" in html(client, f"{AT}evaluate/")
    missing = html(client, f"{AT}submit/")
    assert missing.count("evaluate/?commitment=2#criterion-") == 5
    assert client.post(f"{AT}submit/", {"edition": 1}).status_code == 302
    assert Evaluation.objects.get().status == "draft"

    last = client.post(f"{AT}draft/", page_data(person, one, number=2, edition=1, go_on="1"))
    assert last["Location"] == f"{AT}submit/#saved"
    assert "Entregar la evaluación" in html(client, f"{AT}submit/")
    client.post(f"{AT}submit/", {"edition": 2})

    assert Evaluation.objects.get().status == "submitted"
    assert "Su evaluación está entregada" in html(client, AT)
    assert "<textarea" not in html(client, f"{AT}evaluate/?commitment=1")
    again = client.post(f"{AT}draft/", page_data(person, one, edition=2), HTTP_REFERER=f"http://testserver{AT}")
    assert again["Location"] == f"http://testserver{AT}"


@pytest.mark.parametrize("edition", ["", "x", "-1", "9" * 5000])
def test_evaluation_is_not_submitted_from_a_forged_edition(edition: str, one: ReviewRound, person: User) -> None:
    rounds.draft(one, person, rounds.answers(one))

    response = signed_in(person).post(f"{AT}submit/", {"edition": edition}, HTTP_REFERER=f"http://testserver{AT}")

    assert response["Location"] == f"http://testserver{AT}"
    assert Evaluation.objects.get().status == "draft"


def test_page_comes_back_with_what_was_typed_when_it_is_too_long(one: ReviewRound, person: User) -> None:
    criterion = criteria_of(one)[0]
    data = page_data(person, one) | {f"evidence-{criterion.pk}": "muy largo " * 500}

    response = signed_in(person).post(f"{AT}draft/", data)

    assert response.status_code == 422
    assert "muy largo muy largo" in response.content.decode()
    assert not Score.objects.exists()


def test_second_window_is_shown_both_and_chooses(one: ReviewRound, person: User) -> None:
    client = signed_in(person)
    criterion = criteria_of(one)[0]
    no = str(criterion.levels.get(name_en="No").pk)
    client.post(f"{AT}draft/", page_data(person, one) | {f"evidence-{criterion.pk}": "De la primera ventana"})

    mine = page_data(person, one) | {f"level-{criterion.pk}": no, f"evidence-{criterion.pk}": "De la segunda"}
    response = client.post(f"{AT}draft/", mine)

    body = response.content.decode()
    assert response.status_code == 409
    assert "De la primera ventana" in body
    assert "De la segunda" in body
    assert Score.objects.get(criterion=criterion).evidence == "De la primera ventana"
    assert 'name="edition" value="1"' in body
    client.post(f"{AT}draft/", mine | {"edition": "1"})
    assert Score.objects.get(criterion=criterion).evidence == "De la segunda"


# --- What the script sends --------------------------------------------------------------------------------------------


def sent(client: Client, data: dict[str, str]) -> tuple[int, dict[str, Any]]:
    response = client.post(f"{AT}draft/", data, headers={"accept": "application/json"})
    return response.status_code, json.loads(response.content)


def test_script_sends_what_changed_and_is_told_when(one: ReviewRound, person: User) -> None:
    client = signed_in(person)
    criterion = criteria_of(one)[0]
    frame = {"edition": "0", "person": str(person.pk), "commitment": "1"}
    yes = str(criterion.levels.get(name_en="Yes").pk)

    status, answer = sent(client, frame | {f"level-{criterion.pk}": yes, f"evidence-{criterion.pk}": "a\r\nb"})

    hour = timezone.localtime(Evaluation.objects.get().saved_at).strftime("%H:%M h")
    assert (status, answer) == (
        200,
        {
            "edition": 1,
            "hour": hour,
            "progress": "1 de 10 respondidos",
            "page": "1 de 5 respondidos",
            "is_whole": False,
        },
    )
    assert Score.objects.get().evidence == "a\nb"

    status, answer = sent(client, frame | {f"level-{criterion.pk}": "na", f"evidence-{criterion.pk}": "No."})
    assert status == 409
    assert (answer["edition"], answer["theirs"]) == (
        1,
        [{"criterion": criterion.pk, "level": yes, "evidence": "a\nb"}],
    )
    status, answer = sent(client, frame | {f"level-{criterion.pk}": "99999999"})
    assert status == 422
    assert answer["sentence"]
    actions.close_round(one, by=None, now=NOW)
    status, answer = sent(signed_in(person, language="en"), frame | {f"level-{criterion.pk}": yes})
    sentence = "This round takes no evaluation of yours: it is closed, or you are not invited."
    assert (status, answer) == (410, {"sentence": sentence})


def test_script_learns_that_the_evaluation_is_locked(one: ReviewRound, person: User) -> None:
    rounds.submitted(one, by=person)

    status, answer = sent(signed_in(person), page_data(person, one))

    assert status == 410
    assert answer == {"sentence": "Su evaluación está entregada y ya no se puede cambiar."}


def test_what_somebody_else_wrote_on_this_computer_is_not_taken(one: ReviewRound, person: User) -> None:
    other = rounds.evaluator_of(one)

    assert signed_in(other).post(f"{AT}draft/", page_data(person, one)).status_code == 403
    assert not Evaluation.objects.exists()


# --- Own words, once the round is closed ------------------------------------------------------------------------------


def test_evaluation_stays_readable_for_who_submitted_it(one: ReviewRound, person: User) -> None:
    rounds.submitted(one, by=person, evidence="Vi el acta.")
    other = rounds.evaluator_of(one)
    actions.close_round(one, by=None, now=NOW)
    client = signed_in(person)

    assert f'href="{AT}evaluate/"' in html(client, AT)
    body = html(client, f"{AT}evaluate/?commitment=2")

    assert body.count("Vi el acta.") == 5
    assert "Esto es lo que entregó." in body
    assert "<textarea" not in body
    html(signed_in(other), f"{AT}evaluate/", status=404)


def test_draft_that_came_too_late_stays_readable_for_who_wrote_it(one: ReviewRound, person: User) -> None:
    rounds.draft(one, person, rounds.answers(one, evidence="A medias.")[:1])
    actions.close_round(one, by=None, now=NOW)
    client = signed_in(person, language="en")

    assert f'href="{AT}evaluate/"' in html(client, AT)
    body = html(client, f"{AT}evaluate/?commitment=1")

    assert "A medias." in body
    assert "This draft was not submitted" in body
    assert "<textarea" not in body
    for address in ("submit/", "conflict/"):
        assert client.get(f"{AT}{address}")["Location"] == AT


def test_page_that_is_sent_after_the_end_comes_back_to_be_copied(one: ReviewRound, person: User) -> None:
    rounds.draft(one, person, rounds.answers(one, evidence="A medias.")[:1])
    criterion = criteria_of(one)[0]
    data = page_data(person, one, edition=1) | {f"evidence-{criterion.pk}": "Lo que faltaba."}
    actions.close_round(one, by=None, now=NOW)

    response = signed_in(person, language="en").post(f"{AT}draft/", data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "This round takes no evaluation of yours: it is closed, or you are not invited." in body
    assert "Lo que faltaba." in body
    assert Score.objects.get().evidence == "A medias."


# --- Conflict of interest ---------------------------------------------------------------------------------------------


def test_who_steps_back_is_counted_and_not_named_to_the_public(
    one: ReviewRound, person: User, coordinator: User, stranger: Client
) -> None:
    client = signed_in(person)

    assert client.post(f"{AT}conflict/", {"conflict": ""}).status_code == 200
    client.post(f"{AT}conflict/", {"conflict": "Asesoré al municipio."})

    assert Evaluation.objects.get().status == "conflicted"
    body = html(signed_in(coordinator), AT)
    assert "Asesoré al municipio." in body
    assert "Elvira Evaluadora" in body
    rounds.submitted(one)
    one = actions.close_round(one, by=None, now=NOW)
    rounds.reply_to_all(one)
    actions.publish_round(one, by=None, now=NOW)
    body = html(stranger, AT)
    assert "1 persona se retiró por conflicto de interés." in body
    assert "Asesoré" not in body
    assert "Elvira" not in body


def test_person_of_two_organisations_says_for_which(one: ReviewRound, reynosa: City) -> None:
    ours, theirs = factories.create_organization(name="Una"), factories.create_organization(name="Otra")
    both = open_round(plan=one.plan, rubric="participation", organizations=[ours, theirs])
    person = factories.create_member(organization=ours)
    factories.create_membership(user=person, organization=theirs)
    client = signed_in(person)
    at = f"/plans/reynosa/evaluations/{both.number}/draft/"
    data = page_data(person, both)
    del data["commitment"]

    assert client.post(at, data).status_code == 422
    client.post(at, data | {"organization": theirs.pk})

    assert Evaluation.objects.get().organization == theirs
    assert Score.objects.filter(commitment=None).count() == 5


# --- Who reads what ---------------------------------------------------------------------------------------------------


def test_results_are_read_by_the_city_first_and_by_everybody_once_published(
    one: ReviewRound, person: User, coordinator: User, official_reynosa: User, official_colima: User, stranger: Client
) -> None:
    rounds.submitted(one, by=person, evidence="Lo vimos en el sitio.\n<b>Dos veces</b>")
    in_group = {"evaluator": person, "other": official_colima, "city": official_reynosa, "coordinator": coordinator}
    clients = {name: signed_in(user) for name, user in in_group.items()} | {"stranger": stranger}

    def readers() -> tuple[list[str], list[str]]:
        answers = {name: client.get(AT) for name, client in clients.items()}
        see = [name for name, answer in answers.items() if answer.status_code == 200]
        return see, [name for name in see if "Lo vimos en el sitio." in answers[name].content.decode()]

    group = ["evaluator", "other", "city", "coordinator"]
    assert readers() == (group, [])
    one = actions.close_round(one, by=None, now=NOW)
    assert readers() == (group, ["city", "coordinator"])
    rounds.reply_to_all(one, "Lo aceptamos todo.")
    actions.publish_round(one, by=None, now=NOW)
    assert readers() == ([*group, "stranger"], [*group, "stranger"])
    body = html(stranger, AT)
    assert "Observatorio" in body
    assert "Lo aceptamos todo." in body
    assert "100 de 100" in body
    assert "Lo vimos en el sitio.<br>&lt;b&gt;Dos veces&lt;/b&gt;" in body
    assert "Elvira" not in body
    assert f'href="{AT}"' in html(stranger, "/plans/reynosa/evaluations/")


def test_city_replies_and_two_officials_lose_no_word(one: ReviewRound, official_reynosa: User) -> None:
    rounds.submitted(one)
    actions.close_round(one, by=None, now=NOW)
    client = signed_in(official_reynosa)
    at = f"{AT}reply/?criterion=lens&commitment=2"
    assert at.replace("&", "&amp;") in html(client, f"{AT}?commitment=2")

    assert client.post(at, {"text": "", "seen": ""}).status_code == 200
    saved = client.post(at, {"text": "De una", "seen": ""})
    assert saved["Location"] == f"{AT}?commitment=2#lens"
    other = client.post(at, {"text": "De otra", "seen": ""})

    body = other.content.decode()
    assert other.status_code == 409
    assert "De una" in body
    assert "De otra" in body
    assert CriterionReply.objects.get().text == "De una"
    seen = CriterionReply.objects.get().replied_at.isoformat()
    assert f'name="seen" value="{seen}"' in body
    client.post(at, {"text": "De las dos", "seen": seen})
    assert CriterionReply.objects.get().text == "De las dos"


def test_published_late_the_page_says_what_lacks_a_reply(one: ReviewRound, stranger: Client) -> None:
    rounds.submitted(one)
    one = actions.close_round(one, by=None, now=NOW)
    actions.publish_round(one, by=None, now=NOW + timedelta(days=60))

    assert "10 criterios sin respuesta" in html(stranger, AT)


# --- Coordinators -----------------------------------------------------------------------------------------------------


def test_coordinator_opens_sees_who_is_missing_reminds_closes_and_publishes(
    reynosa: City, coordinator: User, official_reynosa: User
) -> None:
    plan = factories.create_plan(city=reynosa, slug="reynosa")
    rounds.create_commitments(plan, 1)
    organization = factories.create_organization(name="Observatorio")
    empty = factories.create_organization(name="Sin gente")
    factories.create_member(organization=organization, name="Inés Inasistente")
    client = signed_in(coordinator)
    form: dict[str, Any] = {
        "rubric": "irm",
        "organizations": [organization.pk, empty.pk],
        "due_on": DUE,
        "reply_due_on": REPLY_DUE,
    }
    page = html(client, "/plans/reynosa/evaluations/new/")
    form["form_id"] = re.findall(r'name="form_id" value="([^"]+)"', page)

    wrong = client.post("/plans/reynosa/evaluations/new/", form | {"reply_due_on": DUE - timedelta(days=1)})
    assert "reply_due_on" in wrong.context["form"].errors
    own = client.post("/plans/reynosa/evaluations/new/", form | {"organizations": reynosa.organizations.get().pk})
    assert "organizations" in own.context["form"].errors
    for _sent_over_a_bad_line in range(2):
        opened = client.post("/plans/reynosa/evaluations/new/", form)
        assert opened["Location"] == AT
    assert ReviewRound.objects.count() == 1

    body = html(client, AT)
    assert "Inés Inasistente" in body
    assert "Sin gente" in body
    assert client.post(f"{AT}remind/").status_code == 302
    assert "Inés Inasistente" in html(client, f"{AT}close/")
    client.post(f"{AT}close/")
    assert ReviewRound.objects.get().status == "closed"
    client.post(f"{AT}reopen/", {"due_on": DUE, "reply_due_on": REPLY_DUE})
    assert ReviewRound.objects.get().status == "open"
    rounds.submitted(ReviewRound.objects.get())
    client.post(f"{AT}close/")
    ReviewRound.objects.update(due_on=date(2020, 1, 1), reply_due_on=date(2020, 1, 1))
    assert html(client, f"{AT}publish/")
    client.post(f"{AT}publish/")
    assert ReviewRound.objects.get().status == "published"


def test_round_that_cannot_be_opened_keeps_what_was_typed(reynosa: City, coordinator: User) -> None:
    plan = factories.create_plan(city=reynosa, slug="reynosa")
    organization = factories.create_organization(name="Observatorio")
    form = {"rubric": "irm", "organizations": [organization.pk], "due_on": DUE, "reply_due_on": REPLY_DUE}

    response = signed_in(coordinator, language="en").post(
        f"/plans/{plan.slug}/evaluations/new/", form | {"form_id": str(uuid4())}
    )

    assert response.status_code == 409
    body = response.content.decode()
    assert "This rubric judges commitments, and the plan has none yet." in body
    assert f'name="due_on" value="{DUE.isoformat()}"' in body
    assert not ReviewRound.objects.exists()


def test_names_of_who_is_missing_are_for_coordinators_alone(
    one: ReviewRound, person: User, official_reynosa: User, official_colima: User
) -> None:
    for user in (official_reynosa, official_colima):
        assert "Elvira Evaluadora" not in html(signed_in(user), AT)


# --- Cost -------------------------------------------------------------------------------------------------------------


def test_pages_cost_the_same_for_1_3_and_50_evaluators(
    one: ReviewRound,
    coordinator: User,
    official_reynosa: User,
    django_assert_max_num_queries: Any,
    stranger: Client,
) -> None:
    rounds.create_commitments(one.plan, 8)
    own = factories.create_member(organization=one.organizations.get())
    costs: dict[str, list[int]] = {}

    def measure(name: str, user: User | None, address: str) -> None:
        client = signed_in(user) if user else stranger
        with django_assert_max_num_queries(40) as seen:
            html(client, address)
        costs.setdefault(name, []).append(len(seen))

    for count in (1, 3, 50):
        each = open_round(plan=one.plan, organizations=[one.organizations.get()])
        at = f"/plans/reynosa/evaluations/{each.number}/"
        rounds.draft(each, own, rounds.answers(each)[:3])
        for _ in range(count):
            evaluator = rounds.evaluator_of(each)
            said = rounds.answers(each, evidence="Lo vimos.")
            evaluation = rounds.draft(each, evaluator, said, now=NOW)
            evaluations.submit(each, by=evaluator, edition=evaluation.edition, now=NOW)
        measure("evaluate", own, f"{at}evaluate/?commitment=2")
        measure("submit", own, f"{at}submit/")
        measure("open, coordinator", coordinator, at)
        actions.close_round(each, by=None, now=NOW)
        measure("closed, coordinator", coordinator, f"{at}?commitment=2")
        measure("closed, city", official_reynosa, f"{at}?commitment=2")
        rounds.reply_to_all(each)
        actions.publish_round(each, by=None, now=NOW)
        measure("published, stranger", None, f"{at}?commitment=2")
        measure("published, coordinator", coordinator, f"{at}?commitment=2")

    assert {name: sorted(set(seen)) for name, seen in costs.items()} == {name: seen[:1] for name, seen in costs.items()}
