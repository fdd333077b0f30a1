// The end of a path or URL without its slashes.

/** The same text without the slashes it ends in; an expression for them would look at every run of slashes before. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length
  while (text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}
