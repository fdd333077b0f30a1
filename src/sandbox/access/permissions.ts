// Who may do what with which resource: the platform's table of permissions, and what is inferred where it says nothing.
// Source: developers.web1on1.chat/apireference/authentication.
import type { ResourceName } from '../store.ts'
import type { Caller } from './tokens.ts'

/** The scopes, each of which includes the ones before it. */
export const SCOPES = ['viewer', 'guest', 'agent', 'bot', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** A scope and those before it that people and bots have. */
export const scopesUpTo = (scope: Scope): readonly Scope[] => SCOPES.slice(1, SCOPES.indexOf(scope) + 1)

export type Action = 'list' | 'fetch' | 'create' | 'update' | 'delete'

/** What a rule rests on: the platform's documentation, calls that the SDK makes with such a token, or what is likely. */
type Source = 'documented' | 'sdk' | 'inferred'

/** A rule: the least scope that may, and where one's own document needs less, the least scope for that. */
interface Grant {
  readonly least: Scope
  readonly own?: Scope
  readonly source: Source
}

type Grants = Readonly<Record<Action, Grant>>

const documented = (least: Scope, own?: Scope): Grant => ({ least, ...(own && { own }), source: 'documented' })
const sdk = (least: Scope): Grant => ({ least, source: 'sdk' })
const inferred = (least: Scope, own?: Scope): Grant => ({ least, ...(own && { own }), source: 'inferred' })

// What nobody but admins sets up, and bots only read.
const SET_UP: Grants = {
  list: inferred('bot'),
  fetch: inferred('bot'),
  create: inferred('admin'),
  update: inferred('admin'),
  delete: inferred('admin'),
}
const KNOWLEDGE: Grants = { ...SET_UP, list: documented('agent'), fetch: inferred('agent') }

/** The table: what each resource allows to whom, and what that rests on. */
export const GRANTS: Readonly<Record<ResourceName, Grants>> = {
  users: {
    list: documented('bot'),
    fetch: documented('bot', 'guest'),
    create: documented('admin'),
    update: inferred('admin', 'agent'),
    delete: inferred('admin'),
  },
  organizations: { ...SET_UP, list: documented('bot'), fetch: inferred('agent'), create: documented('admin') },
  messages: {
    list: documented('bot'),
    fetch: documented('bot'),
    create: documented('guest'),
    update: inferred('agent'),
    delete: inferred('bot'),
  },
  conversations: {
    list: documented('agent'),
    fetch: documented('guest'),
    create: documented('agent'),
    update: inferred('agent'),
    delete: inferred('admin'),
  },
  contacts: {
    list: documented('agent'),
    fetch: documented('bot', 'guest'),
    create: inferred('agent'),
    update: inferred('agent'),
    delete: inferred('admin'),
  },
  services: { ...SET_UP, list: documented('admin'), fetch: documented('admin') },
  forms: { ...SET_UP, list: documented('bot'), fetch: documented('admin') },
  kbases: KNOWLEDGE,
  kbitems: KNOWLEDGE,
  articles: KNOWLEDGE,
  bots: { ...SET_UP, fetch: sdk('bot'), update: inferred('admin', 'bot') },
  botinstances: { ...SET_UP, list: sdk('bot') },
  files: { ...SET_UP, fetch: inferred('guest'), create: inferred('guest') },
  channels: SET_UP,
  orggroups: SET_UP,
  partners: SET_UP,
  workflows: SET_UP,
  metrics: SET_UP,
  points: SET_UP,
  locations: SET_UP,
  watemplates: SET_UP,
}

/** How much a caller may do, by the highest of their scopes. */
const rankOf = ({ scopes }: Caller): number => SCOPES.findLastIndex((scope) => scopes.includes(scope))

const reaches = (caller: Caller, scope: Scope): boolean => rankOf(caller) >= SCOPES.indexOf(scope)

/** Whether the caller is a consumer, who sees what is their own and nothing else. */
export const isGuest = (caller: Caller): boolean => !reaches(caller, 'agent')

/** The scope that the caller lacks for an action; `null` when they may. `isOwn`: it is about a document of their own. */
export function missingScope(caller: Caller, resource: ResourceName, action: Action, isOwn: boolean): Scope | null {
  const { least, own } = GRANTS[resource][action]
  return reaches(caller, least) || (isOwn && own !== undefined && reaches(caller, own)) ? null : least
}
