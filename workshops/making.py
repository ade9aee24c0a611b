"""The version that a release makes of a draft; a preview makes the same one and throws it away."""

from workshops import diff
from workshops.diff import PendingChange
from workshops.models import RELEASED_FIELDS, ScheduleRelease, SessionVersion


def version_of(change: PendingChange, *, release: ScheduleRelease) -> SessionVersion:
    """Writes nothing, and leaves the draft alone; the entry of the calendar is still missing."""
    session, previous, facts = change.session, change.version, diff.draft_facts(change.session)
    version = SessionVersion(
        session=session,
        release=release,
        previous=previous,
        sequence=session.sequence + 1 if previous else 0,
        change=change.change,
        begins_at=session.first_instant(),
        finishes_at=session.last_instant(),
        start_released_at=release.released_at,
        slug=session.slug,
        city_name=facts["city_name"],
        city_slug=facts["city"],
        cycle_name=release.cycle.name,
        expected={name: facts[name] for name in diff.EXPECTED},
        reviews=facts["reviews"],
        is_demo=session.is_demo,
        **{field: facts[field] for field in RELEASED_FIELDS},
    )
    if previous and not version.is_another_plan and previous.reminder_start() == version.reminder_start():
        version.start_released_at = previous.start_released_at
    return version
