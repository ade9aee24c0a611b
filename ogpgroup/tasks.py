"""What Celery runs: thin doors, safe to run twice or at once. All state is in the database (design: section 4)."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from ogpgroup import mail, mailings


@shared_task(name="ogpgroup.tasks.plan")
def plan() -> None:
    mailings.plan()


@shared_task(name="ogpgroup.tasks.deliver")
def deliver() -> None:
    mail.deliver(kinds=mailings.KINDS)


@shared_task(name="ogpgroup.tasks.read_replies")
def read_replies() -> None:
    mailings.read_replies()


@worker_ready.connect
def catch_up(**_details: Any) -> None:
    """A worker that starts does not wait for beat: it may have been down for long."""
    plan.delay()
    deliver.delay()
