// `POST /v2/auth/token`: a refresh token or a password for a new access token.

import { asRecord, asText, type Json, textIn } from '../../core/json.ts'
import { botOfEmail, type Document } from '../../protocol/resources.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import type { ApiApp } from '../http/app.ts'
import { scopesUpTo } from './permissions.ts'
import type { Caller } from './tokens.ts'

/** The path of the grants; the only one that needs no access token, and ignores one that is sent. */
export const TOKEN_PATH = '/v2/auth/token'

/** Serves both grants. `onLogin` is called with whoever logs in by a password. */
export function serveAuth(app: ApiApp, context: AppContext, onLogin: (user: Document) => void): void {
  app.on('POST', TOKEN_PATH, (request, reply) => {
    const body = asRecord(request.body) ?? {}
    const byPassword = textIn(body, 'email') !== null && textIn(body, 'password') !== null
    const { caller, refreshToken, login } = byPassword ? passwordGrant(context, body) : refreshGrant(context, body)
    if (login !== null) onLogin(login)
    const { token, expiresAt } = context.tokens.issue('access_token', caller)
    return reply.code(201).send({
      tokenType: 'Bearer',
      token,
      refreshToken,
      user: caller.user,
      organization: caller.organization,
      scope: caller.scopes.join(' '),
      ...(expiresAt === null ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
    })
  })
}

/** Whose tokens are granted; `login`: who has logged in for it. */
interface Granted {
  readonly caller: Caller
  readonly refreshToken: string
  readonly login: Document | null
}

function refreshGrant({ tokens, seeded }: AppContext, body: Json): Granted {
  const refreshToken = asText(body['refreshToken'])
  const clientId = asText(body['clientId'])
  // Never 401 here, nor the words of an expired token: SDKs would refresh in order to refresh, without end.
  if (refreshToken === null || clientId === null) {
    throw new ApiError(400, 'clientId and refreshToken, or email and password, are required')
  }
  const checked = tokens.check(refreshToken, 'refresh_token')
  const { bot } = seeded
  const isBot = clientId === bot.email || botOfEmail(clientId) === bot.id
  if ('fault' in checked || (checked.caller.user === bot.id && !isBot)) {
    throw new ApiError(403, 'The refresh token was refused')
  }
  return { caller: checked.caller, refreshToken, login: null }
}

// Anybody on this machine may be anybody in the sandbox: every password is right.
function passwordGrant(context: AppContext, body: Json): Granted {
  const login = personOf(context, asText(body['email']) ?? '')
  if (login === null) throw new ApiError(403, 'The email or the password was refused')
  const caller = callerFor(context, login)
  return { caller, login, refreshToken: context.tokens.issue('refresh_token', caller).token }
}

/** Whose e-mail address it is, as a user; a contact is a user of the role guest. */
function personOf({ store }: AppContext, email: string): Document | null {
  const isTheirs = (person: Document): boolean => textIn(person, 'email')?.toLowerCase() === email.toLowerCase()
  const user = store.users.all().find((person) => isTheirs(person) && person['role'] !== 'bot')
  const contact = store.contacts.by('email', email)
  return user ?? (contact === undefined ? null : asGuest(contact))
}

/** A contact as the user that authored their messages. */
export function asGuest(contact: Document): Document {
  const { id, name, organization, orgPath, profile, createdAt, updatedAt } = contact
  return { ...asRecord(profile), id, name, organization, orgPath, type: 'guest', role: 'guest', createdAt, updatedAt }
}

/** The roles of people, each the highest scope of their tokens. */
const ROLES = ['guest', 'agent', 'admin'] as const

/** The caller that a person's tokens are issued to. */
function callerFor({ seeded }: AppContext, person: Document): Caller {
  const given = textIn(person, 'role') ?? 'guest'
  const role = ROLES.find((known) => known === given)
  const scopes = role === undefined ? [] : scopesUpTo(role)
  return { user: person.id, organization: textIn(person, 'organization') ?? seeded.organization, scopes }
}
