// Which program runs a file, by the ending of its name.
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\.[cm]?js$/i, 'node'],
  [/\.[cm]?tsx?$/i, 'tsx'],
  [/\.py$/i, 'python3'],
  [/\.sh$/i, 'sh'],
]

/** The program that mostly runs such a file; `undefined` where the name does not tell. */
export const programFor = (file: string): string | undefined => PROGRAMS.find(([ending]) => ending.test(file))?.[1]
