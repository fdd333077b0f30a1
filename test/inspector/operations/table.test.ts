// The table of operations, and what is made from it: routes, description, client.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Json } from '../../../src/core/json.ts'
import { readAddress } from '../../../src/inspector/address.ts'
import { createInspectorClient } from '../../../src/inspector/client.ts'
import { pathOf } from '../../../src/inspector/operations/locations.ts'
import { describeApi, inputSchema } from '../../../src/inspector/operations/open-api.ts'
import { methodOf } from '../../../src/inspector/operations/paths.ts'
import { inputInQuery, readInput } from '../../../src/inspector/operations/read-input.ts'
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../../src/inspector/operations/table.ts'
import { openInspector } from '../../../src/inspector/server.ts'
import { folderForTest } from '../../support/folder.ts'
import { asked, everyHandler } from '../../support/inspector/every-handler.ts'
import { NO_EVENTS } from '../../support/inspector/fake-handlers.ts'
import { sampleOf } from '../../support/inspector/samples.ts'

const OPTIONS = { runId: 'run1', port: null, events: NO_EVENTS } as const

async function openForTest() {
  const folder = await folderForTest()
  const calls = asked()
  const inspector = await openInspector({ ...OPTIONS, handlers: everyHandler(calls), folder, finishWithinMs: 50 })
  onTestFinished(inspector.close)
  const address = await readAddress(folder)
  if (address === null) throw new Error('no address was written')
  const url = `http://127.0.0.1:${address.port}`
  const headers = { authorization: `Bearer ${address.token}` }
  const get = (path: string) => fetch(`${url}${path}`, { headers })
  const post = (path: string, body: string) =>
    fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body })
  return { calls, client: createInspectorClient(address), get, post }
}

/** An input with every field, of the smallest value that is allowed. */
const wholeInput = (name: OperationName): Json =>
  Object.fromEntries(
    Object.entries(OPERATIONS[name].input).map(([field, { shape }]) => [field, sampleOf(shape.schema)]),
  )

const asQuery = (input: Json): string =>
  new URLSearchParams(Object.entries(input).map(([key, value]): [string, string] => [key, String(value)])).toString()

describe.each(OPERATION_NAMES)('The operation %s', (name) => {
  it('is called through the client, with what it takes, and gives what its shape says', async () => {
    const { calls, client } = await openForTest()
    const input = wholeInput(name)
    const given = await client.call(name, readInput(name, input) as never)
    expect(calls.all).toEqual([[name, readInput(name, input)]])
    expect(new Ajv2020({ strict: false, validateFormats: false }).validate(OPERATIONS[name].output.schema, given)).toBe(
      true,
    )
  })

  it('has a route, by which unknown and malformed fields are refused with their name', async () => {
    const { calls, get, post } = await openForTest()
    const send = (input: Json) =>
      methodOf(name) === 'GET' ? get(`${pathOf(name)}?${asQuery(input)}`) : post(pathOf(name), JSON.stringify(input))
    const refused = async (input: Json) => {
      const answer = await send(input)
      return [answer.status, JSON.parse(await answer.text()).error]
    }
    const whole = wholeInput(name)
    expect((await send(whole)).status).toBe(200)
    expect(await refused({ ...whole, more: '1' })).toEqual([
      400,
      { code: 'DEVHOOK_USAGE', message: `${name}: unknown field \`more\``, remedy: expect.any(String) },
    ])
    for (const [field, { required }] of Object.entries(OPERATIONS[name].input)) {
      const { [field]: _left, ...rest } = whole
      const wrong = required ? rest : { ...whole, [field]: methodOf(name) === 'GET' ? 'x'.repeat(3_000) : { x: 1 } }
      expect(await refused(wrong)).toEqual([
        400,
        expect.objectContaining({ message: expect.stringContaining(`\`${field}\``) }),
      ])
    }
    expect(calls.all).toHaveLength(1)
  })

  it('is refused by the other method, which is named', async () => {
    const { get, post } = await openForTest()
    const answer = await (methodOf(name) === 'GET' ? post(pathOf(name), '{}') : get(pathOf(name)))
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, methodOf(name)])
  })

  it('is described, with each of its fields', () => {
    const described = JSON.stringify(describeApi('1.2.3'))
    const { says, input } = OPERATIONS[name]
    for (const words of [pathOf(name), says, ...Object.values(input).map((field) => field.says)])
      expect(described).toContain(JSON.stringify(words).slice(1, -1))
    const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(inputSchema(name))
    expect([isValid(wholeInput(name)), isValid({ ...wholeInput(name), more: 1 })]).toEqual([true, false])
  })

  it('is written like the others: one sentence that begins with a capital, fields that do not, none with a full stop', () => {
    const { says, input } = OPERATIONS[name]
    expect(says).toMatch(/^[A-Z].*[^.]$/)
    for (const field of Object.values(input)) expect(field.says).toMatch(/^[a-z].*[^.]$/)
  })
})

describe('An input', () => {
  it.each([
    ['replay', 'x', 'the input is not a JSON object'],
    ['replay', {}, '`id` is missing'],
    ['replay', { id: '' }, '`id` is empty'],
    ['replay', { id: 7 }, '`id` is not text'],
    ['replay', { id: null }, '`id` is not text'],
    ['deliveries', { limit: 0 }, '`limit` is not a whole number from 1 to 1000'],
    ['deliveries', { limit: 1.5 }, '`limit` is not a whole number from 1 to 1000'],
    ['deliveries', { q: 'x'.repeat(2_001) }, '`q` is longer than 2000 characters'],
    ['export', { id: 'x', as: 'pdf' }, '`as` is not one of curl, http, fixture, transcript, test, html'],
    ['status', JSON.parse('{"__proto__": 1}'), 'unknown field `__proto__`'],
    ['status', { constructor: 1 }, 'unknown field `constructor`'],
  ] as const)('of %s is refused when it is %o', (name, given, message) => {
    expect(() => readInput(name, given)).toThrow(`${name}: ${message}`)
  })

  it('in a query is read by the types of its fields, and nothing is given twice', () => {
    expect(inputInQuery('deliveries', new URLSearchParams('limit=20&q=7'))).toEqual({ limit: 20, q: '7' })
    expect(() => inputInQuery('deliveries', new URLSearchParams('q=a&q=b'))).toThrow('`q` is given twice')
  })
})

describe('A run without a sandbox', () => {
  it('refuses what only a sandbox can do', async () => {
    const folder = await folderForTest()
    const handlers = { ...everyHandler(asked()), sandbox: null }
    const inspector = await openInspector({ ...OPTIONS, handlers, folder })
    onTestFinished(inspector.close)
    const address = await readAddress(folder)
    if (address === null) throw new Error('no address was written')
    await expect(createInspectorClient(address).call('say', { text: 'hi' })).rejects.toMatchObject({
      code: 'DEVHOOK_ONLY_IN_SANDBOX',
    })
  })
})
