"""Takes rows away for good. The only module that may lift the triggers of what is otherwise append-only.

There are two reasons to do so: the rows are a demonstration (`erase_demo`), or a person asks to be erased. The second
has no verb yet; it will differ in one thing: what the person did stays on record without their name, whereas of a
demonstration nothing stays. Both are the same walk, because it asks the models what refers to what and so finds the
tables that later apps bring. A test proves that no other module lifts a trigger.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Any

import pghistory
import pgtrigger
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session as BrowserSession
from django.core.files.storage import Storage
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from ogpgroup.models import OutgoingMail, User

type Rows = dict[type[models.Model], set[Any]]

# Rows that tie two things of which each says itself whether it is a demonstration: a person and an institution.
TIES = {"cities.Membership": ("user", "organization")}
# Optional references that nevertheless mean "is part of": what sits in a made-up city is made up.
PART_OF = {"cities.Organization.city", "actionplans.ActionPlan.city", "actionplans.ActionPlan.organization"}
# A row that loses its reference loses these with it.
TOGETHER: dict[str, dict[str, Any]] = {
    "cities.Cycle.fellow_city": {"fellow_named_on": None, "fellow_reason": ""},
    # A mail is the words of the person whose answer it is.
    "workshops.ReceivedReply.participation": {"sender": "", "attendee": "", "subject": "", "comment": "", "raw": b""},
}
# Triggers that refuse under a condition of their own what `pgtrigger.Protect` refuses always.
LOCKS = {"locked", "judged"}  # records, and votes once they are closed
# Mail names its subject without a foreign key: the word on the mail, and the model it stands for.
SUBJECTS = {
    "session": "workshops.Session",
    "plan": "actionplans.ActionPlan",
    "cities.accountinvitation": "cities.AccountInvitation",
    "ogpgroup.user": "ogpgroup.User",
    "feedback.note": "feedback.Note",
    "review_round": "feedback.ReviewRound",
    "workshops.minutes": "workshops.Minutes",
    "agenda_item": "workshops.AgendaItem",
    "withholding": "ogpgroup.Withholding",
}


class StillInUse(Exception):
    """Real rows depend on the demonstration: `rows` names each, for who runs the command."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__("; ".join(rows))
        self.rows = rows


@transaction.atomic
def erase_demo() -> Counter[str]:
    """Take the demonstration away whole and return how many rows that was, by model; zero rows if there is none.

    Guarantees that no row marked `is_demo` is left, none that belongs to one, none of their history and no mail about
    them, and that everything else stays: a real row that mentions a demonstration row, such as a real session last
    edited by a demonstration person, loses the mention alone. All in one transaction or not at all. Raises StillInUse
    while something real is part of the demonstration, or while a person and an institution are tied of which only one
    is made up. Files that the rows hold are deleted once that is sure; mails that went out before are out of reach, in
    mailboxes and in the folder of mail files alike.
    """
    with connection.cursor() as cursor:  # neither the planner nor a page queues mail about rows that are about to go
        cursor.execute(f'LOCK TABLE "{OutgoingMail._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
    doomed = _with_what_belongs({model: _ids(model, is_demo=True) for model in _marked()})
    if real := _real_among(doomed):
        raise StillInUse(real)
    return _erase(doomed)


def _erase(doomed: Rows) -> Counter[str]:
    if not any(doomed.values()):
        return Counter()
    contexts = _history_contexts(doomed)
    transaction.on_commit(partial(_delete_files, _files(doomed)), robust=True)
    with pghistory.context(command="erase"), pgtrigger.ignore(*_append_only()):
        _forget_mentions(doomed)
        for model, ids in doomed.items():
            model._base_manager.filter(pk__in=ids)._raw_delete("default")  # in any order: the database checks below
    _delete_contexts(contexts)
    connection.check_constraints()
    return Counter({model._meta.label: len(ids) for model, ids in doomed.items() if ids})


def _models() -> Iterator[type[models.Model]]:
    """Every table of ours, with those between many and many and those of the history."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _marked() -> Iterator[type[models.Model]]:
    """Tables whose rows say themselves whether they are a demonstration; a history goes with what it is of."""
    for model in _models():
        names = {field.name for field in model._meta.concrete_fields}
        if "is_demo" in names and not issubclass(model, pghistory.models.Event):
            yield model


def _ids(model: type[models.Model], **conditions: Any) -> set[Any]:
    return set(model._base_manager.filter(**conditions).values_list("pk", flat=True))


def _references() -> Iterator[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    for model in _models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                yield model, field


def _is_part_of(field: models.ForeignKey[Any, Any]) -> bool:
    """Whether a row cannot be without what it refers to."""
    return (
        not field.null
        or field.remote_field.on_delete is models.CASCADE
        or f"{field.model._meta.label}.{field.name}" in PART_OF
    )


def _with_what_belongs(roots: Rows) -> Rows:
    """The rows, and whatever is part of them, and whatever is part of that."""
    doomed: Rows = defaultdict(set)
    fresh = roots
    while any(fresh.values()):
        for model, ids in fresh.items():
            doomed[model] |= ids
        found: Rows = defaultdict(set)
        for model, field in _references():
            if (known := fresh.get(field.related_model)) and _is_part_of(field):
                found[model] |= _ids(model, **{f"{field.attname}__in": known})
        for model, ids in (_mails(fresh) | _browser_sessions(fresh)).items():
            found[model] |= ids
        fresh = {model: ids - doomed[model] for model, ids in found.items()}
    return doomed


def _real_among(doomed: Rows) -> list[str]:
    """What would go although it says that it is real, and ties in force between what is real and what is not.

    Mail is left out: it is about the rows, and to people, that go.
    """
    found: list[models.Model] = []
    for model in _marked():
        if model is not OutgoingMail:
            found += model._base_manager.filter(pk__in=doomed.get(model, ()), is_demo=False).order_by("pk")
    for label, (one, other) in TIES.items():
        ties = (
            apps.get_model(label)._base_manager.select_related(one, other).filter(pk__in=doomed[apps.get_model(label)])
        )
        in_force = ties.filter(Q(until__isnull=True) | Q(until__gte=timezone.localdate()))
        found += in_force.exclude(**{f"{one}__is_demo": F(f"{other}__is_demo")}).order_by("pk")
    return [f"{row._meta.label} {row.pk}: {row}" for row in found]


def _mails(rows: Rows) -> Rows:
    """Mails about the rows, and mails to an address of theirs although no account is named."""
    ids: set[Any] = set()
    for word, label in SUBJECTS.items():
        ids |= _ids(OutgoingMail, subject_type=word, subject_id__in=rows.get(apps.get_model(label), set()))
    addresses = User.objects.filter(pk__in=rows.get(User, set())).values_list("email", flat=True)
    return {OutgoingMail: ids | _ids(OutgoingMail, recipient__in=addresses)}


def _browser_sessions(rows: Rows) -> Rows:
    """Where the people are signed in; the name is inside the session."""
    people = {str(pk) for pk in rows.get(User, set())}
    if not people:
        return {}
    sessions = BrowserSession.objects.iterator()
    return {BrowserSession: {one.pk for one in sessions if one.get_decoded().get(SESSION_KEY) in people}}


def _forget_mentions(doomed: Rows) -> None:
    """Empty the optional references of rows that stay, their history included."""
    for model, field in _references():
        if not (ids := doomed.get(field.related_model)) or _is_part_of(field):
            continue
        more = TOGETHER.get(f"{model._meta.label}.{field.name}", {})
        staying = model._base_manager.filter(**{f"{field.attname}__in": ids}).exclude(pk__in=doomed.get(model, set()))
        staying.update(**{field.attname: None}, **more)


def _append_only() -> list[str]:
    """Triggers that refuse to let a row go, always or in some state of it, as votes once they are closed."""
    return [
        f"{model._meta.label}:{trigger.name}"
        for model, trigger in pgtrigger.registered()
        if isinstance(trigger, pgtrigger.Protect) or trigger.name in LOCKS
    ]


# --- Files ------------------------------------------------------------------------------------------------------------


def _files(doomed: Rows) -> dict[Storage, set[str]]:
    """By storage, the names of the files that the doomed rows hold."""
    found: dict[Storage, set[str]] = defaultdict(set)
    for model, ids in doomed.items():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                names = model._base_manager.filter(pk__in=ids).values_list(field.attname, flat=True)
                found[field.storage] |= {name for name in names if name}
    return found


def _delete_files(files: dict[Storage, set[str]]) -> None:
    for storage, names in files.items():
        for name in names:
            storage.delete(name)


# --- Who changed what and why ----------------------------------------------------------------------------------------


def _histories() -> Iterator[type[models.Model]]:
    return (model for model in _models() if issubclass(model, pghistory.models.Event))


def _history_contexts(doomed: Rows) -> set[Any]:
    """The occasions on which the doomed rows were changed."""
    contexts: set[Any] = set()
    for history in _histories():
        events = history._base_manager.filter(pk__in=doomed.get(history, set()), pgh_context__isnull=False)
        contexts |= set(events.values_list("pgh_context", flat=True))
    return contexts


def _delete_contexts(contexts: set[Any]) -> None:
    """Drop the occasions of which nothing is left."""
    for history in _histories():
        contexts -= set(history._base_manager.filter(pgh_context__in=contexts).values_list("pgh_context", flat=True))
    pghistory.models.Context.objects.filter(pk__in=contexts).delete()
