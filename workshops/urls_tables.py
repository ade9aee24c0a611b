"""Addresses of work tables: coordinators arrange them and give out places, rapporteurs write there."""

from django.urls import URLPattern, path

from workshops.views import attendance_queue, table_notes, tables

COORDINATION = "coordination/sessions/<slug:slug>/tables/"
TABLE = "sessions/<slug:slug>/tables/<int:number>/"

table_urls: list[URLPattern] = [
    path(
        "coordination/sessions/<slug:slug>/attendance/queue/",
        attendance_queue.attendance_queue,
        name="attendance_queue",
    ),
    path(COORDINATION, tables.tables, name="tables"),
    path(f"{COORDINATION}new/", tables.table_create, name="table_create"),
    path(f"{COORDINATION}draw/", tables.tables_draw, name="tables_draw"),
    path(f"{COORDINATION}lists/", tables.table_lists, name="table_lists"),
    path(f"{COORDINATION}seat/<int:pk>/", tables.seat, name="seat"),
    path(f"{COORDINATION}<int:number>/edit/", tables.table_edit, name="table_edit"),
    path(f"{COORDINATION}<int:number>/remove/", tables.table_remove, name="table_remove"),
    path(TABLE, table_notes.table, name="table"),
    path(f"{TABLE}notes/", table_notes.table_notes, name="table_notes"),
    path(f"{TABLE}notes/<int:pk>/", table_notes.table_note, name="table_note"),
    path(f"{TABLE}notes/<int:pk>/mark/", table_notes.table_note_mark, name="table_note_mark"),
    path(f"{TABLE}paper/", table_notes.table_paper, name="table_paper"),
]
