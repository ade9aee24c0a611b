"""Sentences of libraries that our Spanish words better than theirs. Named here so that the catalogue keeps them."""

from django.utils.translation import gettext_noop, ngettext_lazy

FROM_LIBRARIES = (
    gettext_noop("- Select an option -"),
    gettext_noop("Email"),
    gettext_noop("Remember Me"),
    gettext_noop("Forgot your password?"),
    gettext_noop("Use authenticator app or code"),
    gettext_noop("Use your password"),
    gettext_noop("Authenticator code"),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)
