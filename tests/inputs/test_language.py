from __future__ import annotations

import subprocess
import sys

import pytest

from cinegenre.inputs import other_language

TEXTS = {
    "German": "Ein alter Fischer findet am Strand eine Kiste, die seit Jahren niemand öffnete.",
    "French": "Deux sœurs héritent d'une ferme et de ce que leur père leur a toujours caché.",
    "Spanish": "Una maestra llega a un pueblo donde nadie habla de lo que pasó aquel verano.",
    "Italian": "Un ladro che vuole smettere accetta l'ultimo colpo per le cure di sua figlia.",
    "Portuguese": "Um menino que não fala faz amizade com o velho que mora sozinho no fim da rua.",
    "Dutch": "Een jonge vrouw keert terug naar het dorp waar haar broer jaren geleden verdween.",
    "Swedish": "En polis som har slutat hoppas får ett brev från mannen som hon aldrig grep.",
    "Polish": "Stary zegarmistrz nie wie, że jego uczeń jest synem człowieka, którego zdradził.",
    "Finnish": "Nuori nainen muuttaa saarelle, jossa kukaan ei ole nähnyt hänen isäänsä vuosiin.",
    "Cyrillic letters": "Молодой врач приезжает в деревню, где никто не болел уже сто лет.",
    "Greek": "Ένας ψαράς βρίσκει ένα γράμμα που δεν έφτασε ποτέ.",
    "Japanese": "山の村に住む少女が、古い神社で不思議な動物と出会う。",
    "Chinese": "一个年轻的医生来到没有人生病的村庄。",
    "Korean": "은퇴한 형사가 오래된 사건의 편지를 받는다.",
    "Arabic letters": "طبيب شاب يصل إلى قرية لم يمرض فيها أحد.",
    "Hebrew letters": "רופא צעיר מגיע לכפר שבו איש אינו חולה.",
    "Devanagari letters": "एक युवा डॉक्टर एक ऐसे गाँव में आता है जहाँ कोई बीमार नहीं पड़ता।",
    "Thai": "หมอหนุ่มเดินทางมาถึงหมู่บ้านที่ไม่มีใครป่วย",
}

FEW_STOP_WORDS = (
    "An outcast huntress braves deadly winters to save her village from wolves and hunger."
)


@pytest.mark.parametrize("name", TEXTS)
def test_a_language_is_told_by_its_words_or_letters(name: str) -> None:
    assert other_language(TEXTS[name], ("en",)) == name


@pytest.mark.parametrize(
    ("name", "code"),
    [("German", "de"), ("French", "fr"), ("Greek", "el"), ("Japanese", "ja"),
     ("Cyrillic letters", "uk"), ("Arabic letters", "fa")],
)  # fmt: skip
def test_a_language_that_the_model_reads_is_none(name: str, code: str) -> None:
    assert other_language(TEXTS[name], ("en", code)) is None
    assert other_language(TEXTS["Spanish"], ("en", code)) == "Spanish"


def test_a_model_may_read_none_but_german() -> None:
    english = "A young doctor comes to a village where nobody has been ill for years."
    assert other_language(english, ("de",)) == "English"
    assert other_language(TEXTS["German"], ("de",)) is None


@pytest.mark.parametrize(
    "english",
    [
        "",
        "Directed by Augusto Genina.",
        "Return of Django",
        "Documentary - Shimon Ballas, Moshe Houri, Sami Michael, Jean-Luc de la Fontaine",
        "Western starring Johannes Heesters, Magda Schneider, Theo Lingen and Paul Hörbiger",
        "Le Rossignol is a Russian conte lyrique in three acts by Igor Stravinsky.",
        "Alien creatures invade a remote mountain resort in Switzerland.",
        "A salaryman is hijacked by bank robbers.",
        "In 1920s Zürich, Frau Müller and Herr von der Tann run a cabaret for the émigrés of Łódź.",
        "ROBBERS HOLD A TRAIN. THE SHERIFF COMES TOO LATE.",
        "The film 千と千尋の神隠し by Hayao Miyazaki is about a girl among spirits.",
        "😀🎬👻",
        "1984",
    ],
)
def test_english_is_english_with_foreign_names_too(english: str) -> None:
    assert other_language(english, ("en",)) is None


def test_accents_may_be_written_apart() -> None:
    import unicodedata

    apart = unicodedata.normalize("NFD", TEXTS["French"])
    assert apart != TEXTS["French"]
    assert other_language(apart, ("en",)) == "French"


def test_english_needs_no_dictionary_and_german_only_the_english_one() -> None:
    """A German dictionary is 115 MB and a second; it is not needed to say what is not English."""
    code = f"""
import sys
from cinegenre.inputs import other_language
assert other_language("This is the story of a man who is not what he was.", ("en",)) is None
assert other_language({FEW_STOP_WORDS!r}, ("en",)) is None
assert "simplemma" not in sys.modules
assert other_language({TEXTS["German"]!r}, ("en",)) == "German"
from simplemma.strategies.dictionaries.dictionary_factory import DEFAULT_DICTIONARY_FACTORY as f
print(f._get_dictionary.cache_info().currsize)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
