/** Puts words, numbers and times into the user's language and formats. */

import { LANGUAGES } from "./words.js";

/**
 * @typedef {import("./types").Hass} Hass
 * @typedef {import("./words.js").Word} Word
 */

const DAY = 86400;

/** Home Assistant's number formats, each by a language that writes so. */
/** @type {Record<string, string>} */
const NUMBERS = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
};

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

/** @type {Map<string, Speech>} */
const speeches = new Map();

/**
 * Return how to speak to a user; the same object for the same preferences.
 * @param {Pick<Hass, "language" | "locale" | "config">} hass
 */
export function speechFor(hass) {
  const { number_format = "language", time_format = "language", time_zone = "local" } =
    hass.locale ?? {};
  const zone = time_zone === "server" ? hass.config?.time_zone : undefined;
  const key = [hass.language, number_format, time_format, zone].join();
  let speech = speeches.get(key);
  if (!speech) {
    speech = new Speech(hass.language, number_format, time_format, zone);
    speeches.set(key, speech);
  }
  return speech;
}

/** Return how to speak where Home Assistant hands over no language, but has set the page's. */
export function pageSpeech() {
  return speechFor({ language: document.documentElement.lang || "en" });
}

export class Speech {
  /**
   * @param {string} language a BCP 47 tag
   * @param {string} [numberFormat] one of Home Assistant's
   * @param {string} [timeFormat] one of Home Assistant's
   * @param {string} [timeZone] by default, the browser's
   */
  constructor(language, numberFormat = "language", timeFormat = "language", timeZone) {
    const known = LANGUAGES[language.split("-")[0]];
    this.words = known ?? LANGUAGES.en;
    const tag = supported(language);
    // What stands within our words is in their language.
    const wordy = known ? tag : "en";
    const numbers =
      numberFormat === "language" ? tag : numberFormat === "system" ? undefined : NUMBERS[numberFormat] ?? "en-US";
    const times = timeFormat === "system" ? undefined : tag;
    const hour12 = timeFormat === "12" ? true : timeFormat === "24" ? false : undefined;
    this._number = new Intl.NumberFormat(numbers, { maximumFractionDigits: 1 });
    this._percent = new Intl.NumberFormat(numbers, { style: "percent" });
    const halves = new Intl.DateTimeFormat(times, { hour: "numeric", hour12 }).resolvedOptions().hour12;
    const hour = halves ? "numeric" : "2-digit";
    this._time = new Intl.DateTimeFormat(times, { hour, minute: "2-digit", hour12, timeZone });
    this._hour = halves ? new Intl.DateTimeFormat(times, { hour, hour12, timeZone }) : this._time;
    this._weekday = new Intl.DateTimeFormat(wordy, { weekday: "short", timeZone });
    this._relative = new Intl.RelativeTimeFormat(wordy, { numeric: "auto" });
    this._parts = new Intl.DateTimeFormat("en-CA", {
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      timeZone,
    });
  }

  /**
   * Return a sentence with its values filled in.
   * @param {Word} word
   * @param {Record<string, string | number>} [values]
   */
  say(word, values = {}) {
    return this.words[word].replace(/\{(\w+)\}/g, (whole, name) => apart(String(values[name] ?? whole)));
  }

  /**
   * Return a level.
   * @param {number | null} level %
   */
  percent(level) {
    return level === null ? "–" : this._percent.format(level / 100);
  }

  /**
   * Return the size of a rate.
   * @param {number} rate %/h
   */
  rate(rate) {
    return this.say("rate", { number: this._number.format(Math.abs(rate)) });
  }

  /** @param {number} at Unix time in seconds, as everywhere here */
  time(at) {
    return this._time.format(at * 1000).replaceAll(" ", "\u00a0");
  }

  /**
   * Return a moment, with its day unless that is today, or the midnight that ends it.
   * @param {number} at
   * @param {number} now
   */
  moment(at, now) {
    if (this._isMidnight(at, now)) return this.say("midnight");
    const day = this._day(at, now);
    return day ? this.say("day_time", { day, time: this.time(at) }) : this.time(at);
  }

  /**
   * Return a moment as it stands in a sentence: "tomorrow at 04:10".
   * @param {number} at
   * @param {number} now
   */
  when(at, now) {
    if (this._isMidnight(at, now)) return this.say("at_midnight");
    const day = this._day(at, now);
    const time = this.time(at);
    return day ? this.say("at_day", { day, time }) : this.say("at_time", { time });
  }

  /**
   * Return what stands at a tick of the time axis: midnight is where a day begins.
   * @param {number} at
   */
  tick(at) {
    const [hours, minutes] = this.clock(at);
    return hours || minutes ? this._hour.format(at * 1000) : this._weekday.format(at * 1000);
  }

  /**
   * Return how long ago a moment is.
   * @param {number} at
   * @param {number} now
   */
  ago(at, now) {
    const seconds = Math.max(0, now - at);
    if (seconds < 3600) return this._relative.format(-Math.round(seconds / 60), "minute");
    if (seconds < 2 * DAY) return this._relative.format(-Math.round(seconds / 3600), "hour");
    return this._relative.format(-Math.round(seconds / DAY), "day");
  }

  /**
   * Return the local time of a moment.
   * @param {number} at
   * @returns {[hours: number, minutes: number]}
   */
  clock(at) {
    const text = this._parts.format(at * 1000);
    return [Number(text.slice(-5, -3)), Number(text.slice(-2))];
  }

  /**
   * Return the name of a moment's day; nothing for today.
   * @param {number} at
   * @param {number} now
   */
  _day(at, now) {
    const days = Math.round((this._date(at) - this._date(now)) / DAY);
    if (days === 0) return "";
    return Math.abs(days) === 1 ? this._relative.format(days, "day") : this._weekday.format(at * 1000);
  }

  /**
   * Say whether a moment is the midnight that ends today.
   * @param {number} at
   * @param {number} now
   */
  _isMidnight(at, now) {
    const [hours, minutes] = this.clock(at);
    return hours === 0 && minutes === 0 && this._date(at) - this._date(now) === DAY;
  }

  /**
   * Return when a moment's local date begins, were it UTC.
   * @param {number} at
   */
  _date(at) {
    return Date.parse(`${this._parts.format(at * 1000).slice(0, 10)}T00:00:00Z`) / 1000;
  }
}

/**
 * Return a language tag that Intl takes; Home Assistant has some that it does not.
 * @param {string} language
 */
function supported(language) {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return "en";
  }
}

/**
 * Return a text that changes the order of nothing beside it, whatever its own direction.
 * @param {string} text
 */
function apart(text) {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}
