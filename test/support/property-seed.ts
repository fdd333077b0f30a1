// The seed of the property-based tests: the one of `PROPERTY_SEED`, so that a run can be repeated; else a new one each time.
import fc from 'fast-check'

const seed = process.env['PROPERTY_SEED']

if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) })
