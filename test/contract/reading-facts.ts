// Facts that are checked by reading alone.
import { at, type Fact, listIn, SKIP, textAt, unless, unlessStatus } from './fact.ts'

const API = 'developers.web1on1.chat/apireference'
const UNKNOWN_ID = '000000000000000000000000'
const LOOPING = /jwt expired|invalid signature|invalid token/i

export const READING_FACTS: readonly Fact[] = [
  {
    area: 'access',
    says: 'a bot reads its own user, whose id is the `_id` of its token',
    basis: 'documented',
    source: `${API}/authentication`,
    check: async ({ call, bot }) => {
      const answer = await call('GET', `/v2/users/${bot}`)
      return unlessStatus(answer, 200) ?? unless(textAt(answer.body, 'id') === bot, `id ${textAt(answer.body, 'id')}`)
    },
  },
  {
    area: 'access',
    says: "a bot reads its own record, at the same id as its user's",
    basis: 'sdk',
    source: 'chipchat lib/helpers.js',
    check: async ({ call, bot }) => {
      const answer = await call('GET', `/v2/bots/${bot}`)
      return unlessStatus(answer, 200) ?? unless(textAt(answer.body, 'name') !== '', 'no name')
    },
  },
  {
    area: 'access',
    says: 'a call without a token, or with a wrong one, is answered 401 in words that the SDK refreshes its token by',
    basis: 'sdk',
    source: 'chipchat lib/client.js',
    check: async ({ call, bot }) => {
      for (const token of [null, 'abc', 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA']) {
        const answer = await call('GET', `/v2/users/${bot}`, undefined, token)
        const message = textAt(answer.body, 'error', 'message')
        const seen = unlessStatus(answer, 401) ?? unless(LOOPING.test(message), `the message "${message}"`)
        if (seen !== null) return seen
      }
      return null
    },
  },
  {
    area: 'access',
    says: 'only admins list services; others are answered 403',
    basis: 'documented',
    source: `${API}/authentication`,
    check: async ({ call, scopes }) =>
      scopes.includes('admin') ? SKIP : unlessStatus(await call('GET', '/v2/services?type=webhook'), 403),
  },
  {
    area: 'access',
    says: 'errors are `{"error":{"message"}}`; an unknown conversation is 404 `Conversation not found`',
    basis: 'sdk',
    source: 'chipchat lib/client.js, test/client.js',
    check: async ({ call }) => {
      const answer = await call('GET', `/v2/conversations/${UNKNOWN_ID}`)
      const message = textAt(answer.body, 'error', 'message')
      return unlessStatus(answer, 404) ?? unless(message === 'Conversation not found', `the message "${message}"`)
    },
  },
  {
    area: 'access',
    says: 'what the API does not have is 404',
    basis: 'inferred',
    check: async ({ call }) => unlessStatus(await call('GET', '/v2/nothing-of-the-kind'), 404),
  },
  {
    area: 'lists',
    says: 'a list is a JSON array of documents with 24 hex digits as `id`',
    basis: 'documented',
    source: `${API}/apibasics; chipchat test/client.js`,
    check: async ({ call }) => {
      const answer = await call('GET', '/v2/conversations?limit=3')
      const odd = listIn(answer).find((one) => !/^[0-9a-f]{24}$/.test(textAt(one, 'id')) || '_id' in one)
      return unless(Array.isArray(answer.body), 'no array') ?? unless(odd === undefined, `the id ${textAt(odd, 'id')}`)
    },
  },
  {
    area: 'lists',
    says: '`limit` and `offset` cut a list; a part that is not the last has an absolute `Link` with `rel="next"`',
    basis: 'sdk',
    source: 'chipchat lib/client.js',
    check: async ({ call }) => {
      const two = await call('GET', '/v2/conversations?limit=2')
      if (listIn(two).length < 2) return SKIP
      const first = await call('GET', '/v2/conversations?limit=1')
      const second = await call('GET', '/v2/conversations?limit=1&offset=1')
      const link = first.headers.get('link') ?? 'no Link'
      return (
        unless(/^<https?:\/\/[^>]+>;\s*rel="?next"?/.test(link), link) ??
        unless(textAt(listIn(second)[0], 'id') === textAt(listIn(two)[1], 'id'), 'another order')
      )
    },
  },
  {
    area: 'lists',
    says: 'a list has headers that begin with `x-`; the sandbox has `x-total-count`, `x-limit`, `x-offset`',
    basis: 'unknown',
    source: 'chipchat lib/client.js hands over whatever begins with x-',
    check: async ({ call }) => {
      const { headers } = await call('GET', '/v2/conversations?limit=1')
      const names = [...headers.keys()].filter((name) => name.startsWith('x-'))
      return unless(names.includes('x-total-count'), `the headers ${names.join(', ')}`)
    },
  },
  {
    area: 'lists',
    says: '`sort=-createdAt` begins with the newest',
    basis: 'documented',
    source: `${API}/fetchingresources`,
    check: async ({ call }) => {
      const times = listIn(await call('GET', '/v2/conversations?sort=-createdAt&limit=5')).map((one) =>
        textAt(one, 'createdAt'),
      )
      return unless(
        times.every((time, n) => n === 0 || (times[n - 1] ?? '') >= time),
        times.join(' '),
      )
    },
  },
  {
    area: 'lists',
    says: '`select` keeps the fields it names, and the id',
    basis: 'documented',
    source: `${API}/fetchingresources`,
    check: async ({ call }) => {
      const [first] = listIn(await call('GET', '/v2/conversations?select=name&limit=1'))
      if (first === undefined) return SKIP
      const fields = Object.keys(first).toSorted((a, b) => a.localeCompare(b))
      return unless(fields.join(' ') === 'id name', fields.join(' '))
    },
  },
  {
    area: 'lists',
    says: '`populate=contact` puts the contact where its id was',
    basis: 'documented',
    source: `${API}/fetchingresources`,
    check: async ({ call }) => {
      const [first] = listIn(await call('GET', '/v2/conversations?type=contact&populate=contact&limit=1'))
      if (first === undefined) return SKIP
      return unless(typeof at(first, 'contact', 'id') === 'string', `contact ${JSON.stringify(at(first, 'contact'))}`)
    },
  },
  {
    area: 'lists',
    says: '`createdAt=>2019-01-01` compares, `name=~text` looks into the text',
    basis: 'documented',
    source: `${API}/fetchingresources`,
    check: async ({ call }) => {
      const future = await call('GET', '/v2/conversations?createdAt=>2999-01-01&limit=1')
      return unlessStatus(future, 200) ?? unless(listIn(future).length === 0, 'a conversation of the year 2999')
    },
  },
  {
    area: 'lists',
    says: 'a list of messages without one of the mandatory filters is 400, as are conversations filtered by `meta` alone',
    basis: 'documented',
    source: `${API}/fetchingresources`,
    check: async ({ call }) =>
      unlessStatus(await call('GET', '/v2/messages?limit=1'), 400) ??
      unlessStatus(await call('GET', '/v2/conversations?meta.a=1&limit=1'), 400),
  },
  {
    area: 'lists',
    says: 'what cannot be meant is 400: a limit that is not a number, a date that is not one, a parameter that is given twice',
    basis: 'inferred',
    check: async ({ call }) => {
      for (const query of ['limit=ten', 'limit=0', 'createdAt=>nonsense', 'limit=1&limit=2']) {
        const seen = unlessStatus(await call('GET', `/v2/conversations?${query}`), 400)
        if (seen !== null) return `${query}: ${seen}`
      }
      return null
    },
  },
  {
    area: 'documents',
    says: 'times are ISO 8601 in UTC, with milliseconds',
    basis: 'documented',
    source: `${API}/apibasics`,
    check: async ({ call, bot }) => {
      const time = textAt((await call('GET', `/v2/users/${bot}`)).body, 'createdAt')
      return unless(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time), time)
    },
  },
  {
    area: 'documents',
    says: 'documents have an `organization`, and an `orgPath` of ids joined by `#`',
    basis: 'sdk',
    source: 'chipchat lib/helpers.js; a message that a bot has logged',
    check: async ({ call }) => {
      const [first] = listIn(await call('GET', '/v2/conversations?limit=1'))
      if (first === undefined) return SKIP
      const path = textAt(first, 'orgPath')
      return unless(/^[0-9a-f]{24}(?:#[0-9a-f]{24})*$/.test(path), `orgPath ${path}`)
    },
  },
  {
    area: 'conversations',
    says: '`GET /v2/conversations/:id/messages` is 404: messages are listed with `?conversation=`',
    basis: 'unknown',
    check: async ({ call }) => {
      const [first] = listIn(await call('GET', '/v2/conversations?limit=1'))
      if (first === undefined) return SKIP
      return unlessStatus(await call('GET', `/v2/conversations/${textAt(first, 'id')}/messages`), 404)
    },
  },
]
