"""What is new of a session to one person, in words: since they were last told, and since what they may have seen."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from workshops import diff
from workshops.models import SessionVersion
from workshops.told import Heard


def since(heard: Heard, version: SessionVersion, user_id: int) -> dict[str, Any]:
    """What changed since the version that the person was last told in words, be that several releases ago.

    What they may have heard of since, as of a move that is taken back, is told as well.
    """
    pair = (version.session_id, user_id)
    known = [one for one in (heard.in_words.get(pair), heard.last(*pair)) if one]
    olds = [one for one in known if one.sequence < version.sequence] or [version.previous or version]
    last = olds[-1]
    is_news = last.status != version.status or diff.is_moved(last, version)
    return {"sentences": _sentences(olds, version), **_happened(last if is_news else olds[0], version)}


def _sentences(olds: Sequence[SessionVersion], new: SessionVersion) -> list[diff.Sentence]:
    """What differs from each of these versions, each field once: from the first that differs."""
    told: dict[str, diff.Sentence] = {}
    for old in olds:
        facts = (diff.version_facts(old), diff.version_facts(new))
        for sentence in diff.sentences(old, new, diff.changed_fields(*facts), facts=facts):
            told.setdefault(sentence.label, sentence)
    return list(told.values())


def _happened(old: SessionVersion, new: SessionVersion) -> dict[str, Any]:
    """What happened to the session as a whole, in one sentence, and what the subject is to say."""
    moved = diff.is_moved(old, new)
    again = not old.is_planned and new.is_planned and not (old.is_postponed and moved)
    if new.is_postponed:
        news = _("This session is postponed: it does not take place on this date. The new date follows.")
    elif again and old.is_postponed:
        news = _("This session had been postponed and takes place on its date after all.")
    elif again:
        news = _("This session had been cancelled and takes place after all.")
    elif old.is_postponed:
        news = _("This session had been postponed and now has its new date:")
    elif moved:
        news = _("This session was moved. What is new:")
    else:
        news = _("This session changed. What is new:")
    return {"news": news, "postponed": new.is_postponed, "again": again, "moved": moved}
