"""The public result archives: find an event, fetch its files politely, keep them, go on where it broke off.

    from langstrecke.archives import carry_out, open_archive, plan_event

    with open_archive("imsa") as archive:
        plan = plan_event(archive, "2026", "sebring")
        outcome = carry_out(archive, plan)

Where everything stands is in `data/hosts.toml`; `langstrecke fetch` is the verb. Needs the extra `fetch`.
"""

from langstrecke.archives.archive import Archive, default_root, open_archive, season_events
from langstrecke.archives.fetch import carry_out, plan_event
from langstrecke.archives.hosts import Hosts, load_hosts
from langstrecke.archives.model import Chosen, Event, Fetched, Offer, Outcome, Plan, Remote, Season
from langstrecke.archives.pick import event_in_words

__all__ = [
    "Archive",
    "Chosen",
    "Event",
    "Fetched",
    "Hosts",
    "Offer",
    "Outcome",
    "Plan",
    "Remote",
    "Season",
    "carry_out",
    "default_root",
    "event_in_words",
    "load_hosts",
    "open_archive",
    "plan_event",
    "season_events",
]
