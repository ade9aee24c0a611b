from django.urls import path

from cities.views import coordination, public

app_name = "cities"

urlpatterns = [
    path("cities/", public.index, name="index"),
    path("cities/<slug:slug>/", public.detail, name="detail"),
    path("organizations/", public.organization_index, name="organization_index"),
    path("organizations/<slug:slug>/", public.organization_detail, name="organization_detail"),
    path("cycles/", public.cycle_index, name="cycle_index"),
    path("cycles/<slug:slug>/", public.cycle_detail, name="cycle_detail"),
    path("coordination/invitations/", coordination.invitation_index, name="invitation_index"),
    path("coordination/invitations/new/", coordination.invitation_create, name="invitation_create"),
    path(
        "coordination/invitations/<int:pk>/send-again/",
        coordination.invitation_send_again,
        name="invitation_send_again",
    ),
    path("coordination/invitations/<int:pk>/withdraw/", coordination.invitation_withdraw, name="invitation_withdraw"),
    path("coordination/organizations/new/", coordination.organization_create, name="organization_create"),
    path("coordination/organizations/<slug:slug>/edit/", coordination.organization_edit, name="organization_edit"),
    path("coordination/organizations/<slug:slug>/group/", coordination.group_membership, name="group_membership"),
    path("coordination/organizations/<slug:slug>/people/", coordination.membership_index, name="membership_index"),
    path(
        "coordination/organizations/<slug:slug>/people/add/", coordination.membership_create, name="membership_create"
    ),
    path("coordination/memberships/<int:pk>/edit/", coordination.membership_edit, name="membership_edit"),
    path("coordination/cycles/new/", coordination.cycle_create, name="cycle_create"),
    path("coordination/cycles/<slug:slug>/edit/", coordination.cycle_edit, name="cycle_edit"),
]
