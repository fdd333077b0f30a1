// A snapshot as a run leaves it that died before its claim.
import type { Snapshot } from '../../../src/platform/webhook/snapshot.ts'

export const SNAPSHOT: Snapshot = {
  version: 1,
  kind: 'bot',
  apiHost: 'https://api.web1on1.chat',
  botId: 'b1',
  runId: 'the run that died',
  urls: [],
  location: null,
  serviceName: '',
  created: false,
  before: null,
  beforeStatus: null,
  previousUnknown: false,
  takenAt: '2026-01-01T00:00:00.000Z',
  pid: 1,
  writeSentAt: null,
}
