// The fields that several operations take.
import { optional } from './operation.ts'
import { moment, text } from './shape.ts'

export const NAME = text({ max: 200, empty: false })

export const ID = text({ max: 200, empty: false })

export const SINCE_FIELD = optional(moment, 'the time from which on; default: as far back as it is kept')

export const UNTIL_FIELD = optional(moment, 'the time up to which; default: now')
