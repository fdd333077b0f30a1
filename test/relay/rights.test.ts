import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { describe, expect, it } from 'vitest'
import { readAddress } from '../../src/relay/broker/address.ts'
import { openBroker } from '../../src/relay/broker/broker.ts'
import { readCredentials } from '../../src/relay/broker/credentials.ts'
import { writeSetup } from '../../src/relay/setup/write-setup.ts'
import { folderForTest } from '../support/folder.ts'
import { freePort } from '../support/free-port.ts'
import { type NatsServer, natsServer, runServer } from '../support/relay/nats-server.ts'
import { aMessage, BOT, developerAt, hubAt } from '../support/relay/relay-world.ts'

interface SafeBroker {
  readonly server: NatsServer
  readonly url: string
  readonly folder: string
  creds(name: string): string
}

/** A broker as `dev-hook relay init` sets it up. */
async function safeBroker(developers: readonly string[]): Promise<SafeBroker> {
  const folder = join(await folderForTest(), 'relay')
  const port = await freePort()
  const { config } = await writeSetup({ folder, developers, host: null, port })
  const server = await runServer(config, port)
  return { server, url: `tls://127.0.0.1:${port}`, folder, creds: (name) => join(folder, `${name}.creds`) }
}

/** What the broker says to something that somebody tries, and that it ought to refuse. */
async function refusalOf(broker: SafeBroker, name: string, attempt: (connection: Connection) => void): Promise<string> {
  const { connection, close } = await openBroker(await readAddress(broker.url, broker.creds(name)), name)
  const said = (async () => {
    for await (const status of connection.status()) if (status.type === 'error') return status.error.message
    return 'nothing'
  })()
  attempt(connection)
  const refusal = await said
  await close()
  return refusal
}

type Connection = Awaited<ReturnType<typeof openBroker>>['connection']

describe('A broker that `dev-hook relay init` has set up', () => {
  it('carries deliveries over TLS, to those who have their own credentials', async () => {
    const broker = await safeBroker(['anna', 'bert'])
    const { send } = await hubAt(broker.url, { creds: broker.creds('relay') })
    const anna = await developerAt(broker.url, 'anna', { creds: broker.creds('anna') })
    expect(await send(aMessage('c1'))).toBe('200 anna')
    await anna.seat.leave()
    await anna.seat.close()
    expect(await send(aMessage('c1', 'held'))).toBe('200 received\n')
    const back = await developerAt(broker.url, 'anna', { creds: broker.creds('anna') })
    await expect.poll(back.texts).toEqual(['held'])
  })

  it.each([
    ['hear what is sent to somebody else', (c: Connection) => void c.subscribe(`dh.${BOT}.to.bert`)],
    ['hear everything', (c: Connection) => void c.subscribe('>')],
    ['hear the answers to somebody else', (c: Connection) => void c.subscribe('_INBOX_bert.>')],
    ['hear the answers to the relay', (c: Connection) => void c.subscribe('_INBOX_relay.>')],
    ['send a delivery', (c: Connection) => c.publish(`dh.${BOT}.to.bert`, 'x')],
    ['hold a delivery', (c: Connection) => c.publish(`dh.${BOT}.held.anna.c1`, 'x')],
    ['say that somebody else is there', (c: Connection) => c.publish(`dh.${BOT}.presence.bert`, 'x')],
    ['read a stream', (c: Connection) => c.publish(`$JS.API.STREAM.MSG.GET.DH_${BOT}_bert`, '{"seq":1}')],
    ['make a consumer', (c: Connection) => c.publish(`$JS.API.CONSUMER.CREATE.DH_${BOT}_bert`, '{}')],
    ['assign a conversation by themselves', (c: Connection) => c.publish(`$KV.DH_${BOT}_assignments.c1`, 'anna')],
    ['take the bot', (c: Connection) => c.publish(`$KV.DH_${BOT}_relay.holder`, 'anna')],
  ])('does not let a developer %s', async (_what, attempt) => {
    const broker = await safeBroker(['anna', 'bert'])
    expect(await refusalOf(broker, 'anna', attempt)).toMatch(/permissions violation/i)
  })

  it('lets nobody use the rights of the relay for an answer that goes elsewhere', async () => {
    const broker = await safeBroker(['anna', 'bert'])
    const { send } = await hubAt(broker.url, { creds: broker.creds('relay') })
    await developerAt(broker.url, 'bert', { creds: broker.creds('bert') }).then(({ seat }) => seat.close())
    await send(aMessage('c1', 'for bert'))
    const { connection, close } = await openBroker(await readAddress(broker.url, broker.creds('anna')), 'anna')
    const reply = `$JS.API.STREAM.PURGE.DH_${BOT}_bert`
    connection.publish(`dh.${BOT}.control`, JSON.stringify({ is: 'ping' }), { reply })
    await connection.request(`dh.${BOT}.control`, JSON.stringify({ is: 'ping' }))
    await close()
    const own = await openBroker(await readAddress(broker.url, broker.creds('relay')), 'relay')
    const { state } = await (await jetstreamManager(own.connection)).streams.info(`DH_${BOT}_bert`)
    await own.close()
    expect(state.messages).toBe(1)
  })

  it('does not let a developer be the relay, and says so', async () => {
    const broker = await safeBroker(['anna'])
    await expect(hubAt(broker.url, { creds: broker.creds('anna') })).rejects.toMatchObject({
      code: 'DEVHOOK_BROKER_REFUSED',
    })
  })

  it('refuses whoever has no credentials, or those of another broker', async () => {
    const broker = await safeBroker(['anna'])
    const stranger = await safeBroker(['anna'])
    const refused = { code: 'DEVHOOK_BROKER_REFUSED' }
    const anonymous = await readAddress(broker.url, null)
    await expect(openBroker({ ...anonymous, tls: false }, 'anna')).rejects.toThrow()
    const { credentials } = await readAddress(broker.url, broker.creds('anna'))
    const theirs = await readAddress(broker.url, stranger.creds('anna'))
    // The certificate is this broker's: only the key is wrong.
    const mixed = theirs.credentials && { ...theirs.credentials, ca: credentials?.ca ?? null }
    await expect(openBroker({ ...theirs, credentials: mixed }, 'anna')).rejects.toMatchObject(refused)
    await expect(openBroker(theirs, 'anna')).rejects.toMatchObject({ code: 'DEVHOOK_BROKER_UNREACHABLE' })
  })

  it('keeps keys and certificate when somebody is added, in files for their owner alone', async () => {
    const folder = join(await folderForTest(), 'relay')
    const request = { folder, developers: ['anna'], host: 'relay.example.com', port: 4222 }
    await writeSetup(request)
    const before = await readCredentials(join(folder, 'anna.creds'))
    const { developers } = await writeSetup({ ...request, developers: ['anna', 'bert'] })
    expect(developers.map(({ isNew }) => isNew)).toEqual([false, true])
    expect(await readCredentials(join(folder, 'anna.creds'))).toEqual(before)
    expect(before).toMatchObject({ name: 'anna', url: 'tls://relay.example.com:4222' })
    if (process.platform === 'win32') return
    for (const file of ['anna.creds', 'relay.creds', 'server-key.pem'])
      expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
  })
})

describe('A broker on another machine', () => {
  it('is not used without credentials', async () => {
    await expect(readAddress('nats://10.1.2.3', null)).rejects.toMatchObject({ code: 'DEVHOOK_BROKER_UNSAFE' })
  })

  it('is not used without TLS', async () => {
    const { port } = await natsServer()
    const near = await readAddress(`nats://anna:secret@127.0.0.1:${port}`, null)
    await expect(openBroker({ ...near, tls: true }, 'anna')).rejects.toMatchObject({ code: 'DEVHOOK_BROKER_UNSAFE' })
  })
})

describe('`dev-hook relay init`', () => {
  it.each(['nats.example.com:4222', 'tls://nats.example.com', ''])('takes no %j for a host', async (host) => {
    const folder = join(await folderForTest(), 'relay')
    await expect(writeSetup({ folder, developers: ['anna'], port: 4222, host })).rejects.toMatchObject({
      message: `\`${host}\` is not the name of a host`,
    })
  })
})

describe('`dev-hook relay init`, run again', () => {
  it('names a certificate that is not for the host, and how to get one that is', async () => {
    const folder = await folderForTest()
    const given = { folder, developers: ['anna'], port: 4222 }
    await writeSetup({ ...given, host: null })
    for (const host of ['nats.example.com', '10.0.0.7'])
      await expect(writeSetup({ ...given, host })).rejects.toMatchObject({
        code: 'DEVHOOK_USAGE',
        message: `the certificate ${join(folder, 'server-cert.pem')} is not for ${host}`,
        remedy:
          'delete server-cert.pem and server-key.pem there, and everybody gets new credentials files; or pass the host that it is for',
      })
  })

  it('leaves credentials of NATS alone that it has not written', async () => {
    const folder = await folderForTest()
    const file = join(folder, 'anna.creds')
    const theirs = `-----BEGIN NATS USER JWT-----\nx\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${'SU'.padEnd(58, 'A')}\n------END USER NKEY SEED------\n`
    await writeFile(file, theirs)
    await expect(writeSetup({ folder, developers: ['anna'], host: null, port: 4222 })).rejects.toMatchObject({
      code: 'DEVHOOK_USAGE',
      message: `${file} was not written by \`dev-hook relay init\``,
    })
    expect(await readFile(file, 'utf8')).toBe(theirs)
  })
})
