"""The verb `remind`."""

from __future__ import annotations

from langstrecke.cli.asking import asks
from langstrecke.cli.options import Json
from langstrecke.cli.terminal import console, print_json, said
from langstrecke.errors import LangstreckeError
from langstrecke.services.requests.team import RemindAsk


@asks(RemindAsk, "team")
def remind_verb(ask: RemindAsk, as_json: Json = False) -> None:
    """Send a message to a chat's webhook before each stop of a team's plan; without --to, list the messages.

    Runs until the last stop or Ctrl-C. The team file and the sheet of driven stints are read again when they change.
    """
    from langstrecke.services.reminders import remind

    answer = remind(ask, told=said)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    elif not ask.to:
        for message in answer.messages:
            console.print(f"{message.sent_at}  {message.text}", markup=False, highlight=False, soft_wrap=True)
        said("nothing was sent: no address is given (--to)")
    elif not answer.messages and ask.at:
        said("nothing is due at that moment")
    failed = [message for message in answer.messages if message.trouble]
    if failed:
        raise LangstreckeError(f"{len(failed)} of {len(answer.messages)} messages did not arrive")
