// Steps that take longer than a moment, named while they do.

/** What is faster needs no line of its own. */
const SLOW_MS = 1_000

export interface Progress {
  step(name: string): void
  end(): void
}

/** Creates it. `show` is called for the step that is under way when a second has passed without another one. */
export function createProgress(show: (step: string) => void): Progress {
  let timer: NodeJS.Timeout | undefined
  return {
    step: (name) => {
      clearTimeout(timer)
      timer = setTimeout(show, SLOW_MS, name)
    },
    end: () => clearTimeout(timer),
  }
}
