"""What the invented films are made of: words, shapes and colours that go with a genre."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """A genre's TMDB id, the words its overviews use, its studios, and how its posters look."""

    tmdb: int
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    studios: tuple[str, ...]
    shape: str
    colour: tuple[int, int, int]


LOOKS: dict[str, Look] = {
    "Action": Look(
        28,
        ("commando", "hostage", "bomb", "convoy", "mercenary", "helicopter"),
        ("chases", "defuses", "ambushes", "outguns"),
        ("Iron Harbour Pictures", "Full Throttle Films, Inc."),
        "bars",
        (230, 110, 20),
    ),
    "Animation": Look(
        16,
        ("rabbit", "toy", "penguin", "dragonfly", "puppet", "snowflake"),
        ("sings to", "befriends", "paints", "tickles"),
        ("Paper Lantern Animation",),
        "dots",
        (250, 220, 40),
    ),
    "Comedy": Look(
        35,
        ("wedding", "roommate", "prank", "neighbour", "moustache", "salesman"),
        ("mocks", "fools", "impersonates", "spills soup on"),
        ("Banana Peel Productions",),
        "circle",
        (255, 150, 190),
    ),
    "Documentary": Look(
        99,
        ("archive", "interview", "glacier", "farmer", "footage", "scientist"),
        ("records", "examines", "follows", "remembers"),
        ("Open Lens Collective", "Public Reel"),
        "frame",
        (200, 200, 190),
    ),
    "Drama": Look(
        18,
        ("widow", "father", "village", "illness", "secret", "inheritance"),
        ("mourns", "forgives", "leaves", "confronts"),
        ("Blue Heron Pictures", "Studio Canale Nord"),
        "triangle",
        (110, 80, 60),
    ),
    "Horror": Look(
        27,
        ("cellar", "corpse", "curse", "scarecrow", "asylum", "demon"),
        ("haunts", "devours", "possesses", "buries"),
        ("Black Candle Films",),
        "cross",
        (150, 0, 10),
    ),
    "Romance": Look(
        10749,
        ("lover", "letter", "kiss", "ballroom", "bouquet", "honeymoon"),
        ("marries", "kisses", "longs for", "writes to"),
        ("Rosewater Pictures",),
        "heart",
        (220, 30, 120),
    ),
    "Science Fiction": Look(
        878,
        ("starship", "android", "colony", "wormhole", "satellite", "clone"),
        ("orbits", "reprograms", "teleports", "terraforms"),
        ("Vega Nine Studios",),
        "rings",
        (30, 120, 230),
    ),
}

OFTEN_WITH = {
    "Action": ("Science Fiction", "Drama"),
    "Animation": ("Comedy",),
    "Comedy": ("Romance", "Drama"),
    "Documentary": (),
    "Drama": ("Romance", "Horror"),
    "Horror": ("Science Fiction",),
    "Romance": ("Drama", "Comedy"),
    "Science Fiction": ("Action", "Horror"),
}
"""The genres that a film of a first genre may have besides."""

SHARES = {
    "Drama": 6, "Comedy": 4, "Action": 3, "Romance": 3, "Horror": 2, "Documentary": 2,
    "Science Fiction": 2, "Animation": 2,
}  # fmt: skip
"""How often a genre comes first: uneven, as in the real data."""

PLACES = ("Lisbon", "a small town", "the north", "an old hotel", "Winnipeg", "the harbour")
ADJECTIVES = ("quiet", "last", "hidden", "golden", "broken", "distant", "borrowed", "seventh")
PEOPLE = (
    "Ada Lindqvist", "Bruno Okafor", "Chiyo Tanaka", "Dario Vesely", "Edda Moreau", "Farid Nasser",
    "Greta Holm", "Hugo O'Shea", "Ines Carvalho", "Jonas Petrov",
)  # fmt: skip
LANGUAGES = ("en", "en", "en", "en", "en", "en", "en", "fr", "de", "ja")
