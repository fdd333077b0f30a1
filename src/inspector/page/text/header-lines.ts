// Headers as text.

/** `Name: value`, one a line. */
export const headerLines = (headers: readonly (readonly [name: string, value: string])[]): string =>
  headers.map(([name, value]) => `${name}: ${value}`).join('\n')
