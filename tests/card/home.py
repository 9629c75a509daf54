"""The demo home in a real Home Assistant, for the tests of the cards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
import json
import os
import shutil
import socket
import subprocess
import sys
from typing import Any, Final

from aiohttp import ClientSession
from playwright.sync_api import Browser, Page

from demo.client import Client

from .browser import ROOT, listen

FOLDER: Final = ROOT / ".demo-test"
UP: Final = "is up after"
BACK: Final = "Home Assistant restarts"
DASHBOARD: Final = "lovelace"

YAML: Final = """
lovelace:
  dashboards:
    yaml-cards:
      mode: yaml
      title: Cards in YAML
      filename: cards.yaml
"""
CARDS: Final = """
views:
  - cards:
      - type: custom:power-scheduler-card
        device: Hall tablet
      - type: custom:power-scheduler-fleet-card
        title: All of them
"""


class Home:
    """A running Home Assistant with the demo's devices."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        """Sign in."""
        self.url = url
        self._process = process
        self._token = ""
        self._thread = ThreadPoolExecutor(1)
        self._wait_for(UP)
        self._token = self._with_client(self._sign_in)

    @staticmethod
    async def _sign_in(client: Client) -> str:
        """Return the demo user's token."""
        await client.sign_in()
        return client._token

    def _with_client[T](self, work: Callable[[Client], Awaitable[T]]) -> T:
        """Work with a client, in a thread: Playwright has the loop of this one."""

        async def run() -> T:
            async with ClientSession() as session:
                client = Client(session, self.url)
                client._token = self._token
                return await work(client)

        return self._thread.submit(asyncio.run, run()).result()

    def command(self, command: str, **content: Any) -> Any:
        """Run a WebSocket command."""
        return self._with_client(lambda client: client.command(command, **content))

    def set_state(self, entity_id: str, state: str) -> None:
        """Let a source tell something."""
        attributes = {"unit_of_measurement": "%", "device_class": "battery"}
        content = {"state": state, "attributes": attributes}
        path = f"/api/states/{entity_id}"
        self._with_client(lambda client: client.post(path, content))

    def devices(self) -> dict[str, str]:
        """Return the ids of the tracked devices by name."""
        names = {
            d["id"]: d["name"] for d in self.command("config/device_registry/list")
        }
        return {
            names[entity["device_id"]]: entity["device_id"]
            for entity in self.command("config/entity_registry/list")
            if entity["translation_key"] == "power_state"
        }

    def config(self) -> dict[str, Any]:
        """Return the dashboard as it is stored."""
        found: dict[str, Any] = self.command("lovelace/config", url_path=DASHBOARD)
        return found

    def save(self, *cards: dict[str, Any]) -> None:
        """Store a dashboard with these cards."""
        view = {"type": "sections", "sections": [{"type": "grid", "cards": [*cards]}]}
        config = {"views": [view]}
        self.command("lovelace/config/save", url_path=DASHBOARD, config=config)

    def forget(self, entry_id: str) -> None:
        """Remove a configuration entry."""
        path = f"/api/config/config_entries/entry/{entry_id}"
        self._with_client(lambda client: client.delete(path))

    def restart(self) -> None:
        """Restart Home Assistant as a user would, and wait until it is back."""
        self._with_client(
            lambda client: client.post("/api/services/homeassistant/restart", {})
        )
        self._wait_for(BACK)
        self._wait_for(UP)

    def _wait_for(self, words: str) -> None:
        """Wait until the demo says something."""
        said = []
        for line in self._process.stdout or ():
            said.append(line)
            if words in line:
                return
        raise RuntimeError(f"The demo ended:\n{''.join(said)}")

    def open(
        self, browser: Browser, path: str = "/lovelace/0", **context: Any
    ) -> tuple[Page, list[str]]:
        """Open a page; return it, and what the browser complains of."""
        tokens = {
            "hassUrl": self.url,
            "clientId": f"{self.url}/",
            "access_token": self._token,
            "refresh_token": "",
            "token_type": "Bearer",
            "expires_in": 1800,
            "expires": 4_102_444_800_000,
        }
        language = context.get("locale", "en")
        stored = {"hassTokens": tokens, "selectedLanguage": language}
        stored["dockedSidebar"] = "always_hidden"
        options = {"viewport": {"width": 1280, "height": 900}, **context}
        opened = browser.new_context(
            reduced_motion="reduce", service_workers="block", **options
        )
        for key, value in stored.items():
            text = json.dumps(json.dumps(value))
            opened.add_init_script(f"localStorage.setItem('{key}', {text})")
        page = opened.new_page()
        complaints = listen(page)
        page.goto(self.url + path)
        page.wait_for_selector("home-assistant-main", state="attached", timeout=60_000)
        return page, complaints


@contextmanager
def running_home(zone: str = "Etc/UTC") -> Iterator[Home]:
    """Run the demo, new and in a folder of its own, in a time zone."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    configuration = (ROOT / "demo" / "config" / "configuration.yaml").read_text()
    text = configuration.replace("@ZONE@", zone) + YAML
    (FOLDER / "configuration.yaml").write_text(text)
    (FOLDER / "cards.yaml").write_text(CARDS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "POWER_SCHEDULER_DEMO": FOLDER.name, "TZ": zone}
    process = subprocess.Popen(  # noqa: S603 - it is this very Python
        [sys.executable, "-u", "-m", "demo", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Home(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(FOLDER, ignore_errors=True)
