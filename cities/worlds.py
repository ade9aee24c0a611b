"""The demonstration and the real group stay apart, so that the demonstration can go and take nothing real with it.

What a demonstration account makes is of the demonstration; people, institutions and cities are tied only to their like.
See also `ogpgroup.erasure`, which refuses where a tie exists all the same.
"""

from django.utils.translation import gettext as _

from cities.models import City, Cycle, Organization
from ogpgroup.errors import ActionNotPossible
from ogpgroup.models import User


def makes_demo(by: User | None) -> bool:
    """Whether what this person makes goes when the demonstration goes; commands make what is real."""
    return by is not None and by.is_demo


def check_acts_for(user: User, organization: Organization) -> None:
    """An account of the demonstration acts for its institutions alone, and a real one for real ones."""
    if user.is_demo and not organization.is_demo:
        raise ActionNotPossible(
            _("This is a demonstration account: it acts for organisations of the demonstration only.")
        )
    if organization.is_demo and not user.is_demo:
        raise ActionNotPossible(_("This organisation is made up: only accounts of the demonstration act for it."))


def check_brings_people(by: User | None, organization: Organization) -> None:
    """Somebody of the demonstration gives nobody a part in a real institution."""
    if makes_demo(by) and not organization.is_demo:
        raise ActionNotPossible(_("Your account is a demonstration: it brings people into its own organisations only."))


def check_sits_in(organization: Organization, city: City | None) -> None:
    if city is not None and city.is_demo != organization.is_demo:
        raise ActionNotPossible(
            _("A real organisation has a real city, and one of the demonstration a city of the demonstration.")
        )


def check_stands_in(city: City, cycle: Cycle) -> None:
    if city.is_demo != cycle.is_demo:
        raise ActionNotPossible(_("Real cities stand in real cycles, and those of the demonstration in its own."))
