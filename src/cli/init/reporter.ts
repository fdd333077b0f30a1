// What init says, with or without somebody to ask.
import type { Io } from '../io.ts'

type Mood = 'info' | 'step' | 'success' | 'warn'

export interface Reporter {
  intro(title: string): void
  report(mood: Mood, text: string): void
  outro(text: string): void
}

const MARKS: Readonly<Record<Mood, string>> = { info: '·', step: '·', success: '✓', warn: '!' }

/** Plain lines, for where there is no terminal, or nothing is to be asked. When quiet, only what is wrong. */
export function createPlainReporter({ err }: Pick<Io, 'err'>, quiet = false): Reporter {
  const indented = (mark: string, text: string): void =>
    text.split('\n').forEach((line, at) => err(`${at === 0 ? mark : ' '} ${line}`))
  return {
    intro: () => undefined,
    report: (mood, text) => (quiet && mood !== 'warn' ? undefined : indented(MARKS[mood], text)),
    outro: (text) => (quiet ? undefined : text.split('\n').forEach((line) => err(line))),
  }
}
