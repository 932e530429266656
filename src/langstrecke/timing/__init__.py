"""Timing files in, canonical tables out.

One module per provider, each with functions that read one file:

* `alkamel`: `read_laps`, `read_results`, `read_weather` (WEC 2015-16 and 2024, IMSA 2021 on)
* `dossier`: `read_laps`, `read_pits` (Le Mans 2018-19)
* `entrylist`: `read_entries` (WEC 2024)

`langstrecke.load(path)` recognises the file and calls the right one.
"""
