"""Servers that need more than a URL: Sentinel, Cluster, and certificates of a home."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest

from bench.servers import PASSWORD, running
from custom_components.power_scheduler.redis_form import UNCHANGED
from custom_components.power_scheduler.storage import redis_settings
from custom_components.power_scheduler.stores import redis_client
from custom_components.power_scheduler.stores.redis_settings import RedisMode

from .stores.certificates import Authority
from .stores.fleets import Watched, clustered, watched
from .stores.network import proxied_apart
from .stores.test_redis_check import BASICS, allow
from .test_config_flow_redis import _entry, _start, _submit

pytestmark = pytest.mark.usefixtures("only_flows", "socket_enabled")

SENTINELS = {"mode": "sentinel", "service": "home"}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Run a primary, a replica and a Sentinel."""
    with watched(tmp_path_factory.mktemp("watched")) as fleet:
        yield fleet


def sentinel_url(fleet: Watched) -> str:
    """Return the URL of two Sentinels, one of which is down."""
    return f"redis://127.0.0.1:1, 127.0.0.1:{fleet.sentinel.port}"


async def test_a_primary_is_found_through_sentinels(
    hass: HomeAssistant, fleet: Watched
) -> None:
    """What is saved leads there again, and nothing is lost of what was typed."""
    form = await _submit(
        hass,
        await _start(hass),
        url=sentinel_url(fleet),
        password=PASSWORD,
        advanced={**SENTINELS, "sentinel_password": fleet.sentinel.password},
    )
    done = await _submit(hass, form)
    settings = redis_settings(done["result"].data)
    assert settings == fleet.settings


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"service": "nobody"}, {"advanced": "no_primary"}),
        ({"sentinel_password": "wrong"}, {"password": "invalid_auth_sentinel"}),
    ],
)
async def test_what_is_wrong_with_sentinels_is_told(
    hass: HomeAssistant,
    fleet: Watched,
    wrong: dict[str, str],
    errors: dict[str, str],
) -> None:
    """In the words of a home."""
    right = {**SENTINELS, "sentinel_password": fleet.sentinel.password}
    told = {"url": sentinel_url(fleet), "password": PASSWORD}
    form = await _start(hass)
    form = await _submit(hass, form, **told, advanced={**right, **wrong})
    assert form["errors"] == errors
    form = await _submit(hass, form, **told, advanced=right)
    assert form["step_id"] == "no_devices"


async def test_a_server_that_is_no_sentinel_is_told_apart(
    hass: HomeAssistant, fleet: Watched
) -> None:
    """The port of the server itself is a common mistake."""
    form = await _submit(
        hass,
        await _start(hass),
        url=f"redis://127.0.0.1:{fleet.primary.port}",
        password=PASSWORD,
        advanced={**SENTINELS, "sentinel_password": PASSWORD},
    )
    assert form["errors"] == {"advanced": "not_a_sentinel"}


async def test_sentinels_may_have_a_new_password(
    hass: HomeAssistant, fleet: Watched
) -> None:
    """Logging in again asks for it, and only then."""
    data = {
        "backend": "redis",
        "url": sentinel_url(fleet),
        "username": None,
        "password": PASSWORD,
        **SENTINELS,
        "sentinel_password": "old",
        "verify_ssl": True,
        "key_prefix": "home",
    }
    entry = _entry(hass, data)
    form = await entry.start_reauth_flow(hass)
    told = {"password": PASSWORD, "sentinel_password": UNCHANGED}
    form = await _submit(hass, form, **told)
    assert form["errors"] == {"password": "invalid_auth_sentinel"}
    told["sentinel_password"] = fleet.sentinel.password
    done = await _submit(hass, form, **told)
    assert done["reason"] == "reauth_successful"
    assert entry.data["sentinel_password"] == fleet.sentinel.password


async def test_a_cluster_is_reached_by_some_of_its_nodes(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """It has no numbered databases, which the form says."""
    with clustered(tmp_path) as cluster:
        first, second, _ = (f"127.0.0.1:{node.port}" for node in cluster.nodes)
        told = {"password": PASSWORD, "advanced": {"mode": "cluster"}}
        url = f"redis://{first},{second}"
        form = await _submit(hass, await _start(hass), url=url, **told)
        assert form["errors"] == {"url": "cluster_down"}
        await cluster.form()
        form = await _submit(hass, form, url=f"{url}/3", **told)
        assert form["errors"] == {"url": "invalid_url"}
        form = await _submit(hass, form, url=url, **told)
        done = await _submit(hass, form)
        settings = redis_settings(done["result"].data)
        assert settings == cluster.settings
        assert settings.mode is RedisMode.CLUSTER


async def test_a_certificate_of_the_home_is_trusted_once_it_is_pasted(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """Each thing that can be wrong with encryption is told, and mended in the form."""
    home = Authority.new()
    context = home.serve(tmp_path, "other.home")
    with running(tmp_path) as server, proxied_apart(server.port, context) as proxy:
        plain, url = server.port, f"rediss://127.0.0.1:{proxy.port}/0"
        form = await _start(hass)
        for wrong, advanced, errors in (
            (f"rediss://127.0.0.1:{plain}", {}, {"url": "timeout"}),
            (f"redis://127.0.0.1:{proxy.port}", {}, {"url": "cannot_connect"}),
            (url, {}, {"advanced": "invalid_certificate"}),
            (url, {"ca": "no certificate"}, {"advanced": "invalid_ca"}),
            (url, {"ca": home.pem}, {"advanced": "invalid_certificate"}),
        ):
            told = {"url": wrong, "password": PASSWORD, "advanced": advanced}
            patience = 0.5 if "timeout" in errors.values() else redis_client.TIMEOUT
            with patch.object(redis_client, "TIMEOUT", patience):
                form = await _submit(hass, form, **told)
            assert form["errors"] == errors
        trusting = {"ca": home.pem, "check_hostname": False}
        told = {"url": url, "password": PASSWORD, "advanced": trusting}
        done = await _submit(hass, await _submit(hass, form, **told))
    data = done["result"].data
    assert {key: data[key] for key in ("url", *trusting)} == {"url": url, **trusting}


async def test_a_user_who_may_not_write_is_named(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """And learns what would be enough."""
    with running(tmp_path) as server:
        await allow(server.settings, "*", "+@read")
        told = {"username": "ours", "password": PASSWORD}
        url = f"redis://127.0.0.1:{server.port}"
        form = await _submit(hass, await _start(hass), url=url, **told)
        assert form["errors"] == {"username": "no_permission"}
        await allow(server.settings, "power_scheduler:*", *BASICS)
        form = await _submit(hass, form, url=url, **told)
        assert form["step_id"] == "no_devices"


async def test_a_full_server_is_named(hass: HomeAssistant, tmp_path: Path) -> None:
    """Before it would lose anything."""
    with running(tmp_path, "--maxmemory", "1") as server:
        url = f"redis://127.0.0.1:{server.port}"
        form = await _submit(hass, await _start(hass), url=url, password=PASSWORD)
        assert form["errors"] == {"url": "out_of_memory"}
