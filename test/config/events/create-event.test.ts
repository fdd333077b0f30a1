// The event that somebody asks for.
import { describe, expect, it } from 'vitest'
import { createEvent, type EventRequest } from '../../../src/config/events/create-event.ts'
import { readOwnBody } from '../../../src/config/events/own-body.ts'
import { readTemplates } from '../../../src/config/events/read-templates.ts'
import { asRecord, type Json } from '../../../src/core/json.ts'
import { CONTEXT, createExample } from '../../support/examples.ts'

const templates = await readTemplates()
const NOTHING: EventRequest = { event: null, text: null, set: [], deliveryId: null, body: null }

const create = (request: Partial<EventRequest>): Json =>
  createEvent(templates, { ...NOTHING, ...request }, CONTEXT).payload
const idsOf = ({ id, data }: Json): readonly unknown[] => [id, asRecord(asRecord(data)?.['message'])?.['id']]
const ownBody = async (): Promise<Json> => ({ ...(await createExample('chat', { text: 'own' })), more: 1 })

describe('An event', () => {
  it('has ids of its own, each time', () => {
    const [first, second] = [idsOf(create({ event: 'chat' })), idsOf(create({ event: 'chat' }))]
    expect(new Set([...first, ...second]).size).toBe(4)
  })

  it('with the id of a delivery is the same message every time', () => {
    const again = idsOf(create({ event: 'chat', deliveryId: 'mine' }))
    expect(idsOf(create({ event: 'chat', deliveryId: 'mine' }))).toEqual(again)
    expect(again).toEqual(['mine', expect.stringMatching(/^[0-9a-f]{24}$/)])
    expect(idsOf(create({ event: 'chat', deliveryId: 'other' }))[1]).not.toBe(again[1])
  })

  it('has no id if none is wanted', () => {
    expect(create({ event: 'chat', deliveryId: 'none' })).not.toHaveProperty('id')
  })

  it('takes what is set in it, in order', () => {
    const set = ['data.message.meta={"a":1}', 'data.message.meta.b=two', 'data.message.actions[0]={}']
    expect(create({ event: 'chat', text: 'hi', set })).toMatchObject({
      data: { message: { text: 'hi', meta: { a: 1, b: 'two' }, actions: [{}] } },
    })
  })

  it.each([
    [{ event: 'user.login', text: 'hi' }, /user\.login has no text/],
    [{ event: null }, /no event is named/],
    [{ event: 'chat', set: ['text'] }, /`text` \(from --set\) is not path=value/],
    [{ event: 'chat', set: ['data.x.y=1'] }, /`data` has no `x`\n {2}there is: conversation, message, links/],
  ])('that cannot be made is refused: %j', (request, message) => {
    expect(() => create(request)).toThrow(message)
  })

  it('of one’s own keeps all that it has, and is new each time unless its own id is wanted', async () => {
    const body = await ownBody()
    const made = create({ body })
    expect(made).toEqual({ ...body, id: made['id'] })
    expect(made['id']).not.toBe(body['id'])
    expect(create({ body, deliveryId: 'own' })).toEqual(body)
    expect(create({ body, text: 'another' })).toMatchObject({ data: { message: { text: 'another' } } })
    expect(() => create({ body: { event: 'user.login', activity: {} }, text: 'hi' })).toThrow(/no message/)
  })
})

describe('A body of one’s own', () => {
  it('is read as any editor may save it', async () => {
    const body = await ownBody()
    const text = JSON.stringify(body, null, 2)
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
    for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}\r\n`), utf16])
      expect(readOwnBody(bytes, 'a.json')).toEqual(body)
  })

  it.each([
    ['', 'it is not valid JSON at line 1, column 1'],
    ['{\n"event": }', 'it is not valid JSON at line 2, column 10'],
    ['[]', 'it is not a JSON object'],
    ['{}', 'it has no `event`'],
    ['{"event":"message.*"}', 'its `event` is not the name of one event'],
    ['{"event":"user"}', 'its `event` is not the name of one event'],
    ['{"event":"user.login"}', 'it has no `activity`'],
    ['{"event":"message.update"}', 'it has no `data.conversation.id`'],
    ['{"event":"message.update","data":{"conversation":{"id":"c"}}}', 'it has no `data.message`'],
    [
      '{"event":"message.update","data":{"conversation":{"id":"c"},"message":{"conversation":"d"}}}',
      '`data.message.conversation` is not `data.conversation.id`',
    ],
  ])('%j is refused', (text, problem) => {
    expect(() => readOwnBody(Buffer.from(text), 'a.json')).toThrow(`a.json is not the body of a delivery: ${problem}`)
  })

  it('in another encoding is refused', () => {
    expect(() => readOwnBody(Buffer.from('{"event":"é"}', 'latin1'), '-')).toThrow('it is not in UTF-8')
  })
})
