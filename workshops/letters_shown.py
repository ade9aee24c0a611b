"""Mails as they will read, before anybody causes them: in the language and by the clock of the page that shows them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

from django.utils import timezone
from django.utils.translation import get_language

from ogpgroup.models import OutgoingMail, User
from ogpgroup.text import SortKey
from workshops import emails, letters, letters_of_cancelling, told
from workshops.models import Participation, SessionVersion

NAMES_SHOWN = 50

# What a release tells people, as `preview.Told` calls it, with the kind of the mail and its template.
NEWS = {
    "invited": (told.INVITATION, "invitation"),
    "changed": (told.CHANGE, "change"),
    "postponed": (told.CHANGE, "change"),
    "cancelled": (told.CANCELLATION, "cancellation"),
    "uninvited": (told.UNINVITATION, "uninvitation"),
    "left_alone": (emails.LEFT, "delegate_left"),
}

type News = Mapping[str, Collection[int]]  # what people are told, and who they are


@dataclass(frozen=True)
class ShownLetter:
    """One mail in words, and the first of those who get it, by name."""

    subject: str
    text: str
    names: list[str]
    others: int  # who get it as well
    asks_again: bool  # that an answer counts no more is read by those alone who had given one


def of_release(
    versions: Iterable[SessionVersion], news: Mapping[int, News], *, now: datetime
) -> dict[tuple[int, str], ShownLetter]:
    """Each mail of a release, by session and by what it tells; a few queries, however many there are.

    Shown is what somebody reads who knows the version before; who missed some reads all that is new to them.
    """
    versions = [version for version in versions if news[version.session_id]]
    current = {version.session_id: version for version in versions}
    names = _names({person for lists in news.values() for people in lists.values() for person in people})
    place = {person: number for number, person in enumerate(names)}  # they come in order
    extras = {
        "invitation": letters.agenda_of(version.session_id for version in versions),
        "change": letters.changes_since(told.Heard({})),
        "uninvitation": lambda letter, _now: letters_of_cancelling.as_it_is(
            version := current[letter.version.session_id],
            may_see=letters_of_cancelling.is_seen_by_others(version, in_group=True),
        ),
    }
    shown = {}
    for version in versions:
        for one, people in news[version.session_id].items():
            kind, template = NEWS[one]
            asks_again = one == "changed" and version.is_another_plan
            read = version.previous or version if one == "uninvited" else version  # see `letters_of_cancelling`
            letter = _letter(kind, read, now=now, asks_again=asks_again)
            parts = letters.shown(letter, now, template=template, extra=extras.get(template))
            first = nsmallest(NAMES_SHOWN, (person for person in people if person in place), key=place.__getitem__)
            shown[version.session_id, one] = ShownLetter(
                parts.subject, parts.text, [names[person] for person in first], len(people) - len(first), asks_again
            )
    return shown


def nudge(version: SessionVersion, *, now: datetime) -> ShownLetter:
    """The question to those who have not answered. Expects `session`."""
    parts = letters.shown(_letter(emails.NUDGE, version, now=now), now, template="nudge")
    return ShownLetter(parts.subject, parts.text, [], 0, asks_again=False)


def _names(people: Collection[int]) -> dict[int, str]:
    """In the order of the alphabet."""
    found = User.objects.filter(pk__in=people).order_by(SortKey("name"), "pk")
    return dict(found.values_list("pk", "name"))


def _letter(kind: str, version: SessionVersion, *, now: datetime, asks_again: bool = False) -> letters.Letter:
    """To somebody expected who has no place yet, and whose answer counts no more where it asks again.

    Whom nobody stands in for any more reads no link to join either: they had said no.
    """
    reader = User(language=get_language(), time_zone=timezone.get_current_timezone_name())
    earlier = Participation.Answer.YES if asks_again else ""
    return letters.Letter(
        OutgoingMail(kind=kind, due=now),
        version,
        reader,
        Participation(expected=kind != emails.LEFT, earlier_answer=earlier),
    )
