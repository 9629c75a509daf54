import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { prospectWords } from "../../custom_components/power_scheduler/www/say.js";
import { Speech, speechFor } from "../../custom_components/power_scheduler/www/speech.js";
import { LANGUAGES } from "../../custom_components/power_scheduler/www/words.js";
import { HOUR, NOW, phone } from "./device.js";

const UTC = "UTC";
const english = new Speech("en", "language", "24", UTC);
const german = new Speech("de", "language", "language", UTC);

test("every language says the same, with the same placeholders", () => {
  const holes = (/** @type {string} */ text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const words of Object.values(LANGUAGES)) {
    assert.deepEqual(Object.keys(words), Object.keys(LANGUAGES.en));
    for (const [word, text] of Object.entries(LANGUAGES.en)) {
      assert.deepEqual(holes(words[/** @type {keyof typeof words} */ (word)]), holes(text), word);
    }
  }
});

test("a power state is called as its entity calls it", () => {
  for (const [language, words] of Object.entries(LANGUAGES)) {
    const file = new URL(`../../custom_components/power_scheduler/translations/${language}.json`, import.meta.url);
    const { state } = JSON.parse(readFileSync(file, "utf8")).entity.sensor.power_state;
    const told = Object.keys(state).map((name) => words[/** @type {keyof typeof words} */ (name)]);
    assert.deepEqual(told, Object.values(state), language);
  }
});

test("what is written from right to left leaves the words and numbers beside it in their order", () => {
  const arabic = new Speech("ar", "language", "12", UTC);
  const noon = arabic.time(NOW);
  assert.match(noon, /\p{Script=Arabic}/u);
  assert.equal(arabic.say("task_now", { end: noon }), `now, until \u2068${noon}\u2069`);
  assert.equal(arabic.say("task_now", { end: "12:00" }), "now, until 12:00");
});

test("levels and rates are written as the user writes numbers", () => {
  assert.equal(english.percent(61), "61%");
  assert.equal(german.percent(61), "61\u00a0%");
  assert.equal(english.percent(null), "–");
  assert.equal(english.rate(-3.14), "3.1 %/h");
  assert.equal(german.rate(3.14), "3,1 %/h");
  assert.equal(new Speech("en", "decimal_comma").rate(3.14), "3,1 %/h");
  assert.equal(new Speech("de", "none").rate(3.14), "3.1 %/h");
});

test("moments are told with their day, unless that is today", () => {
  assert.equal(english.moment(NOW, NOW), "12:00");
  assert.equal(english.moment(NOW + 16 * HOUR, NOW), "tomorrow 04:00");
  assert.equal(english.when(NOW + 16 * HOUR, NOW), "tomorrow at 04:00");
  assert.equal(german.when(NOW + 16 * HOUR, NOW), "morgen um 04:00");
  assert.equal(german.when(NOW, NOW), "um 12:00");
  assert.equal(english.moment(NOW + 50 * HOUR, NOW), "Tue 14:00");
  assert.equal(english.moment(NOW - 24 * HOUR, NOW), "yesterday 12:00");
});

test("the midnight that ends today is called so, and no other one", () => {
  const midnight = NOW + 12 * HOUR;
  assert.equal(english.moment(midnight, NOW), "midnight");
  assert.equal(english.when(midnight, NOW), "at midnight");
  assert.equal(german.when(midnight, NOW), "um Mitternacht");
  assert.equal(english.moment(midnight + 60, NOW), "tomorrow 00:01");
  assert.equal(english.moment(midnight, midnight), "00:00");
  assert.equal(english.moment(midnight + 24 * HOUR, NOW), "Tue 00:00");
  assert.equal(english.moment(midnight - 48 * HOUR, NOW), "yesterday 00:00");
});

test("times follow the user's format and zone", () => {
  assert.equal(new Speech("en", "language", "12", UTC).time(NOW).replace("\u202f", "\u00a0"), "12:00\u00a0PM");
  assert.equal(new Speech("en", "language", "24", "Asia/Kolkata").time(NOW), "17:30");
  assert.deepEqual(new Speech("en", "language", "24", "Asia/Kolkata").clock(NOW), [17, 30]);
  const hass = { language: "en", locale: { time_format: "24", time_zone: "server" }, config: { time_zone: "Asia/Tokyo" } };
  assert.equal(speechFor(hass).time(NOW), "21:00");
  assert.equal(speechFor(hass), speechFor({ ...hass }));
});

test("midnight is labelled by the day that begins", () => {
  assert.equal(english.tick(NOW), "12:00");
  assert.equal(english.tick(NOW + 12 * HOUR), "Mon");
  const japanese = new Speech("en", "language", "12", "Asia/Tokyo");
  assert.equal(japanese.tick(NOW + 3 * HOUR), "Mon");
  assert.match(japanese.tick(NOW + 4 * HOUR), /^1\sAM$/);
});

test("ages are told in the largest unit that fits", () => {
  assert.equal(english.ago(NOW - 60, NOW), "1 minute ago");
  assert.equal(english.ago(NOW - 9 * HOUR, NOW), "9 hours ago");
  assert.equal(german.ago(NOW - 72 * HOUR, NOW), "vor 3 Tagen");
  assert.equal(english.ago(NOW + 5, NOW), "this minute");
});

test("a language that is not there is spoken in English, and nothing fails", () => {
  for (const language of ["ja", "zh-Hans", "en-GB", "not a language", "x"]) {
    assert.ok(new Speech(language).say("now"));
  }
  assert.equal(new Speech("de-AT").say("now"), "jetzt");
  assert.equal(new Speech("ar").ago(NOW - 60, NOW), "1 minute ago");
});

test("each prospect of a battery is a sentence", () => {
  const told = (/** @type {Partial<import("../../custom_components/power_scheduler/www/types").Device>} */ changes) =>
    prospectWords(phone(changes), english, NOW).join(" | ");
  /** @type {(kind: string, at?: number | null, earliest?: number | null) => object} */
  const prospect = (kind, at = null, earliest = null) => ({ prospect: { kind, at, earliest } });
  assert.equal(told({}), "Reserve of 20% expected at 22:00 | 20:00 at the earliest");
  assert.equal(told(prospect("unknown")), "No reading | ");
  assert.equal(told({ ...prospect("stale"), read_at: NOW - 9 * HOUR }), "Last reading 9 hours ago | ");
  assert.equal(told(prospect("full")), "Full | ");
  assert.equal(told(prospect("below_reserve")), "Below the reserve of 20% | ");
  assert.equal(told(prospect("learning")), "Learning how this battery behaves | ");
  assert.equal(told(prospect("charging")), "Charging | ");
  assert.equal(told(prospect("idle")), "Plugged in, not charging | ");
  assert.equal(told(prospect("full_at", NOW + HOUR)), "Full at 13:00 if it keeps charging | ");
  assert.equal(told(prospect("empty_at", NOW + HOUR)), "Empty at 13:00, the device says | ");
  const lasts = prospect("lasts", NOW + 16 * HOUR, NOW + 9 * HOUR);
  assert.equal(told(lasts), "Should last past tomorrow 04:00 | if unlucky, only until 21:00");
  assert.equal(told(prospect("runs_out_at", NOW + 5 * HOUR)), "At this rate, empty at 17:00 | ");
  const goesOn = prospect("runs_out_at", NOW + 5 * HOUR, NOW + 3 * HOUR);
  assert.equal(told(goesOn), "At this rate, empty at 17:00 | reserve of 20%: 15:00 at the earliest");
  assert.equal(told(prospect("lasts", NOW + 12 * HOUR)), "Should last past midnight | ");
});
