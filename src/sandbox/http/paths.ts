// What the path of a call says: which route it is, and which conversation it is about.

/** The path without the query. */
export const withoutQuery = (url: string): string => url.split('?', 1)[0] ?? ''

/** The path with `:id` in place of each id. */
export const withoutIds = (path: string): string => path.replace(/[0-9a-f]{24}/g, ':id')

/** The route of a call, the same for all documents: `/v2/conversations/:id/messages`. */
export const routeOf = (url: string): string => withoutIds(withoutQuery(url))

/** The id of the conversation that a path names; `null` when it names none. */
export const conversationInPath = (path: string): string | null =>
  /^\/v2\/conversations\/([0-9a-f]{24})/.exec(path)?.[1] ?? null
