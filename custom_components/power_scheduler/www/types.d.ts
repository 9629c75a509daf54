/** What the WebSocket command power_scheduler/subscribe tells; moments are Unix time in seconds. */

export type PowerState = "critical" | "low" | "normal" | "optimal";
export type Source = "battery" | "charging" | "full" | "idle";
export type Decision = "run_now" | "scheduled" | "deferred" | "rejected";

/** A moment and the level (%) then. */
export type Point = [at: number, level: number];

/** A moment, the median level (%) then, and the levels that nine in ten and one in ten exceed. */
export type Outlook = [at: number, level: number, p10: number, p90: number];

export interface Prospect {
  kind: string;
  at: number | null;
  earliest: number | null;
}

export interface Task {
  id: string;
  decision: Decision;
  start: number | null;
  end: number | null;
  earliest: number | null;
  before: number | null;
  after: number | null;
  reasons: string[];
  change: string | null;
}

export interface TaskList {
  planned_at: number | null;
  tasks: Task[];
  more_tasks: number;
}

export interface Device extends TaskList {
  id: string;
  name: string;
  entity_id: string | null;
  at: number;
  level: number | null;
  power_state: PowerState | null;
  source: Source | null;
  rate: number | null;
  read_at: number | null;
  stale: boolean;
  reserve: number;
  bounds: { critical: number; low: number; normal: number };
  empty_at: number | null;
  full_at: number | null;
  basis: string | null;
  history: Point[][];
  forecast: Outlook[];
  prospect: Prospect;
}

export interface Message {
  first?: boolean;
  version?: string | null;
  loaded?: boolean;
  order?: string[];
  others?: TaskList;
  devices?: Record<string, Device | null>;
}

/** What the cards use of Home Assistant. */
export interface Connection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: object,
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void> | void>;
  addEventListener(type: "ready", listener: () => void): void;
  removeEventListener(type: "ready", listener: () => void): void;
}

export interface Locale {
  language?: string;
  number_format?: string;
  time_format?: string;
  time_zone?: string;
}

export interface Entity {
  entity_id: string;
  platform?: string;
  device_id?: string;
  translation_key?: string;
}

export interface Hass {
  connection: Connection;
  language: string;
  locale?: Locale;
  config?: { time_zone?: string };
  entities?: Record<string, Entity>;
}

export interface Config {
  type?: string;
  grid_options?: { rows?: number | "auto" };
}

export interface CardConfig extends Config {
  device?: string;
  name?: string;
  hours_back?: number;
  hours_ahead?: number;
  max_tasks?: number;
}

export interface FleetConfig extends Config {
  title?: string;
  max_devices?: number;
}

export interface CustomCard {
  type: string;
  name: string;
  description: string;
  preview: boolean;
  documentationURL: string;
  getEntitySuggestion?: (hass: Hass, entityId: string) => { config: object } | null;
}

declare global {
  interface Window {
    customCards?: CustomCard[];
  }
}
