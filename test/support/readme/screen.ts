// A screen as a person sees it, and the comparison of one with a block of the README that shows it.
import xterm from '@xterm/headless'

/** The lines on a terminal after it was sent all this, scrolled out ones included; one that it has wrapped is one. */
export async function screenOf(sent: string, columns: number): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows: 50, scrollback: 10_000, allowProposedApi: true })
  await new Promise<void>((resolve) => terminal.write(sent, resolve))
  const { active } = terminal.buffer
  const lines: string[] = []
  for (let i = 0; i < active.length; i += 1) {
    const isGoingOn = active.getLine(i)?.isWrapped === true
    const isWrapped = active.getLine(i + 1)?.isWrapped === true
    const text = active.getLine(i)?.translateToString(!isWrapped) ?? ''
    lines.push(isGoingOn ? `${lines.pop() ?? ''}${text}` : text)
  }
  terminal.dispose()
  return lines
}

/** What differs from run to run, and from machine to machine: times, ids, ports and names of hosts. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b\d\d:\d\d:\d\d\b/g, '<time>'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/\b\d+(?:\.\d+)?m?s\b/g, '<ms>'],
  [/"ms":[\d.]+/g, '"ms":<ms>'],
  [/\bm[0-9a-z]{7}[0-9a-f]{8}\b/g, '<id>'],
  [/(^|<time> )[0-9a-f]{6}(?= )/g, '$1<id>'],
  [/\b[0-9a-f]{24}\b/g, '<bot>'],
  [/\bhttps:\/\/(?:localhost:\d+|[\w-]+\.ngrok-free\.app)\//g, '<public>'],
  [/\b(?:localhost|127\.0\.0\.1):\d+/g, '<host>'],
  [/\?token=[\w-]+/g, '?token=…'],
  [/\bport \d+/g, 'port <port>'],
  [/\bv\d+\.\d+\.\d+\b/g, '<version>'],
  // How far the restart is when a delivery comes.
  [/held \((?:saved bot\.js|bot starting)\)/g, 'held (bot restarting)'],
]

/** An API of one's own is named in the ready block, and that of the platform is not. */
const NOT_SHOWN = /^ {2}api {7}http:/

const normalized = (line: string): string =>
  VARYING.reduce((text, [what, name]) => text.replace(what, name), line.trimEnd())

/** Lines of these come from programs that run side by side: their place among the others is chance. */
const ASIDE = [/^bot │/, / ● bot ready /, / ↩ /, / "\/assign" /]

/** Stands for any number of lines. */
const ANYTHING = '…'

/**
 * What a block shows that the screen does not have in this order, or lacks of it; empty when it shows what is so. Blank lines
 * are not counted, and `…` alone stands for any lines.
 */
export function difference(block: string, screen: readonly string[]): string {
  const shown = linesOf(block.split('\n'))
  const seen = linesOf(screen)
  const isAside = (line: string): boolean => ASIDE.some((one) => one.test(line))
  const some = shown.includes(ANYTHING)
  const groups = [(line: string) => !isAside(line), ...ASIDE.map((one) => (line: string) => one.test(line))]
  const wrong = groups.filter((isOf, i) => {
    const lines = shown.filter(isOf)
    // Where some lines are left out, those of a program that runs aside may be too.
    return !matches(
      i > 0 && some ? lines.flatMap((line) => [ANYTHING, line]).concat(ANYTHING) : lines,
      seen.filter(isOf),
    )
  })
  return wrong.length === 0 ? '' : `the README shows\n${shown.join('\n')}\n\nbut it is\n${seen.join('\n')}`
}

const linesOf = (lines: readonly string[]): readonly string[] =>
  lines.map(normalized).filter((line) => line !== '' && !NOT_SHOWN.test(line))

function matches([first, ...shown]: readonly string[], seen: readonly string[]): boolean {
  if (first === undefined) return seen.length === 0
  if (first === ANYTHING) return seen.some((_, i) => matches(shown, seen.slice(i))) || matches(shown, [])
  return first === seen[0] && matches(shown, seen.slice(1))
}
