// Every event template, as a real chipchat bot in a process of its own takes it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTemplates } from '../../src/config/events/read-templates.ts'
import { signatureHeaders } from '../../src/protocol/signature.ts'
import { exampleOf } from '../../src/protocol/templates/example.ts'
import { CONTEXT, OCCURRENCE } from '../support/examples.ts'
import { freePort } from '../support/free-port.ts'
import { makeToken } from '../support/platform/tokens.ts'

const BOT = fileURLToPath(new URL('../support/bot/hearing-bot.js', import.meta.url))
const SECRET = 'zICWczLmAOEDvh1DiPGSHw=='
const { parts, templates } = await readTemplates()

const EXAMPLES = templates.flatMap((template) =>
  template.events.map((event) => ({ name: template.name, event, template })),
)

let bot: ChildProcess
let url: string

beforeAll(async () => {
  const port = await freePort()
  url = `http://127.0.0.1:${port}/`
  const token = makeToken({ _id: CONTEXT.bot.id, organization: CONTEXT.organization.id, scope: 'guest agent bot' })
  const events = JSON.stringify([...new Set(EXAMPLES.map(({ event }) => event))])
  const env = { PATH: process.env['PATH'], PORT: String(port), TOKEN: token, SECRET, EVENTS: events }
  bot = spawn(process.execPath, [BOT], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  if (bot.stdout === null) throw new Error('the bot has no output')
  for await (const chunk of bot.stdout) if (String(chunk).includes('"ready":true')) break
})
afterAll(async () => {
  const ended = once(bot, 'exit')
  bot.kill()
  await ended
})

async function heardAfter(body: string): Promise<{ readonly status: number; readonly heard: readonly string[] }> {
  const headers = { 'content-type': 'application/json', ...signatureHeaders(Buffer.from(body), SECRET) }
  const { status } = await fetch(url, { method: 'POST', headers, body })
  const answer = once(bot, 'message')
  bot.send('what have you heard?')
  const [heard] = await answer
  return { status, heard: Array.isArray(heard) ? heard.map(String) : [] }
}

/** The handlers that an event raises besides that of its own name. */
function raisedBy(name: string, event: string): readonly string[] {
  const [resource, action, , type] = event.split('.')
  if (resource !== 'message') return action === 'create' || action === 'update' ? [`*.${action}`] : []
  const aliases = { assign: ['notify', 'assign'], mention: ['notify', 'mention'], command: ['notify', 'command'] }
  const own = Object.entries(aliases).find(([template]) => template === name)?.[1] ?? []
  const patterns = action === 'create' ? ['message.create.*.*', 'message.**'] : ['message.*', 'message.**']
  return ['message', `${event} if ${type ?? 'chat'}`, ...patterns, ...own]
}

describe('A chipchat bot', () => {
  it.each(EXAMPLES)(
    'takes $name as $event, and raises the handlers that wait for it',
    async ({ name, event, template }) => {
      const payload = exampleOf({ parts }, template, event, CONTEXT, OCCURRENCE)
      const { status, heard } = await heardAfter(JSON.stringify(payload))
      expect(status).toBe(200)
      expect(heard).toEqual(expect.arrayContaining([event, 'activity', '**', ...raisedBy(name, event)]))
      expect(heard.filter((one) => /error|other/.test(one) && one !== event && !one.startsWith(`${event} `))).toEqual(
        [],
      )
      expect(heard).not.toContain(`${event} if other`)
      const directed = ['notify', 'assign', 'mention', 'command']
      expect(heard.filter((one) => directed.includes(one)).toSorted()).toEqual(
        raisedBy(name, event)
          .filter((one) => directed.includes(one))
          .toSorted(),
      )
      expect(heard.includes('onText')).toBe(
        name === 'chat' || (event.startsWith('message.') && template.text?.startsWith('Hello') === true),
      )
    },
  )
})
