// A bot whose grandchild listens on PORT and ignores SIGTERM; `LEADER=exits` ends the leader once the port accepts.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const [generation = '0'] = process.argv.slice(2)
process.stdout.write(`pid ${process.pid}\n`)
const program = generation === '1' ? fileURLToPath(new URL('stubborn.js', import.meta.url)) : process.argv[1]
spawn(process.execPath, [program, '1'], { stdio: 'inherit' })
if (generation === '0' && process.env.LEADER === 'exits') {
  const askLast = () =>
    fetch(`http://127.0.0.1:${process.env.PORT}`).then(
      () => process.exit(4),
      () => setTimeout(askLast, 20),
    )
  void askLast()
} else setInterval(() => {}, 60_000)
