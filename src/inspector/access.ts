// Who may ask the inspector: what is checked of every request, and how a browser comes by its cookie.
import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { equalInConstantTime } from '../core/secrets.ts'
import { API } from './operations/locations.ts'

/** What a request that is refused is answered with. */
interface Refusal {
  readonly status: 401 | 403
  readonly message: string
}

export interface Access {
  /** For programs, as `Authorization: Bearer`. */
  readonly token: string
  /** What the address of the page has in its query for a browser that has no cookie yet: for `?token=`. */
  readonly linkToken: string
  /** Whether a token from an address is that of the link. */
  isLink(token: string): boolean
  /** The value of `Set-Cookie` for whoever came by the link. */
  cookie(port: number): string
  /** Why a request is refused; `null` for one that may pass. */
  refuse(request: AskingRequest, port: number): Refusal | null
}

/** A request, as far as it says who asks. */
interface AskingRequest {
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

const TOKEN_BYTES = 24

/** Creates the access of one run, with a token of its own. */
export function createAccess(token: string = randomBytes(TOKEN_BYTES).toString('base64url')): Access {
  // Three values, so that a link in a browser's history, or a cookie that another local server is sent, is not the token.
  const linkToken = derived(token, 'link')
  const cookieValue = derived(token, 'cookie')
  const bearer = Buffer.from(`Bearer ${token}`)
  const link = Buffer.from(linkToken)

  function isKnown(headers: IncomingHttpHeaders, port: number): boolean {
    if (headers.authorization !== undefined) return equalInConstantTime(headers.authorization, bearer)
    const given = cookieIn(headers.cookie ?? '', cookieName(port))
    return given !== null && equalInConstantTime(given, Buffer.from(cookieValue))
  }

  return {
    token,
    linkToken,
    isLink: (given) => equalInConstantTime(given, link),
    // Only the API needs it, and other servers of this machine should not be sent it: a browser tells ports apart for pages, not
    // for cookies.
    cookie: (port) => `${cookieName(port)}=${cookieValue}; Path=${API}; HttpOnly; SameSite=Strict`,
    refuse: (request, port) => {
      const foreign = whyForeign(request, port)
      if (foreign !== null) return { status: 403, message: foreign }
      // Page and styles are in the package that everybody can read.
      const isApi = request.path === API || request.path.startsWith(`${API}/`)
      if (!isApi || isKnown(request.headers, port)) return null
      return {
        status: 401,
        message: 'the token is wrong or missing: open the link that dev-hook shows when it is ready',
      }
    },
  }
}

const derived = (token: string, use: string): string => createHmac('sha256', token).update(use).digest('base64url')

/** Of several runs each has its own: cookies of one host are shared by all its ports. */
const cookieName = (port: number): string => `dev-hook-${port}`

function cookieIn(header: string, name: string): string | null {
  const pair = header
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
  return pair === undefined ? null : pair.slice(name.length + 1)
}

/** Why a request is not one of our own page, or of a program; `null` when it may be. */
function whyForeign({ method, path, headers }: AskingRequest, port: number): string | null {
  // A page of the web can send requests here, under a name of its own that it lets point to 127.0.0.1.
  const { host, origin } = headers
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  if (!hosts.some((ours) => host === ours)) return 'the host name of the request is not the inspector’s'
  if (origin !== undefined && !hosts.some((ours) => origin === `http://${ours}`))
    return 'the request comes from another site'
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return null
  // Somebody has followed a link to the page, as from a terminal that is a page itself.
  const isVisit =
    method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  return isVisit && path === '/' ? null : 'the request comes from another site'
}
