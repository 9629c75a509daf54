"""Speaks to the demo's Home Assistant, over REST and WebSocket."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from aiohttp import ClientError, ClientResponseError, ClientSession

USER: Final = "demo"
PASSWORD: Final = "demo-home"  # noqa: S105 - it is for a house that does not exist


class CommandError(Exception):
    """Home Assistant refused a WebSocket command."""


class Client:
    """The demo user's connection."""

    def __init__(self, session: ClientSession, url: str) -> None:
        """Take the session to use, and Home Assistant's address."""
        self._session = session
        self._url = url
        self._token = ""

    async def wait_until_reachable(self) -> None:
        """Wait until the server answers."""
        while True:
            with suppress(ClientError):
                await self._request("GET", "/manifest.json")
                return
            await asyncio.sleep(0.1)

    async def wait_until_running(self) -> str:
        """Wait until all integrations are set up; return Home Assistant's version."""
        while True:
            config = await self.get("/api/config")
            if config["state"] == "RUNNING":
                return str(config["version"])
            await asyncio.sleep(0.1)

    async def sign_in(self) -> None:
        """Sign in as the demo user, who is made if this home is new."""
        client = {"client_id": f"{self._url}/"}
        with suppress(ClientResponseError):  # the steps are gone once all are done
            steps = await self.get("/api/onboarding")
            if any(step["step"] == "user" and not step["done"] for step in steps):
                user = {"name": "Demo", "username": USER, "password": PASSWORD}
                user |= {"language": "en", **client}
                await self.post("/api/onboarding/users", user)
        flow = await self.post(
            "/auth/login_flow",
            {
                "handler": ["homeassistant", None],
                "redirect_uri": f"{self._url}/",
                **client,
            },
        )
        answer = {"username": USER, "password": PASSWORD, **client}
        done = await self.post(f"/auth/login_flow/{flow['flow_id']}", answer)
        form = {"grant_type": "authorization_code", "code": done["result"], **client}
        tokens = await self._request("POST", "/auth/token", data=form)
        self._token = tokens["access_token"]

    async def get(self, path: str) -> Any:
        """Return what a path holds."""
        return await self._request("GET", path)

    async def post(self, path: str, content: dict[str, Any]) -> Any:
        """Post content to a path and return the answer."""
        return await self._request("POST", path, json=content)

    async def delete(self, path: str) -> Any:
        """Delete what a path holds and return the answer."""
        return await self._request("DELETE", path)

    async def command(self, command: str, **content: Any) -> Any:
        """Run a WebSocket command and return its result."""
        async with self._session.ws_connect(f"{self._url}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self._token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": command, **content})
            answer = await socket.receive_json()
        if not answer["success"]:
            raise CommandError(f"{command}: {answer['error']['message']}")
        return answer["result"]

    async def act(self, domain: str, action: str, data: dict[str, Any]) -> Any:
        """Run an action and return its response."""
        result = await self.command(
            "call_service",
            domain=domain,
            service=action,
            service_data=data,
            return_response=True,
        )
        return result["response"]

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        """Make a request and return the answer."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        async with self._session.request(
            method, self._url + path, headers=headers, raise_for_status=True, **content
        ) as answer:
            return await answer.json(content_type=None)
