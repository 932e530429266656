"""First names by sex for the newsroom, from Faker (MIT licence): writes src/langstrecke/news/data/first_names.txt.

Usage: pip install Faker && python -m scripts.fit.first_names
"""

from __future__ import annotations

import importlib
from pathlib import Path

from langstrecke.news.lexicon.morphology import slug

OUT = Path(__file__).resolve().parents[2] / "src" / "langstrecke" / "news" / "data" / "first_names.txt"
LOCALES = """
de_DE de_AT de_CH fr_FR fr_CH fr_BE it_IT nl_NL nl_BE en_GB en_US en_IE en_NZ es_ES es_AR es_MX es_CO pt_PT
pt_BR  da_DK sv_SE no_NO fi_FI pl_PL cs_CZ hu_HU sk_SK sl_SI hr_HR ro_RO et_EE lt_LT lv_LV
"""
"""Where drivers come from, in Latin letters."""

WORDS = """
Aida Alba Ale Amber Amor Anderson Apollo April Asia Aston August Austin Baptist Bitten Brandy Candela Cheyenne
Concha  Constant Cord Corona Crystal Daniels Dawn Destiny Diamond Dolores Eder Eider Eimer Eitel Else Ever
Faber Fenne Fleur  Flor Flora Flore Franc France Gaia Gala Georgia German Gloria Gotthard Grit Harm Heide
Helle Hemi Holm Hudson Indie Ion  Israel Jackson Jade Janus Jefferson Jena Jet Joke June Juni Junior Kick
Kingston Kobe Lady Lage Lander Laus Leider Lien  Lies Lincoln Linde Line Lode Lore Lot Love Luz Made Malle Mar
Mare Marine Mate Medina Mentor Meta Mile Mille Miller  Milton Montserrat Mora Morgan Naja Nana Neider Nikolaus
Noe Nova Olive Olympia Paris Peer Penny Pepita Per Philippine  Phoenix Piper Pol Puck Reet Rein Reiner Ritt
Roberts Robinson Romane Rosette Rune Rute Saar Saga Said Santos Sem Sierra  Smith Sol Sole Stein Summer Tage
Tara Tola Toms Tone Tora Traute Uno Urban Vega Veit Vide Viking Ville Viola Virginia  Vita Ward Wessel Wilder
Wille Zion
"""
"""Of these a German text mostly means something else, or the surname."""


def main() -> None:
    """Write the names, those of women first, one line each."""
    sexes: dict[str, set[str]] = {"women": set(), "men": set()}
    for locale in LOCALES.split():
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for sex, field in (("women", "first_names_female"), ("men", "first_names_male")):
            sexes[sex] |= set(getattr(provider, field, ()))
    kept = {
        sex: sorted({slug(n) for n in names if n.isalpha() and len(n) > 2 and n not in WORDS.split()})
        for sex, names in sexes.items()
    }
    both = set(kept["women"]) & set(kept["men"])
    kept["women"] = [n for n in kept["women"] if n not in both]
    note = "# First names of women, then of men, from Faker (MIT licence) by scripts/fit/first_names.py"
    OUT.write_text("\n".join([note, " ".join(kept["women"]), " ".join(kept["men"])]) + "\n", "utf-8")
    print({sex: len(names) for sex, names in kept.items()})


if __name__ == "__main__":
    main()
