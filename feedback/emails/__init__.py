"""The kinds of mail about notes and rounds, and the planners of what falls due, joined for `ogpgroup.mailings`."""

from feedback.emails import direct, notes, rounds

KINDS = [*notes.KINDS, *rounds.KINDS, *direct.KINDS]
PLANNERS = [rounds.plan, direct.plan]
