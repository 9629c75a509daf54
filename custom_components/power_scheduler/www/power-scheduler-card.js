/** The card of one device: its level, where that goes, what is planned, and why not now. */

import { PowerCard, register } from "./base.js";
import { Chart } from "./chart.js";
import { h, say, setAll } from "./dom.js";
import { deviceForm, firstDevice, optional, suggestion } from "./form.js";
import { battery, glyph } from "./glyphs.js";
import { sampleDevice } from "./sample.js";
import { mood, prospectWords, stateText } from "./say.js";
import { taskList } from "./tasks.js";

/**
 * @typedef {import("./types").CardConfig} CardConfig
 * @typedef {import("./types").Device} Device
 * @typedef {import("./types").Hass} Hass
 * @typedef {import("./speech.js").Speech} Speech
 */

const TYPE = "power-scheduler-card";
const HOUR = 3600;
const HOURS_BACK = 8;
const HOURS_AHEAD = 16;
const TASKS = 3;
/** %/h that count as no change. */
const STEADY = 0.05;

/** @extends {PowerCard<CardConfig>} */
class PowerSchedulerCard extends PowerCard {
  constructor() {
    super();
    this._icon = h("span", { class: "icon" });
    this._name = h("span", { class: "name" });
    this._state = h("span", { class: "state" });
    this._level = h("span", { class: "level" });
    this._trend = h("span", { class: "trend" });
    this._header = h(
      "button",
      { class: "header" },
      this._icon,
      h("span", { class: "titles" }, this._name, this._state),
      h("span", { class: "figures" }, this._level, this._trend),
    );
    this._header.addEventListener("click", () => this.open(this.device()));
    this._prospect = h("p", { class: "prospect" });
    this._chart = new Chart((text) => this.#read(text));
    this._tasks = h("div", { class: "tasks" });
    this.body.append(this._header, this._prospect, this._chart.element, this._tasks);
  }

  /** @param {CardConfig} config */
  setConfig(config) {
    optional(config, "device", "string");
    optional(config, "name", "string");
    optional(config, "hours_back", "number", 1, 24);
    optional(config, "hours_ahead", "number", 1, 24);
    optional(config, "max_tasks", "number", 0, 20);
    this.adopt(config);
  }

  getCardSize() {
    return 5;
  }

  getGridOptions() {
    return { columns: 12, rows: "auto", min_columns: 6, min_rows: 2 };
  }

  static getConfigForm() {
    return deviceForm();
  }

  /** @param {Hass} hass */
  static getStubConfig(hass) {
    return firstDevice(hass);
  }

  wanted() {
    return this.config?.device ? { device: this.config.device } : null;
  }

  /** @returns {Device | undefined} */
  device() {
    return this.feed?.devices.values().next().value;
  }

  /**
   * @param {Speech} speech
   * @param {number} now
   */
  draw(speech, now) {
    const config = this.config ?? {};
    const example = !config.device;
    const device = example ? sampleDevice(now, speech.say("example")) : this.device();
    const waiting = !example && this.feed?.loaded == null;
    setAll(this.body, { hidden: !device, "aria-busy": waiting });
    const missing = config.device && !device && !waiting;
    this.note(
      speech,
      example
        ? speech.say("no_device")
        : missing
          ? speech.say("not_tracked", { device: config.device ?? "" })
          : null,
    );
    if (device) this.#show(device, config, speech, now);
  }

  /**
   * @param {Device} device
   * @param {CardConfig} config
   * @param {Speech} speech
   * @param {number} now
   */
  #show(device, config, speech, now) {
    setAll(this.body, { class: `body ${mood(device)}` });
    this._icon.replaceChildren(battery(device.level, device.source === "charging"));
    say(this._name, config.name || device.name);
    say(this._state, stateText(device, speech));
    say(this._level, speech.percent(device.level));
    this._trend.replaceChildren(...trend(device, speech));
    this.#text = prospect(device, speech, now);
    if (!this._prospect.classList.contains("reading")) this._prospect.replaceChildren(...this.#text);
    const span = {
      from: now - (config.hours_back ?? HOURS_BACK) * HOUR,
      to: now + (config.hours_ahead ?? HOURS_AHEAD) * HOUR,
    };
    this._chart.element.hidden = !device.history.length && !device.forecast.length;
    this._chart.draw(device, span, now, speech);
    // What scrolls must be reached by keys.
    setAll(this._tasks, { tabindex: this.hasAttribute("sized") ? 0 : null });
    this._tasks.replaceChildren(...taskList(device, config.max_tasks ?? TASKS, speech, now));
  }

  /** What the line above the chart says while nothing is read out. @type {(Node | string)[]} */
  #text = [];

  /** @param {string | null} text */
  #read(text) {
    this._prospect.classList.toggle("reading", text !== null);
    this._prospect.replaceChildren(...(text === null ? this.#text : [text]));
  }
}

/**
 * Return the trend: an arrow, and words that say the same.
 * @param {Device} device
 * @param {Speech} speech
 */
function trend({ rate }, speech) {
  if (rate === null) return [];
  if (Math.abs(rate) < STEADY) return [speech.say("steady")];
  const text = speech.rate(rate);
  const words = speech.say(rate > 0 ? "rising" : "falling", { rate: text });
  return [
    glyph(rate > 0 ? "up" : "down"),
    h("span", { "aria-hidden": "true" }, text),
    h("span", { class: "hidden" }, words),
  ];
}

/**
 * Return where the level goes.
 * @param {Device} device
 * @param {Speech} speech
 * @param {number} now
 */
function prospect(device, speech, now) {
  const [text, more] = prospectWords(device, speech, now);
  const { kind } = device.prospect;
  const learning = device.basis === "population" && kind !== "stale" ? speech.say("similar_devices") : "";
  const extra = [more, learning].filter(Boolean).join(" · ");
  const alarming = ["stale", "unknown", "below_reserve", "empty_at"].includes(kind);
  return [
    alarming && glyph("warning"),
    h("span", { class: "main" }, text),
    extra && h("span", { class: "extra" }, extra),
  ].filter((part) => part !== false && part !== "");
}

register(TYPE, PowerSchedulerCard, "card_name", "card_description", {
  getEntitySuggestion: suggestion(TYPE),
});
