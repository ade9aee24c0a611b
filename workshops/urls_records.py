"""Addresses of what a session leaves behind: agreements, minutes, the report, photos."""

from django.urls import URLPattern, path

from workshops.views import agreements, memoria, minutes, photos

records_urls: list[URLPattern] = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements.<sheet:kind>", agreements.agreements_sheet, name="agreements_sheet"),
    path("sessions/<slug:slug>/agreements/new/", agreements.agreement_create, name="agreement_create"),
    path("sessions/<slug:slug>/agreements/import/", agreements.agreements_import, name="agreements_import"),
    path("sessions/<slug:slug>/agreements/<int:number>/", agreements.agreement_detail, name="agreement_detail"),
    path("sessions/<slug:slug>/agreements/<int:number>/edit/", agreements.agreement_edit, name="agreement_edit"),
    path("sessions/<slug:slug>/agreements/<int:number>/news/", agreements.agreement_tell, name="agreement_tell"),
    path("sessions/<slug:slug>/agreements/<int:number>/choice/", agreements.agreement_choose, name="agreement_choose"),
    path("sessions/<slug:slug>/memoria/", memoria.memoria, name="memoria"),
    path("sessions/<slug:slug>/memoria.pdf", memoria.memoria_pdf, name="memoria_pdf"),
    path("sessions/<slug:slug>/photos/", photos.photos, name="photos"),
    path("sessions/<slug:slug>/photos/add/", photos.photos_add, name="photos_add"),
    path("sessions/<slug:slug>/photos/describe/", photos.photos_describe, name="photos_describe"),
    path("sessions/<slug:slug>/photos/<int:pk>/", photos.photo_edit, name="photo_edit"),
    path("sessions/<slug:slug>/photos/<int:pk>/ask/", photos.photo_ask, name="photo_ask"),
    path("sessions/<slug:slug>/photos/<int:pk>/keep/", photos.photo_keep, name="photo_keep"),
    path("sessions/<slug:slug>/photos/<int:pk>/remove/", photos.photo_remove, name="photo_remove"),
    path("sessions/<slug:slug>/minutes/", minutes.minutes, name="minutes"),
    path("sessions/<slug:slug>/minutes.docx", minutes.minutes_docx, name="minutes_docx"),
    path("sessions/<slug:slug>/minutes.pdf", minutes.minutes_pdf, name="minutes_pdf"),
    path("sessions/<slug:slug>/minutes/draft/", minutes.minutes_draft, name="minutes_draft"),
    path("sessions/<slug:slug>/minutes/open/", minutes.minutes_open, name="minutes_open"),
    path("sessions/<slug:slug>/minutes/take-back/", minutes.minutes_take_back, name="minutes_take_back"),
    path("sessions/<slug:slug>/minutes/approve/", minutes.minutes_approve, name="minutes_approve"),
    path("sessions/<slug:slug>/minutes/rapporteur/", minutes.minutes_rapporteur, name="minutes_rapporteur"),
    path("sessions/<slug:slug>/minutes/sections/new/", minutes.section_add, name="section_add"),
    path("sessions/<slug:slug>/minutes/sections/<int:pk>/", minutes.section_edit, name="section_edit"),
    path("sessions/<slug:slug>/minutes/sections/<int:pk>/keep/", minutes.section_keep, name="section_keep"),
    path("sessions/<slug:slug>/minutes/sections/<int:pk>/refresh/", minutes.section_refresh, name="section_refresh"),
    path("sessions/<slug:slug>/minutes/corrections/", minutes.minutes_correct, name="minutes_correct"),
    path("sessions/<slug:slug>/minutes/corrections/<int:pk>/", minutes.correction_decide, name="correction_decide"),
]
