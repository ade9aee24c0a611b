import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from cities.passwords import GuessableValidator
from ogpgroup.models import User
from tests import factories


@pytest.mark.parametrize(
    "password",
    [
        "corto y bonito"[:11],
        "gobierno2026",
        "GobiernoAbierto!",
        "G0b13rn0 4b1ert0",
        "reynosa-tamaulipas",
        "Reynosa2026$$$$",
        "participación ciudadana",
        "contraseña1234",
        "password12345",
        "P@ssw0rd!2026",
        "123456789012",
        "aaaaaaaaaaaaaa",
        "abcabcabcabc",
        "qwertyuiopas",
        "poiuytrewqpoi",
        "rosa de reynosa",
        "enlace.reynosa",
    ],
)
def test_what_anybody_would_try_is_refused(official_reynosa: User, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, official_reynosa)


@pytest.mark.parametrize("password", ["danielchachang", "DanielChaChang", "!Smsmichael62"])
def test_what_is_known_from_break_ins_is_refused(db: None, password: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        GuessableValidator().validate(password)

    assert refusal.value.code == "password_known"


@pytest.mark.parametrize(
    "password",
    [
        factories.PASSWORD,
        "siete garzas cruzan el estero de noche y nadie las cuenta hoy ya",
        "x" * 4 + "kumquat tranvía 9 óleo",
        "el gobierno de mi abuela era la cocina",
        "tZ8#qLw2!vNc4",
        "Übergrößenträger",
        "日本語のながいあいことばです",
    ],
)
def test_long_phrases_and_chance_pass(official_reynosa: User, password: str) -> None:
    validate_password(password, official_reynosa)


def test_sixty_four_characters_with_spaces_are_kept_whole(db: None) -> None:
    phrase = " siete garzas cruzan el estero de noche y nadie las cuenta hoy  "
    assert len(phrase) == 64

    user = factories.create_user(password=phrase)

    assert user.check_password(phrase)
    assert not user.check_password(phrase.strip())
