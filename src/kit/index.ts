// `dev-hook/sandbox`: bots tested as people talk to them.
export { DevHookError } from '../core/errors.ts'
export { createSandbox } from './create-sandbox.ts'
export { NoReplyError } from './failures.ts'
export type {
  Agent,
  ApiCall,
  BotProcess,
  BotTarget,
  Chaos,
  Clock,
  Collection,
  Contact,
  Conversation,
  Delivery,
  Duration,
  Fault,
  Fields,
  Fixture,
  Message,
  Participant,
  Patience,
  Playback,
  ResourceName,
  Sandbox,
  SandboxNotice,
  SandboxOptions,
  StoredDocument,
  TranscriptOptions,
  Where,
} from './types/types.ts'
