"""What the verbs give: the JSON of the command line's `--json` and of the API, as models in one module a group.

The data are made by the rooms' own `to_json`; the models say what is in them.
"""
