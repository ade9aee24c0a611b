"""Text that wants to be more than text, in every text field of every row. The list of fields comes from the models."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import pgtrigger
from django.apps import apps
from django.db import models
from django.utils import timezone

from actionplans import actions as plan_actions
from actionplans import emails as plan_emails
from cities.emails import invitation_mail
from cities.models import group_day
from feedback.actions import notes as note_actions
from feedback.emails import direct
from feedback.emails import rounds as round_emails
from feedback.models import Note
from ogpgroup import mail
from ogpgroup.models import OutgoingMail
from tests import factories
from tests.access.roles import Role
from tests.access.world import World
from tests.factories_schedule import create_session, in_days, move, publish
from workshops import actions, emails, ical
from workshops.actions import agenda
from workshops.actions.delegates import send_delegate
from workshops.actions.minutes import decide
from workshops.actions.nudges import nudge
from workshops.actions.seats import settle_seats
from workshops.audience import Expectation
from workshops.emails import agreements
from workshops.models import (
    AgreementUpdate,
    MaterialVersion,
    Participation,
    ReceivedReply,
    Session,
    SessionVersion,
    Theme,
    Wall,
)

OURS: Final = ("ogpgroup", "cities", "actionplans", "workshops", "feedback")
MARK: Final = "x-hostile"  # a tag or attribute of this name is text that got out
BIDI: Final = "\u202e"  # turns what follows around
SHORT: Final = f"\"'><{MARK} {MARK}>"
LONG: Final = (
    f"{SHORT} <script>{MARK}()</script><img src=x onerror={MARK}()></script></title></textarea>"
    f"<svg onload={MARK}()> --> ]]> {BIDI}{{{{7*7}}}}{{% now 'Y' %}} &lt;{MARK}&gt; [a](javascript:{MARK}()) `\\;,:=1"
)
# Words of links that look like addresses until somebody takes them apart.
LINKS: Final = r" [//\[x](https://a.mx) [`//[x`](https://a.mx) [//a.mx" "\uff0f" "x](https://a.mx) "
LINES: Final = f"\r\nBcc: {MARK}@ejemplo.mx\r\n\r\nATTENDEE:mailto:a@b.mx\r\nEND:VEVENT\r\n"  # headers, properties

# Written by the code alone, from an alphabet of its own.
BY_MACHINE: Final = {
    "ogpgroup.User": {"password", "time_zone", "privacy_notice"},
    "ogpgroup.Heartbeat": {"name"},
    "ogpgroup.OutgoingMail": {"key", "kind", "recipient", "subject_type", "message_id"},
    "ogpgroup.Withholding": {"subject_type"},
    "cities.City": {"cvegeo", "state_code", "time_zone"},
    "actionplans.Evidence": {"content_type", "sha256"},
    "workshops.Session": {"time_zone", "check_in_code"},
    "workshops.SessionVersion": {"time_zone", "city_slug"},
    "workshops.ReceivedReply": {"message_id"},
    "workshops.MaterialVersion": {"content_type", "sha256"},
    "workshops.Photo": {"content_type", "sha256", "name"},
    "workshops.VotingRound": {"code"},
    "workshops.NotNeeded": {"gap"},
}
# No row of these is made here, and why.
WITHOUT_ROWS: Final = {
    "ogpgroup.Heartbeat": "written by the code alone",
    "ogpgroup.MailBreaker": "its row would stop all mail; the reason is shown as the replies of mails are",
}
# What a constraint asks of the row.
ONLY: Final[dict[str, dict[str, Any]]] = {
    "cities.Cycle.fellow_reason": {"fellow_city__isnull": False},
    "workshops.Session.cancel_reason": {"status": "cancelled"},
    "workshops.SessionVersion.cancel_reason": {"status": "cancelled"},
    "workshops.Participation.name": {"user": None},
    "workshops.Theme.rank_reason": {"rank__isnull": False},
    "workshops.MaterialVersion.name": {"file": ""},
    "workshops.MaterialVersion.url": {"file": ""},
    "actionplans.Evidence.name": {"kind": "link"},  # of a file `uploads.names` makes it; its address holds it
    "actionplans.Evidence.url": {"kind": "link"},
    "actionplans.ProgressEntry.correction_reason": {"corrects__isnull": False},
    "feedback.Answer.change_report": {"changed_on__isnull": False},
    "feedback.Answer.reaction": {"settles__isnull": False},
    "feedback.Evaluation.conflict": {"status": "conflicted"},
}


def text_fields() -> Iterator[tuple[type[models.Model], "models.Field[Any, Any]"]]:
    """Every field that holds what somebody typed, or that somebody may come to type."""
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            if hasattr(model, "pgh_id"):  # the history of another model
                continue
            for field in model._meta.concrete_fields:
                is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
                if is_text and not isinstance(field, models.SlugField):
                    yield model, field


def hostile(field: "models.Field[Any, Any]", number: int) -> str:
    """As much as the field takes, different in each row."""
    most = field.max_length or 2000
    if isinstance(field, models.EmailField):
        return f'"<{MARK}>{number}"@ejemplo.mx'
    if isinstance(field, models.URLField):
        return f"https://ejemplo.mx/{number}{SHORT.replace(' ', '/')}"
    if field.model is Note and field.name == "text":
        return f"{SHORT}{LINKS}{number}{LINES}{LONG}"[:most]
    return f"<{MARK}>{number}"[:most] if most < len(SHORT) + 4 else f"{SHORT}{number}{LINES}{LONG}"[:most]


def fill() -> set[str]:
    """Overwrite every text field of every row, past the triggers that forbid it; the names of the fields filled."""
    filled = set()
    with pgtrigger.ignore():
        for model, field in text_fields():
            label = model._meta.label
            if field.name in BY_MACHINE.get(label, ()):
                continue
            rows = model._base_manager.filter(**ONLY.get(f"{label}.{field.name}", {}))
            for pk in rows.values_list("pk", flat=True):
                model._base_manager.filter(pk=pk).update(**{field.name: hostile(field, pk)})
                filled.add(f"{label}.{field.name}")
        for version in SessionVersion.objects.select_related("session", "release"):
            names = [{"id": one["id"], "name": LONG} for one in version.expected.get("organizations", [])]
            version.expected["organizations"] = names
            vevent = ical.vevent(version, stamp=version.release.released_at)
            SessionVersion.objects.filter(pk=version.pk).update(expected=version.expected, vevent=vevent)
    return filled


def enrich(world: World) -> None:
    """What the world of the table lacks: rows of every model, and a mail of every kind."""
    coordinator, guest = world.people[Role.COORDINATOR], world.people[Role.GUEST]
    now = timezone.now()
    told = [create_session(cycle=world.cycle, people=[guest], starts_at=in_days(20)) for _ in range(3)]
    cancelled, moved, left = told
    publish(world.cycle, by=coordinator)
    # Who has not been told yet is told of no change, but of how it is now.
    OutgoingMail.objects.filter(kind=emails.INVITATION, status="queued").update(status="sent", sent_at=now)
    for session in told:
        session.refresh_from_db()
    actions.cancel(cancelled, reason="No hay sede.", by=coordinator)
    move(moved, starts_at=in_days(22), by=coordinator)
    actions.save_draft(left, organizations=[], people=[coordinator], by=coordinator, seen_edits=left.edits)
    create_session(cycle=world.cycle, people=[guest], starts_at=now + timedelta(hours=30))
    publish(world.cycle, by=coordinator)
    emails.plan_reminders(now)
    mail.enqueue([invitation_mail(world.invitation, now=now)])
    came = {"attended": "present", "mode": "remote", "may_be_named": True, "expected": False}
    for session in (world.past, world.running):
        Participation.objects.create(session=session, name="Sin cuenta", expected_because="own_wish", **came)
    ReceivedReply.objects.create(message_id="<1@ejemplo.mx>", outcome=ReceivedReply.Outcome.UNREADABLE)
    factories.create_candidacy(cycle=world.cycle, city=world.reynosa)
    milestone = factories.create_milestone(commitment=factories.create_commitment(plan=world.plan))
    entry = factories.create_entry(milestone=milestone)
    factories.create_entry(milestone=milestone, corrects=entry)
    factories.create_link(entry=entry)
    _seats(world, now)
    _plans_and_feedback(world, now)
    _workshops(world)
    _mails_of_workshops(world, now)


def _mails_of_workshops(world: World, now: datetime) -> None:
    """Parts in an agenda, one of them asked of somebody else meanwhile; what was agreed; minutes and a correction."""
    day, official = group_day(now), world.people[Role.OFFICIAL]
    fields = {"kind": "presentation", "presenter": official, "response_due_on": day + timedelta(days=3)}
    items = [
        agenda.add_item(world.open, fields={**fields, "title": role, "respondent": world.people[role]}, now=now)
        for role in (Role.MEMBER, Role.GUEST)
    ]
    OutgoingMail.objects.filter(kind="agenda_respondent", user=world.people[Role.GUEST]).update(
        status="sent", sent_at=now
    )
    changed = {"respondent": None, "response_due_on": None}
    agenda.save_item(items[1], fields=changed, co_presenters=[], edition=items[1].edition, now=now)
    Session.objects.filter(pk=world.open.pk).update(agenda_published_at=None)
    world.open.refresh_from_db()
    agenda.publish_agenda(world.open, now=now)
    direct.plan(now)
    agreements.plan(now)
    minutes = world.minutes["in correction"]
    emails.minutes.queue_open(minutes, now=now)
    word: dict[str, Any] = {"decision": "taken", "reply": "Así fue.", "by": world.people[Role.COORDINATOR], "now": now}
    decide(minutes.corrections.earliest("pk"), **word)


def _workshops(world: World) -> None:
    """News of an agreement, a theme set apart from the votes, a link that is handed out, a clock on the wall."""
    AgreementUpdate.objects.create(agreement=world.agreement, status="open", text="Se pidió la sede.")
    Theme.objects.filter(pk=world.theme.pk).update(rank=1, rank_reason="Urge.")
    version = MaterialVersion.objects.earliest("pk")
    MaterialVersion.objects.create(material=version.material, number=90, url="https://ejemplo.mx/", name="Liga")
    Wall.objects.update_or_create(session=world.running, defaults={"timer_label": "Relatoría"})


def _seats(world: World, now: datetime) -> None:
    """Somebody waited and is offered a seat, or let one pass, or waits; at another session it is too late to ask.

    At two more somebody is silent, and who was sent in somebody's place declines, or has left.
    """
    coordinator, guest = world.people[Role.COORDINATOR], world.people[Role.GUEST]
    for starts_at in (in_days(24), now + timedelta(hours=3), in_days(26)):
        session = create_session(
            cycle=world.cycle, people=[guest, coordinator], starts_at=starts_at, mode="face_to_face", seats_in_person=1
        )
        publish(world.cycle, by=coordinator)
        for person, given in ((coordinator, "yes"), (guest, "yes"), (coordinator, "no")):
            actions.answer(session, user=person, answer=Participation.Answer(given), now=now)
    _have_gone(session, now)  # the time to take a seat runs from then
    settle_seats(session.pk, now=now + timedelta(days=3))
    waiting = create_session(
        cycle=world.cycle, people=[guest], starts_at=in_days(27), mode="face_to_face", seats_in_person=0
    )
    publish(world.cycle, by=coordinator)
    row = actions.answer(waiting, user=guest, answer=Participation.Answer.YES, now=now)
    version = SessionVersion.objects.current().select_related("session").get(session=waiting)
    emails.queue_seats(version, [row], now=now)
    silent = create_session(cycle=world.cycle, people=[guest], starts_at=in_days(25))
    publish(world.cycle, by=coordinator)
    _have_gone(silent, now)
    nudge(silent, now=now + timedelta(days=3))
    sent = create_session(cycle=world.cycle, people=[coordinator], starts_at=in_days(28))
    publish(world.cycle, by=coordinator)
    colleague = world.people[Role.PLAIN_COORDINATOR]
    send_delegate(sent, sender=coordinator, delegate=colleague, now=now)
    actions.answer(sent, user=colleague, answer=Participation.Answer.NO, now=now)
    version = SessionVersion.objects.current().select_related("session").get(session=sent)
    left = Expectation(sent.pk, colleague.pk, sent_by=coordinator.pk)
    emails.queue_left([version], [left], now=now)


def _have_gone(session: Session, now: datetime) -> None:
    """What waits to be told of a session has been sent."""
    mails = OutgoingMail.objects.about(emails.SUBJECT, session.pk)
    mails.filter(status=OutgoingMail.Status.QUEUED).update(status=OutgoingMail.Status.SENT, sent_at=now)


def _plans_and_feedback(world: World, now: datetime) -> None:
    """An answer that is kept and settles, and what is due: of the plan, of the open round, of the closed one."""
    answer = world.answers["public"]
    note_actions.report_change(answer, changed_on=group_day(now), report="Convocado.", now=now)
    assert answer.note.author
    word: dict[str, Any] = {"settles": True, "reaction": "Gracias.", "by": answer.note.author}
    note_actions.settle_note(answer.note, answer_id=answer.pk, **word, now=now)
    factories.create_deliverable(plan=world.plan, due_on=group_day(now) + timedelta(days=3))
    plan_emails.plan(now)
    handed_in, returned, accepted = [factories.create_deliverable(plan=world.plan) for _ in range(3)]
    for deliverable in (handed_in, returned, accepted):
        plan_actions.hand_in(deliverable, text="Aquí está.", by=None, now=now)
    plan_actions.return_deliverable(returned, reason=LONG, now=now)
    plan_actions.accept_deliverable(accepted, now=now)
    for day in (world.open_round.due_on, world.closed_round.reply_due_on):
        round_emails.plan(datetime.combine(day, time(18), tzinfo=UTC))
