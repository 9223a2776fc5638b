"""Every command of `ehc` explains itself with an example, and answers what it can't do in a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from cli import main as command
from engine.errors import BadInput, FieldProblem


def walk(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that lead to every command and group."""
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from walk(found, (*path, name))


@pytest.mark.parametrize("name", command.COMMANDS)
def test_a_command_of_the_table_can_be_loaded(name):
    assert isinstance(command.ehc.get_command(click.Context(command.ehc), name), click.Command)


def test_every_command_answers_help_with_an_example():
    silent = [words for words in walk(command.ehc) if f"ehc {' '.join(words)}" not in help_of(words)]
    assert silent == []


def help_of(words: tuple[str, ...]) -> str:
    """What a command says of itself below its usage line, on one line."""
    answer = CliRunner().invoke(command.ehc, [*words, "--help"], prog_name="ehc")
    assert answer.exit_code == 0, answer.output
    return " ".join(answer.output.partition("\n\n")[2].split())


def test_every_command_refuses_what_it_does_not_know_in_a_sentence():
    for words in walk(command.ehc):
        answer = CliRunner().invoke(command.ehc, [*words, "--no-such-option"])
        assert answer.exit_code == 2, words
        assert "No such option" in answer.output


def test_help_is_there_without_the_engine():
    code = (
        "import sys; from cli.main import ehc; ehc.main(['--help'], standalone_mode=False);"
        "sys.exit(bool({'sqlalchemy', 'flask', 'SpiffWorkflow'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def raising(error: BaseException) -> click.Command:
    """A command that fails."""

    @click.command()
    def fail() -> None:
        raise error

    return fail


def outcome(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """The exit code of `ehc` when a command raises an error."""
    monkeypatch.setattr(command.ehc, "get_command", lambda context, name: raising(error))
    with pytest.raises(SystemExit) as left:
        command.main(["anything"])
    return int(left.value.code or 0)


def test_an_error_of_the_engine_is_a_sentence(monkeypatch, capsys):
    problem = FieldProblem("child.upn", "Write thirteen characters.")
    assert outcome(monkeypatch, BadInput("The request can't be accepted.", [problem])) == 2
    assert capsys.readouterr().err.splitlines() == [
        "ehc: The request can't be accepted.",
        "ehc: child.upn: Write thirteen characters.",
    ]


def test_an_unexpected_error_is_written_down_without_its_words(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command.tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("EHC_DEBUG", raising=False)
    assert outcome(monkeypatch, KeyError("somebody's name")) == 2
    said = capsys.readouterr().err
    written = next(tmp_path.glob("ehc-error-*.log"))
    assert str(written) in said
    assert "KeyError" in written.read_text()
    assert "somebody" not in said + written.read_text()


def test_debugging_shows_the_whole_of_it(monkeypatch, capsys):
    monkeypatch.setenv("EHC_DEBUG", "1")
    assert outcome(monkeypatch, KeyError("detail")) == 2
    assert "KeyError: 'detail'" in capsys.readouterr().err


def test_being_interrupted_is_no_fault(monkeypatch, capsys):
    assert outcome(monkeypatch, KeyboardInterrupt()) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "ehc: Stopped."


def test_a_reader_who_leaves_early_is_no_fault():
    code = (
        "import click; from cli import main as m\n"
        "m.ehc.get_command = lambda *_: click.Command('x', callback=lambda: [print(n) for n in range(99999)])\n"
        "m.main(['x'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        reading.stdout.readline()
        reading.stdout.close()
        assert reading.stderr.read() == b""
