"""Runs `hostname` on many machines with other tools, and prints one line of JSON for each.

  python fleets.py FOLDER PORT COUNT    with the key that may log in at FOLDER/user_key
"""

import asyncio
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import asyncssh
from pssh.clients import ParallelSSHClient

FOLDER, PORT, COUNT = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
KEY = str(FOLDER / "user_key")
HOSTS = [f"127.0.1.{number + 1}" for number in range(COUNT)]


def say(measure, peer, seconds):
    """One line of JSON."""
    print(json.dumps({"measure": measure, "peer": peer, "seconds": seconds}), flush=True)


def tell(peer, work):
    """Times `work`, which answers how many machines did it."""
    began = time.monotonic()
    done = work()
    seconds = time.monotonic() - began
    if done != COUNT:
        sys.exit(f"{peer} did it on {done} of {COUNT} machines")
    say("cold", peer, seconds)


def ansible(module):
    """As it comes, but with 50 forks and without asking about host keys."""
    inventory = FOLDER / "inventory"
    common = f"ansible_port={PORT} ansible_user=root ansible_ssh_private_key_file={KEY} ansible_python_interpreter={sys.executable}"
    inventory.write_text("".join(f"{host} {common}\n" for host in HOSTS))
    env = {**os.environ, "ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_NOCOLOR": "1", "HOME": str(FOLDER)}
    program = pathlib.Path(sys.executable).parent / "ansible"
    command = [program, "all", "-i", str(inventory), "-f", "50", "-m", module, "-a", "hostname"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    return sum(line.startswith("127.0.1.") and "rc=0" in line for line in done.stdout.splitlines())


def parallel_ssh():
    """Its native client, all at once."""
    client = ParallelSSHClient(HOSTS, user="root", port=PORT, pkey=KEY, pool_size=COUNT)
    output = client.run_command("hostname")
    client.join(output)
    return sum(host.exit_code == 0 for host in output)


def pyinfra():
    """Its own command, all at once."""
    program = pathlib.Path(sys.executable).parent / "pyinfra"
    options = ["--ssh-user", "root", "--ssh-key", KEY, "--ssh-port", str(PORT), "--parallel", str(COUNT), "-y"]
    inventory = FOLDER / "machines.py"
    inventory.write_text(f"machines = {HOSTS!r}\n")
    command = [program, *options, str(inventory), "exec", "--", "hostname"]
    (FOLDER / ".ssh").mkdir()
    (FOLDER / ".ssh" / "known_hosts").touch()
    env = {**os.environ, "HOME": str(FOLDER)}
    done = subprocess.run(command, env=env, cwd=FOLDER, capture_output=True, text=True, check=False)
    # Names are padded to one width.
    return len(re.findall(r"\]\s+Success", f"{done.stdout}{done.stderr}"))


async def _async_ssh():
    async def one(host):
        async with asyncssh.connect(host, PORT, username="root", client_keys=[KEY], known_hosts=None) as connection:
            return (await connection.run("hostname")).exit_status == 0

    return sum(await asyncio.gather(*map(one, HOSTS)))


async def _warm():
    """Seconds of ten commands after each other on each of the connections, which are there already."""
    connections = await asyncio.gather(
        *(asyncssh.connect(host, PORT, username="root", client_keys=[KEY], known_hosts=None) for host in HOSTS)
    )

    async def ten(connection):
        for _ in range(10):
            await connection.run("hostname", check=True)

    began = time.monotonic()
    await asyncio.gather(*map(ten, connections))
    seconds = time.monotonic() - began
    for connection in connections:
        connection.close()
    return seconds


tell("ansible-core, raw", lambda: ansible("raw"))
tell("ansible-core, command", lambda: ansible("command"))
tell("parallel-ssh", parallel_ssh)
tell("pyinfra", pyinfra)
tell("asyncssh", lambda: asyncio.run(_async_ssh()))
say("warm", "asyncssh", asyncio.run(_warm()) / (10 * COUNT))
