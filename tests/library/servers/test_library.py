"""Each kind of server as a library: shown, written, locked, taken back, and cut short."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from cinegenre.errors import UserError
from cinegenre.library import Options, Policy, Row
from cinegenre.library.journal import Undone
from cinegenre.library.run import run
from cinegenre.library.runs import runs, state
from cinegenre.library.servers import SERVERS, base, kodi, mediabrowser, plex
from cinegenre.library.servers.http import Down
from cinegenre.library.servers.journal import server_journal, undo_server, user_state
from cinegenre.library.servers.library import ServerLibrary
from cinegenre.tagger import Tagger

from ..fake import FakeTagger
from .fake_server import POSTER, FakeFilm, FakeServer
from .made import FILMS, checked, faked

KINDS = sorted(SERVERS)
TOLD = ["Science Fiction", "Horror", "Action"]


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "state"))
    return tmp_path / "state"


def tag(kind: str, fake: FakeServer, tagger: Any = None, *, write: bool = False,
        **more: Any) -> dict[str, Row]:  # fmt: skip
    server, options = checked(kind, fake), Options(**more)
    model = None if tagger is False else cast(Tagger, tagger or FakeTagger())

    def rows(journal: Any) -> dict[str, Row]:
        films = ServerLibrary(server, journal, options, predicts=model is not None)
        return {row.title: row for row in run(films, model, options)}

    if not write:
        return rows(None)
    with server_journal(server.http.address) as journal:
        return rows(journal)


def undo(kind: str, fake: FakeServer) -> Undone:
    return undo_server(checked(kind, fake))


def genres(fake: FakeServer) -> dict[str, list[str]]:
    return {film.title: film.genres for film in fake.films.values()}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_changes_unless_written(kind: str) -> None:
    with faked(kind) as fake:
        before, tagger = genres(fake), FakeTagger()
        rows = tag(kind, fake, tagger)
        assert not fake.writes()
        assert genres(fake) == before
        locks = SERVERS[kind].locks
    told = {title: (row.status, row.why) for title, row in rows.items()}
    assert told == {
        "The Ghost": ("change", ""),
        "Old": ("left", "has genres"),
        "Sealed": ("left", base.GENRES_LOCKED) if locks else ("change", ""),
        "Deep Field": ("change", ""),
    }
    assert rows["The Ghost"].proposed == tuple(TOLD)
    assert rows["Deep Field"].proposed == ("Sci-Fi & Fantasy", "Action & Adventure")
    film = tagger.films[0]
    assert (film.title, film.year, film.companies) == ("The Ghost", 1999, ("North Pictures",))
    assert (film.overview, film.poster) == (FILMS[0].overview, POSTER)
    assert (film.people, film.id) == (("A. Voss", "B. Lind"), film.id)
    assert film.id in ("tt0000018", "18")


@pytest.mark.parametrize("kind", KINDS)
def test_written_locked_and_taken_back(kind: str) -> None:
    with faked(kind) as fake:
        before = genres(fake)
        rows = tag(kind, fake, write=True)
        assert [row.status for row in rows.values()].count("written") == len(fake.writes())
        film = fake.films["1"]
        assert film.genres == TOLD
        assert film.locked is SERVERS[kind].locks
        assert (film.overview, film.studios) == (FILMS[0].overview, FILMS[0].studios)
        assert fake.films["2"].genres == ["Krimi", "Drama", "Noir"]
        again = tag(kind, fake, write=True)
        assert {row.status for row in again.values()} == {"left"}
        done = undo(kind, fake)
        assert sorted(done.restored) == sorted(
            row.title for row in rows.values() if row.status == "written"
        )
        assert (done.left, genres(fake)) == ({}, before)
        assert not fake.films["1"].locked
        with pytest.raises(UserError, match=r"no run over .* to undo"):
            undo(kind, fake)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_film_has_beyond_a_listing_is_kept(kind: str) -> None:
    with faked(kind) as fake:
        tag(kind, fake, policy=Policy.ADD, write=True)
        assert fake.films["2"].genres == ["Krimi", "Drama", "Noir", *TOLD]
        undo(kind, fake)
        assert fake.films["2"].genres == ["Krimi", "Drama", "Noir"]
        tag(kind, fake, policy=Policy.REPLACE, write=True)
        assert fake.films["2"].genres == TOLD


@pytest.mark.parametrize("kind", KINDS)
def test_names_are_put_in_order_without_a_model(kind: str) -> None:
    with faked(kind) as fake:
        fake.films["2"].genres = ["Sci-Fi", "Terror", "Noir"]
        rows = tag(kind, fake, False, clean=True, write=True)
        assert rows["Old"].status == "written"
        assert fake.films["2"].genres == ["Science Fiction", "Horror", "Noir"]
        assert not [request for request in fake.requests if "mage" in request.path]
        undo(kind, fake)
        assert fake.films["2"].genres == ["Sci-Fi", "Terror", "Noir"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("policy", Policy)
def test_a_film_whose_genre_is_none(kind: str, policy: Policy) -> None:
    with faked(kind) as fake:
        fake.films["1"].genres = ["N/A"]
        rows = tag(kind, fake, policy=policy, write=True)
        assert (rows["The Ghost"].genres, fake.films["1"].genres) == ((), TOLD)
        undo(kind, fake)
        assert fake.films["1"].genres == ["N/A"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_film_without_a_poster(kind: str) -> None:
    with faked(kind) as fake:
        fake.films["1"].poster = False
        tagger = FakeTagger()
        tag(kind, fake, tagger)
        assert tagger.films[0].poster is None


@pytest.mark.parametrize("kind", KINDS)
def test_page_by_page(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (kodi, mediabrowser, plex):
        monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(mediabrowser, "CHUNK", 2)
    monkeypatch.setattr(plex, "CHUNK", 2)
    films = [FakeFilm(str(n), f"Film {n}", f"/f/{n}/f.mkv") for n in range(1, 8)]
    with faked(kind, films) as fake:
        assert len(tag(kind, fake)) == 7
    with faked(kind, []) as fake:
        assert tag(kind, fake) == {}


class Meanwhile(FakeTagger):
    """While it thinks, something happens at the server."""

    def __init__(self, happens: Any) -> None:
        super().__init__()
        self.happens = happens

    def predict(self, films: Any, **more: Any) -> Any:
        told = list(super().predict(films, **more))
        self.happens()
        return iter(told)


@pytest.mark.parametrize("kind", KINDS)
def test_what_others_did_meanwhile_stays(kind: str) -> None:
    with faked(kind) as fake:

        def happens() -> None:
            fake.films["1"].genres = ["Another's"]
            del fake.films["4"]

        rows = tag(kind, fake, Meanwhile(happens), write=True)
        assert (rows["The Ghost"].status, rows["Deep Field"].status) == ("error", "error")
        assert "was changed meanwhile" in rows["The Ghost"].why
        assert "is gone from the server" in rows["Deep Field"].why
        assert fake.films["1"].genres == ["Another's"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_film_that_fails_stops_no_other(kind: str) -> None:
    with faked(kind) as fake:
        fake.broken = {"1"}
        rows = tag(kind, fake, write=True)
        assert rows["The Ghost"].status == "error"
        assert "HTTP 500" in rows["The Ghost"].why
        assert rows["Deep Field"].status == "written"
        done = undo(kind, fake)
        assert "The Ghost" in done.unchanged


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_keeps_other_genres(kind: str) -> None:
    with faked(kind) as fake:
        film = fake.films["1"]
        film.__class__ = type("Stubborn", (FakeFilm,), {"genres": property(
            lambda self: [], lambda self, value: None)})  # fmt: skip
        rows = tag(kind, fake, write=True)
        assert "the server took them, but has the genres none" in rows["The Ghost"].why


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_dies_in_the_middle(kind: str, state_folder: Path) -> None:
    films = [FakeFilm(str(n), f"Film {n}", f"/f/{n}/f.mkv") for n in range(1, 10)]
    with faked(kind, films) as fake:
        answer = fake.answer

        def dies(request: Any) -> Any:
            if len(fake.writes()) > 4 and fake.is_write(request):
                fake.faults = ["reset"] * 1000
            return answer(request)

        fake.answer = dies  # type: ignore[method-assign]
        with pytest.raises(Down, match="does not answer"):
            tag(kind, fake, write=True)
        done = [film.title for film in fake.films.values() if film.genres]
        assert 4 <= len(done) < 9
        [path] = runs(next((user_state() / "servers").iterdir()))
        assert state(path) == ""
        fake.answer, fake.faults = answer, []  # type: ignore[method-assign]
        rows = tag(kind, fake, write=True)
        assert [title for title, row in rows.items() if row.status == "left"] == done
        assert all(film.genres == TOLD for film in fake.films.values())
        assert runs(path.parent) == [path]
        assert state(path) == "ended"
        fake.faults = []
        back = undo(kind, fake)
        # One was noted twice: before its change was cut off, and when it was made.
        assert {*back.restored, *back.unchanged} == {film.title for film in films}
        assert not any(film.genres or film.locked for film in fake.films.values())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_changed_since_is_left(kind: str) -> None:
    with faked(kind) as fake:
        tag(kind, fake, write=True)
        fake.films["1"].genres = ["Another's"]
        del fake.films["4"]
        done = undo(kind, fake)
        assert done.left == {"The Ghost": "was changed since", "Deep Field": "is gone"}
        assert fake.films["1"].genres == ["Another's"]


def test_kodi_gives_a_film_a_new_id() -> None:
    with faked("kodi") as fake:
        tag("kodi", fake, write=True)
        film = fake.films.pop("1")
        film.id = "77"
        fake.films["77"] = film
        assert "The Ghost" in undo("kodi", fake).restored
        assert film.genres == []


def test_a_whole_item_that_is_locked_after_the_run() -> None:
    with faked("jellyfin") as fake:
        tag("jellyfin", fake, write=True)
        fake.films["1"].sealed = True
        assert undo("jellyfin", fake).left == {"The Ghost": "is locked"}
        assert tag("jellyfin", fake)["The Ghost"].why == "is locked"


def test_one_run_at_a_time() -> None:
    with faked("plex") as fake:
        server = checked("plex", fake)
        with (
            server_journal(server.http.address),
            pytest.raises(UserError, match="another process changes plex"),
            server_journal(server.http.address),
        ):
            pass


@pytest.mark.parametrize("kind", KINDS)
def test_the_journal_has_no_secret(kind: str, state_folder: Path) -> None:
    with faked(kind) as fake:
        tag(kind, fake, write=True)
        [path] = runs(next((user_state() / "servers").iterdir()))
        assert fake.key not in path.read_text("utf-8")
        assert fake.key.partition(":")[2] not in path.read_text("utf-8") or kind != "kodi"


def test_a_login_in_a_path_is_told_nowhere(state_folder: Path) -> None:
    with faked("kodi", [FakeFilm("1", "A", "smb://user:SEC@RET@nas/films/A@B/a.mkv")]) as fake:
        rows = tag("kodi", fake, write=True)
        assert (rows["A"].path, rows["A"].status) == ("smb://nas/films/A@B/a.mkv", "written")
        [path] = runs(next((user_state() / "servers").iterdir()))
        assert "RET" not in path.read_text("utf-8")
        assert undo("kodi", fake).restored == ["A"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_another_form(kind: str) -> None:
    with faked(kind) as fake:
        server = checked(kind, fake)
        for said in ([], {}, {"result": {}, "Items": [{"Type": "Movie"}], "MediaContainer": {
                "Directory": [{"type": "movie"}]}}):  # fmt: skip
            fake.answer = lambda _, said=said: said  # type: ignore[method-assign, misc]
            try:
                assert list(server.films()) == []
            except Down as error:
                assert fake.base in str(error)
