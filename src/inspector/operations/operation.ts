// What an operation is: a row of the table, and the types of what goes in and comes out.
import type { Of, Shape } from './shape.ts'

/** One field of an operation's input. */
export interface Field<out T = unknown, out Required extends boolean = boolean> {
  readonly shape: Shape<T>
  /** What it means, in one sentence without a full stop. */
  readonly says: string
  readonly required: Required
}

export const required = <T>(shape: Shape<T>, says: string): Field<T, true> => ({ shape, says, required: true })

export const optional = <T>(shape: Shape<T>, says: string): Field<T, false> => ({ shape, says, required: false })

type Inputs = Readonly<Record<string, Field>>

/** Which runs have an operation. */
type Where = 'any run' | 'sandbox'

/** What may be asked of a run. */
export interface Operation<I extends Inputs, out O, W extends Where> {
  /** What it does, in one sentence without a full stop. */
  readonly says: string
  /** Whether it changes anything: it is asked for with POST then. */
  readonly changes: boolean
  /** What it takes is too long, or too secret, for an address: it is asked for with POST, although it changes nothing. */
  readonly inBody?: true
  readonly where: W
  readonly input: I
  readonly output: Shape<O>
}

/** Writes one row of the table. */
export const operation = <const I extends Inputs, O, const W extends Where>(
  row: Operation<I, O, W>,
): Operation<I, O, W> => row

type RequiredIn<I extends Inputs> = { [K in keyof I]: I[K]['required'] extends true ? K : never }[keyof I]

/** What a client gives for these fields: those that are not required may be left out. */
export type Given<I extends Inputs> = { readonly [K in RequiredIn<I>]: Of<I[K]['shape']> } & {
  readonly [K in Exclude<keyof I, RequiredIn<I>>]?: Of<I[K]['shape']> | undefined
}

/** What a handler is given for these fields: `null` for one that was left out. */
export type Read<I extends Inputs> = {
  readonly [K in keyof I]: I[K]['required'] extends true ? Of<I[K]['shape']> : Of<I[K]['shape']> | null
}
