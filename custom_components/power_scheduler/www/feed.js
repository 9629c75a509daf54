/** Follows what the backend tells, through restarts of Home Assistant and of the integration. */

/**
 * @typedef {import("./types").Connection} Connection
 * @typedef {import("./types").Device} Device
 * @typedef {import("./types").Message} Message
 * @typedef {import("./types").TaskList} TaskList
 */

/** Milliseconds until the next try, while Home Assistant does not know the command yet. */
const RETRY = 5000;

export class Feed {
  /** @type {Map<string, Device>} */
  devices = new Map();
  /** @type {string[]} */
  order = [];
  /** @type {TaskList | null} */
  others = null;
  /** @type {string | null} */
  version = null;
  /** Whether the integration runs; null until it has told anything. @type {boolean | null} */
  loaded = null;

  /** @type {(() => Promise<void> | void) | null} */
  #unsubscribe = null;
  #open = false;
  /** Counts the tries, so that an answer to an old one is told from the newest. */
  #tries = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Connection} connection
   * @param {{device?: string, language: string}} wanted
   * @param {() => void} onNews called after anything has changed
   */
  constructor(connection, wanted, onNews) {
    this._connection = connection;
    this._wanted = wanted;
    this._onNews = onNews;
  }

  /** Begin to follow. */
  open() {
    this.#open = true;
    this._connection.addEventListener("ready", this.#subscribe);
    void this.#subscribe();
  }

  /** Follow no longer. */
  close() {
    this.#open = false;
    this._connection.removeEventListener("ready", this.#subscribe);
    clearTimeout(this.#timer);
    void this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  #subscribe = async () => {
    clearTimeout(this.#timer);
    const number = ++this.#tries;
    const isCurrent = () => this.#open && number === this.#tries;
    this.#unsubscribe = null;
    try {
      const unsubscribe = await this._connection.subscribeMessage(
        /** @param {Message} message */ (message) => isCurrent() && this.#take(message),
        { type: "power_scheduler/subscribe", ...this._wanted },
        { resubscribe: false },
      );
      if (isCurrent()) this.#unsubscribe = unsubscribe;
      else void unsubscribe();
    } catch {
      if (!isCurrent()) return;
      this.#timer = setTimeout(this.#subscribe, RETRY);
      this.#take({ loaded: false });
    }
  };

  /** @param {Message} message */
  #take(message) {
    if (message.first) this.devices.clear();
    for (const [id, device] of Object.entries(message.devices ?? {})) {
      if (device) this.devices.set(id, device);
      else this.devices.delete(id);
    }
    this.order = message.order ?? this.order;
    this.others = message.others ?? this.others;
    this.loaded = message.loaded ?? this.loaded;
    if (message.version !== undefined) this.version = message.version;
    this._onNews();
  }
}
