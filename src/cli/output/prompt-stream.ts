// A stream for questions at the terminal: what libraries write to it goes the way of all other output, and never waits.
import { Writable } from 'node:stream'
import type { Outlet } from './outlet.ts'

/** Looks like the terminal to whoever draws on it, and writes to an outlet. */
export class PromptStream extends Writable {
  readonly isTTY = true
  readonly #terminal: NodeJS.WriteStream

  /** Creates a stream over an outlet, with the size of a terminal. */
  constructor(outlet: Outlet, terminal: NodeJS.WriteStream) {
    super({
      decodeStrings: false,
      write: (text, _encoding, done) => {
        outlet.write(String(text), 0, noNote)
        done()
      },
    })
    this.#terminal = terminal
    terminal.on('resize', () => this.emit('resize'))
  }

  get columns(): number {
    return this.#terminal.columns
  }

  get rows(): number {
    return this.#terminal.rows
  }
}

/** Nothing is said of a question that nobody could read. */
const noNote = (): string => ''
