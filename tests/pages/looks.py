"""Every page template, where it is drawn, and for whom."""

from typing import Final

from django.test import Client
from django.urls import reverse

from tests.pages.look import At, Look, coordinated, of, send
from tests.pages.looks_agenda import AGENDA
from tests.pages.looks_diagnosis import DIAGNOSIS
from tests.pages.looks_records import RECORDS
from tests.pages.looks_tables import TABLES


def _first_factor(client: Client, at: At) -> None:
    client.post(reverse("account_login"), {"login": at["official_email"], "password": at["password"]})


PUBLIC: Final = [
    Look("ogpgroup/home.html", "home"),
    Look("ogpgroup/unsubscribe.html", "unsubscribe", of("unsubscribe")),
    Look("workshops/answer_link.html", "workshops:answer_link", of("answer_asked"), note="asks"),
    Look("workshops/answer_link.html", "workshops:answer_link", of("answered"), note="recorded"),
    Look("workshops/answer_closed.html", "workshops:answer_link", of("closed_answer"), status=410),
    Look("cities/privacy.html", "privacy"),
    Look("cities/index.html", "cities:index"),
    Look("cities/detail.html", "cities:detail", of("city")),
    Look("cities/organization_index.html", "cities:organization_index"),
    Look("cities/organization_detail.html", "cities:organization_detail", of("organization")),
    Look("cities/cycle_index.html", "cities:cycle_index"),
    Look("cities/cycle_detail.html", "cities:cycle_detail", of("cycle")),
    Look("actionplans/index.html", "actionplans:index"),
    Look("actionplans/detail.html", "actionplans:detail", of("plan")),
    Look("workshops/schedule.html", "workshops:schedule"),
    Look("workshops/releases.html", "workshops:releases"),
    Look("workshops/release_detail.html", "workshops:release_detail", of("release")),
    Look("workshops/release_schedule.html", "workshops:release_schedule", of("release")),
    Look("workshops/session_detail.html", "workshops:session_detail", of("session"), note="to come"),
    Look("workshops/session_detail.html", "workshops:session_detail", of("past_session"), note="held"),
    Look("workshops/agreements.html", "workshops:agreements"),
    Look("404.html", "cities:detail", lambda _at: ["nada"], status=404),
]

BEFORE_SIGN_IN: Final = [
    Look("account/login.html", "account_login"),
    Look("account/account_inactive.html", "account_inactive"),
    Look("account/signup_closed.html", "account_signup"),
    Look("account/request_login_code.html", "account_request_login_code"),
    Look(
        "account/confirm_login_code.html",
        "account_confirm_login_code",
        before=send("account_request_login_code", email="nadie@ejemplo.mx"),
    ),
    Look("mfa/authenticate.html", "mfa_authenticate", before=_first_factor),
    Look("account/password_reset.html", "account_reset_password"),
    Look("account/password_reset_done.html", "account_reset_password_done"),
    Look("account/password_reset_from_key.html", "account_reset_password_from_key", lambda _at: ["1", "forged"]),
    Look("account/password_reset_from_key_done.html", "account_reset_password_from_key_done"),
    Look("cities/invitation_sign_up.html", "account_invitation", of("invitation")),
    Look("cities/invitation_accept.html", "account_invitation", of("own_invitation"), "member"),
    Look("cities/invitation_closed.html", "account_invitation", of("closed_invitation"), status=410),
]

OWN: Final = [
    Look("ogpgroup/desk.html", "desk", who="member"),
    Look("ogpgroup/desk.html", "desk", who="official", note="official"),
    Look("workshops/session_detail.html", "workshops:session_detail", of("session"), "member", note="member"),
    Look("cities/profile.html", "account_profile", who="member"),
    Look("ogpgroup/my_calendars.html", "my_calendars", who="member"),
    Look("ogpgroup/my_calendar.html", "my_calendar_edit", of("calendar"), "member"),
    Look("account/email_change.html", "account_email", who="member"),
    Look(
        "account/confirm_email_verification_code.html",
        "account_email_verification_sent",
        who="member",
        before=send("account_email", email="otra@ejemplo.mx", action_add=""),
    ),
    Look("account/password_change.html", "account_change_password", who="member"),
    Look("account/password_set.html", "account_set_password", who="without password"),
    Look("account/reauthenticate.html", "account_reauthenticate", who="member"),
    Look("account/logout.html", "account_logout", who="member"),
    Look("usersessions/usersession_list.html", "usersessions_list", who="member"),
    Look("mfa/index.html", "mfa_index", who="official"),
    Look("mfa/totp/activate_form.html", "mfa_activate_totp", who="member"),
    Look("mfa/totp/deactivate_form.html", "mfa_deactivate_totp", who="official"),
    Look("mfa/recovery_codes/index.html", "mfa_view_recovery_codes", who="official"),
    Look("mfa/recovery_codes/generate.html", "mfa_generate_recovery_codes", who="official"),
    Look("mfa/reauthenticate.html", "mfa_reauthenticate", who="official"),
]


COORDINATION: Final = [
    coordinated("ogpgroup/coordination.html", "coordination"),
    coordinated("ogpgroup/outbox.html", "outbox"),
    coordinated("ogpgroup/withheld.html", "withheld"),
    coordinated("ogpgroup/withhold.html", "withhold", lambda at: ["entry", at["entry"]]),
    coordinated("ogpgroup/withholding_lift.html", "withholding_lift", of("withheld")),
    coordinated("ogpgroup/outbox_detail.html", "outbox_detail", of("mail")),
    coordinated("ogpgroup/end_membership.html", "end_membership", of("membership")),
    coordinated("workshops/coordination/drafts.html", "workshops:drafts"),
    coordinated("workshops/coordination/create.html", "workshops:create"),
    coordinated("workshops/coordination/edit.html", "workshops:edit", of("session")),
    coordinated("workshops/coordination/cancel.html", "workshops:cancel", of("session")),
    coordinated("workshops/coordination/postpone.html", "workshops:postpone", of("session")),
    coordinated("workshops/coordination/people.html", "workshops:people", of("session")),
    coordinated("workshops/coordination/reminders.html", "workshops:reminders", of("session")),
    coordinated("workshops/coordination/usual_reminders.html", "workshops:usual_reminders"),
    coordinated("workshops/coordination/replies.html", "workshops:replies"),
    coordinated("workshops/coordination/nudge.html", "workshops:nudge", of("seated")),
    Look("workshops/delegate.html", "workshops:delegate", of("seated"), "member"),
    coordinated("workshops/coordination/board.html", "workshops:board", of("cycle")),
    coordinated("workshops/coordination/repeat.html", "workshops:repeat", of("draft")),
    coordinated("workshops/coordination/discard.html", "workshops:discard", of("draft")),
    coordinated("workshops/coordination/publish.html", "workshops:publish", of("cycle")),
    coordinated("workshops/session_detail.html", "workshops:session_detail", of("session"), note="coordinator"),
    coordinated("cities/invitation_index.html", "cities:invitation_index"),
    coordinated("cities/invitation_create.html", "cities:invitation_create"),
    coordinated("cities/organization_detail.html", "cities:organization_detail", of("organization"), "coordinator"),
    coordinated("cities/organization_form.html", "cities:organization_edit", of("organization")),
    coordinated("cities/group_membership.html", "cities:group_membership", of("organization")),
    coordinated("cities/membership_index.html", "cities:membership_index", of("organization")),
    coordinated("cities/membership_create.html", "cities:membership_create", of("organization")),
    coordinated("cities/membership_edit.html", "cities:membership_edit", of("membership")),
    coordinated("cities/cycle_detail.html", "cities:cycle_detail", of("cycle"), "coordinator"),
    coordinated("cities/cycle_form.html", "cities:cycle_edit", of("cycle")),
    coordinated("actionplans/detail.html", "actionplans:detail", of("plan"), "coordinator"),
    coordinated("actionplans/form.html", "actionplans:edit", of("plan")),
    coordinated("actionplans/deliverable_form.html", "actionplans:deliverable_create", of("plan")),
    coordinated("actionplans/deliverable_form.html", "actionplans:deliverable_edit", of("plan", "deliverable"), "edit"),
    coordinated("actionplans/deliverable_drop.html", "actionplans:deliverable_drop", of("plan", "deliverable")),
    coordinated("actionplans/deliverable.html", "actionplans:deliverable", of("plan", "deliverable"), "coordinator"),
    coordinated("actionplans/close.html", "actionplans:close", of("plan")),
    coordinated("actionplans/fellow.html", "actionplans:fellow", of("next_cycle")),
]

STEP: Final = of("plan", "commitment", "step")

ATTENDANCE: Final = [
    coordinated("workshops/attendance/list.html", "workshops:attendance", of("running")),
    coordinated("workshops/attendance/walk_in.html", "workshops:walk_in", of("running")),
    coordinated("workshops/attendance/sheet.html", "workshops:attendance_sheet", of("running")),
    coordinated("workshops/attendance/import.html", "workshops:attendance_import", of("running")),
    coordinated("workshops/attendance/door.html", "workshops:door", of("running")),
    coordinated("workshops/attendance/door.html", "workshops:door", of("session"), "no code yet"),
    coordinated("workshops/attendance/person.html", "workshops:person_check_in", of("personal_code")),
    Look("workshops/attendance/my_code.html", "workshops:my_code", of("running"), "member"),
    Look("workshops/attendance/check_in.html", "workshops:check_in", of("running", "door_code"), "member"),
    Look("workshops/attendance/check_in_visitor.html", "workshops:check_in", of("running", "door_code")),
    Look("workshops/attendance/join_link.html", "workshops:join_link", of("join_token")),
    Look("workshops/attendance/join_closed.html", "workshops:join_link", of("join_token_late"), status=410),
    Look("workshops/session_detail.html", "workshops:session_detail", of("running"), "member", note="running"),
    Look("workshops/session_detail.html", "workshops:session_detail", of("attended"), note="with who came"),
]

PLANS: Final = [
    Look("actionplans/commitment.html", "actionplans:commitment", of("plan", "commitment")),
    Look("actionplans/deliverable.html", "actionplans:deliverable", of("plan", "deliverable")),
    Look(
        "actionplans/deliverable.html",
        "actionplans:deliverable",
        of("plan", "deliverable"),
        "official",
        note="official",
    ),
    Look("actionplans/detail.html", "actionplans:detail", of("plan"), "official", note="official"),
    Look(
        "actionplans/commitment.html", "actionplans:commitment", of("plan", "commitment"), "official", note="official"
    ),
    Look("actionplans/commitment_form.html", "actionplans:commitment_edit", of("plan", "commitment"), "official"),
    Look("actionplans/milestone_form.html", "actionplans:milestone_edit", STEP, "official"),
    Look("actionplans/progress_form.html", "actionplans:progress_create", of("plan"), "official"),
    Look("actionplans/progress_retract.html", "actionplans:progress_retract", of("plan", "entry"), "official"),
    Look(
        "actionplans/progress_form.html",
        "actionplans:progress_correct",
        of("plan", "entry"),
        "official",
        note="correction",
    ),
]

NOTES: Final = [
    Look("feedback/ledger.html", "feedback:ledger", of("plan")),
    Look("feedback/note.html", "feedback:note", of("answered_note"), "member"),
    Look("feedback/note.html", "feedback:note", of("withheld_note"), note="withheld"),
    coordinated("feedback/note.html", "feedback:note", of("withheld_note"), "withheld, to coordinators"),
    Look("feedback/note_form.html", "feedback:note_create", lambda at: ["plan", at["plan_id"]], "member"),
    Look("feedback/note_withdraw.html", "feedback:note_withdraw", of("note"), "member"),
    Look("feedback/note_settle.html", "feedback:note_settle", of("answered_note"), "member"),
    Look("feedback/note_answer.html", "feedback:note_answer", of("note"), "official"),
    Look("feedback/note_changed.html", "feedback:answer_changed", of("answer"), "official"),
]

OPEN, CLOSED, PUBLISHED = (of("plan", name) for name in ("open_round", "closed_round", "published_round"))
ONE_CRITERION: Final = "?criterion=lens&commitment=99"

ROUNDS: Final = [
    Look("feedback/rounds.html", "feedback:rounds", of("plan")),
    Look("feedback/round.html", "feedback:round", PUBLISHED, note="published"),
    Look("feedback/round.html", "feedback:round", OPEN, "coordinator", note="open"),
    Look("feedback/round.html", "feedback:round", CLOSED, "official", note="closed"),
    Look("feedback/round_form.html", "feedback:round_create", of("plan"), "coordinator"),
    Look("feedback/round_step.html", "feedback:close", OPEN, "coordinator", note="close"),
    Look("feedback/round_step.html", "feedback:days", OPEN, "coordinator", note="days"),
    Look("feedback/round_step.html", "feedback:publish", CLOSED, "coordinator", note="publish"),
    Look("feedback/round_step.html", "feedback:reopen", CLOSED, "coordinator", note="reopen"),
    Look("feedback/round_reply.html", "feedback:reply", CLOSED, "official", query=ONE_CRITERION),
    Look("feedback/evaluate.html", "feedback:evaluate", OPEN, "member"),
    Look("feedback/evaluate_submit.html", "feedback:submit", OPEN, "member"),
    Look("feedback/evaluate_conflict.html", "feedback:conflict", OPEN, "member"),
]

HALLS: Final = [*AGENDA, *ATTENDANCE, *TABLES, *DIAGNOSIS, *RECORDS]
LOOKS: Final = [*PUBLIC, *BEFORE_SIGN_IN, *OWN, *COORDINATION, *HALLS, *PLANS, *NOTES, *ROUNDS]
ERRORS: Final = ["400.html", "403.html", "403_csrf.html", "500.html"]  # no address shows them by itself

_BASE = "others extend it"
_NOT_OURS = "allauth draws it under settings that are not ours"
NOT_VISITED: Final = {
    "account/base_confirm_code.html": _BASE,
    "account/base_reauthenticate.html": _BASE,
    "account/signup.html": _BASE,
    "account/email.html": _NOT_OURS,
    "account/email_confirm.html": _NOT_OURS,
    "account/confirm_password_reset_code.html": _NOT_OURS,
    "account/verification_sent.html": _NOT_OURS,
    "account/verified_email_required.html": _NOT_OURS,
    "workshops/attendance/join.html": "a POST draws it and leads on at once",
}
