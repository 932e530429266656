"""Which names are cars, and who is meant by one; teams called by the front of a word; what is not said."""

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, read_article


def told(text, date="2019-11"):
    return {" | ".join(c.key) for c in read_article(article_from_text(text, date=date)).claims}


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Der Porsche von Kévin Estre rollte in Spa aus.", "kevin-estre | finished | spa | confirmed"),
        ("Den Land-Audi fuhr Max Hofer.", "max-hofer | drives_for | montaplast-by-land-motorsport | confirmed"),
        ("Das Audi-Duo Ricardo Feller und Max Hofer war stark.", "max-hofer | shares_car | ricardo-feller | confirmed"),
        ("Der für Rowe startende Philipp Eng war zufrieden.", "philipp-eng | drives_for | rowe-racing | confirmed"),
        ("Philipp Eng wechselt zum Team von Grasser.", "philipp-eng | drives_for | grasser-racing-team | announced"),
        ("Penske bedient sich und verpflichtet Alex Lynn.", "alex-lynn | drives_for | team-penske | confirmed"),
        ("Titelverteidiger in der IMSA ist Penske. Titelverteidiger Penske war da.", "team-penske | won | imsa | confirmed"),
        ("Der Manager von Kévin Estre ist Julien Jousse.", "julien-jousse | manages | kevin-estre | confirmed"),
        ("Philipp Eng siegte bei den Sechs Stunden von Fuji.", "philipp-eng | won | fuji | confirmed"),
    ],
)  # fmt: skip
def test_it_is_read(text, claim):
    assert claim in told(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Alex Lynn saß am Steuer des Cadillac.", "alex-lynn | drives_for | cadillac | confirmed"),
        ("Philipp Eng verwies in Spa Maro Engel im Porsche auf Rang zwei.", "philipp-eng | drives | porsche | confirmed"),
        ("Wer Marco Wittmann bei BMW ersetzt, ist offen.", "marco-wittmann | drives_for | bmw | confirmed"),
        ("In Spa bejubelte BMW den Gesamtsieg.", "bmw | fights_for | gesamtsieg | confirmed"),
        ("Philipp Eng peilt in Spa den Sieg an.", "philipp-eng | won | spa | confirmed"),
    ],
)  # fmt: skip
def test_it_is_not_read(text, claim):
    assert claim not in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "Porsche präsentierte in Stuttgart den neuen 911 GT3 R.",
        "Die DTM gastiert im August auf dem Nürburgring.",
        "Maro Engel und Philipp Eng lieferten sich ein packendes Duell.",
        "Nach dem Rennen gratulierte Philipp Eng seinem Rivalen Maro Engel.",
        "Für die 24 Stunden von Spa sind 66 Autos gemeldet.",
    ],
)
def test_nothing_is_made_of_what_tells_nothing(text):
    assert not told(text)
