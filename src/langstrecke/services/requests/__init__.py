"""What the verbs take: one model a verb, in one module a group. Defaults and bounds stand here and nowhere else.

A model is the body or query of a request to the API, a form on a page and the options of a verb of the command line.
Names are never paths, save in the command line's own requests: whoever sits at the machine may name its files
(`common.FROM_SHELL`).
"""
