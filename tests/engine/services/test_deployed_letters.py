"""Letters in an authority's own words: deployed, in force at once, and refused rather than sent otherwise."""

from __future__ import annotations

import pytest
from lxml import html
from sqlalchemy import update

from cli.lint_letters import lint_letters
from engine.config import ROOT
from engine.errors import StepIncident
from engine.services.notices import deliveries
from engine.services.notices.letter_templates import NOTICES as BESIDE
from engine.services.notices.letter_templates import LetterTemplates
from engine.services.processes.definitions import Deployer, Deployment, DeploymentRefused, deploy
from engine.services.processes.deployments import examined
from engine.services.views import NoticeView
from engine.store import tables
from tests.support.desk import CaseDesk, Desk

NOTICES = ROOT / "bpmn" / "notices"
FIRST = "family_consultation.html"
SAYS = "We must decide by {{ decide_until }} whether to do so, and we want to hear from you first."


def shipped(name: str) -> str:
    return (NOTICES / name).read_text(encoding="utf-8")


def other(name: str, before: str, after: str) -> dict[str, bytes]:
    """A shipped template with other words."""
    text = shipped(name)
    assert before in text
    return {name: text.replace(before, after).encode()}


def deployed(desk: Desk, files: dict[str, bytes]) -> Deployment:
    return deploy(desk.engine, desk.authority, files, by=Deployer("somebody", reason="plainer words"))


def first_letter(case: CaseDesk) -> tuple[NoticeView, str]:
    """The first letter of a case, which is sent when the request is registered, and what it says."""
    officer = case.desk.member("caseworker")
    (notice,) = deliveries.list_notices(case.desk.engine, officer, case.key).items
    content = deliveries.read_content(case.desk.engine, officer, case.key, notice.key)
    return notice, " ".join(html.document_fromstring(content).text_content().split())


def sent(desk: Desk) -> tuple[NoticeView, str]:
    case = desk.request()
    case.complete("register_request")
    return first_letter(case)


def version(case: CaseDesk) -> str:
    with case.desk.engine.database.read() as connection:
        found = connection.execute(
            tables.notice.select().where(tables.notice.c.case_key == int(case.key))
        ).one()
    return str(found.template_version)


def test_a_deployed_letter_stands_at_once_and_what_was_sent_stays(either_case: CaseDesk) -> None:
    desk = either_case.desk
    either_case.complete("register_request")
    before, kept = first_letter(either_case), version(either_case)
    deployed(desk, other(FIRST, SAYS, "Our answer comes by {{ decide_until }}."))
    case = desk.request()
    case.complete("register_request")
    _, said = first_letter(case)
    assert "Our answer comes by 14 December 2026." in said
    assert first_letter(either_case) == before
    assert "We must decide by 14 December 2026" in before[1]
    assert version(either_case) == kept == desk.engine.letters.shipped().version("family_consultation")
    assert version(case) != kept
    with desk.engine.database.read() as connection:
        assert desk.engine.letters.in_force(connection, "999") is desk.engine.letters.shipped()


def test_a_shared_part_alone_changes_every_letter_that_uses_it(desk: Desk) -> None:
    deployed(desk, other("_support.html", "<h2>Help and advice</h2>", "<h2>Who helps you</h2>"))
    assert "Who helps you" in sent(desk)[1]
    deployed(desk, {"_support.html": shipped("_support.html").encode()})
    assert "Help and advice" in sent(desk)[1]


WRONG = [
    (FIRST, "{{ decide_until }}", "{{ decide_untill }}", 4, "Did you mean decide_until?"),
    (FIRST, "{{ decide_until }}", "{{ appeal_until }}", 4, "the law sets no such day here"),
    (FIRST, "{{ decide_until }}", "{{ contacts.sendias }}", 4, "Did you mean sendiass?"),
    (FIRST, '"_support.html"', '"_suport.html"', 11, "Did you mean _support.html?"),
    (FIRST, '"_support.html"', '"../escalation.dmn"', 11, "lies beside the letter"),
    (FIRST, "{{ decide_until }}", "{{ whose|safe }}", 4, "Use one of"),
    (FIRST, "<ul>", '<ul onclick="x()">', 6, "Take onclick away"),
    (FIRST, "{% endblock %}", "{% endblok %}", 2, "Correct it."),
    ("_support.html", "{{ contacts.sendiass }}", "us", None, "{{ contacts.sendiass }}"),
    ("refusal_to_assess.html", ' data-part="decision"', "", None, 'data-part="decision"'),
    ("refusal_to_assess.html", '"_appeal.html" %}', '"_appeal.html" %}{% if x %}{% endif %}', 6, "Use: "),
]


@pytest.mark.parametrize(("name", "before", "after", "line", "remedy"), WRONG)
def test_what_is_wrong_is_said_alike_before_and_at_a_deployment(
    desk: Desk,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    before: str,
    after: str,
    line: int,
    remedy: str,
) -> None:
    files = other(name, before, after)
    found = [each for each in examined(desk.engine, desk.authority, files).findings if each.file == name]
    assert remedy in " ".join(each.remedy for each in found)
    assert ("" if line is None else f"line {line}") in {each.element for each in found}
    with pytest.raises(DeploymentRefused) as refused:
        deployed(desk, files)
    folder = tmp_path_factory.mktemp("own")
    (folder / name).write_bytes(files[name])
    linted = [(each.element, each.rule, each.message) for each in lint_letters([folder / name])]
    said = [(each.element, each.rule, each.message) for each in found]
    assert sorted(linted) == sorted(said)
    assert [(e.element, e.rule, e.message) for e in refused.value.findings if e.file == name] == said


def test_a_spoilt_shared_part_is_refused_with_the_letters_that_it_stops(desk: Desk) -> None:
    files = other("_appeal.html", ' data-part="certificate"', "")
    (finding,) = [
        each for each in examined(desk.engine, desk.authority, files).findings if each.severity == "error"
    ]
    assert (finding.file, finding.rule) == ("_appeal.html", "letter-pack-lacks-a-part")
    assert "when a mediation certificate is needed" in finding.message
    assert "It stops cessation_decision, final_amended_plan, final_plan, not_amending" in finding.message


def test_letters_alone_are_no_first_deployment(desk: Desk) -> None:
    files = other(FIRST, SAYS, "By {{ decide_until }}.")
    with pytest.raises(DeploymentRefused, match="There is no BPMN diagram"):
        deploy(desk.engine, "999", files, by="somebody")


def test_a_part_that_no_letter_includes_is_a_warning(desk: Desk) -> None:
    found = examined(desk.engine, desk.authority, {"_apeal.html": b"<p>Nobody reads this.</p>"})
    assert found.acceptable
    assert "letter-part-unused" in {each.rule for each in found.findings}


def test_a_letter_is_compared_with_the_one_in_force_in_words(desk: Desk) -> None:
    own = other(FIRST, SAYS, "Our answer comes by {{ decide_until }}.")
    texts = [each.text for each in examined(desk.engine, desk.authority, own).changes]
    assert texts == [
        "The letter family_consultation no longer says: “We must decide by {decide_until} whether to do so,"
        " and we want to hear from you first.”",
        "The letter family_consultation says now: “Our answer comes by {decide_until}.”",
    ]
    deployed(desk, own)
    again = other(FIRST, SAYS, "Our answer comes soon.")
    texts = [each.text for each in examined(desk.engine, desk.authority, again).changes]
    assert "The letter family_consultation no longer shows decide_until." in texts
    assert "The letter family_consultation no longer says: “Our answer comes by {decide_until}.”" in texts
    part = examined(desk.engine, desk.authority, other("_appeal.html", "a free meeting", "a meeting"))
    assert part.changes[0].text.startswith("The part _appeal.html of letters (refusal_to_assess, refusal_to")


def test_a_message_is_compared_in_words_too(desk: Desk) -> None:
    text = (ROOT / "bpmn" / "messages" / "missed.txt").read_text(encoding="utf-8")
    files = {"missed.txt": text.replace("Told to: {{ level }}\n", "").encode()}
    texts = [each.text for each in examined(desk.engine, desk.authority, files).changes]
    assert texts == [
        "The message missed no longer shows level.",
        "The message missed no longer says: “Told to: {level}”",
    ]


def test_what_an_older_release_deployed_and_nobody_can_write_any_more_stops_the_letter(desk: Desk) -> None:
    made = deployed(desk, other(FIRST, SAYS, "By {{ decide_until }}."))
    spoilt = shipped(FIRST).replace("decide_until", "of_an_older_release").encode()
    with desk.engine.database.write() as connection:
        row = tables.deployment_resource
        connection.execute(
            update(row).where(row.c.deployment_key == made.key, row.c.name == FIRST).values(content=spoilt)
        )
    desk.engine.letters = LetterTemplates(desk.engine.settings.bpmn_folder / BESIDE)  # a new server
    case = desk.request()
    with pytest.raises(StepIncident) as stopped:
        case.complete("register_request")
    said = str(stopped.value)
    assert "of_an_older_release" in said
    assert "Then deploy it." in said
