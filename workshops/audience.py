"""Who is expected at a session: a rule, resolved to people when released and again before each reminder.

People of the group who hold a post there are expected too, whatever the rule says; see `workshops.posts`.

One place in SQL, because a rule meets everybody's memberships at once: the number of queries does not grow with the
sessions or the people.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from cities.models import group_day
from workshops import posts
from workshops.models import Participation, SessionVersion
from workshops.models.participations import ParticipationQuerySet


@dataclass(frozen=True)
class Rule:
    """Who is expected at one session; demonstration sessions expect only people of demonstration organisations.

    While a session is not planned it `invites` nobody: there is no date to invite to. Who leaves is taken off all the
    same.
    """

    session_id: int
    is_demo: bool
    audience: str
    organizations: tuple[int, ...] = ()
    cities: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    invites: bool = True

    @classmethod
    def of(cls, version: SessionVersion) -> "Rule":
        return cls(
            session_id=version.session_id,
            is_demo=version.is_demo,
            audience=version.audience,
            organizations=tuple(organization["id"] for organization in version.expected.get("organizations", [])),
            cities=tuple(city["id"] for city in version.expected.get("cities", [])),
            roles=tuple(version.expected.get("roles", [])),
            people=tuple(version.expected.get("people", [])),
            invites=version.is_planned,
        )


@dataclass(frozen=True)
class Expectation:
    """One person at one session, and since when they are expected."""

    session_id: int
    user_id: int
    returns: bool = False  # known before: they may have been told that they are no longer expected
    sent_by: int | None = None  # of who is expected no more, or in nobody's place: who had sent them

    @property
    def pair(self) -> tuple[int, int]:
        return self.session_id, self.user_id


# Of several reasons the most personal one counts: by name, for a post, through the organisation, the city, the role, as
# everybody. A post counts for people of the group alone: who has left and stands beside a point is not asked back.
# A city means the people of all its institutions that belong to the group; a role, everybody of the group who holds it.
# The words are those of `SessionBase.Audience` and `Participation.Because`.
_EXPECTED = f"""
WITH rules AS (
    SELECT * FROM jsonb_to_recordset(%(rules)s::jsonb)
    AS rule(session_id bigint, is_demo boolean, audience text, organizations bigint[], cities bigint[], roles text[],
        people bigint[], invites boolean)
), members AS (
    SELECT membership.user_id, membership.organization_id, membership.role, organization.city_id, organization.is_demo
    FROM cities_membership membership
    JOIN cities_organization organization ON organization.id = membership.organization_id
    JOIN ogpgroup_user person ON person.id = membership.user_id AND person.is_active
    JOIN cities_groupmembership span ON span.organization_id = organization.id
        AND span.since <= %(on)s AND (span.until IS NULL OR span.until >= %(on)s)
    WHERE membership.since <= %(on)s AND (membership.until IS NULL OR membership.until >= %(on)s)
), expected AS (
    SELECT DISTINCT ON (session_id, user_id) session_id, user_id, because FROM (
        SELECT rules.session_id, members.user_id, 'everybody' AS because, 6 AS rank
        FROM rules JOIN members ON members.is_demo = rules.is_demo
        WHERE rules.audience = 'everybody'
        UNION ALL
        SELECT rules.session_id, members.user_id, 'part', 2
        FROM rules JOIN ({posts.SQL}) post ON post.session_id = rules.session_id
            JOIN members ON members.user_id = post.user_id AND members.is_demo = rules.is_demo
        WHERE rules.audience = 'chosen'
        UNION ALL
        SELECT rules.session_id, members.user_id, 'organization', 3
        FROM rules JOIN members ON members.organization_id = ANY(rules.organizations)
        WHERE rules.audience = 'chosen'
        UNION ALL
        SELECT rules.session_id, members.user_id, 'city', 4
        FROM rules JOIN members ON members.city_id = ANY(rules.cities)
        WHERE rules.audience = 'chosen'
        UNION ALL
        SELECT rules.session_id, members.user_id, 'role', 5
        FROM rules JOIN members ON members.role = ANY(rules.roles) AND members.is_demo = rules.is_demo
        WHERE rules.audience = 'chosen'
        UNION ALL
        SELECT rules.session_id, person.id, 'person', 1
        FROM rules JOIN ogpgroup_user person ON person.id = ANY(rules.people) AND person.is_active
        WHERE rules.audience = 'chosen'
    ) every_reason
    ORDER BY session_id, user_id, rank
)
"""  # noqa: S608 our own names

_COUNT = "SELECT session_id, count(*) FROM expected GROUP BY session_id"

_WHO = "SELECT session_id, user_id FROM expected ORDER BY session_id, user_id"

_AMONG = "SELECT user_id FROM expected WHERE user_id = ANY(%(people)s)"

_KNOWN = """
    FROM expected JOIN rules USING (session_id) LEFT JOIN workshops_participation known
        ON known.session_id = expected.session_id AND known.user_id = expected.user_id
"""

# In whose place they were to come, as it was before the statement.
_SENT_BY = """(
    SELECT sender.user_id FROM workshops_participation earlier
    JOIN workshops_participation sender ON sender.id = earlier.delegated_by_id
    WHERE earlier.id = known.id
)"""

# Who is expected already is left out before the insert: a conflict would lock the row, each minute, for nothing.
_IS_NEW = "(rules.invites AND (known.id IS NULL OR NOT known.expected))"

_NEWCOMERS = f"{_KNOWN} WHERE {_IS_NEW}"

# Who comes in somebody's place does so whatever else names them, as long as they belong to the group.
_HAS_ANOTHER_REASON = """(
    known.expected AND known.expected_because <> expected.because
    AND (known.expected_because <> 'delegate' OR NOT EXISTS (
        SELECT 1 FROM members WHERE members.user_id = known.user_id
    ))
)"""

_RENEW = f"""
, another AS (SELECT known.id, expected.because {_KNOWN} WHERE {_HAS_ANOTHER_REASON})
UPDATE workshops_participation AS known SET expected_because = another.because, delegated_by_id = NULL
FROM another WHERE known.id = another.id AND known.expected
RETURNING known.session_id, known.user_id, {_SENT_BY}
"""  # noqa: S608 our own words

_ADD = f"""
, newcomers AS (
    SELECT expected.*, known.id IS NOT NULL AS returns {_NEWCOMERS}
    ORDER BY session_id, user_id LIMIT %(at_most)s
), added AS (
    INSERT INTO workshops_participation AS known
        (session_id, user_id, name, expected, expected_because, expected_since)
    SELECT session_id, user_id, '', true, because, %(now)s FROM newcomers
    ON CONFLICT (session_id, user_id) DO UPDATE
        SET expected = true, expected_because = excluded.expected_because, expected_since = excluded.expected_since,
            delegated_by_id = NULL
        WHERE NOT known.expected
    RETURNING session_id, user_id
)
SELECT session_id, user_id, returns FROM added JOIN newcomers USING (session_id, user_id)
"""  # noqa: S608 our own words

_STILL = f"SELECT count(*) {_NEWCOMERS}"

# Whom nobody expects any more. As a difference of sets: joined with people the planner knows no number of, a session of
# thousands is compared with itself, and ten of ten thousand took a minute where this takes a moment.
_LEFT_OVER = """
, left_over AS MATERIALIZED (
    SELECT known.session_id, known.user_id FROM workshops_participation known JOIN rules USING (session_id)
    WHERE known.expected AND known.user_id IS NOT NULL
    EXCEPT
    SELECT session_id, user_id FROM expected
)
"""

# The rule does not name who comes in somebody's place; they stay expected as long as it names who sent them, and they
# belong to the group: who has left it reads nothing of the group's because they were sent. Who was expected for a post
# alone has passed it to the person sent, and stays expected as long as that one has it: so they may take it back, and
# nobody who sends somebody is told that they are no longer expected.
_LEAVES = """
    known.session_id = left_over.session_id AND known.user_id = left_over.user_id AND known.expected
    AND NOT (known.expected_because = 'delegate'
        AND EXISTS (SELECT 1 FROM members WHERE members.user_id = known.user_id)
        AND EXISTS (
            SELECT 1 FROM workshops_participation sender
            JOIN expected ON expected.session_id = sender.session_id AND expected.user_id = sender.user_id
            WHERE sender.id = known.delegated_by_id
        )
    )
    AND NOT (known.expected_because = 'part' AND EXISTS (SELECT 1 FROM members WHERE members.user_id = known.user_id)
        AND EXISTS (
            SELECT 1 FROM workshops_participation sent
            JOIN expected ON expected.session_id = sent.session_id AND expected.user_id = sent.user_id
            WHERE sent.delegated_by_id = known.id AND sent.expected
        )
    )
"""

_LEAVING = f"""
{_LEFT_OVER}
SELECT known.session_id, known.user_id, (
    SELECT sender.user_id FROM workshops_participation sender WHERE sender.id = known.delegated_by_id
)
FROM left_over, workshops_participation known WHERE {_LEAVES}
"""  # noqa: S608 our own words

_REMOVE = f"""
{_LEFT_OVER}
UPDATE workshops_participation AS known SET expected = false, delegated_by_id = NULL
FROM left_over
WHERE {_LEAVES}
RETURNING known.session_id, known.user_id, {_SENT_BY}
"""  # noqa: S608 our own words

# Counted, not asked whether there is one: for that PostgreSQL looks through everybody for each person, in the hope that
# the first is it. Of 25,000 that takes eight seconds; most minutes there is none.
_MOVED = f"""
{_LEFT_OVER}
SELECT (SELECT count(*) FROM left_over, workshops_participation known WHERE {_LEAVES})
    + (SELECT count(*) {_KNOWN} WHERE {_IS_NEW} OR {_HAS_ANOTHER_REASON}) > 0
"""  # noqa: S608 our own words


def _run(statement: str, rules: Iterable[Rule], **values: date | int | list[int]) -> list[Any]:
    rows = [asdict(rule) for rule in rules]
    if not rows:
        return []
    with connection.cursor() as cursor:
        parameters: dict[str, str | date | int | list[int]] = {"rules": json.dumps(rows), **values}
        cursor.execute(_EXPECTED + statement, parameters)
        return list(cursor.fetchall())


def count(rules: Iterable[Rule], *, on: date) -> dict[int, int]:
    """How many people each rule resolves to that day, by session; writes nothing."""
    return dict(_run(_COUNT, rules, on=on))


def who(rules: Iterable[Rule], *, on: date) -> list[Expectation]:
    """Whom each rule resolves to that day, invited or not; writes nothing."""
    return [Expectation(*row) for row in _run(_WHO, rules, on=on)]


def leaving(rules: Iterable[Rule], *, on: date) -> list[Expectation]:
    """Whom `remove_leavers` would take off that day; writes nothing."""
    return _with_senders(_run(_LEAVING, rules, on=on))


def among(version: SessionVersion, people: Iterable[int], *, on: date) -> set[int]:
    """Whom of these people the rule of a published session expects that day, recorded or not."""
    return {user_id for (user_id,) in _run(_AMONG, [Rule.of(version)], on=on, people=list(people))}


def has_moved(rules: Iterable[Rule], *, on: date) -> bool:
    """Whether anybody has come whom the rules invite, or gone whom they named, or who came by wish, or is expected for
    another reason by now; writes nothing.
    """
    rules = list(rules)
    return any(moved for (moved,) in _run(_MOVED, rules, on=on)) or _locked_out(rules, on=on).exists()


def still_to_add(rules: Iterable[Rule], *, on: date) -> int:
    """How many people the rules invite who are not recorded yet; writes nothing."""
    return sum(number for (number,) in _run(_STILL, rules, on=on))


def add_newcomers(rules: Iterable[Rule], *, now: datetime, at_most: int) -> list[Expectation]:
    """Record people whom the rules invite and who were not expected before; returns just those, each once."""
    return [Expectation(*row) for row in _run(_ADD, rules, on=group_day(now), now=now, at_most=at_most)]


def remove_leavers(rules: Iterable[Rule], *, now: datetime) -> list[Expectation]:
    """Mark those as no longer expected whom the rules do not name any more; their answers are kept.

    Who comes in somebody's place leaves with the one who sent them, or with the group, and comes for nobody from then
    on: who is named again says for themselves whether they come.
    """
    return _with_senders(_run(_REMOVE, rules, on=group_day(now)))


def renew_reasons(rules: Iterable[Rule], *, now: datetime) -> list[Expectation]:
    """Write down why those are expected who are expected already for another reason; returns just those, each once.

    What is open to people who have left the group, and what they read, goes by it: see `Participation.opens`. Who came
    in somebody's place, has left the group and is named all the same comes for nobody from then on.
    """
    return _with_senders(_run(_RENEW, rules, on=group_day(now)))


def _with_senders(rows: Iterable[tuple[int, int, int | None]]) -> list[Expectation]:
    return [Expectation(session_id, user_id, sent_by=sender) for session_id, user_id, sender in rows]


def end_wishes(rules: Iterable[Rule], *, now: datetime) -> list[Expectation]:
    """Write down that those may not see a session any more who came at their own wish; their answers are kept.

    Returns just those, each once: their calendars still have it.
    """
    rows = _locked_out(rules, on=group_day(now)).select_for_update(of=("self",)).order_by("pk")
    over = [(pk, Expectation(session, user or 0)) for pk, session, user in rows.values_list("pk", "session", "user")]
    ended = Participation.objects.filter(pk__in=[pk for pk, _one in over])
    ended.update(expected_because=Participation.Because.WISH_OVER)
    return [one for _pk, one in over]


def _locked_out(rules: Iterable[Rule], *, on: date) -> ParticipationQuerySet:
    people = Participation.objects.filter(session__in=[rule.session_id for rule in rules], user__isnull=False)
    return people.locked_out(on)
