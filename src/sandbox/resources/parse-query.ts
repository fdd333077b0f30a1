// Reading the query string of a list, and refusing what cannot be meant.
// Source: developers.web1on1.chat/apireference/fetchingresources; that what cannot be meant is answered 400 is inferred.
import { ApiError } from '../api-error.ts'
import type { Query, QueryFilter } from './query.ts'

const USUAL_LIMIT = 100
const MAX_LIMIT = 1_000

/** Reads a query string. Throws 400 for a malformed number, a filter that nothing can match, and anything given twice. */
export function parseQuery(search: string): Query {
  const given = new URLSearchParams(search)
  const names = [...given.keys()]
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw new ApiError(400, `${twice} is given twice`)
  const { offset, limit, sort, select, populate, ...filters } = Object.fromEntries(given)
  return {
    offset: wholeNumber('offset', offset, 0, 0),
    limit: Math.min(wholeNumber('limit', limit, USUAL_LIMIT, 1), MAX_LIMIT),
    sort: pathsOf('sort', sort),
    select: pathsOf('select', select),
    populate: pathsOf('populate', populate),
    filters: Object.entries(filters).map(([path, wanted]) => filterOf(path === 'ids' ? 'id' : path, wanted)),
  }
}

function wholeNumber(name: string, text: string | undefined, fallback: number, least: number): number {
  if (text === undefined) return fallback
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
  if (value < least) throw new ApiError(400, `${name} must be a whole number from ${least}`)
  return value
}

/** Words between dots. */
const PATH = /^-?[^.\s]+(?:\.[^.\s]+)*$/

function pathsOf(name: string, text: string | undefined): readonly string[] {
  const paths = text ? text.split(',').filter(Boolean) : []
  const odd = paths.find((path) => !PATH.test(path))
  if (odd !== undefined) throw new ApiError(400, `${name} must be fields, separated by commas`)
  return paths
}

const COMPARISON = /^(?:>=|<=|>|<)/
/** ISO 8601, from a year on; a plus that nobody has escaped is a space in a query. */
const DATE = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T([\d:.]+)(Z|[+ -]\d\d:?\d\d)?)?$/

function filterOf(path: string, wanted: string): QueryFilter {
  if (!PATH.test(path)) throw new ApiError(400, `a filter must name a field: ${path}`)
  if (wanted.startsWith('[') !== wanted.endsWith(']') && /^\[[^\]]*$/.test(wanted)) {
    throw new ApiError(400, `the list of ${path} has no end`)
  }
  const [sign] = COMPARISON.exec(wanted) ?? []
  if (sign === undefined) return { path, wanted }
  const value = wanted.slice(sign.length)
  if (value === '') throw new ApiError(400, `${path} must be compared with a value`)
  return { path, wanted: path.endsWith('At') ? `${sign}${dateOf(path, value)}` : wanted }
}

/** A date as documents have it. Without an offset it is UTC. */
function dateOf(path: string, value: string): string {
  const [, day, time, offset = 'Z'] = DATE.exec(value) ?? []
  const date = new Date(time === undefined ? String(day) : `${day}T${time}${offset.replace(' ', '+')}`)
  if (Number.isNaN(date.getTime())) throw new ApiError(400, `${path} must be compared with a date in ISO 8601`)
  return date.toISOString()
}
