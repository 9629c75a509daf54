/** The editors' forms, and what a card is told when it is added. */

import { pageSpeech } from "./speech.js";

/**
 * @typedef {import("./types").Hass} Hass
 * @typedef {import("./words.js").Word} Word
 */

const PLATFORM = "power_scheduler";

/** @param {{name: string}} field */
const computeLabel = ({ name }) => pageSpeech().words[/** @type {Word} */ (`field_${name}`)];

/** @param {{name: string}} field */
const computeHelper = ({ name }) => pageSpeech().words[/** @type {Word} */ (`help_${name}`)];

/**
 * @param {string} name
 * @param {number} min
 * @param {number} max
 * @param {string} [unit]
 */
const number = (name, min, max, unit) => ({
  name,
  selector: { number: { min, max, mode: "box", ...(unit && { unit_of_measurement: unit }) } },
});

/** Return the form of the device card. */
export function deviceForm() {
  return {
    schema: [
      {
        name: "device",
        required: true,
        selector: {
          device: { entity: [{ integration: PLATFORM, domain: "sensor", device_class: "enum" }] },
        },
      },
      { name: "name", selector: { text: {} } },
      {
        name: "",
        type: "grid",
        schema: [number("hours_back", 1, 24, "h"), number("hours_ahead", 1, 24, "h")],
      },
      number("max_tasks", 0, 20),
    ],
    computeLabel,
    computeHelper,
  };
}

/** Return the form of the card of all devices. */
export function fleetForm() {
  return {
    schema: [{ name: "title", selector: { text: {} } }, number("max_devices", 1, 200)],
    computeLabel,
    computeHelper,
  };
}

/**
 * Return the configuration of a card that is added without any choice.
 * @param {Hass} hass
 */
export function firstDevice(hass) {
  const first = powerStates(hass)[0];
  const device = first && nameOf(hass, first.device_id, first.entity_id);
  return device ? { device } : {};
}

/**
 * Return what suggests a card for our own entities, and for no others.
 * @param {string} type
 */
export function suggestion(type) {
  return (/** @type {Hass} */ hass, /** @type {string} */ entityId) => {
    const entity = hass.entities?.[entityId];
    if (entity?.platform !== PLATFORM || !entity.device_id) return null;
    const device = nameOf(hass, entity.device_id, entityId);
    return device ? { config: { type: `custom:${type}`, device } } : null;
  };
}

/**
 * Return what names the one battery that an entity of a device tells of, if there is one.
 * @param {Hass} hass
 * @param {string | null} [device]
 * @param {string} [entityId]
 */
function nameOf(hass, device, entityId) {
  const batteries = powerStates(hass).filter(({ device_id }) => device_id === device);
  // A device with several batteries stands for none of them.
  return batteries.length > 1 ? entityId : batteries[0]?.device_id;
}

/**
 * Return our entities that each tracked battery has one of.
 * @param {Hass} hass
 */
function powerStates(hass) {
  return Object.values(hass?.entities ?? {}).filter(
    ({ platform, translation_key }) => platform === PLATFORM && translation_key === "power_state",
  );
}

/**
 * Check an option of a card's configuration.
 * @param {object} config
 * @param {string} name
 * @param {"string" | "number"} type
 * @param {number} [min]
 * @param {number} [max]
 */
export function optional(config, name, type, min = -Infinity, max = Infinity) {
  /** @type {unknown} */
  const value = Reflect.get(config, name);
  if (value === undefined || value === null) return;
  if (typeof value !== type) throw new Error(`${name} must be a ${type}, not ${JSON.stringify(value)}`);
  if (typeof value === "number" && !(value >= min && value <= max)) {
    throw new Error(`${name} must lie between ${min} and ${max}, not ${value}`);
  }
}
