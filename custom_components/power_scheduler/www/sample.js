/** A device that does not exist, for previews where there is none. */

/** @typedef {import("./types").Device} Device */

const HOUR = 3600;

/**
 * Return a phone that has a day like any other.
 * @param {number} now Unix time in seconds
 * @param {string} name
 * @returns {Device}
 */
export function sampleDevice(now, name) {
  const at = Math.floor(now);
  const level = (/** @type {number} */ hours) => 62 - 4.2 * hours - 5 * Math.sin(hours / 2.5);
  /** @type {import("./types").Point[]} */
  const past = Array.from({ length: 49 }, (_, k) => [at - (24 - k / 2) * HOUR, level(-24 + k / 2)]);
  const forecast = Array.from({ length: 25 }, (_, k) => {
    const wide = 2.4 * Math.sqrt(k);
    const p50 = Math.max(0, level(k / 2));
    return /** @type {import("./types").Outlook} */ ([
      at + (k / 2) * HOUR,
      p50,
      Math.max(0, p50 - wide),
      Math.min(100, p50 + wide),
    ]);
  });
  return {
    id: "",
    name,
    entity_id: null,
    at,
    level: 62,
    power_state: "optimal",
    source: "battery",
    rate: -4.2,
    read_at: at,
    stale: false,
    reserve: 20,
    bounds: { critical: 15, low: 30, normal: 50 },
    empty_at: null,
    full_at: null,
    basis: "own_history",
    history: [past.map(([then, value]) => [then, Math.min(100, Math.max(0, value))])],
    forecast,
    // Where the line and the lower edge of its range come down to the reserve.
    prospect: { kind: "reserve_at", at: at + 11.17 * HOUR, earliest: at + 7.67 * HOUR },
    planned_at: at,
    tasks: [],
    more_tasks: 0,
  };
}
