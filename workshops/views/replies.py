"""Mails that came to the address for replies and that nobody could use; coordinators look at them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cities.access import coordinator_required
from ogpgroup.mail import database_now
from workshops import ical, itip
from workshops.actions import replies as actions
from workshops.models import ReceivedReply, Session
from workshops.views.answering import CHOICES

REPLIES_PER_PAGE = 25
MOST_TEXT = 1500


@dataclass(frozen=True)
class Shown:
    """A mail and the words in it, and the session it is about where we do not know of whom it is."""

    reply: ReceivedReply
    text: str
    session: Session | None


def _shown(replies: Iterable[ReceivedReply]) -> list[Shown]:
    uids = {reply.pk: ical.session_uid(reply.uid) for reply in replies if reply.participation is None}
    named = Session.objects.filter(uid__in={uid for uid in uids.values() if uid}, current_version__isnull=False)
    sessions = {one.uid: one for one in named.select_related("current_version").defer("current_version__vevent")}

    def session_of(reply: ReceivedReply) -> Session | None:
        uid = uids.get(reply.pk)
        return sessions.get(uid) if uid else None

    return [Shown(one, itip.text_in(bytes(one.raw), most=MOST_TEXT), session_of(one)) for one in replies]


@coordinator_required
@require_safe
def replies(request: HttpRequest) -> HttpResponse:
    """What waits for a coordinator, or, asked for, every mail that came."""
    everything = "all" in request.GET
    found = ReceivedReply.objects.all() if everything else ReceivedReply.objects.to_look_at()
    listed = found.select_related("participation__session__current_version", "participation__user", "settled_by")
    page = Paginator(listed.defer("participation__session__current_version__vevent"), REPLIES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    waiting = ReceivedReply.objects.to_look_at().count()
    context = {
        "page": page,
        "rows": _shown(page.object_list),
        "waiting": waiting,
        "last": ReceivedReply.objects.order_by("-pk").values_list("pk", flat=True).first(),
        "everything": everything,
        "choices": CHOICES,
        "tabs": [
            {"label": _("To look at (%(n)s)") % {"n": waiting}, "href": request.path, "current": not everything},
            {"label": _("All that came"), "href": f"{request.path}?all", "current": everything},
        ],
    }
    return render(request, "workshops/coordination/replies.html", context)


@coordinator_required
@require_POST
def reply_put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at one mail no more."""
    reply = get_object_or_404(ReceivedReply, pk=pk)
    actions.put_aside(
        ReceivedReply.objects.filter(pk=reply.pk),
        by=request.user,  # type: ignore[arg-type]
        now=database_now(),
    )
    messages.success(request, _("The mail is put aside; it stays on record."))
    return redirect("workshops:replies")


@coordinator_required
@require_POST
def replies_put_aside(request: HttpRequest) -> HttpResponse:
    """Look no more at all that wait now; what came after the page was drawn goes on waiting."""
    last = request.POST.get("last", "")
    found = ReceivedReply.objects.filter(pk__lte=int(last)) if last.isdecimal() and len(last) < 19 else None
    count = 0
    if found is not None:
        count = actions.put_aside(found, by=request.user, now=database_now())  # type: ignore[arg-type]
    messages.success(
        request,
        ngettext("%(count)s mail is put aside.", "%(count)s mails are put aside.", count) % {"count": count},
    )
    return redirect("workshops:replies")
