"""The table: every address, with every kind of object that matters there, and what each role is answered.

An address without a row fails the test, and so does a row without an address. What somebody may do is said once, here,
in words that are not the code's own. Hidden names are in `tests.access.world`.
"""

from typing import Final

from tests.access.door import Row
from tests.access.roles import COORDINATORS, DONE, DONE_HERE, ELSEWHERE, EVERYBODY, GROUP, LOGIN, Role, answers, only
from tests.access.rows_agenda import AGENDA
from tests.access.rows_answers import ANSWERS
from tests.access.rows_attendance import ATTENDANCE
from tests.access.rows_calendars import CALENDARS
from tests.access.rows_diagnosis import DIAGNOSIS
from tests.access.rows_files import FILES
from tests.access.rows_mail import MAIL
from tests.access.rows_notes import NOTES
from tests.access.rows_planning import PLANNING
from tests.access.rows_plans import PLAN_PARTS
from tests.access.rows_records import RECORDS
from tests.access.rows_rounds import ROUNDS
from tests.access.rows_tables import TABLES
from tests.access.rows_withheld import WITHHELD

ALL: Final = answers(200)
SIGNED_IN: Final = answers(200, outside=LOGIN)
STRANGERS: Final = answers(ELSEWHERE, outside=200)  # pages for who is not signed in yet
COORDINATION: Final = only(COORDINATORS)
COORDINATION_DOES: Final = only(COORDINATORS, answer=DONE)
KEEPERS: Final = COORDINATORS | {Role.OFFICIAL}  # of the plan
EXPECTED: Final = COORDINATORS | {Role.GUEST}  # at the session for those invited

PUBLIC_PAGES: Final = [
    Row("home", GET=ALL),
    Row("healthz", GET=ALL),
    Row("readyz", GET=ALL),
    Row("privacy", GET=ALL),
    Row("cities:index", GET=ALL),
    Row("cities:detail", at=lambda w: {"slug": w.reynosa.slug}, GET=ALL),
    Row("cities:detail", "nothing there", at=lambda _: {"slug": "nada"}, GET=answers(404)),
    Row("cities:organization_index", GET=ALL),
    Row("cities:organization_detail", at=lambda w: {"slug": w.organization.slug}, GET=ALL),
    Row("cities:cycle_index", GET=ALL),
    Row("cities:cycle_detail", at=lambda w: {"slug": w.cycle.slug}, GET=ALL),
    Row("cities:cycle_detail", "with a plan in preparation", at=lambda w: {"slug": w.next_cycle.slug}, GET=ALL),
]

SCHEDULE: Final = [
    Row("workshops:schedule", GET=ALL),
    Row("workshops:schedule", "held", query="?when=past", GET=ALL),
    Row("workshops:schedule", "searched", query="?q=Reservada", GET=ALL),
    Row("workshops:schedule_ics", GET=ALL),
    Row("workshops:releases", GET=ALL),
    Row("workshops:release_detail", at=lambda w: {"number": w.release.number}, GET=ALL),
    Row("workshops:release_detail", "not yet", at=lambda w: {"number": w.release.number + 1}, GET=answers(404)),
    Row("workshops:agreements", GET=ALL),
    Row("workshops:agreements", "filtered", query="?status=open", GET=ALL),
]

SESSIONS: Final = [
    row
    for about, at, readers in (
        ("public", lambda w: {"slug": w.open.slug}, EVERYBODY),
        ("held", lambda w: {"slug": w.past.slug}, EVERYBODY),
        ("of the group", lambda w: {"slug": w.group.slug}, GROUP),
        ("for those invited", lambda w: {"slug": w.invited.slug}, EXPECTED),
        ("never published", lambda w: {"slug": w.draft.slug}, frozenset[Role]()),
    )
    for row in (
        Row("workshops:session_detail", about, at, GET=only(readers, is_open=True)),
        # A calendar program signs in nowhere, so a file is for everybody or for nobody.
        Row(
            "workshops:session_ics",
            about,
            at,
            GET=only(EVERYBODY if readers == EVERYBODY else frozenset(), is_open=True),
        ),
        Row(
            "workshops:answer",
            about,
            at,
            data=lambda _: {"answer": "yes"},
            # Who belongs to the group may come at their own wish; who has left it is asked nothing.
            POST=only(readers & GROUP, answer=ELSEWHERE if about == "held" else DONE),
        ),
    )
]

PLANS: Final = [
    Row("actionplans:index", GET=ALL),
    Row("actionplans:detail", "in force", lambda w: {"slug": w.plan.slug}, GET=ALL),
    Row("actionplans:detail", "in preparation", lambda w: {"slug": w.draft_plan.slug}, GET=only(KEEPERS, is_open=True)),
    Row("actionplans:edit", "in force", lambda w: {"slug": w.plan.slug}, GET=only(KEEPERS), POST=only(KEEPERS)),
    Row(
        "actionplans:edit",
        "in preparation",
        lambda w: {"slug": w.draft_plan.slug},
        data=lambda w: {
            "title": "Otro título",
            "instrument": "pmd",
            "aim": "Abrir el plan.",
            "starts_on": w.draft_plan.starts_on,
            "ends_on": w.draft_plan.ends_on,
            "edition": "1",
        },
        GET=only(KEEPERS),
        POST=only(KEEPERS, answer=DONE),
    ),
    Row("actionplans:publish", at=lambda w: {"slug": w.draft_plan.slug}, POST=COORDINATION_DOES),
    Row(
        "actionplans:deliverable_create",
        at=lambda w: {"slug": w.draft_plan.slug},
        data=lambda _: {"kind": "progress_report", "title": "Informe", "due_on": "2030-01-31"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "actionplans:fellow",
        at=lambda w: {"slug": w.next_cycle.slug},
        data=lambda w: {"city": w.colima.pk, "on": "2026-01-31", "reason": "La asamblea la eligió."},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("actionplans:create", at=lambda w: {"slug": w.cycle.slug}, GET=COORDINATION, POST=COORDINATION),
]

COORDINATION_OF_PEOPLE: Final = [
    Row("cities:invitation_index", GET=COORDINATION),
    Row(
        "cities:invitation_create",
        data=lambda w: {
            "email": "nueva@ejemplo.mx",
            "organization": w.organization.pk,
            "role": "member",
            "language": "es-mx",
        },
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("cities:invitation_send_again", at=lambda w: {"pk": w.invitation.pk}, POST=COORDINATION_DOES),
    Row("cities:invitation_withdraw", at=lambda w: {"pk": w.invitation.pk}, POST=COORDINATION_DOES),
    Row(
        "cities:organization_create",
        data=lambda _: {"name": "Nueva", "kind": "ngo", "certainty": "sure"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "cities:organization_edit",
        at=lambda w: {"slug": w.organization.slug},
        data=lambda _: {"name": "Otro nombre", "kind": "ngo", "certainty": "sure"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "cities:group_membership",
        at=lambda w: {"slug": w.organization.slug},
        data=lambda _: {"until": "2026-01-31"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("cities:membership_index", at=lambda w: {"slug": w.organization.slug}, GET=COORDINATION),
    Row(
        "cities:membership_create",
        at=lambda w: {"slug": w.organization.slug},
        data=lambda w: {"user": w.people[Role.GUEST].pk, "role": "member", "since": "2026-01-31"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "cities:membership_edit",
        at=lambda w: {"pk": w.membership.pk},
        data=lambda _: {"role": "member", "position": "Asesora", "since": "2026-01-31"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "end_membership",
        at=lambda w: {"pk": w.membership.pk},
        data=lambda _: {"until": "2026-01-31"},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "cities:cycle_create",
        data=lambda _: {"name": "Otro ciclo", "starts_on": "2031-01-01", "ends_on": "2031-12-31", "notice_days": 14},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "cities:cycle_edit",
        at=lambda w: {"slug": w.next_cycle.slug},
        data=lambda w: {
            "name": "Otro",
            "starts_on": w.next_cycle.starts_on,
            "ends_on": w.next_cycle.ends_on,
            "notice_days": 14,
        },
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
]

COORDINATION_OF_THE_SCHEDULE: Final = [
    Row("workshops:drafts", GET=COORDINATION),
    Row("workshops:create", GET=COORDINATION, POST=COORDINATION),
    Row("workshops:create", "like another", query="?like=nada", GET=only(frozenset())),
    Row("workshops:edit", "draft", lambda w: {"slug": w.draft.slug}, GET=COORDINATION, POST=COORDINATION),
    Row("workshops:edit", "published", lambda w: {"slug": w.invited.slug}, GET=COORDINATION, POST=COORDINATION),
    Row(
        "workshops:cancel",
        at=lambda w: {"slug": w.open.slug},
        data=lambda _: {"reason": "No hay sede."},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:postpone",
        at=lambda w: {"slug": w.open.slug},
        data=lambda _: {"reason": "La ponente no llega."},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row(
        "workshops:gap_put_aside",
        at=lambda w: {"slug": w.open.slug},
        data=lambda _: {"gap": "nothing that is missing"},
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row("workshops:gap_take_up", at=lambda w: {"slug": w.open.slug}, POST=only(COORDINATORS, answer=ELSEWHERE)),
    Row("workshops:reinstate", at=lambda w: {"slug": w.open.slug}, POST=only(COORDINATORS, answer=ELSEWHERE)),
    Row(
        "workshops:discard",
        "draft",
        lambda w: {"slug": w.draft.slug},
        GET=COORDINATION,
        POST=COORDINATION_DOES,
    ),
    Row("workshops:people", at=lambda w: {"slug": w.invited.slug}, GET=COORDINATION),
    Row("workshops:publish", at=lambda w: {"slug": w.cycle.slug}, GET=COORDINATION, POST=COORDINATION),
]

AWAY: Final = answers(ELSEWHERE, outside=LOGIN)
PASSWORD_FIRST: Final = answers(ELSEWHERE, outside=LOGIN)  # who signed in long ago says the password again
PASSWORD_FIRST_DOES: Final = answers(DONE, outside=LOGIN)  # what was typed waits in the session

ACCOUNTS: Final = [
    Row("account_login", GET=STRANGERS, POST=STRANGERS),
    Row("account_logout", GET=answers(200, outside=ELSEWHERE), POST=answers(DONE, outside=ELSEWHERE)),
    Row("account_inactive", GET=ALL),
    Row("account_signup", GET=STRANGERS, POST=STRANGERS),
    Row("account_reauthenticate", GET=SIGNED_IN, POST=SIGNED_IN),
    Row("account_email", GET=SIGNED_IN, POST=AWAY),
    Row("account_email_verification_sent", GET=AWAY),
    Row("account_change_password", GET=SIGNED_IN, POST=SIGNED_IN),
    Row("account_set_password", "has one", GET=AWAY, POST=AWAY),
    Row("account_reset_password", GET=ALL, POST=ALL),
    Row("account_reset_password_done", GET=ALL),
    Row(
        "account_reset_password_from_key",
        "forged link",
        lambda _: {"uidb36": "1", "key": "forged"},
        GET=ALL,
        POST=ALL,
    ),
    Row("account_reset_password_from_key_done", GET=ALL),
    Row("account_request_login_code", GET=STRANGERS, POST=STRANGERS),
    Row("account_confirm_login_code", "none asked for", GET=answers(ELSEWHERE), POST=answers(ELSEWHERE)),
    Row("account_profile", GET=SIGNED_IN, POST=SIGNED_IN),
    Row("mfa_index", GET=SIGNED_IN),
    Row("mfa_authenticate", "not asked for", GET=AWAY, POST=AWAY),
    Row("mfa_reauthenticate", GET=AWAY | {Role.COORDINATOR: 200}, POST=AWAY | {Role.COORDINATOR: 200}),
    Row("mfa_activate_totp", GET=PASSWORD_FIRST, POST=PASSWORD_FIRST_DOES),
    Row(
        "mfa_deactivate_totp",
        GET=only(frozenset({Role.COORDINATOR}), answer=ELSEWHERE),
        POST=only(frozenset({Role.COORDINATOR}), answer=DONE),
    ),
    Row("mfa_view_recovery_codes", "none made", GET=only(frozenset())),
    Row("mfa_generate_recovery_codes", GET=PASSWORD_FIRST, POST=PASSWORD_FIRST_DOES),
    Row("mfa_download_recovery_codes", "none made", GET=only(frozenset())),
    Row("usersessions_list", GET=SIGNED_IN, POST=AWAY),
]

READERS: Final = [
    Row("set_language", data=lambda _: {"language": "en"}, POST=answers(DONE, outside=ELSEWHERE)),
    Row("set_zone", data=lambda _: {"zone": "America/Cancun"}, POST=answers(ELSEWHERE)),
    Row("set_zone", "no such zone", data=lambda _: {"zone": "Mars/Olympus"}, POST=answers(400)),
]

DESKS: Final = [
    Row("desk", GET=SIGNED_IN),
    Row("coordination", GET=COORDINATION),
    Row("outbox", GET=COORDINATION),
    Row("outbox", "searched", query="?person=ejemplo", GET=COORDINATION),
    Row("outbox_detail", "account mail", lambda w: {"pk": w.account_mail.pk}, GET=COORDINATION),
    Row("outbox_detail", "invitation", lambda w: {"pk": w.session_mail.pk}, GET=COORDINATION),
    Row("outbox_retry", at=lambda w: {"pk": w.failed_mail.pk}, POST=COORDINATION_DOES),
    Row("outbox_release", "not held", lambda w: {"pk": w.session_mail.pk}, POST=only(COORDINATORS, answer=ELSEWHERE)),
    Row("outbox_withdraw", at=lambda w: {"pk": w.session_mail.pk}, POST=COORDINATION_DOES),
    Row("outbox_html", "account mail", lambda w: {"pk": w.account_mail.pk}, GET=answers(404, outside=LOGIN)),
    Row("outbox_html", "invitation", lambda w: {"pk": w.session_mail.pk}, GET=COORDINATION),
    Row("outbox_dismiss", "refused", lambda w: {"pk": w.failed_mail.pk}, POST=COORDINATION_DOES),
    Row(
        "outbox_dismiss",
        "waiting",
        lambda w: {"pk": w.session_mail.pk},
        POST=only(COORDINATORS, answer=ELSEWHERE),
    ),
    Row("outbox_retry_all", query="?status=failed", POST=COORDINATION_DOES),
    Row("outbox_dismiss_all", query="?status=failed", POST=COORDINATION_DOES),
    Row("outbox_try_address", at=lambda w: {"pk": w.people[Role.GUEST].pk}, POST=COORDINATION_DOES),
    Row("outbox_release_parked", POST=COORDINATION_DOES),
]

LINKS: Final = [
    Row("account_invitation", "real link", lambda w: {"token": w.invitation.token}, GET=ALL, POST=ALL),
    Row("account_invitation", "forged link", lambda _: {"token": "forged"}, GET=answers(404), POST=answers(404)),
    Row(
        "invitation_accept",
        "sent to somebody else",
        lambda w: {"token": w.invitation.token},
        POST=answers(ELSEWHERE, outside=LOGIN),
    ),
    Row("invitation_accept", "forged link", lambda _: {"token": "forged"}, POST=answers(404, outside=LOGIN)),
    # A GET only shows; the link is the proof, whoever follows it.
    Row("unsubscribe", at=lambda w: {"token": w.unsubscribe_token}, GET=ALL, POST=answers(DONE_HERE)),
    Row("unsubscribe", "forged link", lambda _: {"token": "forged"}, GET=answers(404), POST=answers(404)),
]

AREAS: Final[dict[str, list[Row]]] = {
    "public pages": PUBLIC_PAGES,
    "schedule": SCHEDULE,
    "calendars": CALENDARS,
    "sessions": SESSIONS,
    "agenda": AGENDA,
    "answers": ANSWERS,
    "attendance": ATTENDANCE,
    "plans": PLANS,
    "parts of plans": PLAN_PARTS,
    "files": FILES,
    "diagnosis": DIAGNOSIS,
    "notes": NOTES,
    "rounds": ROUNDS,
    "records": RECORDS,
    "tables": TABLES,
    "coordination of people": COORDINATION_OF_PEOPLE,
    "coordination of the schedule": COORDINATION_OF_THE_SCHEDULE,
    "planning": PLANNING,
    "accounts": ACCOUNTS,
    "readers": READERS,
    "desks": DESKS,
    "links": LINKS,
    "mail": MAIL,
    "withheld": WITHHELD,
}
TABLE: Final = [row for rows in AREAS.values() for row in rows]
