/** Where things are drawn: pure functions from moments and levels to places. */

/**
 * @typedef {import("./types").Device} Device
 * @typedef {import("./types").Point} Point
 * @typedef {import("./types").Outlook} Outlook
 * @typedef {import("./types").Task} Task
 * @typedef {{from: number, to: number}} Span Moments, Unix time in seconds.
 */

const HOUR = 3600;

/** The plot's width and height in its own units; it is stretched to the room there is. */
export const WIDTH = 1000;
export const HEIGHT = 100;

/** How near to an edge (as a share) a label would be cut off. */
const EDGE = 0.035;

/**
 * Return a moment's place, 0 at the left and 1 at the right.
 * @param {Span} span
 * @param {number} at
 */
export function share(span, at) {
  return (at - span.from) / (span.to - span.from);
}

/**
 * Return a moment's place as a CSS length, kept inside.
 * @param {Span} span
 * @param {number} at
 */
export function left(span, at) {
  return `${round(100 * Math.min(1, Math.max(0, share(span, at))))}%`;
}

/**
 * Return the part of a line that lies within a span; it ends where the line meets the edge.
 * @template {number[]} T
 * @param {T[]} line rows that begin with a moment, in their order
 * @param {Span} span
 * @returns {T[]}
 */
export function clip(line, span) {
  /** @type {T[]} */
  const inside = [];
  line.forEach((point, index) => {
    const before = line[index - 1];
    if (before) {
      for (const edge of [span.from, span.to]) {
        if (before[0] < edge && point[0] > edge) inside.push(between(before, point, edge));
      }
    }
    if (point[0] >= span.from && point[0] <= span.to) inside.push(point);
  });
  return inside;
}

/**
 * Return the row at a moment between two rows.
 * @template {number[]} T
 * @param {T} before
 * @param {T} after
 * @param {number} at
 * @returns {T}
 */
function between(before, after, at) {
  const part = (at - before[0]) / (after[0] - before[0]);
  return /** @type {T} */ (
    before.map((value, index) => (index ? value + part * (after[index] - value) : at))
  );
}

/**
 * Return an SVG path through points.
 * @param {number[][]} line rows of moment and level (%)
 * @param {Span} span
 */
export function linePath(line, span) {
  return line
    .map((row, index) => `${index ? "L" : "M"}${round(WIDTH * share(span, row[0]))} ${y(row[1])}`)
    .join("");
}

/**
 * Return an SVG path around what lies below a line.
 * @param {number[][]} line
 * @param {Span} span
 */
export function areaPath(line, span) {
  if (line.length < 2) return "";
  const x = (/** @type {number[]} */ row) => round(WIDTH * share(span, row[0]));
  return `${linePath(line, span)}L${x(line[line.length - 1])} ${HEIGHT}L${x(line[0])} ${HEIGHT}Z`;
}

/**
 * Return an SVG path around the range of a forecast.
 * @param {Outlook[]} forecast
 * @param {Span} span
 */
export function bandPath(forecast, span) {
  if (forecast.length < 2) return "";
  const upper = forecast.map(([at, , , p90]) => [at, p90]);
  const lower = forecast.map(([at, , p10]) => [at, p10]).reverse();
  return `${linePath([...upper, ...lower], span)}Z`;
}

/**
 * Return a level's place from the top, in the plot's units.
 * @param {number} level %
 */
export function y(level) {
  return round(HEIGHT - level);
}

/**
 * Return the moments to label: full hours, at most one in so many.
 * @param {Span} span
 * @param {number} most how many there may be
 * @param {(at: number) => [hours: number, minutes: number]} clock the local time of a moment
 */
export function ticks(span, most, clock) {
  const hours = (span.to - span.from) / HOUR;
  const step = [1, 2, 3, 4, 6, 12, 24].find((every) => hours / every <= most) ?? 24;
  const [, minutes] = clock(span.from);
  const first = span.from - (span.from % 60) + ((60 - minutes) % 60) * 60;
  const found = [];
  for (let at = first; at <= span.to; at += HOUR) {
    const place = share(span, at);
    if (place > EDGE && place < 1 - EDGE && clock(at)[0] % step === 0) found.push(at);
  }
  return found;
}

/**
 * Return what is known of the level at a moment: of the past, else of the future.
 * @param {Device} device
 * @param {number} at
 * @returns {{level: number, p10?: number, p90?: number} | null}
 */
export function levelAt(device, at) {
  for (const run of device.history) {
    const row = rowAt(run, at);
    if (row) return { level: row[1] };
  }
  const row = rowAt(device.forecast, at);
  return row && { level: row[1], p10: row[2], p90: row[3] };
}

/**
 * @template {number[]} T
 * @param {T[]} line
 * @param {number} at
 * @returns {T | null}
 */
function rowAt(line, at) {
  const next = line.findIndex((row) => row[0] >= at);
  if (next < 0) return null;
  if (line[next][0] === at) return line[next];
  return next ? between(line[next - 1], line[next], at) : null;
}

/**
 * Return the tasks that have a time within a span, each in a lane where it meets no other.
 * @param {Task[]} tasks
 * @param {Span} span
 * @param {number} most how many lanes there may be; the last one takes what is left
 */
export function lanes(tasks, span, most) {
  /** @type {number[]} */
  const ends = [];
  /** @type {{task: Task, start: number, end: number, lane: number}[]} */
  const bars = [];
  for (const task of tasks) {
    const { start, end } = task;
    if (start === null || end === null || end <= span.from || start >= span.to) continue;
    const free = ends.findIndex((until) => until <= start);
    const lane = free < 0 ? Math.min(ends.length, most - 1) : free;
    ends[lane] = Math.max(end, ends[lane] ?? end);
    bars.push({ task, start, end, lane });
  }
  return bars;
}

/**
 * Return a number without digits that no screen can show.
 * @param {number} value
 */
function round(value) {
  return Math.round(value * 100) / 100;
}
