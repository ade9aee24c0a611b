"""Addresses of who came: coordinators at the door and at the desk, people who check in by themselves."""

from django.urls import URLPattern, path

from workshops.views import attendance, attendance_files, attendance_sheets, check_in

attendance_urls: list[URLPattern] = [
    path("coordination/sessions/<slug:slug>/attendance/", attendance.attendance, name="attendance"),
    path("coordination/sessions/<slug:slug>/attendance/<int:pk>/", attendance.mark_attendance, name="mark_attendance"),
    path("coordination/sessions/<slug:slug>/attendance/walk-in/", attendance.walk_in, name="walk_in"),
    path("coordination/sessions/<slug:slug>/attendance/known-person/", attendance.known_person, name="known_person"),
    path("coordination/sessions/<slug:slug>/attendance/rest-absent/", attendance.rest_absent, name="rest_absent"),
    path(
        "coordination/sessions/<slug:slug>/attendance/import/",
        attendance_sheets.attendance_import,
        name="attendance_import",
    ),
    path(
        "coordination/sessions/<slug:slug>/attendance.<sheet:kind>",
        attendance_files.attendance_file,
        name="attendance_file",
    ),
    path("sessions/<slug:slug>/attendance.<sheet:kind>", attendance_files.took_part_file, name="took_part_file"),
    path("coordination/sessions/<slug:slug>/sheet/", attendance.sheet, name="attendance_sheet"),
    path("coordination/sessions/<slug:slug>/door/", check_in.door, name="door"),
    path("check-in/<str:token>/", check_in.person_check_in, name="person_check_in"),
    path("in/<slug:code>/", check_in.short_check_in, name="short_check_in"),
    path("sessions/<slug:slug>/my-code/", check_in.my_code, name="my_code"),
    path("sessions/<slug:slug>/may-be-named/", check_in.may_be_named, name="may_be_named"),
    path("sessions/<slug:slug>/check-in/<slug:code>/", check_in.check_in, name="check_in"),
    path("join/<str:token>/", check_in.join_link, name="join_link"),
    path("sessions/<slug:slug>/join/", check_in.join, name="join"),
]
