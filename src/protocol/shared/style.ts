// How a shared file looks: light and dark, on paper, and as narrow as a telephone; in the colours of the page.

/** Its style sheet, of ASCII characters. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f7f7f5;
  --surface: #ffffff;
  --sunk: #f1f1ee;
  --line: #e2e1dc;
  --line-strong: #c9c8c1;
  --ink: #1d1c1a;
  --ink-soft: #63615a;
  --accent: #2f4fb5;
  --accent-tint: #e6ebfa;
  --good: #1b7244;
  --good-tint: #dff1e6;
  --warn: #855400;
  --bad: #b0271d;
}
/* Paper is light. */
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #141518;
    --surface: #1a1c20;
    --sunk: #22252a;
    --line: #2c2f36;
    --line-strong: #434751;
    --ink: #e9e8e4;
    --ink-soft: #a3a29b;
    --accent: #9db1ff;
    --accent-tint: #262d4a;
    --good: #6fd39d;
    --good-tint: #173326;
    --warn: #e5b65a;
    --bad: #ff958b;
  }
}
* { box-sizing: border-box; margin: 0; }
body {
  max-width: 760px;
  margin: 0 auto;
  padding: 24px 16px 48px;
  background: var(--paper);
  color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere;
}
header, footer { color: var(--ink-soft); font-size: 13px; }
header { padding-bottom: 16px; border-bottom: 1px solid var(--line); }
footer { margin-top: 24px; padding-top: 12px; border-top: 1px solid var(--line); }
h1 { color: var(--ink); font-size: 22px; line-height: 1.25; margin-bottom: 6px; }
p + p { margin-top: 4px; }
header dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 10px 0; }
header dt { font-weight: 600; }
ol, ul { padding: 0; list-style: none; }
.chat { display: flex; flex-direction: column; gap: 10px; margin-top: 16px; }
.day { align-self: center; padding: 2px 12px; color: var(--ink-soft); font-size: 12px; }
.bubble {
  align-self: flex-start;
  max-width: 86%;
  min-width: 0;
  padding: 7px 13px 9px;
  border: 1px solid transparent;
  border-radius: 14px 14px 14px 4px;
  background: var(--sunk);
  overflow: hidden;
}
.by-bot, .by-agent { align-self: flex-end; border-radius: 14px 14px 4px; background: var(--accent-tint); }
.by-agent { background: var(--good-tint); }
.bubble.system { align-self: center; background: none; color: var(--ink-soft); font-size: 13px; text-align: center; }
.bubble.unseen { border: 1.5px dashed var(--line-strong); background: none; }
.head { font-size: 12px; color: var(--ink-soft); }
.head b { color: var(--ink); }
.tag { padding: 0 6px; border: 1px solid var(--line-strong); border-radius: 9px; font-size: 11px; }
time { font-variant-numeric: tabular-nums; white-space: nowrap; }
.words { white-space: pre-wrap; }
.why { color: var(--warn); font-size: 13px; }
blockquote { margin: 2px 0 4px; padding-inline-start: 8px; border-inline-start: 2px solid var(--line-strong); color: var(--ink-soft); }
.file {
  display: grid;
  gap: 2px;
  place-content: center;
  min-height: 72px;
  margin: 4px 0;
  padding: 8px;
  border: 1px solid var(--line-strong);
  border-radius: 8px;
  background: var(--paper);
  color: var(--ink-soft);
  font-size: 12px;
  text-align: center;
}
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 8px; margin-top: 6px; }
.cards li { padding: 9px 11px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; margin-top: 6px; }
.button { padding: 2px 11px; border: 1px solid var(--accent); border-radius: 6px; color: var(--accent); background: var(--surface); }
.button.reply { border-radius: 14px; }
.button.pressed { background: var(--accent); color: var(--surface); }
.address { color: var(--ink-soft); font-size: 12px; }
.fields { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); gap: 2px 10px; }
.fields dt { color: var(--ink-soft); }
details { margin-top: 5px; color: var(--ink-soft); font-size: 12px; text-align: start; }
summary { cursor: pointer; width: fit-content; border-radius: 4px; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.delivery { margin-top: 6px; padding: 8px 10px; border: 1px solid var(--line); border-radius: 8px; background: var(--surface); }
.delivery dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 1px 12px; }
.delivery dd { color: var(--ink); }
pre {
  margin-top: 6px;
  padding: 7px 9px;
  border-radius: 6px;
  background: var(--sunk);
  color: var(--ink);
  font: 11.5px/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  white-space: pre-wrap;
}
@media (max-width: 480px) {
  body { padding: 14px 10px 32px; }
  .bubble { max-width: 94%; }
  header dl, .delivery dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  header dd, .delivery dd { margin-bottom: 4px; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; --sunk: #f4f4f2; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  .bubble, .cards li { border-color: var(--line-strong); break-inside: avoid; }
  details:not([open]) { display: none; }
}
`
