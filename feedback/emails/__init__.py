"""The kinds of mail about notes and rounds, and the planners of what falls due, joined for `ogpgroup.mailings`."""

from feedback.emails import notes, rounds

KINDS = [*notes.KINDS, *rounds.KINDS]
PLANNERS = [rounds.plan]
