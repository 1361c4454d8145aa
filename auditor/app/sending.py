"""Notices go out: ``queue`` puts them into the outbox, ``send_due`` sends what is due, each once whatever happens on the way."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import anyio
from anyio.to_thread import run_sync

from auditor.app.alerting import preview, told_by
from auditor.app.parts import Parts
from auditor.app.visiting import Ran
from auditor.errors import ConfigError, Problem
from auditor.findings.channels.mail import MailServer, send_mail
from auditor.findings.channels.webhook import Hook, call, key_of, origin_of
from auditor.findings.message import sender_of
from auditor.findings.outbox import LEASE, LIFE, is_stale, settle
from auditor.log import get_logger
from auditor.model.delivery import Delivery, DeliveryState, Outcome
from auditor.model.ids import AgencyId
from auditor.model.notice import Channel, Notice, NoticeKind
from auditor.model.run import Run
from auditor.settings.secret import read_secret
from auditor.store import Store
from auditor.visit.doors.dns.door import Resolver, nameservers_of
from auditor.visit.doors.guard import Guard
from auditor.visit.doors.http.post import Poster, post_context
from auditor.visit.network import user_agent

__all__ = ["Sent", "carriers", "queue", "send_due", "take_up", "try_mail", "try_webhook", "waiting"]

_GRACE = 8.0
"""Seconds that a letter under way gets to end when we are told to stop: cut off there, nobody would know whether it was taken."""

Carry = Callable[[Delivery], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a round did: each delivery that was tried as it stands now, channels that failed, and those that are not set up.

    ``off`` counts what waits for a channel that settings do not name.
    """

    tried: tuple[Delivery, ...] = ()
    down: Mapping[Channel, str] = field(default_factory=dict)
    off: Mapping[Channel, int] = field(default_factory=dict)

    def count(self, state: DeliveryState) -> int:
        """Count those that were tried and stand so now."""
        return sum(one.state is state for one in self.tried)


def queue(parts: Parts, store: Store, notices: Iterable[Notice]) -> int:
    """Put notices into the outbox, with a call to the webhook beside each where one is set up. Give how many are new.

    The same notices may come again and again: a key is told once. A letter to nobody is told to the webhook alone.
    """
    return store.outbox.put(_addressed(parts, notices))


def _addressed(parts: Parts, notices: Iterable[Notice]) -> list[Notice]:
    letters = list(notices)
    url = parts.settings.webhook.url
    calls = [
        replace(one, key=f"{one.key}/webhook", channel=Channel.WEBHOOK, to=(origin_of(url),), thread="")
        for one in letters
        if url and one.channel is Channel.MAIL
    ]
    return [*(one for one in letters if one.to), *calls]


def take_up(parts: Parts, store: Store, ran: Ran | Run | None = None) -> int:
    """Take the findings one run further, by default the last published one, and put what it tells into the outbox: both or none.

    Doing it again adds nothing: whoever was killed between a run's end and this does it once more. Give how many notices are new.
    """
    run = ran or _told(parts, store)
    told = told_by(parts, store, run) if run else None
    if told is None:
        return 0
    return store.findings.keep(told.run, told.at, told.lives, _addressed(parts, told.notices))


def waiting(parts: Parts, store: Store) -> tuple[Delivery, ...]:
    """Give what is not over, the oldest first: due now, due later, under way, or not even in the outbox; nothing is written."""
    new = [
        Delivery(notice=one, state=DeliveryState.WAITING, left=one.to, changed_at=one.created_at, due_at=one.created_at)
        for one in _addressed(parts, preview(parts, store).notices if _told(parts, store) else ())
        if store.outbox.get(one.key) is None
    ]
    return (*store.outbox.open(), *new)


def _told(parts: Parts, store: Store) -> Run | None:
    """Give the last published run, if its letters can be written: by the edition that judged it."""
    run = store.runs.last_published()
    return run if run is not None and store.rankings.of_run(run.id, parts.edition().id) is not None else None


async def send_due(parts: Parts, store: Store) -> Sent:
    """Send what is due, one after the other.

    A channel that fails is left alone for this round. Told to stop, it ends the letter under way and begins no other.

    Raises:
        ConfigError: a secret's file cannot be read, or does not hold one.
    """
    due = await run_sync(store.outbox.due, parts.clock.now())
    carry = carriers(parts, store) if due else {}
    tried: list[Delivery] = []
    down: dict[Channel, str] = {}
    off: dict[Channel, int] = {}
    for one in due:
        channel = one.notice.channel
        if is_stale(one, parts.clock.now()):
            tried += await _to_its_end(partial(_give_up, parts, store, one))
        elif channel not in carry:
            off[channel] = off.get(channel, 0) + 1
        elif channel not in down:
            tried += await _to_its_end(partial(_try, parts, store, one, carry[channel], down))
    return Sent(tried=tuple(tried), down=down, off=off)


def carriers(parts: Parts, store: Store) -> dict[Channel, Carry]:
    """Give the channels that settings name.

    Raises:
        ConfigError: a secret's file cannot be read, or does not hold one.
    """
    found: dict[Channel, Carry] = {}
    if parts.settings.mail.host:
        server = _server(parts)

        async def by_mail(one: Delivery) -> Outcome:
            before = await run_sync(store.outbox.before, one.notice)
            return await send_mail(server, one.notice, one.left, before=before)

        found[Channel.MAIL] = by_mail
    if parts.settings.webhook.url:
        hook, poster = _hook(parts), _poster(parts)

        async def by_call(one: Delivery) -> Outcome:
            return await call(hook, poster, one.notice, now=parts.clock.now())

        found[Channel.WEBHOOK] = by_call
    return found


async def try_mail(parts: Parts, to: str, subject: str, text: str) -> Outcome:
    """Send one letter of trial past the outbox, and say what the server said.

    Raises:
        ConfigError: no server is set up, or its password cannot be read.
    """
    if not parts.settings.mail.host:
        raise ConfigError([Problem(file="auditor.toml", place="mail.host", what="is empty: no server takes our letters")])
    return await send_mail(_server(parts), _trial(parts, Channel.MAIL, to, subject, text), [to])


async def try_webhook(parts: Parts, text: str) -> Outcome:
    """Make one call of trial past the outbox, and say what was answered.

    Raises:
        ConfigError: no webhook is set up, or its key cannot be read.
    """
    url = parts.settings.webhook.url
    if not url:
        raise ConfigError([Problem(file="auditor.toml", place="webhook.url", what="is empty: nobody is called")])
    notice = _trial(parts, Channel.WEBHOOK, origin_of(url), "", text)
    return await call(_hook(parts), _poster(parts), notice, now=parts.clock.now())


def _trial(parts: Parts, channel: Channel, to: str, subject: str, text: str) -> Notice:
    now = parts.clock.now()
    return Notice(
        key=f"test/{to}/{now.isoformat()}",
        kind=NoticeKind.TEST,
        channel=channel,
        agency=AgencyId(""),
        run=None,
        to=(to,),
        subject=subject,
        text=text,
        payload={"text": text},
        thread="test",
        created_at=now,
    )


async def _to_its_end(work: Callable[[], Awaitable[Delivery | None]]) -> list[Delivery]:
    """Do work that is not left half done when we are told to stop: it has a few seconds more."""
    found: list[Delivery] = []
    done, scope = anyio.Event(), anyio.CancelScope(shield=True)

    async def run() -> None:
        with scope:
            ended = await work()
            found.extend([ended] if ended else [])
        done.set()

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        try:
            await done.wait()
        finally:
            if not done.is_set():
                scope.deadline = anyio.current_time() + _GRACE
    return found


async def _try(parts: Parts, store: Store, due: Delivery, carry: Carry, down: dict[Channel, str]) -> Delivery | None:
    """Try one delivery and keep what came of it; None where another process has it."""
    key, outbox, now = due.notice.key, store.outbox, parts.clock.now()
    if not await run_sync(partial(outbox.begin, key, now, until=now + LEASE)):
        return None
    begun = await run_sync(outbox.get, key)
    assert begun is not None
    outcome = await carry(begun)
    if outcome.down:
        down[due.notice.channel] = outcome.down
    now = parts.clock.now()
    found = settle(begun, outcome, now)
    if found.state is DeliveryState.SENT:
        await run_sync(partial(outbox.sent, key, now, refused=found.refused, taken=outcome.taken))
    else:
        came = {"left": found.left, "refused": found.refused, "taken": outcome.taken}
        await run_sync(partial(outbox.failed, key, now, found.why, found.due_at, **came))
    return await _logged(store, key)


async def _give_up(parts: Parts, store: Store, one: Delivery) -> Delivery | None:
    """End what nobody tried while it was news."""
    why = one.why or f"not sent within {LIFE.days} days"
    end = partial(store.outbox.failed, one.notice.key, parts.clock.now(), why, None, left=one.left, refused=one.refused)
    await run_sync(end)
    return await _logged(store, one.notice.key)


async def _logged(store: Store, key: str) -> Delivery | None:
    one = await run_sync(store.outbox.get, key)
    if one is not None:
        told = get_logger("sending").info if one.state is DeliveryState.SENT else get_logger("sending").warning
        told("notice", key=key, channel=one.notice.channel.value, state=one.state.value, tries=one.tries, why=one.why)
    return one


def _server(parts: Parts) -> MailServer:
    mail = parts.settings.mail
    try:
        sender_of(mail.sender)
    except ValueError as exc:
        raise ConfigError([Problem(file="auditor.toml", place="mail.from", what=str(exc))]) from exc
    return MailServer(
        host=mail.host,
        port=mail.port,
        sender=mail.sender,
        tls=mail.tls,
        starttls=mail.starttls,
        username=mail.username,
        password=read_secret(mail.password_file, "mail.password_file") if mail.username else "",
        trust=parts.settings.network.trust,
    )


def _hook(parts: Parts) -> Hook:
    webhook = parts.settings.webhook
    try:
        key = key_of(read_secret(webhook.secret_file, "webhook.secret_file"))
    except ValueError as exc:
        raise ConfigError([Problem(file="auditor.toml", place="webhook.secret_file", what=str(exc))]) from exc
    return Hook(url=webhook.url, key=key, user_agent=user_agent(parts.settings.network.contact))


def _poster(parts: Parts) -> Poster:
    """Give a way to the webhook alone: what visits may reach inside, it may not, unless its own settings say so."""
    network = parts.settings.network
    guard = Guard.of(parts.settings.webhook.allow_addresses, network.connect_to)
    resolver = Resolver(servers=nameservers_of(network.nameservers), clock=parts.clock, guard=guard)
    return Poster(resolver=resolver, guard=guard, context=post_context(network.trust))
