from django.urls import path

from actionplans import views

app_name = "actionplans"

urlpatterns = [
    path("plans/", views.index, name="index"),
    path("plans/<slug:slug>/", views.detail, name="detail"),
    path("plans/<slug:slug>/edit/", views.edit, name="edit"),
    path("plans/<slug:slug>/publish/", views.publish, name="publish"),
    path("plans/<slug:slug>/deliverables/new/", views.deliverable_create, name="deliverable_create"),
    path("cycles/<slug:slug>/fellow/", views.fellow, name="fellow"),
    path("cycles/<slug:slug>/plans/new/", views.create, name="create"),
]
