"""Who rings at the door, and what they may be answered."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Each kind of person the platform tells apart."""

    ANONYMOUS = "anonymous"
    MEMBER = "member of another organisation"
    GUEST = "member expected by name"
    OFFICIAL = "official of the plan's city"
    OTHER_OFFICIAL = "official of another city"
    COORDINATOR = "coordinator"
    PLAIN_COORDINATOR = "coordinator without second factor"
    EX_MEMBER = "ex-member"
    DEACTIVATED = "deactivated coordinator"


COORDINATORS: Final = frozenset({Role.COORDINATOR, Role.PLAIN_COORDINATOR})
GROUP: Final = COORDINATORS | {Role.MEMBER, Role.GUEST, Role.OFFICIAL, Role.OTHER_OFFICIAL}
# A closed account is nobody: its session says so at the next request.
OUTSIDE: Final = frozenset({Role.ANONYMOUS, Role.DEACTIVATED})
INSIDE: Final = frozenset(Role) - OUTSIDE
EVERYBODY: Final = frozenset(Role)
NOBODY: Final[frozenset[Role]] = frozenset()

LOGIN: Final = "to sign-in"
ELSEWHERE: Final = "to another page"
DONE: Final = "done"  # to another page, after rows have changed
DONE_HERE: Final = "done on the page"

Answer = int | str
Answers = dict[Role, Answer]


def answers(rest: Answer, **exceptions: Answer) -> Answers:
    """The same answer for all but some: a role's name, or `outside`, `inside`, `coordinators`, `group`."""
    groups = {"outside": OUTSIDE, "inside": INSIDE, "coordinators": COORDINATORS, "group": GROUP}
    expected: Answers = dict.fromkeys(Role, rest)
    for name, answer in exceptions.items():
        for role in groups.get(name) or {Role[name.upper()]}:
            expected[role] = answer
    return expected


def only(allowed: frozenset[Role], *, answer: Answer = 200, is_open: bool = False) -> Answers:
    """`answer` for the allowed; strangers must sign in unless the address is public, all others find nothing."""
    expected: Answers = dict.fromkeys(Role, 404)
    if not is_open:
        expected |= dict.fromkeys(OUTSIDE, LOGIN)
    return expected | dict.fromkeys(allowed, answer)
