/** The chart: where a level came from and where it goes, read out by pointer, touch and keys. */

import { h, s, setAll } from "./dom.js";
import {
  areaPath,
  bandPath,
  clip,
  HEIGHT,
  lanes,
  left,
  levelAt,
  linePath,
  share,
  ticks,
  WIDTH,
  y,
} from "./geometry.js";

/**
 * @typedef {import("./types").Device} Device
 * @typedef {import("./geometry.js").Span} Span
 * @typedef {import("./speech.js").Speech} Speech
 */

/** Seconds that an arrow key moves. */
const STEP = 900;
const LANES = 3;
const TICKS = 6;
/** Points of level around a line on which a label would hide another one. */
const CLEAR = 9;
/** Share of the chart that "100 %" takes above it, where "now" may stand too. */
const BESIDE = 0.15;

let charts = 0;

/**
 * Return the lines of a chart.
 * @param {Device} device
 * @param {Span} span
 * @param {number} now
 */
export function plot(device, span, now) {
  const id = `fade-${++charts}`;
  const past = device.history.map((run) => clip(run, { from: span.from, to: Math.min(now, span.to) }));
  const future = clip(device.forecast, { from: span.from, to: span.to });
  const x = WIDTH * share(span, now);
  const path = (/** @type {string} */ name, /** @type {string} */ d, extra = {}) =>
    s("path", { class: name, d, "vector-effect": "non-scaling-stroke", ...extra });
  return s(
    "svg",
    { class: "plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    s(
      "linearGradient",
      { id, x1: 0, x2: 0, y1: 0, y2: 1 },
      s("stop", { offset: 0, class: "fade-top" }),
      s("stop", { offset: 1, class: "fade-bottom" }),
    ),
    path("band", bandPath(future, span)),
    ...past.map((run) => path("area", areaPath(run, span), { style: `fill:url(#${id})` })),
    path("reserve", `M0 ${y(device.reserve)}H${WIDTH}`),
    ...past.map((run) => path("past", linePath(run, span))),
    path("future", linePath(future, span)),
    path("now", `M${x} 0V${HEIGHT}`),
  );
}

export class Chart {
  /** @type {Device | null} */
  #device = null;
  /** @type {Span} */
  #span = { from: 0, to: 1 };
  #now = 0;
  /** The moment that is read out, if any. @type {number | null} */
  #at = null;

  /** @param {(text: string | null) => void} onRead told what to read out, null to stop */
  constructor(onRead) {
    this._onRead = onRead;
    this._field = h("div", { class: "field" });
    this._cursor = h("div", { class: "cursor", hidden: true });
    this._lanes = h("div", { class: "lanes" });
    this._axis = h("div", { class: "axis" });
    this.element = h(
      "div",
      { class: "chart", role: "slider", tabindex: 0, dir: "ltr" },
      this._field,
      this._lanes,
      this._axis,
      this._cursor,
    );
    this.element.addEventListener("pointerdown", this.#point);
    this.element.addEventListener("pointermove", this.#point);
    this.element.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") this.#read(null);
    });
    this.element.addEventListener("keydown", this.#key);
    this.element.addEventListener("focus", () => {
      if (this.element.matches(":focus-visible")) this.#read(this.#at ?? this.#now);
    });
    this.element.addEventListener("blur", () => this.#read(null));
  }

  /**
   * Draw a device.
   * @param {Device} device
   * @param {Span} span
   * @param {number} now
   * @param {Speech} speech
   */
  draw(device, span, now, speech) {
    this.#device = device;
    this.#span = span;
    this.#now = now;
    this._speech = speech;
    this._field.replaceChildren(...zones(device), plot(device, span, now), ...labels(device, span, now, speech));
    const placed = lanes(device.tasks, span, LANES);
    const count = Math.max(0, ...placed.map(({ lane }) => lane + 1));
    setAll(this._lanes, { style: `--lanes:${count}` });
    this._lanes.replaceChildren(...placed.map((bar) => barOf(bar, span)));
    const marks = ticks(span, TICKS, (at) => speech.clock(at));
    this._axis.replaceChildren(
      ...marks.map((at) => h("span", { style: `left:${left(span, at)}` }, speech.tick(at))),
    );
    setAll(this.element, {
      "aria-label": speech.say("chart"),
      "aria-description": speech.say("chart_hint"),
      "aria-valuemin": Math.round(span.from),
      "aria-valuemax": Math.round(span.to),
    });
    this.#tell();
  }

  /** @param {PointerEvent} event */
  #point = (event) => {
    if (event.pointerType !== "mouse" && event.type === "pointerdown") this.element.focus();
    const box = this._field.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.#read(this.#span.from + part * (this.#span.to - this.#span.from));
  };

  /** @param {KeyboardEvent} event */
  #key = (event) => {
    const at = this.#at ?? this.#now;
    /** @type {Record<string, number | null>} */
    const moves = {
      ArrowLeft: at - STEP,
      ArrowDown: at - STEP,
      ArrowRight: at + STEP,
      ArrowUp: at + STEP,
      PageDown: at - 8 * STEP,
      PageUp: at + 8 * STEP,
      Home: this.#span.from,
      End: this.#span.to,
      Escape: null,
    };
    const isShortcut = event.altKey || event.ctrlKey || event.metaKey;
    if (isShortcut || !(event.key in moves)) return;
    event.preventDefault();
    this.#read(moves[event.key]);
  };

  /** @param {number | null} at */
  #read(at) {
    this.#at = at === null ? null : Math.min(this.#span.to, Math.max(this.#span.from, at));
    this.#tell();
    this._onRead(this.#at === null ? null : this.element.getAttribute("aria-valuetext"));
  }

  /** Put the cursor and its words where they belong. */
  #tell() {
    const device = this.#device;
    if (!device || !this._speech) return;
    const at = this.#at ?? this.#now;
    setAll(this.element, {
      "aria-valuenow": Math.round(at),
      "aria-valuetext": readOut(device, at, this.#now, this._speech),
    });
    setAll(this._cursor, { hidden: this.#at === null, style: `left:${left(this.#span, at)}` });
  }
}

/**
 * Return what is known of a moment, in words.
 * @param {Device} device
 * @param {number} at
 * @param {number} now
 * @param {Speech} speech
 */
export function readOut(device, at, now, speech) {
  const moment = speech.moment(at, now);
  const known = levelAt(device, at);
  if (!known) return speech.say("read_nothing", { moment });
  const level = speech.percent(known.level);
  if (known.p10 === undefined || known.p90 === undefined) return speech.say("read_past", { moment, level });
  const p10 = speech.percent(known.p10);
  const p90 = speech.percent(known.p90);
  return p10 === p90
    ? speech.say("read_future_sure", { moment, level })
    : speech.say("read_future", { moment, level, p10, p90 });
}

/**
 * Return the bands of the power states below normal.
 * @param {Device} device
 */
function zones(device) {
  const { critical, low } = device.bounds;
  return [
    h("div", { class: "zone critical", style: `height:${critical}%` }),
    h("div", { class: "zone low", style: `bottom:${critical}%;height:${low - critical}%` }),
  ];
}

/**
 * Return the words in the chart.
 * @param {Device} device
 * @param {Span} span
 * @param {number} now
 * @param {Speech} speech
 */
function labels(device, span, now, speech) {
  const found = [
    h("span", { class: "label now", style: `left:${left(span, now)}` }, speech.say("now")),
    h(
      "span",
      { class: "label reserve", style: `bottom:${device.reserve}%` },
      speech.say("reserve", { reserve: speech.percent(device.reserve) }),
    ),
  ];
  const levels = (now - span.from) / (span.to - span.from) < BESIDE ? [50] : [50, 100];
  for (const level of levels) {
    if (Math.abs(level - device.reserve) > CLEAR) {
      found.push(h("span", { class: "label scale", style: `bottom:${level}%` }, speech.percent(level)));
    }
  }
  const { kind, at } = device.prospect;
  if (kind === "reserve_at" && at !== null && at < span.to) {
    found.push(h("span", { class: "hit", style: `left:${left(span, at)};bottom:${device.reserve}%` }));
  }
  const here = levelAt(device, now);
  if (here && now < span.to) {
    found.push(h("span", { class: "here", style: `left:${left(span, now)};bottom:${here.level}%` }));
  }
  return found;
}

/**
 * Return a planned task as a bar.
 * @param {ReturnType<typeof lanes>[number]} bar
 * @param {Span} span
 */
function barOf({ task, start, end, lane }, span) {
  const style = `left:${left(span, start)};right:calc(100% - ${left(span, end)});--lane:${lane}`;
  return h("span", { class: `bar ${task.decision}`, style }, h("span", {}, task.id));
}
