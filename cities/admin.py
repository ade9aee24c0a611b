"""Django's admin, to look only: it knows neither our actions nor second factors. Off unless ADMIN=1."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from cities.models import AccountInvitation, City, Cycle, GroupMembership, Membership, Organization
from ogpgroup.models import User


class ReadOnlySite(admin.AdminSite):
    """Behind our own sign-in, with its limits and second factor."""

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise Http404  # signed in, but not of those who may look
        return redirect_to_login(request.GET.get("next") or request.get_full_path())


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class UserAdmin(ReadOnlyAdmin):
    exclude = ("password", "user_permissions", "groups")
    list_display = ("name", "email", "is_active", "joined_at")
    search_fields = ("name", "email")


site = ReadOnlySite(name="admin")
site.register([City, Organization, GroupMembership, Membership, AccountInvitation, Cycle], ReadOnlyAdmin)
site.register(User, UserAdmin)
