"""What an action raises when something is not possible now."""

from django.utils.functional import Promise


class ActionNotPossible(Exception):
    """Closed, full, too late, changed meanwhile: the sentence is for the person who asked, in their language.

    `ogpgroup.middleware` turns it into a message and a way back. A bug is a ValueError, never this.
    """

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
