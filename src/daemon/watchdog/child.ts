// The watchdog's own process, which waits for its pipe to break, then does what the daemon could not do.
import { createInterface } from 'node:readline'
import { parseMessage, type WatchdogOrders } from './messages.ts'

// It has to stay when its terminal goes, and when somebody presses Ctrl-C.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, () => undefined)

// Nobody reads an answer any more once the daemon has died.
process.stdout.on('error', () => undefined)

void watch().then(() => process.exit(0))

async function watch(): Promise<void> {
  let orders: WatchdogOrders | null = null
  let bot: number | null = null
  let snapshot: string | null = null
  for await (const line of createInterface({ input: process.stdin })) {
    const message = parseMessage(line)
    if (message === null) continue
    if (message.type === 'dismiss') return
    if (message.type === 'ask') process.stdout.write('\n')
    if (message.type === 'arm') orders = message.orders
    if (message.type === 'tokens' && orders !== null) orders = { ...orders, ...message.tokens }
    if (message.type === 'bot') bot = message.pid
    if (message.type === 'snapshot') snapshot = message.text
  }
  if (orders === null) return
  // Loaded only now: as long as all is well it needs little memory.
  const { endBot, restoreFor } = await import('./recovery.ts')
  await Promise.all([endBot(bot, orders.runId, process.env), restoreFor(orders, snapshot)])
}
