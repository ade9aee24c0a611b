"""The platform's own package: wiring above the apps, ground beneath them."""

from ogpgroup.celery import app as celery_app  # every process that queues a task must know the broker

__all__ = ["celery_app"]
