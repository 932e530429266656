"""The command line: thin verbs over the Python API, one module per group."""

from langstrecke.cli import backtest as _backtest  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import build as _build  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import card as _card  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import forecast as _forecast  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import news as _news  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import paddock as _paddock  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import ratings as _ratings  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import replay as _replay  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import rules as _rules  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import scenario as _scenario  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import season as _season  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import serve as _serve  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import simulate as _simulate  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli import store as _store  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli.app import app, main
from langstrecke.cli.strategy import call as _call  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli.strategy import plan as _plan  # noqa: F401  (hangs its verbs on the app)
from langstrecke.cli.strategy import what_if as _what_if  # noqa: F401  (hangs its verbs on the app)

__all__ = ["app", "main"]
