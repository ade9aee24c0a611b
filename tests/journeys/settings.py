"""The product's settings, with passwords that cost nothing: a story has a dozen people."""

from ogpgroup.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
