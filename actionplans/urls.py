"""Addresses of plans: what everybody reads, and what their cities and coordinators do."""

from django.urls import path

from actionplans.views import commitments, deliverables, plans, progress

app_name = "actionplans"

PLAN = "plans/<slug:slug>/"
COMMITMENT = f"{PLAN}commitments/<int:number>/"
MILESTONE = f"{COMMITMENT}milestones/<int:step>/"
DELIVERABLE = f"{PLAN}deliverables/<int:pk>/"

urlpatterns = [
    path("plans/", plans.index, name="index"),
    path(PLAN, plans.detail, name="detail"),
    path(f"{PLAN}edit/", plans.edit, name="edit"),
    path(f"{PLAN}publish/", plans.publish, name="publish"),
    path(f"{PLAN}close/", plans.close, name="close"),
    path(f"{PLAN}reopen/", plans.reopen, name="reopen"),
    path(f"{PLAN}commitments/new/", commitments.commitment_create, name="commitment_create"),
    path(COMMITMENT, commitments.commitment, name="commitment"),
    path(f"{COMMITMENT}edit/", commitments.commitment_edit, name="commitment_edit"),
    path(f"{COMMITMENT}remove/", commitments.commitment_remove, name="commitment_remove"),
    path(f"{COMMITMENT}milestones/new/", commitments.milestone_create, name="milestone_create"),
    path(f"{MILESTONE}edit/", commitments.milestone_edit, name="milestone_edit"),
    path(f"{MILESTONE}remove/", commitments.milestone_remove, name="milestone_remove"),
    path(f"{PLAN}progress/new/", progress.progress_create, name="progress_create"),
    path(f"{PLAN}progress/<int:pk>/correct/", progress.progress_correct, name="progress_correct"),
    path(f"{PLAN}progress/<int:pk>/retract/", progress.progress_retract, name="progress_retract"),
    path(f"{PLAN}deliverables/new/", deliverables.deliverable_create, name="deliverable_create"),
    path(DELIVERABLE, deliverables.deliverable, name="deliverable"),
    path(f"{DELIVERABLE}edit/", deliverables.deliverable_edit, name="deliverable_edit"),
    path(f"{DELIVERABLE}drop/", deliverables.deliverable_drop, name="deliverable_drop"),
    path(f"{DELIVERABLE}expect/", deliverables.deliverable_expect, name="deliverable_expect"),
    path(f"{DELIVERABLE}accept/", deliverables.deliverable_accept, name="deliverable_accept"),
    path(f"{DELIVERABLE}look-again/", deliverables.deliverable_look_again, name="deliverable_look_again"),
    path(f"{DELIVERABLE}return/", deliverables.deliverable_return, name="deliverable_return"),
    path("cycles/<slug:slug>/fellow/", plans.fellow, name="fellow"),
    path("cycles/<slug:slug>/plans/new/", plans.create, name="create"),
]
