from importlib import import_module

from django.apps import AppConfig


class CitiesConfig(AppConfig):
    name = "cities"

    def ready(self) -> None:
        import_module("cities.sessions")  # connects what it does at each sign-in; needs the models
