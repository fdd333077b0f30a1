// A bot on the chipchat SDK that says on stdout, in JSON, which of its handlers an event has raised; `EVENTS` lists the events.
import ChipChat from 'chipchat'

const { TOKEN: token, SECRET: secret, PORT, EVENTS } = process.env
const bot = new ChipChat({ token, secret })
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** What is raised by the event under way, by the name under which it was registered. */
let heard = new Set()
const hear = (name) => () => void heard.add(name)

for (const event of JSON.parse(EVENTS)) {
  const words = event.split('.')
  const types = { type: words[3] ?? 'chat' }
  bot.on(event, hear(event))
  if (words[0] === 'message') bot.on(event, types, hear(`${event} if ${types.type}`))
  if (words[0] === 'message') bot.on(event, { type: 'other' }, hear(`${event} if other`))
}
for (const pattern of ['message.create.*.*', 'message.*', 'message.**', '*.update', '*.create', '**'])
  bot.on(pattern, hear(pattern))
for (const alias of ['message', 'activity', 'notify', 'assign', 'mention', 'command']) bot.on(alias, hear(alias))
bot.onText(/^Hello/, hear('onText'))
bot.on('error', (error) => heard.add(`error: ${error.message ?? error}`))

// What was heard since it was asked last.
process.on('message', () => {
  process.send([...heard])
  heard = new Set()
})
bot.on('ready', () => say({ ready: true }))
bot.start(Number(PORT))
