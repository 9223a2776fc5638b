"""The command `ehc`: its subcommands by name, and how errors reach the person at the terminal.

A subcommand's module is imported when it's asked for, so that `ehc --help` and a short command don't
wait for the whole engine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module

import click

from engine.errors import BadInput, EhcError

#: Exit codes: refused with a sentence, and interrupted from the keyboard. 1 is a command's own "no".
REFUSED = 2
INTERRUPTED = 130

#: Subcommand -> where its click command is ("module:name") and what it does.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("cli.run:run", "Serve the demonstration: a year of cases in a database of their own."),
    "serve": ("cli.serve:serve", "Serve the API and run the scheduler."),
    "demo": ("cli.demo:demo", "Fill an empty database with the demonstration authority."),
    "replay": ("cli.replay:replay", "Drive recorded cases through the engine on a stepped clock."),
    "statute": ("cli.statute:statute", "Ask the statutory rules for their dates and reasons."),
    "lint": ("cli.lint:lint", "Say what a deployment would refuse, and why."),
    "try": ("cli.try_command:try_command", "Run a diagram in memory, without a database."),
    "decide": ("cli.decide:decide", "Evaluate a decision table."),
    "deploy": ("cli.deploy:deploy", "Deploy diagrams, decision tables and forms as one version."),
    "migrate": ("cli.migrate:migrate", "Carry running cases over to another version of their process."),
    "import": ("cli.import_command:import_command", "Bring in live cases from a SEN2 return's CSV files."),
    "escalations": ("cli.escalations:escalations", "Explain who hears of lateness, and why."),
    "deadlines": ("cli.deadlines:deadlines", "List the limits that are likely to be missed."),
    "letters": ("cli.letters:letters", "See the letters that families get, with an invented child."),
    "messages": ("cli.messages:messages", "See the messages that colleagues get, with sample values."),
    "check": ("cli.check:check", "Prove that tasks, timers and deadlines agree with the states."),
    "calendar": ("cli.calendar:calendar", "See the bank holidays and correct them."),
    "outbox": ("cli.outbox:outbox", "See and send messages, hold them back and send them again."),
    "settings": ("cli.settings:settings", "Read the national register of schools and other settings."),
    "audit": ("cli.audit:audit", "Verify the audit trail."),
    "token": ("cli.token:token", "Create access tokens."),
    "account": ("cli.account:account", "Open accounts and reset them."),
    "export": ("cli.export_command:export", "Write all data of an authority to a file, to take away."),
    "db": ("cli.db:db", "Create and upgrade the database."),
    "diagrams": ("cli.diagrams:diagrams", "Draw diagrams and generate the modeler's templates."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand's module only when that subcommand is asked for."""

    def __init__(self, *, targets: Mapping[str, tuple[str, str]], **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]
        self._targets = targets

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self._targets)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None if there is none."""
        if cmd_name not in self._targets:
            return None
        module, _, name = self._targets[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of subcommands, written from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in self._targets.items()])


@click.group(cls=LazyGroup, targets=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ehc-engine", message="%(prog)s %(version)s")
def ehc() -> None:
    """A workflow engine for statutory Education, Health and Care processes.

    EHC_DATABASE_URL names the database (default: SQLite in var/ehc.db).

    Example: ehc statute due reg13_2_final_20w --anchor 2026-09-01 --explain
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `ehc` and leave the process: what went wrong is one sentence on stderr, never a traceback.

    Exit code: 0 done, 1 the command's own "no" (a finding, a difference), 2 refused or failed.
    With EHC_DEBUG=1 the traceback is shown.
    """
    try:
        answer = ehc.main(arguments, prog_name="ehc", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        _say("Stopped.")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        _leave_the_closed_pipe()
    except EhcError as error:
        _show_if_debugging()
        _say(*_sentences(error))
        sys.exit(REFUSED)
    except Exception as error:
        _show_if_debugging()
        _say(_unexpected(error))
        sys.exit(REFUSED)
    sys.exit(answer if isinstance(answer, int) else 0)


def _say(*lines: str) -> None:
    for line in lines:
        click.echo(f"ehc: {line}", err=True)


def _sentences(error: EhcError) -> list[str]:
    problems = error.problems if isinstance(error, BadInput) else ()
    named = [f"{each.field}: {each.message}" for each in problems if each.message != error.message]
    return [error.message, *named]


def _debugging() -> bool:
    return os.environ.get("EHC_DEBUG", "") not in ("", "0")


def _show_if_debugging() -> None:
    if _debugging():
        traceback.print_exc()


def _unexpected(error: Exception) -> str:
    kind = type(error).__name__
    if _debugging():
        return f"This shouldn't have happened ({kind}). Please report it with the lines above."
    return (
        f"This shouldn't have happened ({kind}). Where it happened is written in {_written_down(error)};"
        " EHC_DEBUG=1 shows it here. Please report it."
    )


def _written_down(error: Exception) -> str:
    """Write where it happened to a private file. The error's own words stay out: they may name a person."""
    with tempfile.NamedTemporaryFile("w", prefix="ehc-error-", suffix=".log", delete=False) as file:
        file.write(f"{type(error).__name__}\n")
        file.writelines(traceback.format_tb(error.__traceback__))
        return file.name


def _leave_the_closed_pipe() -> None:
    """The reader has gone (`ehc ... | head`): end without a word, also when Python flushes at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
