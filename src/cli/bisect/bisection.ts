// The bisection of a conversation: plays it at commits of the main line until the first one is found that answers differently.
import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DevHookError } from '../../core/errors.ts'
import { keepDependencies } from './dependencies.ts'
import type { Commit, Git } from './git.ts'
import { type Played, playCommit } from './play-commit.ts'
import { searchFirstBad, type Trial } from './search.ts'

/** A commit that was played. */
export interface PlayedCommit extends Played {
  readonly commit: Commit
}

/** What a bisection has found; `first` is `null` where skipped commits hide it among `suspects`. */
export interface Bisected {
  readonly first: PlayedCommit | null
  readonly suspects: readonly Commit[]
  /** The last one that answers as recorded. */
  readonly before: PlayedCommit
  /** The nearest one that was played and does not. */
  readonly after: PlayedCommit
  readonly played: number
  readonly skipped: number
  /** How many commits lay between. */
  readonly commits: number
}

export interface Bisecting {
  readonly git: Git
  /** The folder for the tree and the packages, which goes at the end. */
  readonly scratch: string
  /** Where the bot is in the working tree; its `.env` files, which no commit has, are copied from there. */
  readonly cwd: string
  /** Revisions as they were given; `null` for a good one that is to be looked for. */
  readonly good: string | null
  readonly bad: string
  readonly file: string
  readonly command: readonly string[]
  readonly flags: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Called before something that may take long. */
  readonly onStep: (what: string) => void
  readonly onPlayed: (played: PlayedCommit) => void
}

/** Bisects. Rejects with `usage` when there is nothing to find, with `bisectFailed`, and with the reason of the signal. */
export async function bisect(options: Bisecting, signal: AbortSignal): Promise<Bisected> {
  const { git, good, bad } = options
  const newest = await git.commit(bad, '--bad')
  const oldest = good === null ? null : await git.commit(good, '--good')
  if (oldest !== null && !(await git.isAncestor(oldest, newest))) {
    throw new DevHookError('usage', `${good} (--good) is not an ancestor of ${bad} (--bad)`, {
      remedy: 'give as `--good` a commit from which the other one comes',
    })
  }
  const line = await git.mainLine(newest, oldest)
  if (line.length === 0) throw new DevHookError('usage', `--good and --bad are the same commit`)
  const tree = await openTree(options, newest)
  try {
    const known = new Map<string, PlayedCommit>()
    const play = async (id: string): Promise<PlayedCommit> => {
      const played = known.get(id) ?? (await tree.play(id, signal))
      if (!known.has(id)) options.onPlayed(played)
      known.set(id, played)
      return played
    }
    await expectBad(await play(newest))
    const from = oldest === null ? await lookForGood(line, play) : await expectGood(await play(oldest), line)
    return await searched(from, play, git, known)
  } finally {
    await tree.close()
  }
}

async function expectBad({ outcome, reason, commit }: PlayedCommit): Promise<void> {
  if (outcome === 'bad') return
  const short = commit.id.slice(0, 7)
  const message =
    outcome === 'good'
      ? `at ${short} (--bad) the bot does what was recorded, so there is nothing to find`
      : `at ${short} (--bad) the bot cannot be played: ${reason}`
  throw new DevHookError('usage', message, { remedy: 'give as `--bad` a commit at which it answers differently' })
}

/** What is searched: `line`, oldest first, comes after `before`. */
interface Range {
  readonly before: PlayedCommit
  readonly line: readonly string[]
}

async function expectGood(before: PlayedCommit, line: readonly string[]): Promise<Range> {
  const { outcome, reason, commit } = before
  if (outcome === 'good') return { before, line }
  const short = commit.id.slice(0, 7)
  const message =
    outcome === 'bad'
      ? `at ${short} (--good) the bot answers differently already`
      : `at ${short} (--good) the bot cannot be played: ${reason}`
  throw new DevHookError('usage', message, { remedy: 'give as `--good` a commit at which it does what was recorded' })
}

/** Goes back 1, 2, 4 … commits until one is good. */
async function lookForGood(line: readonly string[], play: (id: string) => Promise<PlayedCommit>): Promise<Range> {
  const last = line.length - 1
  for (let back = 1; ; back *= 2) {
    const index = Math.max(0, last - back)
    const played = last === 0 ? null : await play(line[index] ?? '')
    if (played?.outcome === 'good') return { before: played, line: line.slice(index + 1) }
    if (index > 0) continue
    throw new DevHookError('usage', 'no commit was found at which the bot does what was recorded', {
      remedy: 'name one with `--good`, or record the conversation at one that is right',
    })
  }
}

async function searched(
  { before, line }: Range,
  play: (id: string) => Promise<PlayedCommit>,
  git: Git,
  known: ReadonlyMap<string, PlayedCommit>,
): Promise<Bisected> {
  const at = async (index: number): Promise<PlayedCommit> => (index === -1 ? before : play(line[index] ?? ''))
  const trial = async (index: number): Promise<Trial> => (await at(index)).outcome
  const found = await searchFirstBad(line.length, trial)
  const suspects = await Promise.all(found.suspects.map((index) => git.describe(line[index] ?? '')))
  const lastSuspect = found.suspects.at(-1) ?? line.length - 1
  return {
    first: found.first === null ? null : await at(found.first),
    suspects,
    before: await at(found.lastGood),
    after: await at(lastSuspect),
    played: [...known.values()].filter(({ outcome }) => outcome !== 'skip').length,
    skipped: [...known.values()].filter(({ outcome }) => outcome === 'skip').length,
    commits: line.length,
  }
}

interface Tree {
  play(commit: string, signal: AbortSignal): Promise<PlayedCommit>
  close(): Promise<void>
}

async function openTree(options: Bisecting, first: string): Promise<Tree> {
  const { git, scratch, cwd, env, onStep } = options
  const tree = join(scratch, 'tree')
  const folder = join(tree, git.prefix)
  const dependencies = keepDependencies({ tree, folder, store: join(scratch, 'packages'), env })
  await git.addTree(tree, first)
  return {
    play: async (id, signal) => {
      signal.throwIfAborted()
      const commit = await git.describe(id)
      const name = `${id.slice(0, 7)} ${commit.subject}`
      onStep(`playing ${name}`)
      await dependencies.putAway()
      await git.switchTree(tree, id)
      await copyEnv(cwd, folder)
      const problem = await dependencies.prepare(signal, (command) => onStep(`${command} for ${name}`))
      signal.throwIfAborted()
      if (problem !== null) return { commit, outcome: 'skip', transcript: null, reason: problem }
      return { commit, ...(await playCommit({ ...options, folder }, signal)) }
    },
    close: () => git.removeTree(tree),
  }
}

/** What a bot reads its settings from is in no commit, and without it many do not start. */
async function copyEnv(from: string, to: string): Promise<void> {
  const names = (await readdir(from)).filter((name) => name === '.env' || name.startsWith('.env.'))
  // At this commit the folder may not be there yet, and then the bot cannot be started either.
  await Promise.allSettled(names.map((name) => copyFile(join(from, name), join(to, name))))
}
