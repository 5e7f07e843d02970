"""How long the scan of all regions takes, against the slowest region alone, when every call takes 80 ms longer.

The server is a process of its own, so that requests cross a real socket and its work is not ours. `cold` is a new
sign-in each time, as in a command; `warm` has its clients already, as in a window.
"""

import asyncio
import os
import statistics
import subprocess
import sys

from installer.aws.clients import Aws
from installer.aws.networks import scan
from installer.context import Context
from tests.benchmarks._ratio import Ratio, report, seconds
from tests.support.aws import Provider, Wire, ec2

DELAY = 0.08
ROUNDS = 3
BUDGET = 2.0
REGIONS = (
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    *("ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1"),
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
)
"""Those that are enabled in every account."""
VPC = "<item><vpcId>vpc-{0}</vpcId><ownerId>222222222222</ownerId><cidrBlock>10.{0}.0.0/16</cidrBlock></item>"
VPCS = "<vpcSet>" + "".join(VPC.format(number) for number in range(20)) + "</vpcSet>"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, kept alive: every request is answered after the delay."""
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length:")[1].split("\r\n")[0])
            operation = (await reader.readexactly(length)).decode().split("Action=")[1].split("&")[0]
            await asyncio.sleep(DELAY)
            body = ec2(operation, VPCS if operation == "DescribeVpcs" else "").body.encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        writer.close()


async def serve() -> None:
    """Print the port, then answer until standard input closes."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


def cold(*regions: str) -> float:
    return seconds(lambda: scan(Aws(Provider(Wire())), Context(), regions))


def measure() -> int:
    warmed = Aws(Provider(Wire()))
    scan(warmed, Context(), REGIONS)

    def warm(*regions: str) -> float:
        return seconds(lambda: scan(warmed, Context(), regions))

    ratios = []
    for name, timed in (("cold", cold), ("warm", warm)):
        everything = statistics.median(timed(*REGIONS) for _ in range(ROUNDS))
        slowest = max(statistics.median(timed(region) for _ in range(ROUNDS)) for region in REGIONS)
        ratios.append(Ratio(f"scan of {len(REGIONS)} regions, {name}", everything, slowest, BUDGET))
    return report(*ratios)


def main() -> int:
    command = [sys.executable, "-m", "tests.benchmarks.scan", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        try:
            return measure()
        finally:
            server.stdin.close()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()) if sys.argv[1:] == ["--serve"] else main())
