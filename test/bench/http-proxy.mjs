// The yardstick: `@fastify/http-proxy` as it comes, in front of the bot.
import proxy from '@fastify/http-proxy'
import { fastify } from 'fastify'
import { cpuMicros, serve } from './processes.mjs'

const [upstream] = process.argv.slice(2)
const app = fastify()
await app.register(proxy, { upstream })
const url = await app.listen({ host: '127.0.0.1', port: 0 })
serve({ url: `${url}/` }, () => ({ cpu: cpuMicros() }))
