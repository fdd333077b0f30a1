// The load generator: connections that are kept alive, each with one delivery under way. Raw sockets, so that it costs little.
import { connect } from 'node:net'
import { quantile } from './numbers.mjs'
import { nextPayload } from './payload.mjs'

// Beyond this, copying the bytes into text takes longer than a second write.
const SHORT_BYTES = 16 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')

/** Everything of a request but what differs from one to the next. */
function headOf(url) {
  const { pathname, search, host, username, password } = new URL(url)
  const lines = [
    `POST ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    'User-Agent: bench',
  ]
  if (username !== '') lines.push(`Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`)
  return `${lines.join('\r\n')}\r\n`
}

/** Calls `answered` with the status of each whole answer that comes on a socket. */
function onAnswer(socket, answered) {
  let pending = Buffer.alloc(0)
  let wanted = -1
  let status = 0
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    if (wanted === -1) {
      const end = pending.indexOf(HEAD_END)
      if (end === -1) return
      const head = pending.latin1Slice(0, end)
      const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? []
      if (length === undefined) throw new Error(`no content-length in ${head}`)
      status = Number(head.slice(9, 12))
      wanted = end + HEAD_END.length + Number(length)
    }
    if (pending.length < wanted) return
    pending = Buffer.alloc(0)
    wanted = -1
    answered(status)
  })
}

/** One connection: the next delivery when the one before is answered, until `more` says no. */
function drive({ url, lane, bytes, more, took }) {
  const { hostname, port } = new URL(url)
  const head = headOf(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let sentAt = 0
    const next = () => {
      if (!more()) return socket.destroy()
      const { body, signature } = nextPayload(lane, bytes)
      const start = `${head}X-Hub-Signature: ${signature}\r\nContent-Length: ${body.length}\r\n\r\n`
      sentAt = performance.now()
      // Head and body in one write, as every client does that has both.
      if (body.length <= SHORT_BYTES) socket.write(start + body.latin1Slice(), 'latin1')
      else {
        socket.cork()
        socket.write(start, 'latin1')
        socket.write(body)
        socket.uncork()
      }
    }
    onAnswer(socket, (status) => {
      took(performance.now() - sentAt, status)
      next()
    })
    socket.once('connect', next)
    socket.once('error', reject)
    socket.once('close', resolve)
  })
}

/** Sends deliveries of so many bytes for `ms` milliseconds, or `total` of them. */
export async function runLoad({ url, connections, bytes = 0, ms = Infinity, total = Infinity }) {
  const times = []
  let failed = 0
  let started = 0
  const start = performance.now()
  const more = () => started++ < total && performance.now() - start < ms
  const took = (time, status) => {
    times.push(time)
    if (status !== 200) failed += 1
  }
  await Promise.all(Array.from({ length: connections }, (_, lane) => drive({ url, lane, bytes, more, took })))
  const seconds = (performance.now() - start) / 1_000
  const sorted = Float64Array.from(times).sort()
  return {
    requests: times.length,
    failed,
    perSecond: times.length / seconds,
    p50: quantile(sorted, 0.5) * 1_000,
    p99: quantile(sorted, 0.99) * 1_000,
  }
}
