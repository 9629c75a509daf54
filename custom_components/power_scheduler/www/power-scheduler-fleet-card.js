/** The card of all devices: a row each, those in trouble first, and what waits. */

import { PowerCard, register } from "./base.js";
import { plot } from "./chart.js";
import { h, say, setAll } from "./dom.js";
import { fleetForm, optional } from "./form.js";
import { battery, glyph } from "./glyphs.js";
import { sampleDevice } from "./sample.js";
import { mood, prospectWords, stateText } from "./say.js";
import { taskList, whyText } from "./tasks.js";

/**
 * @typedef {import("./types").Device} Device
 * @typedef {import("./types").FleetConfig} FleetConfig
 * @typedef {import("./speech.js").Speech} Speech
 */

const TYPE = "power-scheduler-fleet-card";
const HOUR = 3600;
/** What a row's small chart shows. */
const HOURS_BACK = 8;
const HOURS_AHEAD = 12;
/** How many tasks without a device are shown. */
const OTHERS = 5;

/** @extends {PowerCard<FleetConfig>} */
class PowerSchedulerFleetCard extends PowerCard {
  /** @type {Map<string, Row>} */
  #rows = new Map();

  constructor() {
    super();
    this._title = h("h2", { hidden: true });
    this._list = h("div", { class: "rows", role: "list" });
    this._more = h("p", { class: "footer", hidden: true });
    this._others = h("div", { class: "tasks" });
    this.body.classList.add("fleet");
    this.body.append(this._title, this._list, this._more, this._others);
  }

  /** @param {FleetConfig} config */
  setConfig(config) {
    optional(config, "title", "string");
    optional(config, "max_devices", "number", 1);
    this.adopt(config);
  }

  getCardSize() {
    return 1 + (this.feed?.order.length ?? 3);
  }

  getGridOptions() {
    return { columns: 12, rows: "auto", min_columns: 6, min_rows: 2 };
  }

  static getConfigForm() {
    return fleetForm();
  }

  static getStubConfig() {
    return {};
  }

  /**
   * @param {Speech} speech
   * @param {number} now
   */
  draw(speech, now) {
    const { title, max_devices } = this.config ?? {};
    say(this._title, title ?? "");
    this._title.hidden = !title;
    const known = this.feed?.loaded != null;
    const none = Boolean(this.feed?.loaded && !this.feed.devices.size);
    const devices = none ? [sampleDevice(now, speech.say("example"))] : this.#devices();
    const shown = devices.slice(0, max_devices ?? Infinity);
    const left = devices.length - shown.length;
    this.#arrange(shown, speech, now);
    this._more.hidden = left === 0;
    say(this._more, left ? speech.say("more", { count: left }) : "");
    const { others } = this.feed ?? {};
    this._others.replaceChildren(...(others ? taskList(others, OTHERS, speech, now) : []));
    setAll(this.body, { "aria-busy": !known });
    this.note(speech, none ? speech.say("no_devices") : null);
  }

  /** @returns {Device[]} those in trouble first */
  #devices() {
    const { order = [], devices } = this.feed ?? {};
    return order.map((id) => devices?.get(id)).filter((device) => device !== undefined);
  }

  /**
   * Show devices in this order; a row that has the focus keeps it.
   * @param {Device[]} devices
   * @param {Speech} speech
   * @param {number} now
   */
  #arrange(devices, speech, now) {
    const rows = devices.map((device) => {
      const row = this.#rows.get(device.id) ?? new Row((shown) => this.open(shown));
      row.show(device, speech, now);
      return /** @type {[string, Row]} */ ([device.id, row]);
    });
    this.#rows = new Map(rows);
    const elements = rows.map(([, row]) => row.element);
    const same = elements.every((element, index) => this._list.children[index] === element);
    if (!same || elements.length !== this._list.children.length) {
      const focused = this.shadowRoot?.activeElement;
      this._list.replaceChildren(...elements);
      if (focused instanceof HTMLElement) focused.focus();
    }
  }
}

/** One device. */
class Row {
  /** @type {Device | null} */
  #device = null;
  /** How it was drawn last, and in which minute: drawing it again would change nothing. */
  /** @type {Speech | null} */
  #speech = null;
  #minute = 0;

  /** @param {(device: Device | null) => void} onTap */
  constructor(onTap) {
    this._icon = h("span", { class: "icon" });
    this._name = h("span", { class: "name" });
    this._state = h("span", { class: "state" });
    this._spark = h("span", { class: "spark" });
    this._level = h("span", { class: "level" });
    // Seen as a colour.
    this._power = h("span", { class: "hidden" });
    this._waits = h("span", { class: "waits" });
    this._button = h(
      "button",
      { class: "header" },
      this._icon,
      h("span", { class: "titles" }, this._name, this._state),
      this._spark,
      h("span", { class: "figures" }, this._level, this._power),
      this._waits,
    );
    this._button.addEventListener("click", () => onTap(this.#device));
    this.element = h("div", { class: "row", role: "listitem" }, this._button);
  }

  /**
   * @param {Device} device
   * @param {Speech} speech
   * @param {number} now
   */
  show(device, speech, now) {
    const minute = Math.floor(now / 60);
    if (this.#device === device && this.#speech === speech && this.#minute === minute) return;
    this.#device = device;
    this.#speech = speech;
    this.#minute = minute;
    setAll(this.element, { class: `row ${mood(device)}` });
    this._icon.replaceChildren(battery(device.level, device.source === "charging"));
    say(this._name, device.name);
    say(this._state, prospectWords(device, speech, now)[0]);
    say(this._level, speech.percent(device.level));
    say(this._power, stateText(device, speech));
    const span = { from: now - HOURS_BACK * HOUR, to: now + HOURS_AHEAD * HOUR };
    const drawable = device.history.length || device.forecast.length;
    this._spark.replaceChildren(...(drawable ? [plot(device, span, now)] : []));
    this._waits.replaceChildren(...waits(device, speech));
  }
}

/**
 * Return the first task that waits, and why; and how many more do.
 * @param {Device} device
 * @param {Speech} speech
 */
function waits({ tasks }, speech) {
  const waiting = tasks.filter(({ decision }) => decision === "deferred" || decision === "rejected");
  if (!waiting.length) return [];
  const [first] = waiting;
  const text = speech.say("waiting", { task: first.id, reason: whyText(first) });
  const more = waiting.length > 1 ? ` · ${speech.say("more", { count: waiting.length - 1 })}` : "";
  return [glyph(first.decision), h("span", {}, text + more)];
}

register(TYPE, PowerSchedulerFleetCard, "fleet_name", "fleet_description");
