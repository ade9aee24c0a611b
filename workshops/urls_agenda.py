"""Addresses of agendas and of what is handed out: coordinators write, presenters hand out, everybody reads."""

from django.urls import URLPattern, path

from workshops.views import agenda, materials

EDIT = "coordination/sessions/<slug:slug>/agenda/"
MATERIALS = "sessions/<slug:slug>/materials/"

agenda_urls: list[URLPattern] = [
    path(EDIT, agenda.agenda_edit, name="agenda_edit"),
    path(f"{EDIT}new/", agenda.agenda_item_create, name="agenda_item_create"),
    path(f"{EDIT}copy/", agenda.agenda_copy, name="agenda_copy"),
    path(f"{EDIT}publish/", agenda.agenda_publish, name="agenda_publish"),
    path(f"{EDIT}unpublish/", agenda.agenda_unpublish, name="agenda_unpublish"),
    path(f"{EDIT}<int:pk>/", agenda.agenda_item_edit, name="agenda_item_edit"),
    path(f"{EDIT}<int:pk>/move/", agenda.agenda_item_move, name="agenda_item_move"),
    path(f"{EDIT}<int:pk>/delete/", agenda.agenda_item_delete, name="agenda_item_delete"),
    path("sessions/<slug:slug>/agenda/", agenda.agenda, name="agenda"),
    path("sessions/<slug:slug>/agenda.pdf", agenda.agenda_pdf, name="agenda_pdf"),
    path(f"{MATERIALS}new/", materials.material_create, name="material_create"),
    path("sessions/<slug:slug>/agenda/<int:item>/hand-out/", materials.material_create, name="point_material_create"),
    path(f"{MATERIALS}<int:pk>/", materials.material_edit, name="material_edit"),
    path(f"{MATERIALS}<int:pk>/withdraw/", materials.material_withdraw, name="material_withdraw"),
]
