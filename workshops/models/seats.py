"""Seats where they are counted: how many there are, and the trigger by which the database refuses one too many."""

from datetime import UTC, datetime, time, timedelta

import pgtrigger

from ogpgroup.dates import zone_info
from workshops.models.base import SessionBase

ROOM, LINE = SessionBase.Mode.FACE_TO_FACE, SessionBase.Mode.REMOTE

# A free seat is kept this long for the first who waits, but not into the last hours before the session. Where less
# than `SHORTEST_OFFER` is left for an answer, the seat is simply given. Nobody's time ends while they sleep.
OFFERED_FOR = timedelta(hours=48)
OFFERS_END_BEFORE = timedelta(hours=2)
SHORTEST_OFFER = timedelta(hours=2)
MORNING, EVENING = time(9), time(21)  # by the clock of the person to whom a seat is offered


def ways_to_come(version: SessionBase) -> list[SessionBase.Mode]:
    """In the room, on the line, or both at a hybrid session."""
    mode = SessionBase.Mode(version.mode)
    return [ROOM, LINE] if mode == SessionBase.Mode.HYBRID else [mode]


def seats_of(version: SessionBase, comes_by: str) -> int | None:
    """How many seats there are for people who come this way; None where nobody counts."""
    return version.seats_in_person if comes_by == ROOM else version.seats_remote


def offer_ends(begins_at: datetime, now: datetime, zone: str) -> datetime | None:
    """Until when a seat is kept for a person of this zone who is told now; None where it is given at once.

    What would end in the night ends at nine in the morning; where that is in the last hours before the session, the
    evening before.
    """
    latest = begins_at - OFFERS_END_BEFORE
    until = min(now + OFFERED_FOR, latest)
    local = until.astimezone(zone_info(zone))
    if local.time() < MORNING:
        until = datetime.combine(local.date(), MORNING, local.tzinfo).astimezone(UTC)
        if until > latest:
            until = datetime.combine(local.date() - timedelta(days=1), EVENING, local.tzinfo).astimezone(UTC)
    return until if until - now >= SHORTEST_OFFER else None


# Any word serves, as long as nobody else hashes it: the seats of one session are given one after the other.
SEATS_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('workshops.seats', %s))"

# Each statement of a trigger's function sees what was committed before it, so the count after the lock is the truth.
# What had its place before keeps it, also where a release has lowered the number since; so does what had it when a
# release put all answers aside, and has it again because nobody heard of that (`answers.keep_answers`).
_JUDGE = """
IF TG_OP = 'UPDATE' AND OLD.place = '' AND OLD.earlier_place = NEW.place AND NEW.earlier_place = ''
    AND OLD.session_id = NEW.session_id AND OLD.comes_by = NEW.comes_by THEN
    RETURN NEW;
END IF;
IF TG_OP = 'UPDATE' AND OLD.place IN ('held', 'offered')
    AND OLD.session_id = NEW.session_id AND OLD.comes_by = NEW.comes_by THEN
    RETURN NEW;
END IF;
SELECT CASE NEW.comes_by
        WHEN 'face_to_face' THEN version.seats_in_person
        WHEN 'remote' THEN version.seats_remote
    END INTO capacity
FROM workshops_session session JOIN workshops_sessionversion version ON version.id = session.current_version_id
WHERE session.id = NEW.session_id;
IF capacity IS NULL THEN
    RETURN NEW;
END IF;
PERFORM pg_advisory_xact_lock(hashtextextended('workshops.seats', NEW.session_id));
SELECT count(*) INTO taken FROM workshops_participation
WHERE session_id = NEW.session_id AND comes_by = NEW.comes_by AND place IN ('held', 'offered') AND id <> NEW.id;
IF taken >= capacity THEN
    RAISE EXCEPTION 'workshops: all % seats of session % are taken', capacity, NEW.session_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'participation_no_seat_too_many';
END IF;
RETURN NEW;
"""


def no_seat_too_many() -> pgtrigger.Trigger:
    """Refuses a seat beyond the capacity of the current version, whoever writes it and however many at once."""
    return pgtrigger.Trigger(
        name="no_seat_too_many",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Q(new__place__in=["held", "offered"]),
        declare=[("capacity", "integer"), ("taken", "integer")],
        func=_JUDGE,
    )
