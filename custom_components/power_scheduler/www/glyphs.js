/** The small drawings: a battery that is as full as it is, arrows, and what becomes of tasks. */

import { h, s } from "./dom.js";

/** @type {Record<string, string>} Paths in a square of 24 units. */
const PATHS = {
  bolt: "M13 5.5 8.6 13h2.9l-.6 5.5 4.5-7.6h-3z",
  up: "M7 14.5l5-5 5 5z",
  down: "M7 9.5l5 5 5-5z",
  run_now: "M8 5.1v13.8L19 12z",
  scheduled:
    "M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16m0-18a10 10 0 1 0 0 20 10 10 0 0 0 0-20m.5 5H11v6l5.2 3.2.8-1.3-4.5-2.6z",
  deferred: "M6 2h12v6l-4 4 4 4v6H6v-6l4-4-4-4zm10 14.5-4-4-4 4V20h8zm-4-5 4-4V4H8v3.5z",
  rejected:
    "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m0 2a8 8 0 0 1 6.3 12.9L7.1 5.7A8 8 0 0 1 12 4m0 16A8 8 0 0 1 5.7 7.1l11.2 11.2A8 8 0 0 1 12 20",
  warning: "M13 14h-2V9h2m0 9h-2v-2h2M1 21h22L12 2z",
};

/**
 * Return a glyph; it is decoration beside words that say the same.
 * @param {string} name
 */
export function glyph(name) {
  return s(
    "svg",
    { class: `glyph ${name}`, viewBox: "0 0 24 24", "aria-hidden": "true" },
    s("path", { d: PATHS[name] }),
  );
}

/**
 * Return a battery in a tinted circle.
 * @param {number | null} level %
 * @param {boolean} charging
 */
export function battery(level, charging) {
  const full = level === null ? 0 : (Math.max(4, level) / 100) * 13;
  const drawing = s(
    "svg",
    { viewBox: "0 0 24 24", "aria-hidden": "true" },
    s("path", { class: "case", d: "M10 2.5h4V4h1.5A1.5 1.5 0 0 1 17 5.5v14a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 19.5v-14A1.5 1.5 0 0 1 8.5 4H10z" }),
    s("rect", { class: "charge", x: 8.5, y: 19.5 - full, width: 7, height: full, rx: 0.6 }),
  );
  if (charging) drawing.append(s("path", { class: "bolt", d: PATHS.bolt }));
  if (level === null) {
    const mark = s("text", { class: "mark", x: 12, y: 15.5, "text-anchor": "middle" }, "?");
    drawing.append(mark);
  }
  return h("span", { class: "battery" }, drawing);
}
