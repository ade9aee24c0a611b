"""Addresses of what a session leaves behind: agreements, minutes, the report, photos."""

from django.urls import URLPattern, path

from workshops.views import agreements

records_urls: list[URLPattern] = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements.<sheet:kind>", agreements.agreements_sheet, name="agreements_sheet"),
    path("sessions/<slug:slug>/agreements/new/", agreements.agreement_create, name="agreement_create"),
    path("sessions/<slug:slug>/agreements/import/", agreements.agreements_import, name="agreements_import"),
    path("sessions/<slug:slug>/agreements/<int:number>/", agreements.agreement_detail, name="agreement_detail"),
    path("sessions/<slug:slug>/agreements/<int:number>/edit/", agreements.agreement_edit, name="agreement_edit"),
    path("sessions/<slug:slug>/agreements/<int:number>/news/", agreements.agreement_tell, name="agreement_tell"),
    path("sessions/<slug:slug>/agreements/<int:number>/choice/", agreements.agreement_choose, name="agreement_choose"),
]
