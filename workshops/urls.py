"""Addresses of the schedule: what everybody reads, and what coordinators do."""

from django.urls import URLPattern, path

from workshops.urls_agenda import agenda_urls
from workshops.urls_attendance import attendance_urls
from workshops.urls_diagnosis import diagnosis_urls
from workshops.urls_records import records_urls
from workshops.urls_tables import table_urls
from workshops.views import (
    answering,
    calendars,
    clock_rules,
    coordination,
    delegating,
    history,
    nudging,
    planning,
    public,
    readiness,
    recording,
    release_mails,
    reminders,
    replies,
    schedule,
)

app_name = "workshops"

# Coordinators' addresses stand before the public ones, whose slugs would match them.
coordination_urls: list[URLPattern] = [
    path("coordination/schedule/", coordination.drafts, name="drafts"),
    path("coordination/sessions/new/", coordination.create, name="create"),
    path("coordination/sessions/<slug:slug>/edit/", coordination.edit, name="edit"),
    path("coordination/sessions/<slug:slug>/cancel/", coordination.cancel, name="cancel"),
    path("coordination/sessions/<slug:slug>/postpone/", coordination.postpone, name="postpone"),
    path("coordination/sessions/<slug:slug>/reinstate/", coordination.reinstate, name="reinstate"),
    path("coordination/sessions/<slug:slug>/not-needed/", readiness.gap_put_aside, name="gap_put_aside"),
    path("coordination/sessions/<slug:slug>/needed/", readiness.gap_take_up, name="gap_take_up"),
    path("coordination/sessions/<slug:slug>/move/", planning.move, name="move"),
    path("coordination/sessions/<slug:slug>/keep-clock/", clock_rules.keep_clock, name="keep_clock"),
    path("coordination/sessions/<slug:slug>/keep-moment/", clock_rules.keep_moment, name="keep_moment"),
    path("coordination/sessions/<slug:slug>/repeat/", planning.repeat, name="repeat"),
    path("coordination/sessions/<slug:slug>/discard/", coordination.discard, name="discard"),
    path("coordination/sessions/<slug:slug>/people/", coordination.people, name="people"),
    path("coordination/sessions/<slug:slug>/people/<int:pk>/answer/", recording.record_answer, name="record_answer"),
    path("coordination/sessions/<slug:slug>/nudge/", nudging.nudge, name="nudge"),
    path("coordination/sessions/<slug:slug>/reminders/", reminders.reminders, name="reminders"),
    path("coordination/reminders/", reminders.usual_reminders, name="usual_reminders"),
    path("coordination/replies/", replies.replies, name="replies"),
    path("coordination/replies/put-aside/", replies.replies_put_aside, name="replies_put_aside"),
    path("coordination/replies/<int:pk>/put-aside/", replies.reply_put_aside, name="reply_put_aside"),
    path("coordination/replies/<int:pk>/record/", recording.reply_record, name="reply_record"),
    path("coordination/cycles/<slug:slug>/board/", planning.board, name="board"),
    path("coordination/releases/<int:number>/mails/", release_mails.release_mails, name="release_mails"),
    path("coordination/releases/<int:number>/send-now/", release_mails.release_send_now, name="release_send_now"),
    path("coordination/cycles/<slug:slug>/release/", coordination.publish, name="publish"),
]

public_urls = [
    path("schedule/", schedule.schedule, name="schedule"),
    path("schedule.ics", calendars.schedule_ics, name="schedule_ics"),
    path("schedule/releases/", public.releases, name="releases"),
    path("schedule/releases.atom", history.releases_atom, name="releases_atom"),
    path("schedule/releases/<int:number>/", public.release_detail, name="release_detail"),
    path("schedule/releases/<int:number>/schedule/", history.release_schedule, name="release_schedule"),
    path("sessions/<slug:slug>/", public.session_detail, name="session_detail"),
    path("sessions/<slug:slug>.ics", calendars.session_ics, name="session_ics"),
    path("sessions/<slug:slug>/answer/", answering.answer, name="answer"),
    path("sessions/<slug:slug>/delegate/", delegating.delegate, name="delegate"),
    path("sessions/<slug:slug>/delegate/take-back/", delegating.delegate_take_back, name="delegate_take_back"),
    path("answer/<str:token>/", answering.answer_link, name="answer_link"),
]

urlpatterns = [
    *(*coordination_urls, *attendance_urls, *agenda_urls, *diagnosis_urls, *records_urls, *table_urls, *public_urls),
]
