// A bot that has its work done by a process that leaves its group: a server (`AWAY`), which a daemon may start again (`DAEMON=1`), and one that listens nowhere.
import { spawn } from 'node:child_process'

const start = (program, more = {}) =>
  spawn(process.execPath, [program], { detached: true, stdio: 'inherit', env: { ...process.env, ...more } })

if (process.env.DAEMON === '2') {
  const serve = () => start(process.env.AWAY).once('exit', serve)
  serve()
} else {
  start('never-listens.js')
  if (process.env.DAEMON === '1') start('detaches.js', { DAEMON: '2' })
  else start(process.env.AWAY)
  process.stdout.write(`pid ${process.pid}\n`)
  // Some stay, some are done.
  if (process.env.LEADER === 'exits') setTimeout(() => process.exit(0), 100)
  else setInterval(() => {}, 60_000)
}
