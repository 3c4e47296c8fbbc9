"""A mail server that keeps a journal and fails as it is told: `python -m tests.chaos.sink FOLDER PORT IDLE_SECONDS`.

It also listens on PORT + 1 for the harness: a line of JSON a request, a line of JSON an answer (`SinkControl`).
"""

import asyncio
import hashlib
import json
import ssl
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.faults import Fault, Script
from tests.chaos.journal import Acceptance, Journal, message_id_of

LARGEST = 64 * 1024 * 1024
HUGE = 10 * 1024 * 1024


@dataclass
class Sink:
    """What all conversations share. `idle` is how many seconds the server waits for the rest of a body."""

    folder: Path
    idle: float = 2.0
    script: Script = field(default_factory=Script)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    held: int = 0
    # Messages whose dot has come and that are not yet taken or turned away: some outlive their senders.
    pending: int = 0
    commands: dict[str, int] = field(default_factory=dict)
    offers_tls: bool = False

    def __post_init__(self) -> None:
        self.journal = Journal(self.folder)

    def certificate(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "certificate.pem")
        return context


class HungUpError(Exception):
    """This conversation is over."""


class Conversation:
    def __init__(self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.sender, self.recipient = "", ""
        self.own: Fault | None = None
        self.is_encrypted = False
        self.is_taken = False

    async def run(self) -> None:
        try:
            await self._step("greet", "220 sink.example ESMTP")
            while True:
                line = await asyncio.wait_for(self.reader.readline(), 60)
                if not line:
                    return
                await self._obey(line.decode("latin-1").strip())
        except (HungUpError, OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            return
        finally:
            self.writer.close()
            with suppress(OSError, ssl.SSLError):
                await self.writer.wait_closed()

    async def _obey(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        verb = verb.upper()
        self.sink.commands[verb] = self.sink.commands.get(verb, 0) + 1
        match verb:
            case "EHLO" | "HELO":
                extensions = "250-STARTTLS\r\n" if self.sink.offers_tls and not self.is_encrypted else ""
                await self._step("ehlo", f"250-sink.example\r\n{extensions}250 8BITMIME")
            case "STARTTLS":
                await self._encrypt()
            case "MAIL":
                self.sender, self.recipient, self.own = _address(rest), "", None
                await self._step("mail", "250 2.1.0 OK")
            case "RCPT":
                await self._take_recipient(_address(rest))
            case "DATA":
                await self._take_body()
            case "RSET" | "NOOP":
                await self._say("250 2.0.0 OK")
            case "QUIT":
                await self._say("221 2.0.0 bye")
                raise HungUpError
            case _:
                await self._say("500 5.5.2 what?")

    async def _take_recipient(self, address: str) -> None:
        self.own = self.sink.script.next_for(address)
        if await self._step("rcpt", "250 2.1.5 OK"):
            self.recipient = address

    async def _encrypt(self) -> None:
        if await self._step("starttls", "220 2.0.0 go on"):
            await self.writer.start_tls(self.sink.certificate())
            self.is_encrypted = True

    async def _take_body(self) -> None:
        if not self.recipient:
            await self._say("503 5.5.1 RCPT first")
            return
        if not await self._step("data", "354 go on"):
            return
        self.is_taken = False
        try:
            await self._read_body()
        finally:
            if not self.is_taken:
                self.sink.journal.drop(self.writer.get_extra_info("peername"))

    async def _read_body(self) -> None:
        fault = self.sink.script.at("body", self.own)
        if fault is not None:
            if "hang_up" in fault.acts:
                await self.reader.read(100)
            await self._act(fault)
        stuffed = await asyncio.wait_for(self.reader.readuntil(b"\r\n.\r\n"), self.sink.idle)
        raw = stuffed[:-3].replace(b"\r\n..", b"\r\n.")
        await self._settle(raw[1:] if raw.startswith(b"..") else raw)

    async def _settle(self, raw: bytes) -> None:
        self.sink.pending += 1
        try:
            await self._decide(raw)
        finally:
            self.sink.pending -= 1

    async def _decide(self, raw: bytes) -> None:
        fault = self.sink.script.at("dot", self.own)
        if fault is None:
            self._accept(raw)
            await self._say("250 2.0.0 taken")
            return
        if "accept" in fault.acts:
            self._accept(raw)
        if await self._act(fault):
            if "accept" not in fault.acts:
                self._accept(raw)
            await self._say("250 2.0.0 taken")

    def _accept(self, raw: bytes) -> None:
        acceptance = Acceptance(
            message_id=message_id_of(raw),
            sha256=hashlib.sha256(raw).hexdigest(),
            recipients=(self.recipient,),
            at=time.time(),
            is_encrypted=self.is_encrypted,
        )
        self.sink.journal.accept(acceptance, sender=self.sender, size=len(raw))
        self.recipient, self.is_taken = "", True

    async def _step(self, stage: str, reply: str) -> bool:
        """What the server does at `stage`; whether it went well and `reply` was said."""
        fault = self.sink.script.at(stage, self.own)
        if fault is not None and not await self._act(fault):
            return False
        await self._say(reply)
        return True

    async def _act(self, fault: Fault) -> bool:
        """Do what the fault says; whether the usual answer still has to follow."""
        for act in fault.acts:
            if not await self._do(act):
                return False
        return True

    async def _do(self, act: str) -> bool:
        name, _, value = act.partition("=")
        match name:
            case "accept":
                return True
            case "delay":
                await asyncio.sleep(float(value))
                return True
            case "hold":
                self.sink.held += 1
                await asyncio.wait_for(self.sink.released.wait(), 30)
                return True
            case "hang_up":
                self.writer.transport.abort()
                raise HungUpError
            case "silent":
                # Until the client has gone, which a real server sees and writes down.
                await asyncio.wait_for(self.reader.read(), 30)
                raise HungUpError
            case "garbage" | "huge" | "endless":
                await self._babble(name)
                return False
        await self._say(f"{name} 4.7.1 not now, said of <{self.recipient or 'nobody'}>")
        if name == "421":
            raise HungUpError
        return False

    async def _babble(self, how: str) -> None:
        if how == "garbage":
            await self._say("banana \x00\xff")
        elif how == "huge":
            await self._say("250 " + "x" * HUGE)
        else:
            for _ in range(100_000):
                await self._say("250-" + "x" * 500)

    async def _say(self, reply: str) -> None:
        self.writer.write(reply.encode("latin-1") + b"\r\n")
        await self.writer.drain()


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


async def answer(sink: Sink, request: dict[str, Any]) -> dict[str, Any]:
    """One request of the harness."""
    match request["op"]:
        case "script":
            sink.script.write(request["recipient"], request["faults"])
        case "chances":
            sink.script.set_chances(request["chances"], request["seed"])
        case "tls":
            sink.offers_tls = request["offered"]
        case "hold":
            sink.released.clear()
            sink.held = 0
        case "release":
            sink.released.set()
        case "state":
            return {
                "held": sink.held,
                "pending": sink.pending,
                "accepted": sink.journal.accepted,
                "faults": dict(sink.script.counts),
                "commands": sink.commands,
            }
    return {}


async def serve(sink: Sink, port: int) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Conversation(sink, reader, writer).run()

    async def control(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(await answer(sink, json.loads(line))).encode() + b"\n")
            await writer.drain()
        writer.close()

    mail = await asyncio.start_server(converse, "127.0.0.1", port, limit=LARGEST, backlog=512)
    await asyncio.start_server(control, "127.0.0.1", port + 1)
    queue_runner = asyncio.create_task(_run_queue(sink))
    async with mail:
        await mail.serve_forever()
    queue_runner.cancel()


async def _run_queue(sink: Sink) -> None:
    """A mail server's log goes on when no mail comes."""
    while True:
        sink.journal.note("Start queue run: pid=1")
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(serve(Sink(Path(sys.argv[1]), idle=float(sys.argv[3])), int(sys.argv[2])))
