import assert from "node:assert/strict";
import { test } from "node:test";

import { firstDevice, optional, suggestion } from "../../custom_components/power_scheduler/www/form.js";

const entity = (/** @type {object} */ changes) => ({
  entity_id: "sensor.a",
  platform: "power_scheduler",
  device_id: "d",
  translation_key: "power_state",
  ...changes,
});
const hass = /** @type {any} */ ({
  entities: {
    "sensor.other": entity({ platform: "mobile_app", device_id: "p" }),
    "sensor.hub": entity({ device_id: "h", translation_key: "lowest_level" }),
    "sensor.trend": entity({ device_id: "d", translation_key: "trend" }),
    "sensor.state": entity({}),
  },
});

test("a card is suggested for our own entities only", () => {
  const suggest = suggestion("power-scheduler-card");
  assert.deepEqual(suggest(hass, "sensor.trend"), {
    config: { type: "custom:power-scheduler-card", device: "d" },
  });
  assert.equal(suggest(hass, "sensor.other"), null);
  assert.equal(suggest(hass, "sensor.hub"), null);
  assert.equal(suggest(hass, "sensor.nowhere"), null);
});

test("a device with several batteries is told by the entity", () => {
  const buds = /** @type {any} */ ({
    entities: {
      "sensor.left": entity({ device_id: "b", entity_id: "sensor.left" }),
      "sensor.right": entity({ device_id: "b", entity_id: "sensor.right" }),
    },
  });
  assert.deepEqual(suggestion("c")(buds, "sensor.right")?.config, { type: "custom:c", device: "sensor.right" });
  assert.deepEqual(firstDevice(buds), { device: "sensor.left" });
});

test("a new card shows the first device that there is", () => {
  assert.deepEqual(firstDevice(hass), { device: "d" });
  assert.deepEqual(firstDevice(/** @type {any} */ ({ entities: {} })), {});
});

test("a wrong option is refused with a sentence that names it", () => {
  const check = (/** @type {unknown} */ value) => optional({ hours_back: value }, "hours_back", "number", 1, 24);
  check(undefined);
  check(24);
  assert.throws(() => check("6"), /hours_back must be a number, not "6"/);
  assert.throws(() => check(25), /hours_back must lie between 1 and 24, not 25/);
  assert.throws(() => check(NaN), /hours_back must lie/);
});
