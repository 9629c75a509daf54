/** What both cards share: their life in a dashboard, and what they say of a device. */

import { h, say, setAll } from "./dom.js";
import { Feed } from "./feed.js";
import { pageSpeech, speechFor } from "./speech.js";
import { STYLE } from "./style.js";

/**
 * @typedef {import("./types").Config} Config
 * @typedef {import("./types").Device} Device
 * @typedef {import("./types").Hass} Hass
 * @typedef {import("./speech.js").Speech} Speech
 * @typedef {import("./words.js").Word} Word
 */

/** Milliseconds after which a card is drawn again, since "now" has moved. */
const MINUTE = 60_000;

export const DOCUMENTATION = "https://github.com/power-scheduler/power-scheduler/blob/main/docs/card.md";

/** The version in this module's address, as the backend tells it; none outside Home Assistant. */
const VERSION = /\/power_scheduler_static\/(\w+)\//.exec(import.meta.url)?.[1] ?? null;

/**
 * A card that follows the backend.
 * @template {Config} C
 */
export class PowerCard extends HTMLElement {
  /** @type {Feed | null} */
  feed = null;
  /** @type {C | null} */
  config = null;
  /** Where Home Assistant puts the card: "grid" in a section, the only place with rows. */
  /** @type {string | undefined} */
  layout;
  /** @type {Hass | null} */
  #hass = null;
  #frame = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    this.notice = h("div", { class: "notice", hidden: true, role: "status" });
    this.body = h("div", { class: "body" });
    this.card = document.createElement("ha-card");
    this.card.append(this.body, this.notice);
    root.append(h("style", {}, STYLE), this.card);
  }

  /**
   * Take a configuration that has been checked.
   * @param {C} config
   */
  adopt(config) {
    const before = JSON.stringify(this.wanted());
    this.config = config;
    if (!this.feed || JSON.stringify(this.wanted()) !== before) this.follow();
    this.redraw();
  }

  /** @returns {Speech} */
  get speech() {
    return this.#hass ? speechFor(this.#hass) : pageSpeech();
  }

  get hass() {
    return this.#hass;
  }

  /** Home Assistant sets this with every change of any state: almost always there is nothing to do. */
  set hass(hass) {
    const before = this.#hass;
    this.#hass = hass;
    if (!hass) return;
    if (!before || before.connection !== hass.connection || before.language !== hass.language) {
      this.follow();
    } else if (before.locale !== hass.locale) {
      this.redraw();
    }
  }

  connectedCallback() {
    this.#timer = setInterval(() => this.redraw(), MINUTE);
    this.follow();
    this.redraw();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.feed?.close();
    this.feed = null;
  }

  /** Follow the backend, if there is one and something to ask for. */
  follow() {
    this.feed?.close();
    this.feed = null;
    const wanted = this.wanted();
    if (!this.isConnected || !this.#hass || !wanted) return;
    const asked = { ...wanted, language: this.#hass.language };
    this.feed = new Feed(this.#hass.connection, asked, () => this.redraw());
    this.feed.open();
  }

  /** Draw again, once, when the browser next paints. */
  redraw() {
    if (!this.isConnected || this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (!this.config) return;
      const sized = this.layout === "grid" && typeof this.config.grid_options?.rows === "number";
      setAll(this, { sized });
      setAll(this.card, { class: this.feed?.loaded === false ? "away" : null });
      this.draw(this.speech, Date.now() / 1000);
    });
  }

  /**
   * Return what to ask the backend for; null for nothing.
   * @returns {{device?: string} | null}
   */
  wanted() {
    return {};
  }

  /**
   * Draw what is known.
   * @param {Speech} _speech
   * @param {number} _now Unix time in seconds
   */
  draw(_speech, _now) {}

  /**
   * Show one line below everything else: what is wrong, if anything is.
   * @param {Speech} speech
   * @param {string | null} [text]
   */
  note(speech, text = null) {
    const { loaded, version } = this.feed ?? {};
    const outdated = Boolean(VERSION && version && version !== VERSION);
    const line = outdated ? speech.say("reload") : loaded === false ? speech.say("away") : text;
    this.notice.hidden = line === null;
    if (outdated && !this.notice.querySelector("button")) {
      const button = h("button", {}, speech.say("reload"));
      button.addEventListener("click", () => location.reload());
      this.notice.replaceChildren(button);
    } else if (!outdated) {
      say(this.notice, line ?? "");
    }
  }

  /**
   * Open Home Assistant's own dialog on a device.
   * @param {Device | null | undefined} device
   */
  open(device) {
    if (!device?.entity_id) return;
    const detail = { entityId: device.entity_id };
    this.dispatchEvent(new CustomEvent("hass-more-info", { bubbles: true, composed: true, detail }));
  }
}

/**
 * Add a card to those that Home Assistant offers, once.
 * @param {string} type
 * @param {CustomElementConstructor} element
 * @param {Word} name
 * @param {Word} description
 * @param {Pick<import("./types").CustomCard, "getEntitySuggestion">} [more]
 */
export function register(type, element, name, description, more = {}) {
  if (customElements.get(type)) return;
  customElements.define(type, element);
  (window.customCards ??= []).push({
    type,
    preview: true,
    documentationURL: DOCUMENTATION,
    ...more,
    // The page's language is known later than this module.
    get name() {
      return pageSpeech().say(name);
    },
    get description() {
      return pageSpeech().say(description);
    },
  });
}
