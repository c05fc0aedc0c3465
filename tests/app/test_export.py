"""`edge export`: the books of some dates, while the shop goes on; nothing is ever written over."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from bench._shop import Premises, prepare
from edge.app.export import Wanted, export, local
from edge.cli import main
from edge.errors import Halt, Refused
from edge.pos.books.rows import TABLES, columns

DOCS = Path(__file__).parents[2] / "docs" / "export.md"


async def test_the_books_are_written_into_a_new_folder_and_never_over_another(tmp_path: Path) -> None:
    opened = await prepare(Premises(tmp_path))
    out = tmp_path / "books"
    paths = export(opened.config, Wanted("2026-06-01", "2026-06-30", "csv", out))
    assert sorted(path.name for path in paths) == sorted(f"{name}.csv" for name in TABLES)
    with (out / "sales.csv").open(encoding="utf-8-sig", newline="") as file:
        assert tuple(next(csv.reader(file))) == columns(TABLES["sales"])
    with pytest.raises(Refused, match="holds something"):
        export(opened.config, Wanted("2026-06-01", "2026-06-30", "csv", out))
    with pytest.raises(Refused, match="no format"):
        export(opened.config, Wanted("2026-06-01", "2026-06-30", "xls", tmp_path / "other"))


async def test_the_verb_says_what_it_wrote_and_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = await prepare(Premises(tmp_path))
    span = ["export", "--config", str(opened.path), "--from", "2026-06-01", "--to", "2026-06-02"]
    assert main([*span, "--out", str(tmp_path / "books")]) == 0
    assert "movements.csv" in capsys.readouterr().out
    assert main([*span, "--out", str(tmp_path / "books")]) == 1
    assert "--out" in capsys.readouterr().err
    Path(opened.config.paths.journal).unlink()
    with pytest.raises(Halt, match="no journal"):
        export(opened.config, Wanted("2026-06-01", "2026-06-02", "csv", tmp_path / "more"))


async def test_times_are_the_stores_with_their_offset(tmp_path: Path) -> None:
    opened = await prepare(Premises(tmp_path))
    assert local(opened.config)("2026-10-25T00:30:00.000Z") == "2026-10-25T00:30:00+00:00"


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_explained(name: str) -> None:
    page = DOCS.read_text(encoding="utf-8").partition(f"### `{name}.csv`")[2].partition("###")[0]
    assert [column for column in columns(TABLES[name]) if f"| `{column}` |" not in page] == []


async def test_saft_is_for_a_store_of_its_country_only(tmp_path: Path) -> None:
    opened = await prepare(Premises(tmp_path))
    wanted = Wanted("2026-06-01", "2026-06-30", "saft-no", tmp_path / "saft")
    with pytest.raises(Refused, match="stores in NO") as refused:
        export(opened.config, wanted)
    assert "csv" in refused.value.hint
    assert not (tmp_path / "saft").exists()
    norway = replace(opened.config, store=replace(opened.config.store, country="NO"))
    (path,) = export(norway, wanted)
    assert b"Not run through" in path.read_bytes()


def test_the_help_says_what_was_not_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--help"])
    assert "not run through the authority's" in " ".join(capsys.readouterr().out.split())
