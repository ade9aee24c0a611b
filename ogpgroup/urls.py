"""All addresses (design: section 7)."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from cities import admin
from cities.views import accounts
from ogpgroup import health
from ogpgroup.views import calendars, desk, files, offline, outbox, outbox_csv, public, reader, succession, withholdings

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("offline/", offline.offline, name="offline"),
    path("queue/", offline.queue_ticket, name="queue_ticket"),
    path("language/", reader.set_language, name="set_language"),
    path("zone/", reader.set_zone, name="set_zone"),
    path("privacy/", accounts.privacy, name="privacy"),
    path("accounts/profile/", accounts.account_profile, name="account_profile"),
    path("accounts/invitation/<str:token>/", accounts.account_invitation, name="account_invitation"),
    path("accounts/invitation/<str:token>/accept/", accounts.invitation_accept, name="invitation_accept"),
    path("accounts/calendars/", calendars.my_calendars, name="my_calendars"),
    path("accounts/calendars/<int:pk>/edit/", calendars.edit, name="my_calendar_edit"),
    path("accounts/calendars/<int:pk>/revoke/", calendars.revoke, name="my_calendar_revoke"),
    path("calendar/<str:token>.ics", calendars.own_calendar_ics, name="own_calendar"),
    path("accounts/", include("allauth.urls")),
    path("coordination/memberships/<int:pk>/end/", succession.end_membership, name="end_membership"),
    path("files/<uuid:uuid>/<str:name>", files.file, name="file"),
    path("", public.home, name="home"),
    path("desk/", desk.desk, name="desk"),
    path("coordination/", desk.coordination, name="coordination"),
    path("coordination/outbox/", outbox.outbox, name="outbox"),
    path("coordination/outbox.csv", outbox_csv.outbox_csv, name="outbox_csv"),
    path("coordination/outbox/release/", outbox.outbox_release_parked, name="outbox_release_parked"),
    path("coordination/outbox/retry/", outbox.outbox_retry_all, name="outbox_retry_all"),
    path("coordination/outbox/dismiss/", outbox.outbox_dismiss_all, name="outbox_dismiss_all"),
    path("coordination/outbox/addresses/<int:pk>/", outbox.outbox_try_address, name="outbox_try_address"),
    path("coordination/outbox/<int:pk>/", outbox.outbox_detail, name="outbox_detail"),
    path("coordination/outbox/<int:pk>/html/", outbox.outbox_html, name="outbox_html"),
    path("coordination/outbox/<int:pk>/dismiss/", outbox.outbox_dismiss, name="outbox_dismiss"),
    path("coordination/outbox/<int:pk>/release/", outbox.outbox_release, name="outbox_release"),
    path("coordination/outbox/<int:pk>/retry/", outbox.outbox_retry, name="outbox_retry"),
    path("coordination/outbox/<int:pk>/withdraw/", outbox.outbox_withdraw, name="outbox_withdraw"),
    path("coordination/withheld/", withholdings.withheld, name="withheld"),
    path("coordination/withheld/<int:pk>/lift/", withholdings.withholding_lift, name="withholding_lift"),
    path("coordination/withhold/<str:kind>/<int:pk>/", withholdings.withhold, name="withhold"),
    path("unsubscribe/<str:token>/", public.unsubscribe, name="unsubscribe"),
    path("", include("cities.urls")),
    path("", include("actionplans.urls")),
    path("", include("workshops.urls")),
    path("", include("feedback.urls")),
]

if settings.ADMIN_ENABLED:
    urlpatterns.append(path("admin/", admin.site.urls))
