// One exchange is bounded, whatever the other side does.
import { createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, onTestFinished } from 'vitest'
import { createTransport } from '../../../src/platform/api/transport.ts'

it('a platform that never answers is given up in time, though garbage is collected meanwhile', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  const { port } = Object(silent.address())
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const collecting = setInterval(collect, 20)
  onTestFinished(() => clearInterval(collecting))
  const transport = createTransport(`http://127.0.0.1:${port}`, { timeoutMs: 300, proxy: null })
  onTestFinished(() => transport.close())
  const exchange = { method: 'GET', path: '/', headers: {}, body: null } as const
  await expect(transport.send(exchange, new AbortController().signal)).rejects.toThrow('no answer within 0.3 s')
})
