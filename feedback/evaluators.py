"""Who is asked to evaluate, and who has not answered yet."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from cities.models import Membership, Role
from feedback.models import Evaluation, ReviewRound

# For each round, each person with the invited organisations they may speak for.
Expected = dict[int, dict[int, set[int]]]


def expected(rounds: Iterable[ReviewRound], on: date) -> Expected:
    """People of the invited organisations, without who is of the city's own, be it in the group or not; three queries
    for any number of rounds.

    See also `ReviewRoundQuerySet.open_for`, which asks the same about one person. The rounds come with their plan.
    """
    cities = {one.pk: one.plan.city_id for one in rounds}
    invited: dict[int, set[int]] = defaultdict(set)
    pairs = ReviewRound.organizations.through.objects.filter(reviewround__in=cities)
    for round_id, organization_id in pairs.values_list("reviewround", "organization"):
        invited[organization_id].add(round_id)
    members = Membership.objects.on(on)
    own = Membership.objects.in_force(on).filter(organization__city__in={city for city in cities.values() if city})
    of_own_city = set(own.values_list("organization__city", "user"))
    found: Expected = {pk: defaultdict(set) for pk in cities}
    for organization_id, user_id in members.filter(organization__in=invited).values_list("organization", "user"):
        for round_id in invited[organization_id]:
            if (cities[round_id], user_id) not in of_own_city:
                found[round_id][user_id].add(organization_id)
    return found


def waiting(rounds: Iterable[ReviewRound], on: date) -> Expected:
    """Those expected who have neither submitted nor declared a conflict; one query more."""
    rounds = list(rounds)
    people = expected(rounds, on)
    done = Evaluation.objects.filter(round__in=rounds).exclude(status=Evaluation.Status.DRAFT)
    for round_id, user_id in done.values_list("round", "evaluator"):
        if user_id is not None:
            people[round_id].pop(user_id, None)
    return people


def officials(rounds: Iterable[ReviewRound], on: date) -> dict[int, set[int]]:
    """For each round the officials of its city, who reply; one query."""
    cities = {one.pk: one.plan.city_id for one in rounds}
    people: dict[int, set[int]] = defaultdict(set)
    members = Membership.objects.on(on).filter(role=Role.OFFICIAL, organization__city__in=set(cities.values()) - {None})
    for city_id, user_id in members.values_list("organization__city", "user"):
        people[city_id or 0].add(user_id)
    return {pk: people[city_id or 0] for pk, city_id in cities.items()}
