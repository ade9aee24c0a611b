"""All addresses (design: section 7)."""

from django.urls import URLPattern, URLResolver, include, path

from ogpgroup import health
from ogpgroup.views import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/", include("allauth.urls")),
    path("", public.home, name="home"),
    path("unsubscribe/<str:token>/", public.unsubscribe, name="unsubscribe"),
    path("", include("workshops.urls")),
]
