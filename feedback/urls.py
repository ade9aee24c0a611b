from django.urls import path

from feedback.views import asking, evaluations, notes, rounds

app_name = "feedback"

NOTES = [
    path("plans/<slug:slug>/feedback/", notes.ledger, name="ledger"),
    path("notes/new/<str:target>/<int:pk>/", notes.note_create, name="note_create"),
    path("notes/<int:pk>/", notes.note, name="note"),
    path("sessions/<slug:slug>/ask/", asking.ask, name="ask"),
    path("notes/<int:pk>/edit/", notes.note_edit, name="note_edit"),
    path("notes/<int:pk>/withdraw/", notes.note_withdraw, name="note_withdraw"),
    path("notes/<int:pk>/answer/", notes.note_answer, name="note_answer"),
    path("notes/<int:pk>/settle/", notes.note_settle, name="note_settle"),
    path("answers/<int:pk>/changed/", notes.answer_changed, name="answer_changed"),
]

ROUNDS = [
    path("plans/<slug:slug>/evaluations/", rounds.rounds, name="rounds"),
    path("plans/<slug:slug>/evaluations/new/", rounds.round_create, name="round_create"),
    path("plans/<slug:slug>/evaluations/<int:number>/", rounds.round, name="round"),
    path("plans/<slug:slug>/evaluations/<int:number>/evaluate/", evaluations.evaluate, name="evaluate"),
    path("plans/<slug:slug>/evaluations/<int:number>/draft/", evaluations.draft, name="draft"),
    path("plans/<slug:slug>/evaluations/<int:number>/submit/", evaluations.submit, name="submit"),
    path("plans/<slug:slug>/evaluations/<int:number>/conflict/", evaluations.conflict, name="conflict"),
    path("plans/<slug:slug>/evaluations/<int:number>/remind/", rounds.remind, name="remind"),
    path("plans/<slug:slug>/evaluations/<int:number>/close/", rounds.close, name="close"),
    path("plans/<slug:slug>/evaluations/<int:number>/days/", rounds.days, name="days"),
    path("plans/<slug:slug>/evaluations/<int:number>/reopen/", rounds.reopen, name="reopen"),
    path("plans/<slug:slug>/evaluations/<int:number>/cancel/", rounds.cancel, name="cancel"),
    path("plans/<slug:slug>/evaluations/<int:number>/publish/", rounds.publish, name="publish"),
    path("plans/<slug:slug>/evaluations/<int:number>/reply/", rounds.reply, name="reply"),
    path("plans/<slug:slug>/evaluations/<int:number>/ready/", rounds.finish_replies, name="finish_replies"),
]

urlpatterns = [*NOTES, *ROUNDS]
