/** Devices as the backend describes them, for the tests. */

/** @typedef {import("../../custom_components/power_scheduler/www/types").Device} Device */
/** @typedef {import("../../custom_components/power_scheduler/www/types").Task} Task */

/** Sunday 22 November 2026, 12:00 UTC. */
export const NOW = Date.UTC(2026, 10, 22, 12) / 1000;
export const HOUR = 3600;

/**
 * A phone that falls by 4 %/h, and will.
 * @param {Partial<Device>} [changes]
 * @returns {Device}
 */
export function phone(changes = {}) {
  return {
    id: "phone",
    name: "Phone",
    entity_id: "sensor.phone_power_state",
    at: NOW,
    level: 60,
    power_state: "optimal",
    source: "battery",
    rate: -4,
    read_at: NOW,
    stale: false,
    reserve: 20,
    bounds: { critical: 15, low: 30, normal: 50 },
    empty_at: NOW + 15 * HOUR,
    full_at: null,
    basis: "own_history",
    history: [
      [
        [NOW - 10 * HOUR, 100],
        [NOW, 60],
      ],
    ],
    forecast: [
      [NOW, 60, 60, 60],
      [NOW + 10 * HOUR, 20, 10, 30],
      [NOW + 15 * HOUR, 0, 0, 10],
    ],
    prospect: { kind: "reserve_at", at: NOW + 10 * HOUR, earliest: NOW + 8 * HOUR },
    planned_at: null,
    tasks: [],
    more_tasks: 0,
    ...changes,
  };
}

/**
 * A task that is planned for one hour, in an hour.
 * @param {Partial<Task>} [changes]
 * @returns {Task}
 */
export function task(changes = {}) {
  return {
    id: "backup",
    decision: "scheduled",
    start: NOW + HOUR,
    end: NOW + 2 * HOUR,
    earliest: null,
    before: 56,
    after: 45,
    reasons: [],
    change: null,
    ...changes,
  };
}
