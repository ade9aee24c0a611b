"""The kinds of mail about notes and rounds, joined for `ogpgroup.mailings`."""

from feedback.emails import notes

KINDS = [*notes.KINDS]
