"""Rules with one check taken out, and the rows of the table that must notice."""

import re
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core import signing

from actionplans.actions import commitments as commitment_actions
from actionplans.actions import progress as progress_actions
from actionplans.forms.evidence import EvidenceForm
from actionplans.models import ActionPlan, ActionPlanQuerySet, DeliverableQuerySet
from actionplans.models.progress import EvidenceQuerySet
from actionplans.views import commitments as commitment_views
from actionplans.views import keeping
from actionplans.views import progress as progress_views
from cities import access
from cities import actions as cities_actions
from cities.models import AccountInvitation, AccountInvitationQuerySet
from feedback import targets
from feedback import withholding as feedback_withholding
from feedback.actions import notes as note_actions
from feedback.models import NoteQuerySet
from feedback.models.rounds import EvaluationQuerySet, ReviewRoundQuerySet
from feedback.views import evaluations as evaluation_views
from feedback.views import notes as note_views
from feedback.views import rounds as round_views
from ogpgroup import mail as outgoing
from ogpgroup.mail import unsubscribe
from ogpgroup.models import OutgoingMail, User
from tests.access.door import Row
from tests.access.planting import everything, rows_of, without
from workshops.models import Participation
from workshops.models.agenda import AgendaItemQuerySet, MaterialQuerySet
from workshops.models.agreements import AgreementQuerySet
from workshops.models.participations import ParticipationQuerySet
from workshops.models.sessions import SessionQuerySet, SessionVersionQuerySet
from workshops.views import public

SCHEDULE = rows_of("home", "workshops:schedule", "workshops:session_detail", "workshops:session_ics")
LOADS = signing.loads  # sessions are read by it as well
MUTANTS: dict[str, tuple[object, str, Any, list[Row]]] = {
    "every version is everybody's": (SessionVersionQuerySet, "visible_to", everything, SCHEDULE),
    "every session is everybody's": (SessionQuerySet, "visible_to", everything, rows_of("workshops:agreements")),
    "every agreement is everybody's": (AgreementQuerySet, "visible_to", everything, rows_of("workshops:agreements")),
    "every plan is everybody's": (ActionPlanQuerySet, "visible_to", everything, rows_of("actionplans:detail")),
    "every plan is anybody's to edit": (ActionPlanQuerySet, "editable_by", everything, rows_of("actionplans:edit")),
    "every file is everybody's": (EvidenceQuerySet, "visible_to", everything, rows_of("file")),
    "a file that is withheld is everybody's": (
        EvidenceQuerySet,
        "withheld",
        lambda rows: rows.none(),
        rows_of("file"),
    ),
    "a note that is withheld is everybody's": (
        feedback_withholding,
        "as_read",
        lambda note, _user: note,
        rows_of("feedback:note"),
    ),
    "an answer that is withheld is everybody's": (
        feedback_withholding,
        "answer_as_read",
        lambda answer, _note, _user: answer,
        rows_of("feedback:note"),
    ),
    "everybody keeps every plan's diary": (
        commitment_views,
        "keeps",
        lambda _request, _plan: True,
        rows_of("actionplans:commitment"),
    ),
    "everybody reads for the city": (
        round_views,
        "reads_for_city",
        lambda _plan, _user: True,
        rows_of("feedback:round"),
    ),
    "what waits for a form is everybody's": (
        EvidenceQuerySet,
        "visible_to",
        lambda rows, user: rows.filter(plan__in=ActionPlan.objects.visible_to(user)),
        rows_of("file"),
    ),
    "a place on a list outlives the membership": (
        ParticipationQuerySet,
        "open_to",
        lambda rows, user: rows.expected().filter(user=user.pk),
        SCHEDULE,
    ),
    "everybody may join": (Participation, "opens", lambda _self, *, in_group: True, SCHEDULE),
    "the link to join is on the page of a stranger": (
        public,
        "answering",
        lambda _request, version, _now: {"join_url": version.join_url, "may_answer": True},
        rows_of("workshops:session_detail"),
    ),
    "memberships do not end": (
        access,
        "IN_FORCE",
        re.sub(r"(membership|belongs)\.until", "NULL::date", access.IN_FORCE),
        SCHEDULE,
    ),
    "a closed account goes on": (ModelBackend, "user_can_authenticate", lambda _self, _user: True, rows_of("desk")),
    "the outbox shows account mail": (
        OutgoingMail,
        "is_account_mail",
        property(lambda _self: False),
        rows_of("outbox_detail"),
    ),
    "the outbox shows whole links": (outgoing, "mask_links", lambda text: text, rows_of("outbox_detail")),
    "a link need not be signed": (
        AccountInvitationQuerySet,
        "with_token",
        lambda rows, _token: rows.first(),
        rows_of("account_invitation"),
    ),
    "an invitation is for who comes first": (
        cities_actions,
        "has_address",
        lambda _user, _email: True,
        rows_of("invitation_accept"),
    ),
    "anybody may stop anybody's reminders": (
        signing,
        "loads",
        lambda text, **options: (
            User.objects.latest("pk").pk if options.get("salt") == unsubscribe.SALT else LOADS(text, **options)
        ),
        rows_of("unsubscribe"),
    ),
    "every note is everybody's": (NoteQuerySet, "visible_to", everything, rows_of("feedback:note")),
    "anybody answers any note": (NoteQuerySet, "answerable_by", everything, rows_of("feedback:note_answer")),
    "anybody has the author's word": (
        note_views,
        "_is_writing_author",
        lambda _request, _note: True,
        rows_of("feedback:note_edit", "feedback:note_withdraw"),
    ),
    "notes are written on what nobody shows": (
        targets,
        "choices_for",
        lambda _kind, _user: ActionPlan.objects.all(),
        rows_of("feedback:note_create"),
    ),
    "an invitation never closes": (
        AccountInvitation,
        "is_open",
        lambda _self, _now: False,
        rows_of("account_invitation"),
    ),
}
NOTE_READERS, NOTE_ANSWERERS = NoteQuerySet.visible_to, NoteQuerySet.answerable_by
NOTE_MEANT = NoteQuerySet.meant_for
ROUND_READERS, RESULT_READERS = ReviewRoundQuerySet.visible_to, ReviewRoundQuerySet.results_visible_to
EVALUATORS = ReviewRoundQuerySet.open_for
OF_THE_OWN_CITY = "plan__city__in=roles.official_city_ids"
# One line of a rule taken out, and the rows that are about that line.
PLANTED: dict[str, tuple[object, str, Any, list[Row]]] = {
    "a note that was withdrawn is still read": (
        NoteQuerySet,
        "meant_for",
        without(NOTE_MEANT, "meant &= ~Q(status=Note.Status.WITHDRAWN)"),
        rows_of("feedback:note", about="withdrawn"),
    ),
    "notes on a plan in preparation are read": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "ledger__in=ActionPlan.objects.visible_to(user)", "ledger__isnull=False"),
        rows_of("feedback:note", about="draft"),
    ),
    "notes on any session are read": (
        NoteQuerySet,
        "visible_to",
        without(NOTE_READERS, "agenda_item__in=AgendaItem.objects.visible_to(user)", "agenda_item__isnull=False"),
        rows_of("feedback:note", about="agenda"),
    ),
    "an agenda is read before it is published": (
        AgendaItemQuerySet,
        "visible_to",
        without(AgendaItemQuerySet.visible_to, "return seen.filter(ready)", "return seen"),
        rows_of("workshops:agenda", about="in preparation"),
    ),
    "materials for the group are had by all": (
        MaterialQuerySet,
        "visible_to",
        without(MaterialQuerySet.visible_to, "if roles.in_group:", "if True:"),
        rows_of("file", about="material for the group"),
    ),
    "notes for the group are read by all": (
        NoteQuerySet,
        "meant_for",
        without(NOTE_MEANT, "if roles.in_group:", "if True:"),
        rows_of("feedback:note", about="group"),
    ),
    "notes to a city are read by any city": (
        NoteQuerySet,
        "meant_for",
        without(NOTE_MEANT, "ledger__city__in=roles.official_city_ids", "ledger__city__isnull=False"),
        rows_of("feedback:note", about="city"),
    ),
    "any member of the group answers for the city": (
        NoteQuerySet,
        "answerable_by",
        without(NOTE_ANSWERERS, "ledger__city__in=roles.official_city_ids", "ledger__isnull=False"),
        rows_of("feedback:note_answer", about="public"),
    ),
    "whoever is expected answers for who presents": (
        NoteQuerySet,
        "answerable_by",
        without(
            NOTE_ANSWERERS,
            "agenda_item__presenter_organization__in=roles.organization_ids",
            "agenda_item__isnull=False",
        ),
        rows_of("feedback:note_answer", about="agenda"),
    ),
    "who has left has the author's word": (
        note_views,
        "_is_writing_author",
        without(note_views._is_writing_author, " and roles_of(request.user).in_group"),
        rows_of("feedback:note_edit", about="of who has left"),
    ),
    "anybody of the group has the word of who has left": (
        NoteQuerySet,
        "settled_by",
        without(NoteQuerySet.settled_by, "organization__in=roles.organization_ids", "organization__isnull=False"),
        rows_of("feedback:note_settle", about="of who has left"),
    ),
    "deliverables of any plan are written about": (
        targets,
        "choices_for",
        without(targets.choices_for, "ActionPlan.objects.visible_to(user)", "ActionPlan.objects"),
        rows_of("feedback:note_create", about="plan in preparation"),
    ),
    "every round is everybody's": (
        ReviewRoundQuerySet,
        "visible_to",
        without(ROUND_READERS, "rounds if roles_of(user).in_group else", "rounds if True else"),
        rows_of("feedback:round", about="open"),
    ),
    "results are read by any city before they are published": (
        ReviewRoundQuerySet,
        "results_visible_to",
        without(RESULT_READERS, OF_THE_OWN_CITY, "pk__isnull=False"),
        rows_of("feedback:round", about="closed"),
    ),
    "results are read while people evaluate": (
        ReviewRoundQuerySet,
        "results_visible_to",
        everything,
        rows_of("feedback:round", about="closed"),
    ),
    "whoever is not asked evaluates": (
        ReviewRoundQuerySet,
        "open_for",
        without(EVALUATORS, ", organizations__in=roles.organization_ids"),
        rows_of("feedback:submit", about="not whole"),
    ),
    "a closed round is evaluated": (
        ReviewRoundQuerySet,
        "open_for",
        without(EVALUATORS, "status=ReviewRound.Status.OPEN, "),
        rows_of("feedback:evaluate", about="closed"),
    ),
    "anybody's evaluation is read once the round is closed": (
        ReviewRoundQuerySet,
        "begun_by",
        without(ReviewRoundQuerySet.begun_by, "Evaluation.objects.of(user)", "Evaluation.objects"),
        rows_of("feedback:draft", about="closed"),
    ),
    "somebody else's draft is opened": (
        EvaluationQuerySet,
        "of",
        everything,
        rows_of("feedback:evaluate", about="open"),
    ),
    "a plan that is read is kept": (
        commitment_views,
        "kept_plan",
        keeping.readable_plan,
        rows_of("actionplans:commitment_edit", about="in force"),
    ),
    "who reads a plan logs progress on it": (
        progress_views,
        "kept_plan",
        keeping.readable_plan,
        rows_of("actionplans:progress_create", about="in force"),
    ),
    "any plan is read by its address": (
        commitment_views,
        "readable_plan",
        without(keeping.readable_plan, ".visible_to(request.user)"),
        rows_of("actionplans:commitment", about="in preparation"),
    ),
    "who cannot hand in is told why": (
        DeliverableQuerySet,
        "editable_by",
        everything,
        rows_of("actionplans:deliverable", about="handed in"),
    ),
    "a file is had by who has the plan's keys": (
        EvidenceQuerySet,
        "visible_to",
        without(EvidenceQuerySet.visible_to, "plan__in=ActionPlan.objects.visible_to(user)", "plan__isnull=False"),
        rows_of("file", about="of a plan in preparation"),
    ),
    "anybody who sees the round replies for the city": (
        round_views,
        "_of_own_city",
        without(round_views._of_own_city, ".filter(plan__city__in=cities)"),
        rows_of("feedback:reply", about="closed"),
    ),
}
# The same in pages, which their address holds.
PLANTED_IN_PAGES: dict[str, tuple[str, Any, list[Row]]] = {
    "a draft of who was signed in before is kept as one's own": (
        "feedback:draft",
        without(evaluation_views.draft, 'request.POST.get("person") != str(desk.user.pk)', "False"),
        rows_of("feedback:draft", about="open"),
    ),
}
# What no address shows: for requests that no page offers.
PLANTED_FOR_FORGERS: dict[str, tuple[object, str, Any]] = {
    "a file that waits for somebody else's form": (
        EvidenceForm,
        "_take_back",
        without(EvidenceForm._take_back, ", uploaded_by=self._by"),
    ),
    "a form of progress that somebody else has sent": (
        progress_actions,
        "_sent_before",
        without(progress_actions._sent_before, " or entry.reported_by != by"),
    ),
    "a form of a note that somebody else has sent": (
        note_actions,
        "write_note",
        without(note_actions.write_note, "if note.author_id != by.pk:", "if False:"),
    ),
    "a commitment that was promised in public": (commitment_actions, "_draft_plan", commitment_actions._open_plan),
    "a milestone that was promised in public": (commitment_actions, "_draft_plan", commitment_actions._open_plan),
    "an evaluation of the own city": (
        ReviewRoundQuerySet,
        "open_for",
        without(EVALUATORS, ".exclude(plan__city__in=own_city)"),
    ),
}
