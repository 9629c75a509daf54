/** What both cards say of a device. */

/**
 * @typedef {import("./types").Device} Device
 * @typedef {import("./speech.js").Speech} Speech
 */

/** @type {{[kind: string]: import("./words.js").Word}} What may come earlier than what is told. */
const EARLY = { lasts: "earliest_if_unlucky", runs_out_at: "earliest_reserve" };

/**
 * Return the class that colours a device.
 * @param {Device} device
 */
export function mood(device) {
  return device.stale || device.level === null ? "unknown" : device.power_state ?? "unknown";
}

/**
 * Return a device's power state and source, in words.
 * @param {Device} device
 * @param {Speech} speech
 */
export function stateText(device, speech) {
  const words = [];
  if (device.power_state) words.push(speech.say(device.power_state));
  if (device.source) words.push(speech.say(`on_${device.source}`));
  return words.join(" · ") || speech.say("unknown_level");
}

/**
 * Return where a device's level goes, in words; and what may come earlier.
 * @param {Device} device
 * @param {Speech} speech
 * @param {number} now
 * @returns {[text: string, more: string]}
 */
export function prospectWords(device, speech, now) {
  const { kind, at, earliest } = device.prospect;
  const word = /** @type {import("./words.js").Word} */ (`prospect_${kind}`);
  const text = speech.say(word, {
    reserve: speech.percent(device.reserve),
    at: at === null ? "" : speech.when(at, now),
    moment: at === null ? "" : speech.moment(at, now),
    ago: device.read_at === null ? "" : speech.ago(device.read_at, now),
  });
  if (earliest === null || earliest === at) return [text, ""];
  const early = EARLY[kind] ?? "earliest";
  const reserve = speech.percent(device.reserve);
  return [text, speech.say(early, { reserve, moment: speech.moment(earliest, now) })];
}
