// Git, as far as a bisection needs it: real git, asked about commits and told to lay one out in a folder of its own.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { codeOf, DevHookError, messageOf } from '../../core/errors.ts'
import { oneLine } from '../../core/text/sanitize.ts'

/** A commit as it is shown. */
export interface Commit {
  readonly id: string
  readonly subject: string
  readonly author: string
  /** ISO 8601. */
  readonly date: string
  readonly isMerge: boolean
}

export interface Git {
  /** The path of the folder within the repository, with `/` at its end; empty at its top. */
  readonly prefix: string
  /** The commit that a revision names. Rejects with `usage` for none. */
  commit(revision: string, from: string): Promise<string>
  isAncestor(older: string, newer: string): Promise<boolean>
  /** The commits of the main line up to `newer`, oldest first: those that `older` has not, or all. */
  mainLine(newer: string, older: string | null): Promise<readonly string[]>
  describe(commit: string): Promise<Commit>
  /** Lays a commit out in a folder that is not there yet. Touches neither working tree, index, branches nor stash. */
  addTree(folder: string, commit: string): Promise<void>
  /** Checks out another commit there, and removes everything else. */
  switchTree(folder: string, commit: string): Promise<void>
  /** Forgets the folder, which is deleted, and those of dead runs. */
  removeTree(folder: string): Promise<void>
}

const MAX_OUTPUT = 64 * 1024 * 1024
/** Within a hook, git says by these where it is: another folder is meant here. */
const OWN_VARIABLES = /^GIT_(?:DIR|WORK_TREE|INDEX_FILE|PREFIX|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE)$/
/** No hook of the repository runs for what is only looked at. */
const QUIETLY = ['-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false']

/** Opens the repository of a folder. Rejects with `usage` where there is none. */
export async function openGit(cwd: string, env: Readonly<Record<string, string | undefined>>): Promise<Git> {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !OWN_VARIABLES.test(name)))
  const run = async (folder: string, ...args: readonly string[]): Promise<string> => {
    const options = { cwd: folder, env: { ...own, GIT_TERMINAL_PROMPT: '0' }, maxBuffer: MAX_OUTPUT, windowsHide: true }
    return (await promisify(execFile)('git', [...QUIETLY, ...args], options)).stdout.trimEnd()
  }
  const git = (...args: readonly string[]): Promise<string> => run(cwd, ...args)
  const succeeds = (...args: readonly string[]): Promise<boolean> =>
    git(...args).then(
      () => true,
      () => false,
    )
  const prefix = await git('rev-parse', '--show-prefix').catch((cause: unknown) => {
    const isMissing = codeOf(cause) === 'ENOENT'
    const message = isMissing ? 'git cannot be found' : `${cwd} is not in a git repository`
    throw new DevHookError('usage', message, { cause, remedy: isMissing ? 'install git' : 'run it where the bot is' })
  })

  return {
    prefix,
    commit: async (revision, from) => {
      // What begins with a dash would be an option.
      const named = revision.startsWith('-')
        ? null
        : await git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`).catch(() => null)
      if (named !== null && named !== '') return named
      throw new DevHookError('usage', `\`${oneLine(revision)}\` (${from}) is not a commit of this repository`, {
        remedy: 'see `git log --oneline`',
      })
    },
    isAncestor: (older, newer) => succeeds('merge-base', '--is-ancestor', older, newer),
    mainLine: async (newer, older) => {
      const range = older === null ? [newer] : [newer, `^${older}`]
      const listed = await git('rev-list', '--first-parent', '--reverse', ...range)
      return listed.split('\n').filter((line) => line !== '')
    },
    describe: async (commit) => {
      const shown = await git('show', '--no-patch', '--format=%H%x00%s%x00%an%x00%aI%x00%P', commit)
      const [id = commit, subject = '', author = '', date = '', parents = ''] = shown.split('\0')
      return { id, subject: oneLine(subject), author: oneLine(author), date, isMerge: parents.includes(' ') }
    },
    addTree: async (folder, commit) => {
      // Those of dead runs, whose folders are gone.
      await succeeds('worktree', 'prune')
      await failing(git('worktree', 'add', '--detach', '--force', folder, commit), commit)
    },
    switchTree: async (folder, commit) => {
      await failing(run(folder, 'checkout', '--detach', '--force', '--quiet', commit), commit)
      await failing(run(folder, 'clean', '-ffdqx'), commit)
    },
    removeTree: async (folder) => {
      await succeeds('worktree', 'remove', '--force', '--force', folder)
      await succeeds('worktree', 'prune')
    },
  }
}

async function failing(work: Promise<string>, commit: string): Promise<void> {
  await work.catch((cause: unknown) => {
    const [reason = ''] = messageOf(cause).split('\n').slice(1)
    throw new DevHookError('bisectFailed', `git cannot lay out ${commit.slice(0, 7)}: ${oneLine(reason)}`, { cause })
  })
}
