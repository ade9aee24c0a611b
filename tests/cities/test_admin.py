"""Django's admin: absent by default; where it is on, it only looks."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import path

from cities import admin
from cities.models import City
from ogpgroup import urls
from ogpgroup.models import User

urlpatterns = [*urls.urlpatterns, path("admin/", admin.site.urls)]


def test_admin_is_not_there(client: Client, coordinator: User) -> None:
    User.objects.filter(pk=coordinator.pk).update(is_staff=True, is_superuser=True)
    client.force_login(coordinator)

    assert client.get("/admin/").status_code == 404


@pytest.fixture
def admin_on(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.cities.test_admin"


@pytest.mark.usefixtures("admin_on")
def test_admin_signs_nobody_in_itself(client: Client, member: User) -> None:
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    assert client.post("/admin/login/", {"username": member.email, "password": "x"})["Location"].startswith(
        "/accounts/login/"
    )


@pytest.mark.usefixtures("admin_on")
def test_admin_is_not_for_people_without_the_mark(client: Client, coordinator: User) -> None:
    client.force_login(coordinator)

    assert client.get("/admin/", follow=True).status_code == 404


@pytest.mark.usefixtures("admin_on")
def test_admin_shows_and_changes_nothing(client: Client, member: User, reynosa: City) -> None:
    User.objects.filter(pk=member.pk).update(is_staff=True, is_superuser=True)
    client.force_login(member)

    page = client.get(f"/admin/cities/city/{reynosa.pk}/change/")
    posted = client.post(f"/admin/cities/city/{reynosa.pk}/change/", {"name": "Otra"})
    person = client.get(f"/admin/ogpgroup/user/{member.pk}/change/").content.decode()

    assert page.status_code == 200
    assert posted.status_code == 403
    assert client.post("/admin/cities/city/add/", {}).status_code == 403
    assert client.post(f"/admin/cities/city/{reynosa.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "md5" not in person
    reynosa.refresh_from_db()
    assert reynosa.name == "Reynosa"


def test_strangers_have_no_permission() -> None:
    request = RequestFactory().get("/admin/")
    request.user = AnonymousUser()

    assert not admin.site.has_permission(request)
