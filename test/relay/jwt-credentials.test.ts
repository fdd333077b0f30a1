import { describe, expect, it } from 'vitest'
import { EXIT_CODES } from '../../src/cli/exit.ts'
import { readAddress } from '../../src/relay/broker/address.ts'
import { openBroker } from '../../src/relay/broker/broker.ts'
import { inboxOf } from '../../src/relay/wire/subjects.ts'
import { ECHO_BOT, startCli } from '../support/cli/cli.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { jwtServer, type UserRights } from '../support/relay/jwt-server.ts'
import { aMessage, BOT, developerAt, hubAt } from '../support/relay/relay-world.ts'
import { eventually } from '../support/wait.ts'

/** What a developer may at a broker that `dev-hook relay init` sets up. */
const rightsOf = (name: string): UserRights => ({
  publish: [`dh.*.presence.${name}`, 'dh.*.control'],
  subscribe: [`dh.*.to.${name}`, `${inboxOf(name)}.>`],
})

describe('A NATS of one’s own, with JWTs for credentials', () => {
  it('carries deliveries, and keeps what a developer who is away has missed', async () => {
    const server = await jwtServer()
    const { send } = await hubAt(server.url, { creds: await server.user('relay', null) })
    const creds = await server.user('anna', rightsOf('anna'))
    const anna = await developerAt(server.url, 'anna', { creds })
    expect(await send(aMessage('c1'))).toBe('200 anna')
    await anna.seat.leave()
    await anna.seat.close()
    expect(await send(aMessage('c1', 'held'))).toBe('200 received\n')
    const back = await developerAt(server.url, 'anna', { creds })
    await expect.poll(back.texts).toEqual(['held'])
  })

  it('does not let a developer hear what is sent to somebody else', async () => {
    const server = await jwtServer()
    const { connection, close } = await openBroker(
      await readAddress(server.url, await server.user('anna', rightsOf('anna'))),
      'anna',
    )
    const refused = (async () => {
      for await (const status of connection.status()) if (status.type === 'error') return status.error.message
      return 'nothing'
    })()
    connection.subscribe(`dh.${BOT}.to.bert`)
    expect(await refused).toMatch(/permissions violation/i)
    await close()
  })

  it('refuses who is not of it, and who no longer is, and says which file to name', async () => {
    const [server, other] = [await jwtServer(), await jwtServer()]
    const strangers = readAddress(server.url, await other.user('anna', null)).then((address) =>
      openBroker(address, 'anna'),
    )
    await expect(strangers).rejects.toMatchObject({
      code: 'DEVHOOK_BROKER_REFUSED',
      remedy: expect.stringContaining('--nats-creds'),
    })
    const broker = await openBroker(await readAddress(server.url, await server.user('bert', null, 2)), 'bert')
    await eventually(() => broker.state().is === 'refused')
    expect(broker.state()).toMatchObject({ is: 'refused', error: { code: 'DEVHOOK_BROKER_REFUSED' } })
    await broker.close()
  })

  it('ends the run of a developer whose credentials expire, and says that they have, and what to do', async () => {
    const server = await jwtServer()
    await hubAt(server.url, { creds: await server.user('relay', null) })
    const creds = await server.user('anna', rightsOf('anna'), 4)
    const run = await startCli({
      args: ['--relay', server.url.replace('//', '//anna@'), '--nats-creds', creds],
      env: { PORT: String(await freePort()), XDG_STATE_HOME: await folderForTest() },
      command: [process.execPath, ECHO_BOT],
    })
    const { code, stderr } = await run.ended
    expect(stderr).toContain('Ready in')
    expect(stderr).toContain(`error: the credentials for ${server.url} have expired [DEVHOOK_BROKER_REFUSED]`)
    expect(stderr).toContain('→ name your own file with `--nats-creds`')
    expect(code).toBe(EXIT_CODES.credentials)
  })
})
