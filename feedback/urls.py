from django.urls import URLPattern, path

from feedback.views import notes

app_name = "feedback"

NOTES = [
    path("plans/<slug:slug>/feedback/", notes.ledger, name="ledger"),
    path("notes/new/<str:target>/<int:pk>/", notes.note_create, name="note_create"),
    path("notes/<int:pk>/", notes.note, name="note"),
    path("notes/<int:pk>/edit/", notes.note_edit, name="note_edit"),
    path("notes/<int:pk>/withdraw/", notes.note_withdraw, name="note_withdraw"),
    path("notes/<int:pk>/answer/", notes.note_answer, name="note_answer"),
    path("notes/<int:pk>/settle/", notes.note_settle, name="note_settle"),
    path("answers/<int:pk>/changed/", notes.answer_changed, name="answer_changed"),
]

ROUNDS: list[URLPattern] = []

urlpatterns = [*NOTES, *ROUNDS]
