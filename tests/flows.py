"""Forms as people meet them: every field has a name and an explanation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler, section

PACKAGE = Path(__file__).parents[1] / "custom_components/power_scheduler"
TEXTS = json.loads((PACKAGE / "translations/en.json").read_text())


@contextmanager
def explained() -> Iterator[None]:
    """Check every form and menu that is shown during a block."""
    show_form = FlowHandler.async_show_form
    show_menu = FlowHandler.async_show_menu

    def checked_form(flow: Any, **kwargs: Any) -> Any:
        result = show_form(flow, **kwargs)
        _check_form(_texts(flow), result)
        return result

    def checked_menu(flow: Any, **kwargs: Any) -> Any:
        result = show_menu(flow, **kwargs)
        step = _texts(flow)["step"][result["step_id"]]
        assert set(step["menu_options"]) == set(result["menu_options"])
        return result

    with (
        patch.object(FlowHandler, "async_show_form", checked_form),
        patch.object(FlowHandler, "async_show_menu", checked_menu),
    ):
        yield


def _texts(flow: Any) -> Any:
    """Return the texts of a flow."""
    if isinstance(flow, ConfigSubentryFlow):
        return TEXTS["config_subentries"][flow.handler[1]]
    return TEXTS["options" if isinstance(flow, OptionsFlow) else "config"]


def _check_form(texts: Any, form: Mapping[str, Any]) -> None:
    """Check that nothing a form shows is without words, and no word without use."""
    step = texts["step"][form["step_id"]]
    schema = form["data_schema"].schema if form["data_schema"] else {}
    _check_fields(step, schema)
    for key in (form["errors"] or {}).values():
        assert texts["error"][key]
    shown = [texts["error"][key] for key in (form["errors"] or {}).values()]
    names = set(re.findall(r"{(\w+)}", json.dumps([step, shown], ensure_ascii=False)))
    assert names <= set(form["description_placeholders"] or {})


def _check_fields(step: Any, schema: Mapping[Any, Any]) -> None:
    """Check the fields of a form, and those of its sections."""
    sections = {str(k): v for k, v in schema.items() if isinstance(v, section)}
    fields = {str(key) for key in schema} - set(sections)
    assert set(step.get("data", {})) == fields
    assert set(step.get("data_description", {})) == fields
    assert set(step.get("sections", {})) == set(sections)
    for name, part in sections.items():
        assert step["sections"][name]["name"]
        _check_fields(step["sections"][name], part.schema.schema)
