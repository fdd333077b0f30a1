// The first read of the registration, with the options of the run.
import type { HookAddress } from '../../core/hook-url.ts'
import { withoutPid } from '../../core/instance.ts'
import type { Registration } from '../../core/ports.ts'
import type { Client } from '../../platform/api/client.ts'
import { openRegistration } from '../../platform/webhook/registration.ts'
import type { Snapshot } from '../../platform/webhook/snapshot.ts'
import { createHandDown, createJoin, createOwnerProbe } from '../other-dev-hooks.ts'
import { mayPassOn } from '../traffic/others/former-receiver.ts'
import type { DaemonOptions } from '../types.ts'

export interface OpenRegistrationRequest {
  readonly options: Pick<DaemonOptions, 'config' | 'who' | 'notices'>
  readonly client: Client
  readonly botId: string
  readonly folder: string
  readonly address: HookAddress
  readonly snapshotSaving: (snapshot: Snapshot) => void
}

/** Reads the registration of the bot; writes nothing, unless an earlier run left something elsewhere to restore. */
export function openRunRegistration(
  { options, client, botId, folder, address, snapshotSaving }: OpenRegistrationRequest,
  signal: AbortSignal,
): Promise<Registration> {
  const { config, who, notices } = options
  return openRegistration(
    {
      client,
      kind: config.hook,
      botId,
      folder,
      address,
      serviceName: serviceNameOf(botId, who),
      webhookPath: config.webhookPlace,
      secret: config.secret,
      probe: createOwnerProbe(config),
      handDown: createHandDown(config),
      ...(config.only !== null && {
        mayPutBack: (url) => mayPassOn(url, config.apiHost),
        ...(!config.takeOver && { join: createJoin(config, who) }),
      }),
      emit: notices.emit,
      snapshotSaving,
    },
    signal,
  )
}

/** The name of our general webhook. Without the pid, so that the next run on this machine finds its own again. */
export const serviceNameOf = (botId: string, who: string): string => `dev-hook ${botId} ${withoutPid(who)}`
