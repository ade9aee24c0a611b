"""The Celery application. Redis only wakes workers up: what is to be done stands in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ogpgroup.settings")

app = Celery("ogpgroup")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
