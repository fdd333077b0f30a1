// How a program ended, in words for people.

/** `exit code 1`, `SIGKILL`, or `ENOENT` for one that could not be started: a code is not a count, and a signal is not a code. */
export const exitWords = (code: number | string | null): string =>
  typeof code === 'number' ? `exit code ${code}` : (code ?? 'no code')
