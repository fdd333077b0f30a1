// Calls of the widget, which a message carries: what they do to the conversation.
import { describe, expect, it } from 'vitest'
import { callApi, sandboxForTest } from '../../support/platform/sandboxes.ts'

async function sceneForTest() {
  const sandbox = await sandboxForTest({ arrival: 'absent' })
  const jenny = await sandbox.contact({ name: 'Jenny' })
  const read = async () => (await callApi(sandbox, 'GET', `/v2/conversations/${jenny.conversation}`)).body
  return { sandbox, jenny, read }
}

describe('A call of the widget', () => {
  it('sets, assigns and queues as the command does', async () => {
    const { sandbox, jenny, read } = await sceneForTest()
    jenny.send('>cs /set @category Sales')
    jenny.send('>cs /set colour red')
    jenny.send(`>cs /assign ${sandbox.botId}`)
    expect(await read()).toMatchObject({
      category: 'Sales',
      meta: { colour: 'red' },
      participants: [{ user: sandbox.botId, inbox: true }],
    })
  })

  it('adds a form by its id or its name, and takes it away', async () => {
    const { sandbox, jenny, read } = await sceneForTest()
    const form = (await callApi(sandbox, 'POST', '/v2/forms', { name: 'DRIVE' })).body
    const { id } = Object(form)
    jenny.send(`>cs +${id}`)
    expect(await read()).toMatchObject({ forms: [{ id, name: 'DRIVE' }] })
    jenny.send('>cs -DRIVE')
    expect(await read()).toMatchObject({ forms: [] })
    jenny.send('>cs +DRIVE')
    expect(await read()).toMatchObject({ forms: [{ id }] })
  })

  it('is a message all the same, and one about the look of the widget nothing else', async () => {
    const { jenny, read } = await sceneForTest()
    const before = Object(await read())
    jenny.send('>cs .brand Volvo')
    expect(jenny.messages.map(({ text }) => text)).toContain('>cs .brand Volvo')
    expect(await read()).toMatchObject({ meta: before.meta, forms: before.forms, participants: before.participants })
  })
})
