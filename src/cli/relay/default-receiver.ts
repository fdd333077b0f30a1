// The URL to which a relay passes on what nobody of its developers wants: a shared bot's, as it came.
import type { Config } from '../../config/load.ts'
import { withoutCredentials } from '../../core/hook-url.ts'
import { receiverAt } from '../../daemon/traffic/others/former-receiver.ts'
import { createPasser } from '../../delivery/passer.ts'
import type { Fallback } from '../../relay/hub/fallback.ts'
import type { DefaultChoice } from './relay-flags.ts'

export interface DefaultReceiver {
  readonly fallback: Fallback
  /** In words. */
  readonly name: string
  close(): Promise<void>
}

/** Opens the receiver of what no developer wants; nothing is connected before the first delivery. */
export function openDefault(choice: DefaultChoice, { proxies }: Pick<Config, 'proxies'>): DefaultReceiver {
  const nothing = async (): Promise<void> => undefined
  if (choice.to === 'hold') return { fallback: choice, name: 'hold', close: nothing }
  if (choice.to === 'developer') return { fallback: choice, name: choice.name, close: nothing }
  const receiver = receiverAt(choice.url, null)
  const name = withoutCredentials(choice.url)
  const passer = createPasser(proxies)
  const pass: Extract<Fallback, { readonly to: 'url' }>['pass'] = (delivery) => {
    if (receiver === null) throw new Error(`${name} was refused when it was read`)
    const { done, cancel } = passer.pass(delivery, receiver.to, delivery.headers)
    const answer = done.then((attempt) =>
      attempt.outcome === 'answered'
        ? ({ taken: true, reply: attempt.reply } as const)
        : ({ taken: false, why: attempt.reason } as const),
    )
    return { answer, abort: cancel }
  }
  return { fallback: { to: 'url', url: name, pass }, name, close: passer.close }
}
