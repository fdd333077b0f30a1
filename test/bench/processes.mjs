// Processes of a benchmark: started, asked, ended. Each one says `ready` first, and answers one message at a time.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts one of the files next to this one. `ready` is what it said about itself. */
export async function startProcess(name, ...args) {
  const file = fileURLToPath(new URL(name, import.meta.url))
  const child = fork(file, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  // What it announces goes into a pipe, as for a program that listens.
  child.stdout.resume()
  const answer = () =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`${name} ended with ${code}`))
      child.once('exit', ended)
      child.once('message', (message) => {
        child.off('exit', ended)
        resolve(message)
      })
    })
  const ready = await answer()
  return {
    ready,
    ask: (message) => {
      const answered = answer()
      child.send(message)
      return answered
    },
    end: () =>
      new Promise((resolve) => {
        child.once('exit', resolve)
        child.disconnect()
      }),
  }
}

/** The side of the process: says that it is ready, answers each message with what `handle` gives, and ends with its parent. */
export function serve(ready, handle, close = async () => {}) {
  process.on('message', (message) => {
    void Promise.resolve(handle(message)).then((answer) => process.send(answer))
  })
  process.on('disconnect', () => {
    void close().then(() => process.exit())
  })
  // A command line that starts it as its bot does not listen.
  process.send?.(ready)
}

/** CPU time of this process so far, in microseconds. */
export function cpuMicros() {
  const { user, system } = process.cpuUsage()
  return user + system
}
