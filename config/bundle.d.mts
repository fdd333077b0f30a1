/** Bundles every program of a folder of the tests; returns the folder that they are in. */
export function bundleFolder(path: string, outside?: readonly (string | RegExp)[]): Promise<string>

/** Bundles programs, by their files in a folder. */
export function bundle(
  programs: Readonly<Record<string, string>>,
  folder: string,
  options?: {
    readonly chunks?: string
    readonly outside?: readonly (string | RegExp)[]
    readonly groups?: readonly object[]
  },
): Promise<unknown>
