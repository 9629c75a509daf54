import assert from "node:assert/strict";
import { test } from "node:test";

import { timesText, whyText } from "../../custom_components/power_scheduler/www/tasks.js";
import { Speech } from "../../custom_components/power_scheduler/www/speech.js";
import { HOUR, NOW, task } from "./device.js";

const english = new Speech("en", "language", "24", "UTC");
const told = (/** @type {object} */ changes) => timesText(task(changes), english, NOW);

test("a planned task says when it runs and what it costs", () => {
  assert.equal(told({}), "13:00 – 14:00 · 56% → 45%");
  assert.equal(told({ start: NOW + 13 * HOUR, end: NOW + 14 * HOUR }), "tomorrow 01:00 – 02:00 · 56% → 45%");
  assert.equal(told({ before: null }), "13:00 – 14:00");
});

test("a task whose time has come says how long it may run", () => {
  assert.equal(told({ start: NOW, end: NOW + HOUR, before: null }), "now, until 13:00");
});

test("a task without a time says nothing, or when it might", () => {
  assert.equal(told({ start: null, end: null }), "");
  assert.equal(told({ start: null, end: null, earliest: NOW + HOUR }), "perhaps at 13:00");
  assert.equal(told({ start: null, end: null, earliest: NOW }), "");
});

test("why a task waits is the backend's nearest reason, and what would help", () => {
  assert.equal(whyText(task({ reasons: ["First.", "Second."], change: "Plug it in." })), "First. Plug it in.");
  assert.equal(whyText(task()), "");
});
