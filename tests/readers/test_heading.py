"""Headers below a title, without a title, divided by rare marks, or not there at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cinegenre.errors import UserError
from cinegenre.movie import BadRow, Movie
from cinegenre.readers.beginning import ABOVE, FORMULAS
from cinegenre.readers.log import ReadLog
from cinegenre.readers.table import read
from cinegenre.score.source import Source

TWO = [("Alien", "A crew, a ship"), ("Heat", "A cop")]
CELLS = 'Title,Plot,Genre\nAlien,"A crew, a ship",Horror\nHeat,A cop,Crime\n'
TABLES = {
    "a title": f"My films\n{CELLS}",
    "a title in a cell": f"My films,,\nExported 2026-11-30,,\n,,\n{CELLS}",
    "a title and an empty line": f"Table 1\n\n{CELLS}",
    "comments": f"# made by a tool\n# 2 films\n{CELLS}",
    "a list of Letterboxd": "Letterboxd list export v7\nDate,Name,Tags,URL,Description\n"
    f"2026-11-30,Films,,https://example.org,Mine\n\n{CELLS}",
    "groups of columns": f"Film,,Labels\n{CELLS}",
    "a mark before the header": f"#{CELLS}",
    "marks that are not seen": CELLS.replace("Title", "\u200bTi\u00adtle\u200e"),
    "Markdown": "| Title | Plot | Genre |\n|---|:--|---|\n|Alien|A crew, a ship|Horror|\n"
    "|Heat|A cop|Crime|\n",
    "sqlcmd": "Title;Plot;Genre\n-----;----;-----\nAlien;A crew, a ship;Horror\nHeat;A cop;Crime\n",
    "colons": "Title::Plot::Genre\nAlien::A crew, a ship::Horror\nHeat::A cop::Crime\n",
    "colons and spaces": "Title ::: Plot ::: Genre\nAlien ::: A crew, a ship ::: Horror\n"
    "Heat ::: A cop ::: Crime\n",
    "circumflex": "Title^Plot^Genre\nAlien^A crew, a ship^Horror\nHeat^A cop^Crime\n",
    "Hive": "title\1plot\1genre\nAlien\1A crew, a ship\1Horror\nHeat\1A cop\1Crime\n",
    "spaces before quotation marks": 'Title, Plot, Genre\nAlien, "A crew, a ship", "Horror"\n'
    'Heat, "A cop", "Crime"\n',
    "formulas": 'Title,Plot,Genre\n="Alien","=""A crew, a ship""",Horror\nHeat,="A cop",Crime\n',
    "R's row names": '"Title","Plot","Genre"\n"1","Alien","A crew, a ship","Horror"\n'
    '"2","Heat","A cop","Crime"\n',
    "R's row names after a selection": "Title\tPlot\tGenre\n7\tAlien\tA crew, a ship\tHorror\n"
    "12\tHeat\tA cop\tCrime\n",
    "remarks": CELLS.replace("Title,Plot,Genre", '*Title (English),"Plot:",Genre(s)?'),
    "brackets": CELLS.replace("Title,Plot,Genre", "[Title],[Plot],'Genre'"),
    "names of a table": CELLS.replace("Title,Plot,Genre", "movies.title,movies/plot,m.genre"),
    "the header again": CELLS.replace("Heat", "Title,Plot,Genre\nHeat"),
    "lines of spaces": CELLS.replace("Heat", "  \nHeat"),
    "a mark of DOS at the end": f"{CELLS}\x1a",
    "empty columns in the header": 'Title,Plot,Genre,,\nAlien,"A crew, a ship",Horror\n'
    "Heat,A cop,Crime,\n",
}


def rows(path: Path, text: str, log: ReadLog | None = None) -> list[Movie | BadRow]:
    path.write_text(text, encoding="utf-8", newline="")
    return list(read(path, log=log))


@pytest.mark.parametrize("ending", [".csv", ".txt"])
@pytest.mark.parametrize("name", TABLES)
def test_the_header_is_found(name: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"films{ending}"
    films = rows(path, TABLES[name])
    assert [(film.title, film.overview) for film in films if isinstance(film, Movie)] == TWO
    assert len(films) == 2
    assert Source.find(path).counted().rows == 2


def test_what_was_passed_over_is_counted(tmp_path: Path) -> None:
    log = ReadLog()
    rows(tmp_path / "a.csv", TABLES["a title in a cell"], log)
    rows(tmp_path / "a.csv", TABLES["formulas"], log)
    assert log.mended == {ABOVE: 3, FORMULAS: 3}


def test_a_row_below_a_title_is_where_it_begins(tmp_path: Path) -> None:
    first, bad = rows(tmp_path / "a.csv", "My films\n\nTitle,Plot\nAlien,A crew\nHeat\n")
    assert isinstance(first, Movie) and isinstance(bad, BadRow)
    assert bad.where == "a.csv line 5"


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("title,x,y\nName,Plot,z\n", ["Name"]),  # words that a film may have
        ("title,overview\nTitle,Plot\nTitle,Plot\n", ["Title", "Title"]),
        # A cell of a row that is itself a list of names of columns.
        ("id,title,note\n1,Heat,title|overview|poster\n2,Alien,title\n", ["Heat", "Alien"]),
        ("id,title,genres\n1,Heat,Crime,War\n2,Alien,Horror,War\n", []),  # no names of rows
        ("title,overview\nHeat, a film,A cop\nAlien, a film,A crew\n", []),
    ],
)
def test_the_first_line_is_the_header(text: str, titles: list[str], tmp_path: Path) -> None:
    films = rows(tmp_path / "a.csv", text)
    assert [film.title for film in films if isinstance(film, Movie)] == titles
    assert len(films) == text.count("\n") - 1


@pytest.mark.parametrize(
    "text",
    [
        "1::Toy Story (1995)::Animation|Children's\n2::Jumanji (1995)::Adventure\n",
        "975900\t/m/03vyhn\tGhosts of Mars\t2001-08-24\n",
        "23890098\tShlykov, a taxi driver, and Lyosha, a saxophonist, meet.\n",
        "1 ::: Cupid (1997) ::: thriller ::: A brother and sister\n",
        "tt0114709,Drama\ntt0113497,War\n",
    ],
)
def test_a_film_is_no_header(text: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"a\.dat has no header: it begins with .*: write a line"):
        rows(tmp_path / "a.dat", text)
