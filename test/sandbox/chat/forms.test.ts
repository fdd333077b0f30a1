// Forms, fields and results of a conversation.
import { describe, expect, it } from 'vitest'
import { getIn } from '../../../src/sandbox/json-path.ts'
import { callApi, recordingBotForTest, sandboxForTest } from '../../support/platform/sandboxes.ts'

async function sceneForTest() {
  const bot = await recordingBotForTest()
  const sandbox = await sandboxForTest({ registered: { url: bot.url } })
  const jenny = await sandbox.contact({ name: 'Jenny' })
  const { body } = await callApi(sandbox, 'POST', '/v2/forms', { name: 'Test Drive', fields: [{ key: 'brand' }] })
  const path = `/v2/conversations/${jenny.conversation}`
  return {
    bot,
    form: String(getIn(body, ['id'])),
    post: (message: unknown) => callApi(sandbox, 'POST', `${path}/messages`, message),
    read: async (field: string) => getIn((await callApi(sandbox, 'GET', path)).body, [field]),
  }
}

describe('A form in a conversation', () => {
  it('is added by its id or name, once, and filled in field by field', async () => {
    const { bot, form, post, read } = await sceneForTest()
    expect(await read('forms')).toEqual([])
    await post({ type: 'form', text: '+Test Drive', meta: { form } })
    await post({ type: 'form', text: '+Test Drive' })
    expect(await read('forms')).toMatchObject([
      { id: form, name: 'Test Drive', fields: [{ key: 'brand' }], values: {} },
    ])
    await post({ type: 'field', text: '.brand Audi A4', meta: { form } })
    await post({ type: 'field', text: '.model Avant' })
    expect(await read('forms')).toMatchObject([{ values: { brand: 'Audi A4', model: 'Avant' } }])
    const events = (await bot.waitFor(4)).map(({ body }) => JSON.parse(body.toString()))
    expect(events.find(({ data }) => data.message.text === '.brand Audi A4')).toMatchObject({
      event: 'message.create.contact.field',
      data: { conversation: { forms: [{ id: form, values: { brand: 'Audi A4' } }] } },
    })
    await post({ type: 'form', text: '-Test Drive' })
    expect(await read('forms')).toEqual([])
  })

  it('that nobody knows, and a field without one, change nothing', async () => {
    const { post, read } = await sceneForTest()
    await post({ type: 'form', text: '+Nothing' })
    await post({ type: 'field', text: '.brand Audi' })
    await post({ type: 'form', text: 'Test Drive' })
    expect(await read('forms')).toEqual([])
  })

  it('ends in results, which the conversation lists', async () => {
    const { post, read } = await sceneForTest()
    const { body } = await post({
      type: 'results',
      text: 'Results',
      results: [{ name: 'Test Drive', values: { brand: 'Audi' } }],
    })
    expect(await read('results')).toEqual([getIn(body, ['id'])])
  })
})
