// A run whose process may open no more files: what it cannot do meanwhile, it does once it can.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectNothingLeft, registrationOf } from '../support/leftovers.ts'
import { eventually } from '../support/wait.ts'
import { worldForTest } from '../support/world.ts'

/** The most that the process may have open: what a run needs, and little more. */
const MOST = 64

/** Connects to a port until nothing more is accepted; returns what lets go of all connections. */
async function takeAll(port: number): Promise<() => void> {
  const taken: Socket[] = []
  const letGo = (): void => {
    for (const socket of taken) socket.destroy()
  }
  onTestFinished(letGo)
  let isRefused = false
  while (!isRefused) {
    const socket = connect(port, '127.0.0.1')
    taken.push(socket)
    socket.on('error', () => undefined)
    // With nothing left to open, a connection is accepted only to be closed at once.
    socket.once('close', () => {
      isRefused = true
    })
    await once(socket, 'connect')
  }
  return letGo
}

// On Windows a process has no such limit.
describe.skipIf(process.platform === 'win32')('A run that may open no more files', () => {
  it('goes on though its bot cannot be started, starts it later, and ends in order', async () => {
    const world = await worldForTest()
    const before = registrationOf(world)
    const under = ['/bin/sh', '-c', `ulimit -n ${MOST} && exec "$@"`, 'sh']
    const cli = await world.start({ args: ['--tunnel', 'loopback', '--no-watch'], under })
    const { url } = await cli.notice('ready')
    const { pid } = await cli.notice('bot', ({ state }) => state === 'ready')
    const letGo = await takeAll(Number(new URL(url).port))
    process.kill(pid ?? 0, 'SIGKILL')
    await cli.notice('bot', ({ state, code }) => state === 'crashed' && code === 'EMFILE')
    letGo()
    const jenny = await world.platform.contact({ name: 'Jenny' })
    expect((await jenny.say('hi', { timeoutMs: 30_000 })).text).toBe('You said: hi')
    await eventually(() => cli.notices.filter(({ type }) => type === 'attempt').length > 1)
    cli.kill('SIGINT')
    expect((await cli.ended).code).toBe(0)
    await expectNothingLeft(world, cli, before)
  })
})
