"""The outbox: what went out, to whom, what the server said, and what a coordinator can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as render_page
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from django_filters.filters import CharFilter, ChoiceFilter, NumberFilter
from django_filters.filterset import FilterSet

from cities.access import coordinator_required
from feedback.models import Note
from ogpgroup import forecast, htmx, mail, mailings
from ogpgroup.errors import ActionNotPossible
from ogpgroup.mail import database_now
from ogpgroup.models import OutgoingMail, OutgoingMailQuerySet, RefusedAddress, User
from workshops.models import AgendaItem, Minutes, SessionVersion
from workshops.reports import telling

Status = OutgoingMail.Status
KIND_LABELS: dict[str, str | Promise] = {kind.name: kind.label or kind.name for kind in mailings.KINDS}
ROWS_PER_PAGE = 50
WARM = {Status.FAILED, Status.UNKNOWN, Status.MISSED, Status.PARKED, Status.BOUNCED}
SENT_AGAIN_AT_ONCE = {str(Status.FAILED), str(Status.MISSED)}
WHAT_IT_MEANS: dict[str, Promise] = {
    Status.QUEUED: _("It goes when it is due, or with the next try."),
    Status.SENDING: _("A sender has it at this moment."),
    Status.SENT: _("The mail server accepted it. Whether it was read, nobody can tell."),
    Status.FAILED: _("The mail server refused it for good. Check the address, then send it again."),
    Status.UNKNOWN: _("It may have arrived. Ask the person, then send it again or withdraw it."),
    Status.MISSED: _("It could not be sent in time. Sent now, it goes out only if what it says is still true."),
    Status.WITHDRAWN: _("It was taken back before it went."),
    Status.PARKED: _("It fell due before a backup was restored and may have gone already; it waits for your decision."),
    Status.BOUNCED: _("The mail server of the person returned it."),
}
# A mail is shown in a frame of its own: no script, nothing from elsewhere, and its links lead nowhere.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


def mails_with_subjects() -> QuerySet[OutgoingMail]:
    """Mails without their texts, each with `subject_line`: its own once it is written, until then its session's name.

    That of a mail about an account may hold a code: it is left out. `release_number` is that of the version that a mail
    about a session tells of; a number that no version bears was raised for one person, and the one before it counts.
    """
    told = SessionVersion.objects.filter(session=OuterRef("subject_id"), sequence__lte=OuterRef("subject_version"))
    number = told.order_by("-sequence").values("release__number")[:1]
    title = SessionVersion.objects.current().filter(session=OuterRef("subject_id")).values("title")[:1]
    subject_line = Case(
        When(priority=OutgoingMail.Priority.ACCOUNT, then=Value("")),
        When(headline="", subject_type="session", then=Subquery(title)),
        default="headline",
    )
    mails = OutgoingMail.objects.select_related("user").defer("rendered")
    release_number = Case(When(subject_type="session", then=Subquery(number)))
    return mails.annotate(subject_line=subject_line, release_number=release_number)


class OutboxFilter(FilterSet):
    """Status, kind, person, subject line, put aside or not; and, by a link from its page, one session."""

    person = CharFilter(label=_("Person"), method="to_person", max_length=100)
    headline = CharFilter(
        label=_("Subject"), field_name="subject_line", lookup_expr="unaccent__icontains", max_length=100
    )
    kind = ChoiceFilter(label=_("Kind"), choices=list(KIND_LABELS.items()), empty_label=_("All kinds"))
    seen = ChoiceFilter(
        label=_("Put aside"),
        choices=[("no", _("Not put aside")), ("yes", _("Put aside"))],
        empty_label=_("All mails"),
        method="put_aside",
    )
    status = ChoiceFilter(choices=Status.choices, widget=forms.HiddenInput())
    session = NumberFilter(method="about_session", widget=forms.HiddenInput(), max_value=2**31)

    class Meta:
        model = OutgoingMail
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any) -> None:
        super().__init__(data, queryset=mails_with_subjects())  # type: ignore[no-untyped-call]  # django-filter ships no types

    def to_person(self, mails: QuerySet[OutgoingMail], name: str, text: str) -> QuerySet[OutgoingMail]:
        return mails.filter(Q(recipient__icontains=text) | Q(user__name__unaccent__icontains=text))

    def put_aside(self, mails: QuerySet[OutgoingMail], name: str, answer: str) -> QuerySet[OutgoingMail]:
        return mails.filter(dismissed_at__isnull=answer == "no")

    def about_session(self, mails: QuerySet[OutgoingMail], name: str, number: int) -> QuerySet[OutgoingMail]:
        """Also mails about its minutes, about a point of its agenda, and about what somebody wrote there.

        The ids are asked for first: so the mails are found by their index.
        """
        about = Q(subject_type="session", subject_id=number)
        parts: tuple[tuple[str, QuerySet[Any]], ...] = (
            ("workshops.minutes", Minutes.objects.filter(session=number)),
            ("agenda_item", AgendaItem.objects.filter(session=number)),
            ("feedback.note", Note.objects.filter(agenda_item__session=number)),
        )
        for subject, rows in parts:
            about |= Q(subject_type=subject, subject_id__in=list(rows.values_list("pk", flat=True)))
        return mails.filter(about)


@dataclass(frozen=True)
class Shown:
    """What a coordinator may read of a mail: account mails not at all, links that act for somebody cut short."""

    sender: str
    text: str
    html: str
    calendar: str


@coordinator_required
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    found = OutboxFilter(request.GET)
    page = Paginator(found.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    status = request.GET.get("status", "")
    context = {
        "filter": found,
        "page": page,
        "rows": [_row(one) for one in page],
        "tabs": _tabs(request.GET),
        "watch": mail.watch(),
        "refusing": RefusedAddress.objects.marked().select_related("user").order_by("user__name", "user_id"),
        "status": status,
        "ahead": partial(forecast.forecast, database_now()),  # asked by the whole page alone
        "can_send_all_again": status in SENT_AGAIN_AT_ONCE,
        "to_put_aside": found.qs.to_look_at().count() if status in OutgoingMail.DISMISSED_FROM else 0,
        "to_release": found.qs.filter(status=Status.PARKED).count() if status == Status.PARKED else 0,
        "totals": _totals(found),
        "query": request.GET.urlencode(),
    }
    return htmx.render(request, "ogpgroup/outbox.html", context, partial="rows")


@coordinator_required
@require_safe
def outbox_detail(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(mails_with_subjects().select_related("dismissed_by").defer(None), pk=pk)
    context = {"row": _row(one), "mail": one, "shown": _shown(one), "meaning": WHAT_IT_MEANS[one.status]}
    return render_page(request, "ogpgroup/outbox_detail.html", context)


@coordinator_required
@require_safe
@xframe_options_sameorigin
def outbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part alone, for the frame on the mail's page."""
    shown = _shown(get_object_or_404(OutgoingMail, pk=pk))
    if shown is None or not shown.html:
        raise Http404
    return HttpResponse(shown.html, headers={"Content-Security-Policy": MAIL_POLICY})


@coordinator_required
@require_POST
def outbox_retry(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(OutgoingMail.objects.defer("rendered"), pk=pk)
    mail.retry(one, by=_coordinator(request), now=database_now())
    messages.success(request, _("The mail is queued again."))
    return redirect("outbox_detail", pk=pk)


@coordinator_required
@require_POST
def outbox_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(OutgoingMail.objects.defer("rendered"), pk=pk)
    mail.withdraw_one(one, by=_coordinator(request))
    messages.success(request, _("The mail is withdrawn."))
    return redirect("outbox_detail", pk=pk)


@coordinator_required
@require_POST
def outbox_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(OutgoingMail.objects.defer("rendered"), pk=pk)
    if not mail.dismiss(OutgoingMail.objects.filter(pk=one.pk), by=_coordinator(request), now=database_now()):
        raise ActionNotPossible(_("This mail does not wait for anybody."))
    messages.success(request, _("The mail is put aside. It stays in the outbox."))
    return redirect("outbox_detail", pk=pk)


@coordinator_required
@require_POST
def outbox_dismiss_all(request: HttpRequest) -> HttpResponse:
    """Put aside all mails of a status that the list shows; after a day without a mail server that may be hundreds."""
    mails = _listed(request).filter(status=request.GET.get("status", ""))
    dismissed = mail.dismiss(mails, by=_coordinator(request), now=database_now())
    text = ngettext("%(count)s mail was put aside.", "%(count)s mails were put aside.", dismissed)
    messages.success(request, text % {"count": dismissed})
    return redirect("outbox")


@coordinator_required
@require_POST
def outbox_retry_all(request: HttpRequest) -> HttpResponse:
    """Queue again all mails of a status that the list shows: once a quota or a setting is mended that may be hundreds.

    Not those that a coordinator has put aside. What may have arrived, or came back, is looked at one by one.
    """
    wanted = {request.GET.get("status", "")} & SENT_AGAIN_AT_ONCE
    mails = _listed(request).filter(status__in=wanted).to_look_at()
    queued = mail.retry_all(mails, by=_coordinator(request), now=database_now())
    text = ngettext("%(count)s mail is queued again.", "%(count)s mails are queued again.", queued)
    messages.success(request, text % {"count": queued})
    return redirect("outbox")


@coordinator_required
@require_POST
def outbox_try_address(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    mail.try_address_again(person, by=_coordinator(request))
    messages.success(request, _("Mail to this address is tried again."))
    return redirect("outbox")


@coordinator_required
@require_POST
def outbox_release(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(OutgoingMail.objects.defer("rendered"), pk=pk)
    if not mail.release_parked(OutgoingMail.objects.filter(pk=one.pk), by=_coordinator(request)):
        raise ActionNotPossible(_("This mail is not held."))
    messages.success(request, _("The mail is released."))
    return redirect("outbox_detail", pk=pk)


@coordinator_required
@require_POST
def outbox_release_parked(request: HttpRequest) -> HttpResponse:
    """Let all held mails go that the list shows; all there are where nothing is filtered."""
    released = mail.release_parked(_listed(request), by=_coordinator(request))
    text = ngettext("%(count)s held mail was released.", "%(count)s held mails were released.", released)
    messages.success(request, text % {"count": released})
    return redirect("outbox")


def _listed(request: HttpRequest) -> OutgoingMailQuerySet:
    """The mails that the filter in the address finds; none where it cannot be read: a wrong one must not mean all."""
    found = OutboxFilter(request.GET)
    return found.qs.select_related(None).order_by() if found.form.is_valid() else OutgoingMail.objects.none()


def _totals(found: OutboxFilter) -> telling.Totals | None:
    """Of one session, where the list is of one."""
    session = found.form.cleaned_data.get("session") if found.form.is_valid() else None
    return telling.totals(int(session)) if session else None


def _coordinator(request: HttpRequest) -> User:
    assert request.user.is_authenticated  # coordinator_required saw to it
    return request.user


def _row(one: OutgoingMail) -> dict[str, Any]:
    kind = KIND_LABELS.get(one.kind, one.kind)
    is_warm = one.status in WARM and one.dismissed_at is None
    title = one.subject_line or kind  # type: ignore[attr-defined]  # an annotation
    return {"mail": one, "kind": kind, "title": title, "style": "warm" if is_warm else ""}


def _tabs(given: QueryDict) -> Sequence[dict[str, Any]]:
    """One tab for each status that occurs in what is filtered, with its number, in the order of a mail's life."""
    chosen = given.get("status", "")
    rest = given.copy()
    for name in ("page", "status"):
        rest.pop(name, None)
    counts = dict(OutboxFilter(rest).qs.order_by().values_list("status").annotate(Count("pk")))

    def tab(value: str, label: str | Promise, number: int) -> dict[str, Any]:
        query = rest.copy()
        if value:
            query["status"] = value
        return {"href": f"?{query.urlencode()}", "label": f"{label}: {number}", "current": value == chosen}

    shown = [(status, counts.get(status.value, 0)) for status in Status]
    return [
        tab("", _("All mails"), sum(counts.values())),
        *(tab(status.value, status.label, number) for status, number in shown if number or status.value == chosen),
    ]


def _shown(one: OutgoingMail) -> Shown | None:
    if one.is_account_mail or not one.rendered:
        return None
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(bytes(one.rendered))
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    return Shown(
        sender=str(message["From"]),
        text=mail.mask_links(parts.get("text/plain", "")),
        html=mail.mask_links(parts.get("text/html", "")),
        calendar=mail.mask_links(parts.get("text/calendar", "")),
    )
