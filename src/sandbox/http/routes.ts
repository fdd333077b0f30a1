// The routes of the emulated API: a method and a path, in which `:id` stands for one part.

/** The methods that the API knows. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What answers a path, and the parts of the path that have a name. */
interface FoundRoute<T> {
  readonly handler: T
  readonly params: Readonly<Record<string, string>>
}

export interface Routes<T> {
  add(method: Method, path: string, handler: T): void
  /** `null` when nobody answers it. */
  find(method: string, path: string): FoundRoute<T> | null
}

/** Creates a table without routes. */
export function createRoutes<T>(): Routes<T> {
  // By method, number of parts and first two parts: the API has a route or two for each.
  const table = new Map<string, { readonly parts: readonly string[]; readonly handler: T }[]>()
  const keyOf = (method: string, parts: readonly string[]): string =>
    `${method} ${parts.length} ${parts.slice(0, 3).join('/')}`

  return {
    add: (method, path, handler) => {
      const parts = path.split('/')
      const key = keyOf(method, parts)
      table.set(key, [...(table.get(key) ?? []), { parts, handler }])
    },
    find: (method, path) => {
      const parts = path.split('/')
      for (const { parts: wanted, handler } of table.get(keyOf(method, parts)) ?? []) {
        const params = match(wanted, parts)
        if (params !== null) return { handler, params }
      }
      return null
    },
  }
}

function match(wanted: readonly string[], parts: readonly string[]): Readonly<Record<string, string>> | null {
  const params: Record<string, string> = {}
  for (const [at, part] of wanted.entries()) {
    const given = parts[at] ?? ''
    if (!part.startsWith(':')) {
      if (part !== given) return null
      continue
    }
    const value = decoded(given)
    if (value === null || value === '') return null
    params[part.slice(1)] = value
  }
  return params
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    // A stray percent sign: no document is called so.
    return null
  }
}
