"""`ehc import`: a council brings in its live cases."""

from __future__ import annotations

from pathlib import Path

import click

from cli.opening import opened, the_authority
from engine.services.imports.blade_files import IGNORED, MODULES
from engine.services.imports.imports import MOST_ROWS_AT_THE_TERMINAL, import_blade
from engine.services.imports.views_of_imports import ImportedRowView, ImportProblemView, ImportReportView
from engine.services.principals import find_member, principal_of

#: Bytes of one file; a large council's return has some five.
_LARGEST = 50_000_000


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--person", required=True, help="The caseworker who brings them in.")
@click.option("--really", is_flag=True, help="Keep it; without this every row is only tried.")
@click.option("--confirm", multiple=True, type=int, metavar="ROW", help="A row that is another child's.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def import_command(
    folder: Path, person: str, really: bool, confirm: tuple[int, ...], authority: str | None
) -> None:
    """Bring in live cases from the CSV files of a SEN2 return (COLLECT's Blade export).

    The files end in their module's name: Blade-Export_20-02-2026_person.csv, or person.csv. Each row says
    what became of it; mend the files and run it again, as often as needed.

    Example: ehc import examples/import --person "Amara Okafor"
    """
    files = _files(folder)
    if not files:
        raise click.ClickException(f"{folder} holds no file of a return, such as person.csv.")
    with opened() as engine:
        member = find_member(engine, the_authority(engine, authority), person=person)
        with engine.database.read() as connection:
            who = principal_of(connection, member.membership_key)
        report = import_blade(
            engine,
            who,
            files,
            dry_run=not really,
            confirmed=confirm,
            most_rows=MOST_ROWS_AT_THE_TERMINAL,
        )
    _say(report)
    if report.problems:
        raise click.exceptions.Exit(1)


def _files(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        module = path.stem.rpartition("_")[2].lower()
        if module not in (*MODULES, *IGNORED):
            continue
        if path.stat().st_size > _LARGEST:
            raise click.ClickException(f"{path} has more than {_LARGEST // 1_000_000} MB.")
        found[module] = path.read_text(encoding="utf-8-sig", errors="replace")
    return found


def _say(report: ImportReportView) -> None:
    for problem in report.file_problems:
        click.echo(_problem(problem), err=True)
    for row in report.items:
        _say_row(row)
    done = "would be brought in" if report.dry_run else "brought in"
    click.echo(
        f"{report.rows} rows: {report.imported} {done}, {report.present} there already,"
        f" {report.left_out} left out, {report.problems} with problems."
    )
    if report.dry_run:
        click.echo("Nothing was kept: give --really to do it.")


def _say_row(row: ImportedRowView) -> None:
    words = [f"requests {row.row}: {row.outcome}"]
    words += [f"at {row.step}"] if row.step else []
    words += [f"case {row.case_key}"] if row.case_key else []
    click.echo(f"{', '.join(words)}. {' '.join(row.notes)}".rstrip())
    for problem in row.problems:
        click.echo(f"    {_problem(problem)}", err=True)


def _problem(problem: ImportProblemView) -> str:
    where = (
        f"{problem.file} {problem.row}, {problem.column}"
        if problem.column
        else f"{problem.file} {problem.row}"
    )
    return f"{where}: {problem.message} {problem.remedy}"
