// Questions at a terminal; loaded only behind a check that there is one.
import { emitKeypressEvents, type Key } from 'node:readline'
import * as clack from '@clack/prompts'
import { DevHookError } from '../../core/errors.ts'
import type { Io } from '../io.ts'
import { columnsLeft, wrapWords } from '../screen/text-width.ts'
import type { Reporter } from './reporter.ts'

/** Looks at an answer; says what is wrong with it, or `null`. The signal is aborted when the person gives up. */
export type CheckAnswer = (answer: string, signal: AbortSignal) => Promise<string | null> | string | null

/** Of the bar on the left, and the space after it. */
const BAR_COLUMNS = 3

/** A text whose lines fit beside the bar, broken between words. */
const besideBar = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => (columnsLeft(columns - BAR_COLUMNS, line) < 0 ? wrapWords(line, columns - BAR_COLUMNS) : [line]))
    .join('\n')

interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint: string
}

/** Every question throws `interrupted` when it is answered with Ctrl-C or Escape. */
export interface Prompter extends Reporter {
  /** Hidden while it is typed; empty when it was skipped. */
  secret(question: string, check: CheckAnswer): Promise<string>
  text(question: string, fallback: string, check: CheckAnswer): Promise<string>
  yes(question: string, first: boolean): Promise<boolean>
  choose<T extends string>(question: string, choices: readonly [Choice<T>, ...Choice<T>[]]): Promise<T>
}

/** Opens the conversation on stdin and the terminal. */
export function openPrompter({ prompt, columns }: Pick<Io, 'prompt' | 'columns'>): Prompter {
  const write = { output: prompt }

  async function ask<T>(question: (signal: AbortSignal) => Promise<T | typeof clack.CANCEL_SYMBOL>): Promise<T> {
    const giveUp = new AbortController()
    // While an answer is looked at, the prompt itself hears no keys.
    const onKey = (_: string | undefined, key: Key): void => {
      if (key.ctrl && key.name === 'c') giveUp.abort()
      // Enter that was pressed before anything was asked arrives as a line feed, which moves to the other choice.
      if (key.name === 'enter') key.name = 'return'
    }
    emitKeypressEvents(process.stdin)
    process.stdin.on('keypress', onKey)
    try {
      const answer = await question(giveUp.signal)
      if (!clack.isCancel(answer)) return answer
      throw new DevHookError('interrupted', 'init was cancelled at a question')
    } finally {
      process.stdin.off('keypress', onKey)
    }
  }

  const validated =
    (check: CheckAnswer, fallback: string, signal: AbortSignal) =>
    async (answer: string | undefined): Promise<string | undefined> =>
      (await check((answer ?? '').trim() || fallback, signal)) ?? undefined

  return {
    intro: (title) => clack.intro(title, write),
    outro: (text) => clack.outro(text, write),
    report: (mood, text) => clack.log[mood](besideBar(text, columns('err')), write),
    secret: async (message, check) => {
      const answer = await ask((signal) =>
        clack.password({ message, validate: validated(check, '', signal), clearOnError: true, signal, ...write }),
      )
      // Nothing was typed: that is no text at all.
      return (answer ?? '').trim()
    },
    text: async (message, fallback, check) => {
      const answer = await ask((signal) =>
        clack.text({
          message,
          placeholder: fallback,
          defaultValue: fallback,
          validate: validated(check, fallback, signal),
          signal,
          ...write,
        }),
      )
      return answer.trim() || fallback
    },
    yes: (message, initialValue) => ask((signal) => clack.confirm({ message, initialValue, signal, ...write })),
    choose: async (message, [first, ...others]) => {
      const options = [first, ...others].map(({ value, label, hint }) => ({ value: String(value), label, hint }))
      const chosen = await ask((signal) => clack.select({ message, options, signal, ...write }))
      return others.find(({ value }) => value === chosen)?.value ?? first.value
    },
  }
}
