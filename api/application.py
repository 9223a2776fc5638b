"""The application: every resource on the frame, around one engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Flask, Response, request

from api.access_log.routes import access_log
from api.accounts.routes import accounts
from api.agreements.routes import agreements
from api.audit_events.routes import audit_events
from api.batches.routes import batches
from api.calendars.routes import calendars
from api.cases.routes import cases
from api.channel_choices.routes import channel_choices
from api.children.routes import children
from api.clients.routes import clients
from api.consents.routes import consents
from api.contacts.routes import contacts
from api.context import Installation
from api.contributions.routes import contributions
from api.corrections.routes import corrections
from api.deadlines.routes import deadlines
from api.deployments.routes import deployments
from api.docs.routes import publish_pages
from api.documents.routes import documents
from api.escalations.routes import escalations
from api.exports.routes import exports
from api.families.routes import families
from api.frame import Application, framed
from api.health.routes import health
from api.imports.routes import imports
from api.inbox.routes import inbox
from api.incidents.routes import incidents
from api.lateness_reasons.routes import lateness_reasons
from api.memberships.routes import memberships
from api.messages.routes import messages
from api.metrics.routes import collect_figures, metrics
from api.migrations.routes import migrations
from api.notices.routes import notices
from api.notify.routes import notify
from api.officers.routes import officers
from api.openapi import Api
from api.organisations.routes import organisations
from api.outbox.routes import outbox
from api.people.routes import people
from api.plan_changes.routes import plan_changes
from api.plans.routes import plans
from api.printing.routes import printing
from api.process_definitions.routes import process_definitions
from api.process_instances.routes import process_instances
from api.provider_pages.oauth import publish_token_endpoint
from api.provider_pages.routes import publish_provider_pages
from api.records.routes import records
from api.requests.routes import requests
from api.restrictions.routes import restrictions
from api.retention.routes import retention
from api.reviews.routes import reviews
from api.sessions.routes import principal, sessions
from api.settings.routes import settings
from api.sign_in.routes import sign_in
from api.task_filters.routes import task_filters
from api.tasks import assignment as _assignment  # noqa: F401 -- operations of `tasks`
from api.tasks import attachments as _attachments  # noqa: F401 -- operations of `tasks`
from api.tasks import notes as _notes  # noqa: F401 -- operations of `tasks`
from api.tasks.routes import tasks
from api.timers.routes import timers
from api.tokens.routes import tokens
from api.uploads.routes import uploads
from api.webhooks.routes import webhooks
from api.wording_templates.routes import wording_templates
from engine.application import Engine
from engine.services.sign_in.credentials import authenticate
from engine.services.sign_in.rate_limits import Allowance

RESOURCES = (
    requests,
    tasks,
    cases,
    plans,
    reviews,
    plan_changes,
    officers,
    corrections,
    families,
    notices,
    contacts,
    records,
    exports,
    retention,
    children,
    documents,
    uploads,
    escalations,
    organisations,
    people,
    memberships,
    consents,
    restrictions,
    access_log,
    agreements,
    audit_events,
    lateness_reasons,
    contributions,
    task_filters,
    webhooks,
    inbox,
    outbox,
    printing,
    wording_templates,
    channel_choices,
    settings,
    calendars,
    process_definitions,
    deadlines,
    deployments,
    process_instances,
    migrations,
    batches,
    imports,
    incidents,
    timers,
    messages,
    sign_in,
    principal,
    sessions,
    tokens,
    accounts,
    clients,
    health,
    metrics,
    notify,
)


def create_app(engine: Engine) -> Application:
    """The HTTP interface of an engine, ready to be served."""
    app = framed(
        Installation(engine=engine, authenticate=partial(authenticate, engine), take=partial(_take, engine))
    )
    api = Api(app)
    for resource in RESOURCES:
        api.register_blueprint(resource)
    publish_pages(app, api.document)
    publish_provider_pages(app)
    publish_token_endpoint(app)
    collect_figures(app)
    return app


def _take(engine: Engine, policy: str, subject: str) -> Allowance | None:
    return engine.rate_limits.take(policy, subject)


def after_changes(app: Flask, act: Callable[[], None]) -> None:
    """Have something done after every request that may have changed something."""

    @app.after_request
    def follow(response: Response) -> Response:
        if request.method in ("POST", "PUT", "PATCH") and response.status_code < 300:
            act()
        return response


def follow_heartbeat(app: Flask, heartbeat: Callable[[], datetime]) -> None:
    """Have `/health/ready` watch the scheduler that runs in this process."""
    place: Installation = app.extensions["ehc"]
    place.heartbeat = heartbeat


def say_stopping(app: Flask) -> None:
    """From now on the service says that it isn't ready, so that no more work is sent to it."""
    installation: Installation = app.extensions["ehc"]
    installation.stopping.set()
