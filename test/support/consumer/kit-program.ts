// Tests of a bot as people write them: they compile only against published types that are whole.
import {
  type ApiCall,
  type Contact,
  createSandbox,
  type Delivery,
  DevHookError,
  type Fixture,
  type Message,
  NoReplyError,
  type Sandbox,
  type SandboxOptions,
} from 'dev-hook/sandbox'

const options = { command: ['node', 'bot.js'], arrival: 'assigned', patience: '2s' } satisfies SandboxOptions

export async function talk(more: SandboxOptions): Promise<readonly string[]> {
  await using sandbox: Sandbox = await createSandbox({ ...options, ...more })
  const jenny: Contact = await sandbox.contact({ name: 'Jenny', profile: { email: 'jenny@example.com' } })
  const alex = await sandbox.agent()
  const reply: Message = await jenny.say('hi', { within: '5s', contentType: 'text/plain' })
  await jenny.press(reply.buttons[0] ?? 'FAQ').catch((error: unknown) => {
    if (error instanceof NoReplyError) return error.failedCalls.map((call: ApiCall) => call.status)
    throw error instanceof DevHookError ? new Error(error.remedy) : error
  })
  await alex.accept(jenny)
  const heard: Delivery = await sandbox.until(() => sandbox.deliveries.find(({ state }) => state === 'delivered'))
  using _fault = sandbox.fault({ match: /POST/, status: 503, times: 1 })
  const fixture: Fixture = sandbox.record()
  await sandbox.play(fixture)
  sandbox.data.contacts.update(jenny.id, { name: 'Jen' })
  sandbox.chaos({ duplicate: 0.1, delay: '20ms' })
  await sandbox.clock.advance('3h')
  return [heard.event, jenny.transcript({ commands: true })]
}

// Mistakes. If a type had silently become `any`, they would pass, and the line above them would be the error.
export const mistakes: readonly (() => unknown)[] = [
  // @ts-expect-error a duration has a unit
  () => createSandbox({ patience: '5' }),
  // @ts-expect-error no such option
  () => createSandbox({ port: 3000 }),
  // @ts-expect-error one of a few words
  () => createSandbox({ arrival: 'never' }),
  // @ts-expect-error a fault does something
  (sandbox: Sandbox) => sandbox.fault({ match: 'GET /v2/users' }),
  // @ts-expect-error no such resource
  (sandbox: Sandbox) => sandbox.data.dreams,
  // @ts-expect-error a text
  (jenny: Contact) => jenny.say(7),
  // @ts-expect-error a list of texts
  (message: Message): string => message.buttons,
]
