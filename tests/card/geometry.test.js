import assert from "node:assert/strict";
import { test } from "node:test";

import {
  areaPath,
  bandPath,
  clip,
  lanes,
  left,
  levelAt,
  linePath,
  ticks,
} from "../../custom_components/power_scheduler/www/geometry.js";
import { sampleDevice } from "../../custom_components/power_scheduler/www/sample.js";
import { HOUR, NOW, phone, task } from "./device.js";

const DAY = { from: 0, to: 24 * HOUR };

/** @type {(at: number) => [number, number]} */
const utc = (at) => [Math.floor(at / HOUR) % 24, Math.floor(at / 60) % 60];

test("a line is drawn from left to right, the full level on top", () => {
  const line = [
    [0, 100],
    [12 * HOUR, 50],
    [24 * HOUR, 0],
  ];
  assert.equal(linePath(line, DAY), "M0 0L500 50L1000 100");
  assert.equal(areaPath(line, DAY), "M0 0L500 50L1000 100L1000 100L0 100Z");
});

test("nothing is drawn of no points, and no area of one", () => {
  assert.equal(linePath([], DAY), "");
  assert.equal(areaPath([[0, 50]], DAY), "");
  assert.equal(bandPath([[0, 50, 40, 60]], DAY), "");
});

test("a band goes along the upper edge and back along the lower one", () => {
  const forecast = /** @type {[number, number, number, number][]} */ ([
    [0, 50, 40, 60],
    [24 * HOUR, 30, 10, 50],
  ]);
  assert.equal(bandPath(forecast, DAY), "M0 40L1000 50L1000 90L0 60Z");
});

test("a line is cut where it meets the edges of what is shown", () => {
  const line = [
    [-10, 10],
    [10, 30],
    [30, 50],
  ];
  assert.deepEqual(clip(line, { from: 0, to: 20 }), [
    [0, 20],
    [10, 30],
    [20, 40],
  ]);
  assert.deepEqual(clip(line, { from: -5, to: 5 }), [
    [-5, 15],
    [5, 25],
  ]);
  assert.deepEqual(clip(line, { from: 40, to: 50 }), []);
  assert.deepEqual(clip([], { from: 0, to: 1 }), []);
});

test("places lie inside, whatever the moment", () => {
  assert.equal(left(DAY, -HOUR), "0%");
  assert.equal(left(DAY, 6 * HOUR), "25%");
  assert.equal(left(DAY, 99 * HOUR), "100%");
});

test("ticks are at full local hours, not too many, and none at the edge", () => {
  assert.deepEqual(ticks(DAY, 6, utc).map((at) => at / HOUR), [4, 8, 12, 16, 20]);
  assert.deepEqual(ticks({ from: 1800, to: 5 * HOUR }, 6, utc).map((at) => at / HOUR), [1, 2, 3, 4]);
  /** @type {(at: number) => [number, number]} */
  const india = (at) => utc(at + 5.5 * HOUR);
  for (const at of ticks(DAY, 6, india)) {
    assert.equal(india(at)[1], 0);
    assert.equal(india(at)[0] % 4, 0);
  }
});

test("the level is read from the past, then from the forecast, and nowhere else", () => {
  const device = phone();
  assert.deepEqual(levelAt(device, NOW - 5 * HOUR), { level: 80 });
  assert.deepEqual(levelAt(device, NOW + 5 * HOUR), { level: 40, p10: 35, p90: 45 });
  assert.equal(levelAt(device, NOW - 11 * HOUR), null);
  assert.equal(levelAt(device, NOW + 16 * HOUR), null);
});

test("a gap in the past stays a gap", () => {
  const history = /** @type {[number, number][][]} */ ([
    [
      [NOW - 9 * HOUR, 90],
      [NOW - 8 * HOUR, 88],
    ],
    [[NOW - HOUR, 60]],
  ]);
  assert.equal(levelAt(phone({ history }), NOW - 5 * HOUR), null);
});

test("tasks that meet lie in different lanes, and one after the other in the same", () => {
  const span = { from: NOW, to: NOW + 10 * HOUR };
  const at = (/** @type {number} */ start, /** @type {number} */ end) =>
    task({ start: NOW + start * HOUR, end: NOW + end * HOUR });
  const tasks = [at(0, 2), at(1, 3), at(2, 4), at(1, 2), at(1, 2), task({ start: null, end: null }), at(11, 12)];
  assert.deepEqual(lanes(tasks, span, 3).map(({ lane }) => lane), [0, 1, 0, 2, 2]);
});

test("the example says what its chart shows", () => {
  const device = sampleDevice(NOW, "Example");
  const { prospect, reserve } = device;
  const reached = levelAt(device, prospect.at ?? 0);
  assert.equal(Math.round(reached?.level ?? 0), reserve);
  const early = levelAt(device, prospect.earliest ?? 0);
  assert.equal(Math.round(early?.p10 ?? 0), reserve);
});
