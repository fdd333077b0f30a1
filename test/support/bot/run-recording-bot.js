// The recording bot as a process: one line of JSON on stdout for `listening` and for each request.
//
// PORT         where to listen (default: any free port)
// ANSWER       `hang`, `drop`, `crash`, or JSON: {"status":200,"headers":{},"body":"","delayMs":0}
// START        `never` to stay alive without listening, `crash` to end with code 70 at once
// START_AFTER  milliseconds before it listens
// STUBBORN     `1` to ignore SIGTERM
import { startRecordingBot } from './recording-bot.js'

const { PORT = '0', ANSWER = '{}', START, START_AFTER = '0', STUBBORN } = process.env
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

if (STUBBORN === '1') process.on('SIGTERM', () => say({ type: 'ignored', signal: 'SIGTERM' }))

if (START === 'crash') {
  process.stderr.write('recording bot: told to crash\n')
  process.exit(70)
} else if (START === 'never') {
  say({ type: 'idle', pid: process.pid })
  setInterval(() => {}, 60_000)
} else {
  setTimeout(listen, Number(START_AFTER))
}

async function listen() {
  const bot = await startRecordingBot({
    port: Number(PORT),
    answer: ANSWER.startsWith('{') ? JSON.parse(ANSWER) : ANSWER,
    onRequest: ({ body, ...request }) => say({ type: 'request', ...request, body: body.toString('base64') }),
  })
  say({ type: 'listening', port: bot.port, pid: process.pid, secret: process.env.SECRET ?? null })
}
