// What an option is: one row of the table of options, and how a row is written.
import type { Kind } from './kinds.ts'

/**
 * One option. `T` is its value once it is read, `Shown` the text that people write for it,
 * `Fallback` the type of its default: `null` for an option that has none.
 */
export interface Option<T, Shown extends string = string, Fallback = T | null> {
  readonly kind: Kind<T, Shown>
  /** What it means, in one sentence without a full stop. */
  readonly says: string
  /** The same for its `--no-` flag. */
  readonly saysNo?: string
  /** Heading in the help. */
  readonly group: 'Bot' | 'Webhook' | 'Tunnel' | 'Delivery' | 'Inspector' | 'Output' | 'Start'
  readonly short?: string
  /** `false`: it has no flag (secrets). */
  readonly flag?: false
  /** Also read from these names, after the option's own environment name. */
  readonly env?: readonly string[]
  /** The default, where it is a plain value; `null` for none. */
  readonly fallback: Fallback
  /** The default in words, where it is not a plain value. */
  readonly otherwise?: string
  /** `false`: it cannot stand in a config file. */
  readonly file?: false
  /** Whoever gives it asks for a tunnel of their own, even where a development environment in the cloud forwards a port. */
  readonly asksForTunnel?: true
  /** Where it is looked up when nobody gives it. */
  readonly lookUp?: LookUp
}

/** A value that another tool keeps in a file of its own. */
export interface LookUp {
  /** Looked up only when this is the value of `tunnel`. */
  readonly tunnel: string
  /** Finds the value. */
  find(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): Promise<LookedUp>
}

/** What was found in the files of another tool. */
export interface LookedUp {
  /** The value, and the file that it came from; `null` when the tool is not set up here. */
  readonly found: { readonly raw: string; readonly source: string } | null
  /** The files in which it may be, and that cannot be read: `/home/jo/tool.yml is not valid YAML at line 3, column 5`. */
  readonly unreadable: readonly string[]
}

type Row<T, Shown extends string, Fallback> = Omit<Option<T, Shown, Fallback>, 'fallback'>

/** Writes one row: an option without a `fallback` is `null` where nothing is given. */
export function option<T, Shown extends string>(
  row: Row<T, Shown, T> & { readonly fallback: NoInfer<T> },
): Option<T, Shown, T>
export function option<T, Shown extends string>(row: Row<T, Shown, null>): Option<T, Shown, null>
export function option<T, Shown extends string>(
  row: Row<T, Shown, T | null> & { readonly fallback?: NoInfer<T> },
): Option<T, Shown> {
  return { fallback: null, ...row }
}

/** An option as people give it. */
export type GivenOf<O> =
  O extends Option<infer T, infer Shown, infer _Fallback>
    ? string extends Shown
      ? // Its text has no form of its own. `port`: a number, or text such as '3000'; `restore`: a boolean.
        T | (T extends number ? string : never)
      : // Its text has one. `hold`: '15s', and no number, whose unit nobody would know.
        Shown
    : never

/** The default of an option in words, for help and README; empty for none. */
export function defaultWords({ otherwise, fallback, kind }: Option<unknown>): string {
  if (otherwise !== undefined) return otherwise
  if (fallback === null || kind.shown === null) return ''
  return `\`${kind.show(fallback)}\``
}
