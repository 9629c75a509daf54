"""Forms as people meet them: every field has a name and an explanation."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import patch

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler, section
from homeassistant.helpers import issue_registry as ir

PACKAGE = Path(__file__).parents[1] / "custom_components/power_scheduler"
TEXTS = json.loads((PACKAGE / "translations/en.json").read_text())


@contextmanager
def explained() -> Iterator[None]:
    """Check every form and menu that is shown during a block."""
    show_form = FlowHandler.async_show_form
    show_menu = FlowHandler.async_show_menu
    show_progress = FlowHandler.async_show_progress

    def checked_form(flow: Any, **kwargs: Any) -> Any:
        result = show_form(flow, **kwargs)
        # Some forms ask only for what is wrong.
        some = isinstance(flow, RepairsFlow) or result["step_id"] == "reauth_confirm"
        _check_form(_texts(flow), result, some=some)
        return result

    def checked_menu(flow: Any, **kwargs: Any) -> Any:
        result = show_menu(flow, **kwargs)
        step = _texts(flow)["step"][result["step_id"]]
        assert set(step["menu_options"]) == set(result["menu_options"])
        names = set(re.findall(r"{(\w+)}", json.dumps(step, ensure_ascii=False)))
        assert names <= set(result["description_placeholders"] or {})
        return result

    def checked_progress(flow: Any, **kwargs: Any) -> Any:
        assert _texts(flow)["progress"][kwargs["progress_action"]]
        return show_progress(flow, **kwargs)

    with (
        patch.object(FlowHandler, "async_show_form", checked_form),
        patch.object(FlowHandler, "async_show_menu", checked_menu),
        patch.object(FlowHandler, "async_show_progress", checked_progress),
    ):
        yield


def _texts(flow: Any) -> Any:
    """Return the texts of a flow."""
    if isinstance(flow, ConfigSubentryFlow):
        return TEXTS["config_subentries"][flow.handler[1]]
    if isinstance(flow, RepairsFlow):
        issue = ir.async_get(flow.hass).async_get_issue(flow.handler, flow.issue_id)
        assert issue is not None
        return TEXTS["issues"][issue.translation_key]["fix_flow"]
    return TEXTS["options" if isinstance(flow, OptionsFlow) else "config"]


def _check_form(texts: Any, form: Mapping[str, Any], *, some: bool) -> None:
    """Check that nothing a form shows is without words, and no word without use."""
    step = texts["step"][form["step_id"]]
    schema = form["data_schema"].schema if form["data_schema"] else {}
    if some:
        step = _reduced(step, schema)
    _check_fields(step, schema)
    for key in (form["errors"] or {}).values():
        assert texts["error"][key]
    shown = [texts["error"][key] for key in (form["errors"] or {}).values()]
    names = set(re.findall(r"{(\w+)}", json.dumps([step, shown], ensure_ascii=False)))
    assert names <= set(form["description_placeholders"] or {})


def _reduced(step: Any, schema: Mapping[Any, Any]) -> Any:
    """Return the texts of a step without those of fields that are not shown."""
    keys = {"data", "data_description"} & step.keys()
    return {**step, **{k: {str(f): step[k][f] for f in schema} for k in keys}}


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
