// The fenced blocks of the README, each with the mark before it that says how its truth is tested.
import { readFile } from 'node:fs/promises'

/** A block of code, or of a screen. */
export interface ReadmeBlock {
  /** What the comment before it says: `run: name`; empty without one. */
  readonly mark: string
  readonly text: string
  /** Of the first line of the block, from 1. */
  readonly line: number
}

const FENCE = /(?:^<!-- ([^\n]+) -->\n)?^```\w*\n(.*?)^```$/gms

/** All of them, in order. */
export async function readmeBlocks(): Promise<readonly ReadmeBlock[]> {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  return Array.from(readme.matchAll(FENCE), ({ 1: mark = '', 2: text = '', index }) => ({
    mark,
    text,
    line: readme.slice(0, index).split('\n').length,
  }))
}

/** The text of the block that is marked `run: <name>`. Throws when there is none, or several. */
export async function readmeBlock(name: string): Promise<string> {
  const [found, another] = (await readmeBlocks()).filter(({ mark }) => mark === `run: ${name}`)
  if (found === undefined || another !== undefined) throw new Error(`the README has not one block "run: ${name}"`)
  return found.text
}
