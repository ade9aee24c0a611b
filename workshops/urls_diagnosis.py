"""Addresses of what a hall does with the notes of its tables: the wall, themes, votes, the diagnosis."""

from django.urls import URLPattern, path

from workshops.views import diagnoses, diagnosis_sheets, themes, votes, voting, walls

diagnosis_urls: list[URLPattern] = [
    path("sessions/<slug:slug>/wall/", walls.wall, name="wall"),
    path("sessions/<slug:slug>/wall/control/", walls.wall_control, name="wall_control"),
    path("sessions/<slug:slug>/wall/timer/", walls.wall_timer, name="wall_timer"),
    path("sessions/<slug:slug>/wall/freeze/", walls.wall_freeze, name="wall_freeze"),
    path("sessions/<slug:slug>/wall/open/", walls.wall_open, name="wall_open"),
    path("wall/<str:token>/<slug:language>/", walls.wall_now, name="wall_now"),
    path("sessions/<slug:slug>/themes/", themes.themes, name="themes"),
    path("sessions/<slug:slug>/themes/group/", themes.theme_group, name="theme_group"),
    path("sessions/<slug:slug>/themes/undo/", themes.theme_undo, name="theme_undo"),
    path("sessions/<slug:slug>/themes/duplicates/", themes.theme_duplicates, name="theme_duplicates"),
    path("sessions/<slug:slug>/themes/<int:pk>/", themes.theme, name="theme"),
    path("sessions/<slug:slug>/themes/<int:pk>/rename/", themes.theme_rename, name="theme_rename"),
    path("sessions/<slug:slug>/themes/<int:pk>/merge/", themes.theme_merge, name="theme_merge"),
    path("sessions/<slug:slug>/themes/<int:pk>/dissolve/", themes.theme_dissolve, name="theme_dissolve"),
    path("sessions/<slug:slug>/votes/", votes.votes, name="votes"),
    path("sessions/<slug:slug>/votes/<int:number>/close/", votes.vote_close, name="vote_close"),
    path("sessions/<slug:slug>/votes/<int:number>/reopen/", votes.vote_reopen, name="vote_reopen"),
    path("sessions/<slug:slug>/votes/<int:number>/reveal/", votes.vote_reveal, name="vote_reveal"),
    path("sessions/<slug:slug>/votes/<int:number>/hands/", votes.vote_hands, name="vote_hands"),
    path("vote/<slug:code>/", voting.vote, name="vote"),
    path("vote/<slug:code>/who/", voting.vote_who, name="vote_who"),
    path("sessions/<slug:slug>/diagnosis/", diagnoses.diagnosis, name="diagnosis"),
    path("sessions/<slug:slug>/diagnosis/edit/", diagnoses.diagnosis_edit, name="diagnosis_edit"),
    path("sessions/<slug:slug>/diagnosis/edit/<int:pk>/", diagnoses.diagnosis_statement, name="diagnosis_statement"),
    path("sessions/<slug:slug>/diagnosis/publish/", diagnoses.diagnosis_publish, name="diagnosis_publish"),
    path("sessions/<slug:slug>/diagnosis/withdraw/", diagnoses.diagnosis_withdraw, name="diagnosis_withdraw"),
    path(
        "sessions/<slug:slug>/diagnosis/versions/<int:number>/", diagnoses.diagnosis_version, name="diagnosis_version"
    ),
    path("sessions/<slug:slug>/notes.<sheet:kind>", diagnosis_sheets.notes_sheet, name="notes_sheet"),
    path("sessions/<slug:slug>/themes.<sheet:kind>", diagnosis_sheets.themes_sheet, name="themes_sheet"),
    path("sessions/<slug:slug>/votes.<sheet:kind>", diagnosis_sheets.votes_sheet, name="votes_sheet"),
]
