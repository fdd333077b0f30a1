// A file that the bot itself writes in the watched folder: each start would be the cause of the next.

export interface LoopGuard {
  /** Whether a save of this path is still one that starts the bot again. */
  counts(path: string): boolean
}

/** So many restarts for the same file within so many ms are nobody's saves. */
const MOST = 4
const WITHIN_MS = 20_000

/** Code is never left out: somebody may well save it that often, and means it. */
const CODE = /\.([cm]?[jt]sx?|env)$/

/** Creates it; `looped` is called once for each file that is left out from then on. */
export function createLoopGuard(
  looped: (path: string) => void,
  now: () => number = () => performance.now(),
): LoopGuard {
  let saves: readonly { readonly path: string; readonly at: number }[] = []
  const left = new Set<string>()
  return {
    counts: (path) => {
      if (left.has(path)) return false
      const at = now()
      saves = [...saves.filter((save) => at - save.at < WITHIN_MS), { path, at }]
      if (CODE.test(path) || saves.filter((save) => save.path === path).length <= MOST) return true
      left.add(path)
      looped(path)
      return false
    },
  }
}
