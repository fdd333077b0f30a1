// The registration that a person makes by hand: dev-hook never writes, and waits for the challenge.
import type { Registration } from '../../core/ports.ts'

/** A registration that owes the platform nothing. `secret` is the one the config gives. */
export function createManualRegistration(secret: string | null): Registration {
  return {
    kind: 'manual',
    owner: { is: 'nobody' },
    before: null,
    former: () => null,
    secret: () => secret,
    rereadSecret: async () => secret,
    takeSnapshot: async () => {},
    claim: async (_url, _events, signal) => signal.throwIfAborted(),
    // Without a limit: pasting a URL takes a person as long as it takes.
    verify: (challenged, signal) => challenged(signal),
    check: async () => 'ours',
    verifyAgain: async () => true,
    ancestry: () => null,
    takeHandedDown: async () => false,
    moved: async () => false,
    checkNeighbour: async () => {},
    restore: async () => 'nothing',
  }
}
