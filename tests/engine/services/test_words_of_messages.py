"""What messages say: in the templates that their authority deployed, and sent ones in the words of then."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.services.messages.rendering import Words, as_html, words_of
from engine.services.processes.definitions import Deployer, DeploymentRefused, deploy
from engine.services.processes.deployments import examined
from engine.services.tasks import contributions
from engine.services.tasks.contributions import Wish
from engine.store import tables
from engine.store.types import AnyRow
from tests.engine.services.rows import rows
from tests.support.desk import CaseDesk, Desk

DIGEST = "Nearing (1)\n  Case 7: https://ehc.send.example/escalations/7\n\nAll: https://ehc.send.example/escalations\n"
OWN = b"Asked: {{ case }}\n\n{{ step }}, {{ what_to_do }} {{ link }}\n"


@pytest.fixture
def message(desk: Desk, case: CaseDesk) -> AnyRow:
    """A message that asks somebody for a contribution."""
    task = case.task("register_request")
    wish = Wish(organisation="camhs", question="Is Ada well?", due_on=desk.clock.today() + timedelta(days=3))
    contributions.ask(desk.engine, case.worker(task), task.key, wish)
    (row,) = rows(desk, tables.outbox, kind="task")
    return row


def said(
    desk: Desk, row: AnyRow, sent_at: datetime | None = None, wording: str = "contribution_asked"
) -> Words:
    return words_of(
        desk.engine,
        authority=row.authority,
        wording=wording,
        subject=row.subject,
        body=row.body,
        sent_at=sent_at,
    )


def own_words(desk: Desk, source: bytes = OWN) -> None:
    by = Deployer("somebody", reason="our own words")
    deploy(desk.engine, desk.authority, {"contribution_asked.txt": source}, by=by)


def test_each_line_of_a_digest_leads_to_its_own_thread_and_nowhere_else() -> None:
    page = as_html(DIGEST + "https://ehc.send.example.org/x", "https://ehc.send.example/escalations")
    led_to = [found.partition('"')[0] for found in page.split('<a href="')[1:]]
    assert led_to == ["https://ehc.send.example/escalations/7", "https://ehc.send.example/escalations"]
    assert page.count("</a>") == 2
    assert ">https://ehc.send.example/escalations/7</a>" in page


def test_it_says_what_to_do_by_when_and_where(desk: Desk, message: AnyRow) -> None:
    words = said(desk, message)
    assert words.subject == f"Case {message.case_key}: a contribution is asked for"
    assert "due by 5 November 2026" in words.text
    assert "Give what is asked for" in words.text
    assert f"/contributions/{rows(desk, tables.metadata.tables['contribution'])[0].key}" in words.text
    assert "Ada" not in words.subject + words.text
    assert words.html is not None
    assert "<p>" in words.html


def test_a_deployed_template_stands_from_then_on_and_what_was_sent_keeps_its_words(
    desk: Desk, message: AnyRow
) -> None:
    before = desk.clock.now()
    desk.clock.advance(timedelta(hours=1))
    own_words(desk)
    assert said(desk, message).subject == f"Asked: {message.case_key}"
    assert said(desk, message, before).subject.endswith("a contribution is asked for")


def test_a_template_that_asks_for_a_name_isnt_deployed(desk: Desk, message: AnyRow) -> None:
    wrong = OWN.replace(b"{{ step }}", b"{{ step }} {{ child_name }}")
    found = examined(desk.engine, desk.authority, {"contribution_asked.txt": wrong})
    assert not found.acceptable
    with pytest.raises(DeploymentRefused, match="child_name") as refused:
        own_words(desk, wrong)
    (finding,) = refused.value.findings
    assert (finding.file, finding.element) == ("contribution_asked.txt", "line 3")
    assert "names anybody" in finding.remedy


def test_a_message_without_a_usable_template_still_says_where_to_look(desk: Desk, message: AnyRow) -> None:
    words = said(desk, message, wording="of_another_release")
    assert message.subject in words.text
    assert "/contributions/" in words.text
