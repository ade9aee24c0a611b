"""What the mails about sessions say. One body per version, language and zone; only the person's parts are filled in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from ogpgroup import dates, mail
from ogpgroup.models import OutgoingMail, User
from workshops import answer_links, duties, ical, join_links, letters_of_agendas, news, seating, told
from workshops.models import Participation, SessionVersion
from workshops.models.seats import seats_of, ways_to_come

# Stands where the person's own link comes; no template or title can contain it.
OWN_LINK = "\ue000own-link\ue000"

NOTE_IS_NEWS = timedelta(days=1)  # after the release, whatever its mails wait for
BODIES_KEPT = 200  # some megabytes
_bodies: dict[Any, mail.Parts] = {}

PARTSTAT = {
    Participation.Answer.NONE: "NEEDS-ACTION",
    Participation.Answer.YES: "ACCEPTED",
    Participation.Answer.MAYBE: "TENTATIVE",
    Participation.Answer.NO: "DECLINED",
}


@dataclass(frozen=True)
class Letter:
    """One mail about to be written: the row, the version it is about, who reads it, and their part in the session."""

    mail: OutgoingMail
    version: SessionVersion
    user: User
    participation: Participation

    @property
    def join_url(self) -> str:
        """For those expected who have a place, where places are counted; not for who comes at their own wish."""
        may_join = self.participation.expected and self.participation.has_place_on_line(self.version)
        return self.version.join_url if may_join and self.version.is_planned else ""

    @property
    def note(self) -> str:
        """What coordinators wrote to the release, in the mails that it caused: who joins later knows of no change.

        Nor does who is no longer expected: what is new may be for others alone.
        """
        release, caused = self.version.release, set(told.OF_A_RELEASE) - {told.UNINVITATION}
        is_of_release = self.mail.kind in caused and self.mail.due < release.released_at + NOTE_IS_NEWS
        return release.note if is_of_release else ""


type Extra = Callable[[Letter, datetime], dict[str, Any]]


def addressed(mails: Sequence[OutgoingMail]) -> list[Letter]:
    """The batch with all it needs, in three queries; mails whose session or person is gone are left out."""
    session_ids, user_ids = {one.subject_id for one in mails}, {one.user_id for one in mails if one.user_id}
    current = (
        SessionVersion.objects.current()
        .filter(session__in=session_ids)
        .select_related("session", "previous", "release")
    )
    versions = {version.session_id: version for version in current}
    users = User.objects.in_bulk(list(user_ids))
    participations = {
        (one.session_id, one.user_id): one
        for one in Participation.objects.filter(session__in=session_ids, user__in=user_ids).select_related(
            "delegated_by__user"
        )
    }
    nobody = Participation(expected=False)
    return [
        Letter(
            one,
            versions[one.subject_id],
            users[one.user_id],
            participations.get((one.subject_id, one.user_id), nobody),
        )
        for one in mails
        if one.subject_id in versions and one.user_id in users
    ]


def write(
    mails: Sequence[OutgoingMail],
    now: datetime,
    *,
    template: str,
    method: str,
    rsvp: bool = False,
    with_unsubscribe: bool = False,
    extra: Extra | None = None,
) -> dict[int, mail.Rendered]:
    """Render a batch of one kind; bodies are shared by all who read the same words."""
    rendered = {}
    for letter in addressed(mails):
        parts = parts_of(template, letter, more_of(letter, now, extra))
        url = mail.unsubscribe_url(letter.user.pk) if with_unsubscribe else ""
        own = {OWN_LINK: url, **_own_links(parts.text, letter)}
        calendar = ical.invitation(
            letter.version,
            method=method,
            email=letter.user.email,
            name=letter.user.name,
            partstat=partstat_of(letter.participation),
            rsvp=rsvp and letter.version.is_planned,
            join_url=letter.join_url,
            least_sequence=letter.participation.calendar_sequence,
            now=now,
        )
        content = mail.compose(
            mail=letter.mail,
            subject=parts.subject,
            text=_filled(parts.text, own),
            html=_filled(parts.html, {mark: escape(link) for mark, link in own.items()}),
            calendar=calendar,
            calendar_method=method,
            unsubscribe_url=url or None,
        )
        rendered[letter.mail.pk] = mail.Rendered(headline=parts.subject, content=content)
    return rendered


def shown(letter: Letter, now: datetime, *, template: str, extra: Extra | None = None) -> mail.Parts:
    """The words of a mail that is not queued yet, its version perhaps not published; personal links are cut short."""
    context = _context(letter, more_of(letter, now, extra))
    parts = mail.render_parts(f"workshops/emails/{template}.html", context, letter.user.language, with_html=False)
    own = {OWN_LINK: mail.unsubscribe_url(0), **_own_links(parts.text, letter)}
    return replace(parts, text=mail.mask_links(_filled(parts.text, own)))


def more_of(letter: Letter, now: datetime, extra: Extra | None) -> dict[str, Any]:
    """What the words say beyond the facts of the version."""
    with override(letter.user.language):
        more = extra(letter, now) if extra else {}
    return more | {"join_url": join_links.MARK if letter.join_url else "", "note": letter.note}


def partstat_of(participation: Participation) -> str:
    """A yes without a seat is tentative: a calendar must not say that somebody comes who cannot."""
    return "TENTATIVE" if participation.lacks_seat else PARTSTAT[Participation.Answer(participation.answer)]


def kept_until(letter: Letter) -> str:
    """When the offer of a seat ends, by the reader's clock; nothing where none is offered."""
    until = letter.participation.offered_until
    return dates.spoken_instant(until, letter.user.time_zone, letter.user.language) if until else ""


def parts_of(template: str, letter: Letter, more: dict[str, Any]) -> mail.Parts:
    """The words of a mail, rendered once for all who read the same, be they in this batch or in one of the next."""
    version, user = letter.version, letter.user
    # The entry of the calendar holds what is published: another text under the number of a version cannot come up.
    shared_by = (template, version.pk, bytes(version.vevent), user.language, user.time_zone, repr(sorted(more.items())))
    if (parts := _bodies.get(shared_by)) is None:
        if len(_bodies) >= BODIES_KEPT:
            _bodies.clear()
        parts = mail.render_parts(f"workshops/emails/{template}.html", _context(letter, more), user.language)
        _bodies[shared_by] = parts
    return parts


def _own_links(text: str, letter: Letter) -> dict[str, str]:
    """The links by which this person answers and joins, each by what stands for it in the shared words."""
    return {
        mark: link
        for links in (answer_links, join_links)
        if links.asks(text)
        for mark, link in links.links(letter.participation, letter.version).items()
    }


def _filled(text: str, own: Mapping[str, str]) -> str:
    """The words that many share with the person's own links in their places."""
    for mark, link in own.items():
        text = text.replace(mark, link)
    return text


def _context(letter: Letter, more: dict[str, Any]) -> dict[str, Any]:
    version, language, zone = letter.version, letter.user.language, letter.user.time_zone
    here = _when(version, zone, language)
    there = _when(version, version.time_zone, language)
    return {
        "version": version,
        "title": ical.summary_of(version),
        "when": here,
        "at": f"{here.day} {here.hours}".strip(),
        # The hour where the session is held, beside the reader's own, only where it is another one.
        "there": there if version.has_hours and there.iso_start[11:16] != here.iso_start[11:16] else None,
        "link": settings.PUBLIC_URL + version.get_absolute_url(),
        "own_link": OWN_LINK,
        "answer_links": list(answer_links.marks()),
        "is_limited": any(seats_of(version, way) is not None for way in ways_to_come(version)),
        **more,
    }


def _when(version: SessionVersion, zone: str, language: str) -> dates.When:
    return dates.when(
        day=version.day, starts_at=version.starts_at, ends_at=version.ends_at, zone=zone, language=language
    )


def _nearness(letter: Letter, now: datetime) -> dict[str, Any]:
    """Today, tomorrow, or nothing: relative words stand only beside the date."""
    if letter.version.has_hours:
        zone = dates.zone_info(letter.user.time_zone)
        first = letter.version.begins_at.astimezone(zone).date()
    else:
        zone, first = letter.version.zone, letter.version.local_day
    days = (first - now.astimezone(zone).date()).days
    return {"nearness": {0: _("Today"), 1: _("Tomorrow")}.get(days, "")}


def _changes_since_heard(mails: Sequence[OutgoingMail]) -> Extra:
    sessions, users = {one.subject_id for one in mails if one.subject_id}, {one.user_id for one in mails if one.user_id}
    return changes_since(told.heard(sessions, users))


def changes_since(heard: told.Heard) -> Extra:
    """What changed since each person was last told; see `news.since`."""

    def extra(letter: Letter, now: datetime) -> dict[str, Any]:
        asks_again = bool(letter.participation.earlier_answer) and letter.participation.answer == "none"
        return {**news.since(heard, letter.version, letter.user.pk), "asks_again": asks_again}

    return extra


def _duties(mails: Sequence[OutgoingMail], now: datetime) -> Callable[[Any, datetime], dict[str, Any]]:
    """How near the session is, and what the person does there."""
    sessions, users = {one.subject_id for one in mails if one.subject_id}, {one.user_id for one in mails if one.user_id}
    known = duties.duties(sessions, users, now=now)

    def extra(letter: Letter, at: datetime) -> dict[str, Any]:
        seat = seating.no_seat_yet(letter.participation, until=kept_until(letter))
        zone = letter.user.time_zone
        return {
            **_nearness(letter, at),
            "duties": known.sentences(letter.version, letter.user.pk, now=at, zone=zone, seat=seat),
        }

    return extra


def _agenda(mails: Sequence[OutgoingMail]) -> Extra:
    return agenda_of({one.subject_id for one in mails if one.subject_id})


def agenda_of(session_ids: Iterable[int]) -> Extra:
    """The agenda by the reader's clock, where it is published; two queries for all sessions."""
    items = letters_of_agendas.published_items(session_ids)
    kept: dict[tuple[int, str, str], list[letters_of_agendas.Line]] = {}

    def extra(letter: Letter, now: datetime) -> dict[str, Any]:
        session_id, zone, language = key = (letter.version.session_id, letter.user.time_zone, letter.user.language)
        if key not in kept:
            points = items.get(session_id, [])
            kept[key] = letters_of_agendas.lines(letter.version, points, zone=zone, language=language)
        return {"agenda": kept[key]}

    return extra


def _duties_and_agenda(mails: Sequence[OutgoingMail], now: datetime) -> Callable[[Any, datetime], dict[str, Any]]:
    own, common = _duties(mails, now), _agenda(mails)
    return lambda letter, at: own(letter, at) | common(letter, at)


def invitation(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """A person is expected at a session: what, when, where, why, and please answer."""
    agenda = _agenda(mails)

    def extra(letter: Letter, at: datetime) -> dict[str, Any]:
        seat = seating.no_seat_yet(letter.participation, until=kept_until(letter))
        return agenda(letter, at) | {"seat": seat, "comes_for": _comes_for(letter.participation)}

    return write(mails, now, template="invitation", method="REQUEST", rsvp=True, extra=extra)


def _comes_for(participation: Participation) -> str:
    """In whose place the person comes, if in anybody's."""
    sender = participation.delegated_by
    return str(sender.user) if sender is not None and sender.user is not None else ""


def without_entry(template: str, letter: Letter, more: dict[str, Any]) -> mail.Rendered:
    """News that leave the entry in the calendar as it is."""
    parts = parts_of(template, letter, more)
    content = mail.compose(mail=letter.mail, subject=parts.subject, text=parts.text, html=parts.html)
    return mail.Rendered(headline=parts.subject, content=content)


def agenda_published(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """The agenda of a session can be read now; the entry in the calendar is as it was."""
    extra = _agenda(mails)
    return {
        letter.mail.pk: without_entry(
            "agenda_published", letter, extra(letter, now) | _places_of_agenda(letter.version)
        )
        for letter in addressed(mails)
    }


def _places_of_agenda(version: SessionVersion) -> dict[str, str]:
    places = {"agenda_link": "workshops:agenda", "agenda_pdf": "workshops:agenda_pdf"}
    return {name: settings.PUBLIC_URL + reverse(url, args=[version.session.slug]) for name, url in places.items()}


def change(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """A session one was told about is not any more as it was: what changed, old and new."""
    return write(mails, now, template="change", method="REQUEST", rsvp=True, extra=_changes_since_heard(mails))


def reminder(mails: Sequence[OutgoingMail], now: datetime) -> dict[int, mail.Rendered]:
    """A session is near; repeats the current invitation without asking for an answer again."""
    return write(
        mails, now, template="reminder", method="REQUEST", with_unsubscribe=True, extra=_duties_and_agenda(mails, now)
    )
