// A person at the prompt of the sandbox, on a real terminal.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { CTRL_C, CTRL_D, CTRL_Z, ENTER, startTerminal, type TestTerminal } from '../support/cli/terminal.ts'
import { freePort } from '../support/free-port.ts'

const BOT = fileURLToPath(new URL('../support/bot/programs/talks.js', import.meta.url))

interface Talk extends TestTerminal {
  /** Enters a line, and waits until this is shown. */
  enter(line: string, shows: string | RegExp): Promise<void>
}

/** A talk with a bot that shows whatever it is asked for. */
async function talkForTest(
  options: { readonly columns?: number; readonly inShell?: boolean; readonly flags?: readonly string[] } = {},
): Promise<Talk> {
  const { flags = [] } = options
  const env = { PORT: String(await freePort()) }
  const args = ['sandbox', '--no-watch', ...flags, '--', process.execPath, BOT]
  const terminal = await startTerminal({ args, env, ...options })
  await terminal.shows(/Ready in[\s\S]*· bot ready/)
  return {
    ...terminal,
    enter: async (line, shows) => {
      terminal.type(`${line}${ENTER}`)
      await terminal.shows(shows)
    },
  }
}

/** The lines of the talk: without deliveries, what the bot prints, and the start. */
const talkIn = (screen: readonly string[]): readonly string[] => screen.filter((line) => /›|presses|^ {6}/.test(line))

const [UP, ESC] = ['\u001b[A', '\u001b']

describe('At the prompt', () => {
  it('`/events` chooses a delivery, which is shown and replayed, and comes back with what was typed since', async () => {
    const talk = await talkForTest()
    await talk.enter('/events', 'no delivery is recorded yet')
    await talk.enter('hi there', 'bot › You said: hi there')
    await talk.shows('"You said: hi there" 200')
    talk.type(`/events${ENTER}`)
    await talk.shows(/── deliveries 1–3 of 3 [\s\S]*Esc back/)
    talk.type(UP)
    talk.type(UP)
    talk.type(ENTER)
    await talk.shows(/lines ─[\s\S]*Enter print/)
    talk.type(ESC)
    await talk.shows('── deliveries 1–3 of 3')
    talk.type('r')
    await talk.shows('↻')
    talk.type('q')
    await talk.shows('contact · conversation Jenny')
    await talk.enter('and on', 'bot › You said: and on')
    expect((await talk.screen()).filter((line) => line !== '').at(-1)).toMatch(/^contact · conversation Jenny/)
    talk.type(`/events${ENTER}`)
    await talk.shows(/── deliveries 1–\d of \d /)
    talk.type(CTRL_C)
    expect(await talk.ended).toBe(0)
  })

  it('a line is said, Enter alone does nothing, and what is written never runs into what is typed', async () => {
    const talk = await talkForTest()
    talk.type(`${ENTER}${ENTER}`)
    await talk.enter('hi there', 'bot › You said: hi there')
    talk.type(`chatter${ENTER}half a li`)
    await talk.shows('You said: chatter')
    talk.type('ne')
    await talk.shows('Jenny › half a line')
    const screen = await talk.screen()
    const lines = screen.filter((line) => line !== '')
    expect(lines.slice(-2)).toEqual(['Jenny › half a line', 'contact · conversation Jenny, active · bot ready · /help'])
    expect(lines.filter((line) => line.startsWith('bot │ line'))).toEqual(
      Array.from({ length: 40 }, (_, n) => `bot │ line ${n}`),
    )
    expect(talkIn(lines.slice(0, -2))).toEqual([
      'Jenny › hi there',
      'Sam Admin › /assign',
      'bot › You said: hi there',
      'Jenny › chatter',
      'bot › You said: chatter',
    ])
  })

  it('shows what can be shown, and presses buttons by their numbers', async () => {
    const talk = await talkForTest()
    await talk.enter('buttons', '[1 Settings]  [2 FAQ]  [3 Site] https://example.com/')
    await talk.enter('3', 'it opens https://example.com/')
    await talk.enter('2', 'bot › pressed F')
    // The quick reply has gone, and so what is a number is a text again.
    await talk.enter('1', 'bot › You said: 1')
    await talk.enter('items', '[2 Choose]')
    await talk.enter('2', 'bot › pressed BMW')
    await talk.enter('1', 'bot › pressed Audi')
    await talk.enter('html', '- two')
    await talk.enter('picture', 'bot › picture https://example.com/a.png')
    await talk.enter('hidden', 'bot › for the team (the contact does not see this: the role is "bot")')
    await talk.enter('set', 'bot › /set topic faq')
    await talk.enter('fail', /✗ GET \/v2\/articles\/0+ 404 Article not found/)
    await talk.enter('other', '[Review] bot › start')
    expect(talkIn(await talk.screen())).toEqual(
      expect.arrayContaining(['Jenny presses FAQ', 'bot › Cars', '      - Audi', '        small', '      - BMW']),
    )
    // Dimmed is what the contact does not see, and red what was refused.
    expect(talk.raw()).toContain('\u001b[2mbot › for the team')
    expect(talk.raw()).toContain('\u001b[31m✗ GET')
  })

  it('speaks as agents and other contacts, in their conversations', async () => {
    const talk = await talkForTest()
    await talk.enter('hi', 'bot › You said: hi')
    await talk.enter('/as alex', 'agent · conversation Jenny, active')
    await talk.enter('I have this one', 'Alex Agent › I have this one')
    await talk.enter('>location', 'bot › did >location (the contact does not see this: in the backchannel)')
    await talk.enter('@bot help', 'bot › you called?')
    await talk.enter('/note psst', 'Alex Agent › psst (the contact does not see this: in the backchannel)')
    await talk.enter('/set step 2', 'Alex Agent › /set step 2')
    await talk.enter('/new', 'contact · conversation Kim, queued')
    await talk.enter('hello', 'bot › You said: hello')
    await talk.enter('/as jenny', 'contact · conversation Jenny')
    await talk.enter('/leave', 'Alex Agent › /leave')
    await talk.enter('/as agent Bob', 'agent · conversation Jenny')
    await talk.enter('/as', '> Bob (agent)')
    await talk.enter('/assign alex', 'Bob › /assign (to Alex Agent)')
  })

  it('begins anew when it is asked to, with the same bot, and says what goes wrong by chance', async () => {
    const talk = await talkForTest({ flags: ['--chaos', 'delay=10ms', '--seed', '7'] })
    await talk.enter('hi', 'bot › You said: hi')
    await talk.enter('/as Kim', 'contact · conversation Kim, queued · bot ready · chaos delay=10ms')
    await talk.enter('/reset', 'everything is as it was at the start')
    await talk.shows('contact · conversation Jenny, queued')
    await talk.enter('hello', 'bot › You said: hello')
    await talk.enter('/as', '> Jenny (contact)')
    expect(talk.shown()).not.toContain('  Kim (contact)')
    await talk.enter('/chaos', 'delay=10ms (seed 7)')
    await talk.enter('/chaos slow=20ms', /chaos slow=20ms from now on \(seed 7\)[\s\S]* · chaos slow=20ms/)
    await talk.enter('/chaos drop=2', '"2" of `drop` is not a probability')
    await talk.enter('/chaos off', 'chaos off from now on (seed 7)')
    await talk.enter('/chaos', 'nothing goes wrong on purpose; what can: delay, drop')
  })

  it('helps with what is unknown, and says what begins with a slash', async () => {
    const talk = await talkForTest()
    await talk.enter(
      '/form contact',
      /there is no form `contact`, nor any other\s+→ start the sandbox with `--scope admin`/,
    )
    await talk.enter('/send', /no form is open\s+→ let the bot open one, or an agent/)
    await talk.enter('/fill', /no form is open\s+→ let the bot open one, or an agent/)
    await talk.enter('/raw', /nothing was said here yet\s+→ say something first/)
    await talk.enter('/set', /something is missing: `\/set <key> \[value\]`\s+→ `\/help` lists what there is/)
    await talk.enter('/calls all', '`all` is not a number of calls')
    await talk.enter('/asign', 'unknown command `/asign`; did you mean `/assign`?')
    await talk.shows('→ `/help` lists what there is, and `//asign` says it')
    await talk.enter('/help', '/quit')
    await talk.enter('//start', 'bot › You said: /start')
    await talk.enter('/raw', '"text": "You said: /start"')
    await talk.enter('/raw 99', /there is no such message\s+→ give a number from 1, the last one, to \d/)
    await talk.enter('/raw zzz', 'no delivery zzz was shown here')
    await talk.enter('/calls', /POST \/v2\/conversations\/[0-9a-f]{24}\/messages 201/)
    talk.type('/noti\t')
    await talk.shows('Jenny › /notify')
    talk.type(ENTER)
    await talk.shows('Alex Agent › /notify')
  })

  it('edits, remembers across a restart of the bot, and takes what is pasted for one message', async () => {
    const talk = await talkForTest()
    await talk.enter('helo\u001b[Dl', 'bot › You said: hello')
    await talk.enter('/restart', /bot restarting[\s\S]*bot ready on port[\s\S]*· bot ready/)
    await talk.enter('\u001b[A\u001b[A', 'bot › You said: hello')
    talk.type('\u001b[200~one\rtwo 日本 👨‍👩‍👧\r\u001b[201~')
    await talk.shows('Jenny › one⏎')
    expect(talk.shown()).not.toContain('You said: one')
    talk.type(ENTER)
    await talk.shows('bot › You said: one')
    expect(await talk.screen()).toEqual(expect.arrayContaining(['Jenny › one', '        two 日本 👨‍👩‍👧']))
  })

  it('fits any width, also one that changes while something is typed', async () => {
    const talk = await talkForTest({ columns: 40 })
    const text = 'a line that is longer than forty columns, by far'
    talk.type(text)
    await talk.shows('by far')
    expect((await talk.screen()).filter((line) => line !== '').slice(-3)).toEqual([
      'Jenny › a line that is longer than fort',
      'y columns, by far',
      'contact · Jenny, queued · bot ready',
    ])
    talk.resize(30)
    await talk.shows('contact · Jenny, queued')
    talk.type(ENTER)
    await talk.shows('You said:')
  })

  it.each([
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
    ['/quit', `/quit${ENTER}`],
  ])('%s ends it, and leaves nothing of the prompt behind', async (_, keys) => {
    const talk = await talkForTest()
    await talk.enter('hi', 'bot › You said: hi')
    talk.type(keys)
    expect(await talk.ended).toBe(0)
    const screen = await talk.screen()
    expect(screen.filter((line) => line !== '').at(-1)).toMatch(/^\d+ deliveries, 0 held, 0 lost/)
    expect(screen.filter((line) => line.includes('/help'))).toEqual([])
    expect(talk.raw().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(talk.raw().lastIndexOf('\u001b[?2004h'))
    expect(talk.raw()).not.toContain('\u001b[?25l')
  })

  it('Ctrl-Z gives the terminal back, and what was typed is there again', async () => {
    const talk = await talkForTest({ inShell: true })
    talk.type('half')
    await talk.shows('Jenny › half')
    talk.type(CTRL_Z)
    await talk.shows('Stopped')
    talk.type('stty -a\r')
    await talk.shows(/[^-]icanon[\s\S]*[^-]echo /)
    talk.type('fg\r')
    await talk.shows('Jenny › half')
    talk.type(` a line${ENTER}`)
    await talk.shows('bot › You said: half a line')
    talk.type(CTRL_D)
    await talk.shows(/, 0 lost\s+bash/)
  })
})
