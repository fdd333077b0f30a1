// A program at a terminal of 100 columns and 30 rows: typed into, and its screen drawn as HTML.
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

const COLUMNS = 100
const ROWS = 30
const COLOURS = ['#3b4048', '#ff7b72', '#7ee2a8', '#e3b341', '#8fb0ff', '#d2a8ff', '#6fd3e0', '#d7dae0']
const BRIGHT = ['#8b929e', '#ffa198', '#9ff0c0', '#f2cc60', '#b0c8ff', '#e2c5ff', '#9ae8f2', '#ffffff']
const POLL_MS = 50
const SHOWS_WITHIN_MS = 30_000

/** Starts it, below a line that says what was typed to start it. */
export function openTerminal({ file, args, cwd, env, typed }) {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  terminal.write(`\x1b[32m$\x1b[0m ${typed}\r\n`)
  const child = spawn(file, args, {
    cwd,
    env: { ...env, TERM: 'xterm-256color', COLORTERM: '' },
    cols: COLUMNS,
    rows: ROWS,
  })
  child.onData((text) => terminal.write(text))
  // What it asks the terminal, such as where the cursor is, has to be answered.
  terminal.onData((answer) => child.write(answer))
  const ended = new Promise((resolve) => child.onExit(resolve))
  const lines = () => {
    const { active } = terminal.buffer
    return Array.from({ length: active.length }, (_, n) => active.getLine(n)?.translateToString(true) ?? '')
  }
  return {
    ended,
    type: (keys) => child.write(keys),
    stop: () => child.kill(),
    /** Waits until a line of it fits, and gives that. */
    shows: async (expression) => {
      const until = Date.now() + SHOWS_WITHIN_MS
      while (Date.now() < until) {
        const found = lines()
          .map((line) => expression.exec(line))
          .find((match) => match !== null)
        if (found !== undefined) return found
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
      throw new Error(`${expression} is not on the screen:\n${lines().join('\n')}`)
    },
    html: () => screenHtml(terminal.buffer.active),
  }
}

function screenHtml(buffer) {
  const rows = Array.from({ length: ROWS }, (_, n) => rowHtml(buffer.getLine(buffer.baseY + n)))
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: #14161a; }
    pre { width: max-content; margin: 0; padding: 14px 18px; color: #d7dae0; font: 14px/1.36 "DejaVu Sans Mono", monospace; }
  </style><pre>${rows.join('\n')}</pre>`
}

function rowHtml(line) {
  if (line === undefined) return ''
  const runs = []
  for (let x = 0; x < COLUMNS; x += 1) {
    const cell = line.getCell(x)
    if (cell === undefined || cell.getWidth() === 0) continue
    const style = styleOf(cell)
    // The font has no such character, and leaves a box.
    const text = (cell.getChars() || ' ').replace('\u23f8', '\u2016')
    const last = runs.at(-1)
    if (last !== undefined && last.style === style) last.text += text
    else runs.push({ style, text })
  }
  return runs.map(({ style, text }) => `<span style="${style}">${escaped(text)}</span>`).join('')
}

function styleOf(cell) {
  const [front, back] = [
    colourOf(cell.isFgPalette(), cell.getFgColor()),
    colourOf(cell.isBgPalette(), cell.getBgColor()),
  ]
  const [ink, paper] = cell.isInverse() ? [back ?? '#14161a', front ?? '#d7dae0'] : [front, back]
  return [
    ink === null ? '' : `color:${ink}`,
    paper === null ? '' : `background:${paper}`,
    cell.isBold() ? 'font-weight:bold' : '',
    cell.isDim() ? 'opacity:.62' : '',
    cell.isUnderline() ? 'text-decoration:underline' : '',
  ]
    .filter((part) => part !== '')
    .join(';')
}

function colourOf(isPalette, number) {
  if (!isPalette) return null
  return number < 8 ? COLOURS[number] : (BRIGHT[number - 8] ?? null)
}

const escaped = (text) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
