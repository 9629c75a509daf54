/** The cards' look: Home Assistant's theme, with what to fall back on. */

export const STYLE = `
:host {
  display: block;
  height: 100%;
  --text: var(--primary-text-color, #141414);
  --quiet: var(--secondary-text-color, #5e5e5e);
  --ground: var(--ha-card-background, var(--card-background-color, #fff));
  --line: var(--divider-color, rgb(0 0 0 / 12%));
}
ha-card { display: block; height: 100%; box-sizing: border-box; overflow: hidden; container-type: inline-size; color: var(--text); }
:host([sized]) ha-card { container-type: size; }
[hidden] { display: none !important; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
p, ul, h2 { margin: 0; padding: 0; }
svg { display: block; }

.body, .row { --mood: var(--disabled-color, #8a8a8a); }
.critical { --mood: var(--error-color, #db4437); }
.low { --mood: var(--warning-color, #ffa600); }
.normal { --mood: var(--info-color, #039be5); }
.optimal { --mood: var(--success-color, #43a047); }

.body { display: flex; flex-direction: column; box-sizing: border-box; height: 100%; padding: 0 0 12px; gap: 6px; transition: opacity 0.3s; }
.away .body { opacity: 0.5; transition-delay: 3s; }
.notice { padding: 0 16px 12px; font-size: var(--ha-font-size-m, 14px); color: var(--quiet); }
.body[hidden] + .notice { padding-top: 12px; }
.away .notice { animation: appear 0.1s 3s backwards; }
@keyframes appear { from { opacity: 0; } }
.notice button { font: inherit; min-height: 44px; padding: 0 16px; border: 1px solid var(--line); border-radius: 22px; background: none; color: var(--text); cursor: pointer; }

.header, .prospect { flex: none; }
.header {
  display: grid; grid-template-columns: auto 1fr auto; align-items: center; gap: 0 12px;
  width: 100%; box-sizing: border-box; min-height: 64px; padding: 10px 16px 4px 12px; margin: 0;
  border: 0; background: none; color: inherit; font: inherit; text-align: start; cursor: pointer;
}
button:focus-visible, .chart:focus-visible { outline: 2px solid var(--primary-color, #009ac7); outline-offset: -2px; border-radius: var(--ha-card-border-radius, 12px); }
.battery { position: relative; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%; }
.battery::before { content: ""; position: absolute; inset: 0; border-radius: 50%; background: var(--mood); opacity: 0.2; }
.battery svg { position: relative; width: 26px; height: 26px; overflow: visible; }
.case { fill: none; stroke: var(--text); stroke-opacity: 0.7; stroke-width: 1.4; }
.charge { fill: var(--mood); }
.bolt { fill: var(--text); stroke: var(--ground); stroke-width: 1.2; paint-order: stroke; }
.mark { fill: var(--text); font-size: 10px; font-weight: 700; }
.titles, .figures { display: flex; flex-direction: column; min-width: 0; }
.figures { align-items: flex-end; white-space: nowrap; }
.name { font-size: var(--ha-font-size-m, 14px); font-weight: 500; line-height: 20px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.state, .trend { font-size: var(--ha-font-size-s, 12px); line-height: 16px; color: var(--quiet); }
.state { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.level { font-size: 28px; font-weight: 400; line-height: 30px; letter-spacing: -0.5px; font-variant-numeric: tabular-nums; }
.trend { display: flex; align-items: center; font-variant-numeric: tabular-nums; }
.unknown .level { color: var(--quiet); }
.glyph { width: 18px; height: 18px; fill: currentColor; flex: none; }

.prospect { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 8px; padding: 0 16px; min-height: 20px; font-size: var(--ha-font-size-m, 14px); line-height: 20px; font-variant-numeric: tabular-nums; }
.prospect .main { font-weight: 500; }
.prospect .extra { font-size: var(--ha-font-size-s, 12px); color: var(--quiet); }
.prospect .glyph { align-self: center; color: var(--warning-color, #ffa600); }

.chart { position: relative; display: flex; flex-direction: column; flex: 1 1 auto; box-sizing: border-box; min-height: 58px; padding-top: 18px; cursor: crosshair; touch-action: pan-y; user-select: none; -webkit-user-select: none; font-variant-numeric: tabular-nums; }
.field { position: relative; flex: 1 1 116px; min-height: 0; border-bottom: 1px solid var(--line); }
.plot { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.plot path { fill: none; }
.zone { position: absolute; inset-inline: 0; bottom: 0; background: var(--error-color, #db4437); opacity: 0.09; }
.zone.low { background: var(--warning-color, #ffa600); }
.plot .band { fill: var(--mood); fill-opacity: 0.22; }
.past, .future { stroke: var(--mood); stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round; }
.future { stroke-dasharray: 2 5; }
.fade-top { stop-color: var(--mood); stop-opacity: 0.3; }
.fade-bottom { stop-color: var(--mood); stop-opacity: 0.02; }
.plot .reserve { stroke: var(--error-color, #db4437); stroke-width: 1; stroke-opacity: 0.75; }
.plot .now { stroke: var(--quiet); stroke-width: 1; stroke-opacity: 0.6; }
.label { position: absolute; font-size: 11px; line-height: 13px; color: var(--quiet); pointer-events: none; white-space: nowrap; text-shadow: 0 0 2px var(--ground), 0 0 3px var(--ground), 0 0 4px var(--ground); }
.label.now { top: -18px; transform: translateX(-50%); }
.label.reserve { right: 8px; padding-bottom: 1px; }
.label.scale { left: 4px; padding-bottom: 1px; }
.hit, .here { position: absolute; width: 9px; height: 9px; margin: 0 0 -4.5px -4.5px; border-radius: 50%; box-sizing: border-box; pointer-events: none; }
.here { background: var(--mood); box-shadow: 0 0 0 2px var(--ground); }
.hit { border: 2px solid var(--error-color, #db4437); background: var(--ground); }
.cursor { position: absolute; top: 18px; bottom: 0; width: 1px; background: var(--text); pointer-events: none; }
.lanes { position: relative; flex: none; height: calc(var(--lanes, 0) * 20px); margin-top: calc(min(var(--lanes, 0), 1) * 4px); }
.bar {
  position: absolute; top: calc(var(--lane) * 20px); height: 18px; min-width: 4px; border-radius: 5px; overflow: hidden; container-type: inline-size;
  background: color-mix(in srgb, var(--primary-color, #009ac7) 32%, var(--ground)); color: var(--text);
  font-size: 11px; line-height: 18px; pointer-events: none;
}
.bar span { display: block; padding: 0 5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
@container (max-width: 36px) { .bar span { visibility: hidden; } }
.axis { position: relative; flex: none; height: 16px; margin-top: 2px; }
.axis span { position: absolute; transform: translateX(-50%); font-size: 11px; line-height: 14px; color: var(--quiet); white-space: nowrap; }
.axis span::before { content: ""; position: absolute; left: 50%; top: -3px; height: 3px; border-left: 1px solid var(--line); }

.tasks { padding: 0 16px; }
.tasks:empty { display: none; }
ul { list-style: none; }
li { display: grid; grid-template-columns: auto 1fr auto; gap: 0 8px; padding: 6px 0; align-items: center; border-top: 1px solid var(--line); font-size: var(--ha-font-size-m, 14px); line-height: 18px; }
li .glyph { color: var(--quiet); }
li.run_now .glyph { color: var(--success-color, #43a047); }
li.rejected .glyph { color: var(--error-color, #db4437); }
.task { overflow-wrap: anywhere; min-width: 0; font-weight: 500; }
.decision { color: var(--quiet); font-size: var(--ha-font-size-s, 12px); }
.times { grid-column: 2 / -1; font-size: var(--ha-font-size-s, 12px); font-variant-numeric: tabular-nums; }
.times:empty { display: none; }
.why { grid-column: 2 / -1; font-size: var(--ha-font-size-s, 12px); line-height: 16px; color: var(--quiet); overflow-wrap: anywhere; }
.footer { font-size: var(--ha-font-size-s, 12px); color: var(--quiet); padding-top: 2px; }
.footer:empty { display: none; }

/* In a card of fixed height the tasks give way first; a list scrolls. */
:host([sized]) .chart { min-height: 120px; }
:host([sized]) ha-card:has(.fleet) { overflow-y: auto; }
:host([sized]) .chart ~ .tasks { min-height: 0; overflow-y: auto; }

/* Sentences keep the direction of their language, which may not be the page's. */
.name, .state, .main, .extra, .trend span, .task, .times, .why, .footer, .notice, .waits span, .reading { unicode-bidi: plaintext; }
.name:dir(rtl), .state:dir(rtl), .task:dir(rtl), .times:dir(rtl), .why:dir(rtl), .footer:dir(rtl), .notice:dir(rtl), .waits span:dir(rtl) { text-align: right; }

.fleet { padding: 4px 0 8px; gap: 0; height: auto; }
.fleet > h2 { padding: 10px 16px 4px; font-size: var(--ha-font-size-l, 16px); font-weight: 500; line-height: 24px; }
.fleet > .footer { padding: 4px 16px; }
.row + .row { border-top: 1px solid var(--line); }
.row .header { grid-template-columns: auto minmax(0, 1fr) minmax(64px, 34%) auto; min-height: 56px; padding: 6px 16px 6px 12px; }
.row .figures { min-width: 52px; }
.row .level { font-size: 18px; line-height: 22px; }
.row .state { white-space: normal; }
.spark { position: relative; direction: ltr; height: 36px; }
.waits { grid-column: 2 / -1; display: flex; gap: 4px; padding-top: 2px; font-size: var(--ha-font-size-s, 12px); line-height: 16px; color: var(--quiet); overflow-wrap: anywhere; }
.waits .glyph { width: 14px; height: 14px; margin-top: 1px; }
.waits:empty { display: none; }

@container (max-width: 340px) {
  .row .header { grid-template-columns: auto minmax(0, 1fr) auto; }
  .row .spark { display: none; }
}
@container (max-width: 240px) {
  .header, .row .header { padding-inline: 8px; gap: 0 6px; }
  .row .figures { min-width: 0; }
  .battery { width: 28px; height: 28px; }
  .battery svg { width: 20px; height: 20px; }
  .level { font-size: 22px; line-height: 26px; }
  .axis span:nth-child(even), .label.scale { display: none; }
}
@container (max-width: 280px) and (max-height: 260px) { .label.scale { display: none; } }
@container (max-height: 260px) { .chart ~ .tasks, .lanes { display: none; } :host([sized]) .chart { min-height: 30px; } }
@container (max-width: 240px) and (max-height: 330px) { .prospect .extra { display: none; } }
@container (max-height: 200px) {
  .label.scale { display: none; }
  .prospect { flex-wrap: nowrap; }
  .prospect .extra { flex: 1 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
}
@container (max-width: 340px) and (max-height: 200px) { .axis { display: none; } }
@container (max-width: 240px) and (max-height: 200px) { .prospect { font-size: var(--ha-font-size-s, 12px); line-height: 16px; } }
@container (max-height: 170px) { .axis { display: none; } .prospect .extra { display: none; } }
@container (max-height: 140px) { .chart { padding-top: 6px; } .cursor { top: 6px; } .label { display: none; } .header { min-height: 52px; padding-top: 6px; } .body { padding-bottom: 0; gap: 0; } }
@media (prefers-reduced-motion: reduce) { .body { transition: none; } }
`;
