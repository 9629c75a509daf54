/** The list of tasks: what becomes of each, when, and why not now. */

import { h } from "./dom.js";
import { glyph } from "./glyphs.js";

/**
 * @typedef {import("./types").Task} Task
 * @typedef {import("./types").TaskList} TaskList
 * @typedef {import("./speech.js").Speech} Speech
 */

/**
 * Return a list of tasks, and how many more there are.
 * @param {TaskList} list
 * @param {number} most how many to show
 * @param {Speech} speech
 * @param {number} now
 */
export function taskList({ tasks, more_tasks, planned_at }, most, speech, now) {
  const shown = tasks.slice(0, most);
  if (!shown.length) return [];
  const more = tasks.length - shown.length + more_tasks;
  const words = [];
  if (more) words.push(speech.say("more", { count: more }));
  if (planned_at !== null) words.push(speech.say("planned_at", { ago: speech.ago(planned_at, now) }));
  return [
    h("ul", { "aria-label": speech.say("tasks") }, ...shown.map((task) => row(task, speech, now))),
    h("p", { class: "footer" }, words.join(" · ")),
  ];
}

/**
 * Return one task.
 * @param {Task} task
 * @param {Speech} speech
 * @param {number} now
 */
function row(task, speech, now) {
  const why = whyText(task);
  return h(
    "li",
    { class: task.decision },
    glyph(task.decision),
    h("span", { class: "task" }, task.id),
    h("span", { class: "decision" }, speech.say(task.decision)),
    h("span", { class: "times" }, timesText(task, speech, now)),
    why && h("span", { class: "why" }, why),
  );
}

/**
 * Return why a task does not run now, and what would help.
 * @param {Task} task
 */
export function whyText({ reasons, change }) {
  return [reasons[0], change].filter(Boolean).join(" ");
}

/**
 * Return when a task runs and what that does to the level, in words.
 * @param {Task} task
 * @param {Speech} speech
 * @param {number} now
 */
export function timesText(task, speech, now) {
  const { start, end, earliest, before, after } = task;
  if (start === null || end === null) {
    return earliest === null || earliest <= now ? "" : speech.say("task_perhaps", { start: speech.when(earliest, now) });
  }
  const times =
    start <= now
      ? speech.say("task_now", { end: speech.moment(end, now) })
      : speech.say("task_times", { start: speech.moment(start, now), end: speech.time(end) });
  if (before === null || after === null) return times;
  const levels = { before: speech.percent(before), after: speech.percent(after) };
  return `${times} · ${speech.say("task_levels", levels)}`;
}
