"""A gateway that answers as fast as one process can, or after so many seconds: `python -m benchmarks.fast_gateway ADDRESS COUNTS SECONDS`.

It writes its address to a file, and on SIGTERM how many requests and how many different keys came.
"""

import asyncio
import json
import signal
import sys
from pathlib import Path

BODY = json.dumps({"status": "accepted", "id": "bench"}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Gateway:
    def __init__(self, seconds: float) -> None:
        self.seconds, self.requests, self.keys = seconds, 0, set[bytes]()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:-2])
                await reader.readexactly(int(fields[b"content-length"]))
                self.requests += 1
                self.keys.add(fields[b"idempotency-key"])
                if self.seconds:
                    await asyncio.sleep(self.seconds)
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def main(address: Path, counts: Path, seconds: float) -> None:
    gateway, stopped = Gateway(seconds), asyncio.Event()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0, backlog=512)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    tell(address, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    await stopped.wait()
    tell(counts, json.dumps([gateway.requests, len(gateway.keys)]))


def tell(file: Path, words: str) -> None:
    file.write_text(words)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
