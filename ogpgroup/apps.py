from django.apps import AppConfig

from ogpgroup.celery import app


class OgpgroupConfig(AppConfig):
    name = "ogpgroup"
    verbose_name = "OGP Group"
    celery = app  # every process that queues a task must know the broker
