"""Addresses of plans: what everybody reads, and what their cities and coordinators do."""

from django.urls import path

from actionplans.views import files, plans

app_name = "actionplans"

urlpatterns = [
    path("plans/", plans.index, name="index"),
    path("plans/<slug:slug>/", plans.detail, name="detail"),
    path("plans/<slug:slug>/edit/", plans.edit, name="edit"),
    path("plans/<slug:slug>/publish/", plans.publish, name="publish"),
    path("plans/<slug:slug>/deliverables/new/", plans.deliverable_create, name="deliverable_create"),
    path("files/<uuid:uuid>/<str:name>", files.file, name="file"),
    path("cycles/<slug:slug>/fellow/", plans.fellow, name="fellow"),
    path("cycles/<slug:slug>/plans/new/", plans.create, name="create"),
]
