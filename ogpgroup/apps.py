from django.apps import AppConfig


class OgpgroupConfig(AppConfig):
    name = "ogpgroup"
    verbose_name = "OGP Group"
