// The states of a run, and the table of what leads from one to the next.
import type { DevHookError } from '../core/errors.ts'

/** Why a run ends: on request once it was ready, on request before that, or because of an error. */
export type EndReason =
  | { readonly why: 'requested' }
  | { readonly why: 'interrupted' }
  | { readonly why: 'failed'; readonly error: DevHookError }

export type RunState =
  | { readonly is: 'idle' | 'starting' | 'running' }
  | { readonly is: 'stopping' | 'stopped'; readonly reason: EndReason }

export type RunEvent =
  | { readonly type: 'start' | 'ready' | 'stop' | 'released' }
  | { readonly type: 'fail'; readonly error: DevHookError }

/**
 * An event that is not in the row of a state changes nothing: the first reason to end is the one that counts. So whatever fails
 * after that, a wait of the start that the end has aborted above all, is neither announced nor in the exit code.
 */
const TRANSITIONS: Readonly<Record<RunState['is'], Readonly<Partial<Record<RunEvent['type'], RunState['is']>>>>> = {
  idle: { start: 'starting', stop: 'stopping' },
  starting: { ready: 'running', stop: 'stopping', fail: 'stopping' },
  running: { stop: 'stopping', fail: 'stopping' },
  stopping: { released: 'stopped' },
  stopped: {},
}

/** The state after an event. */
export function nextState(state: RunState, event: RunEvent): RunState {
  const is = TRANSITIONS[state.is][event.type]
  if (is === undefined) return state
  if (is !== 'stopping' && is !== 'stopped') return { is }
  return { is, reason: 'reason' in state ? state.reason : reasonOf(state.is, event) }
}

function reasonOf(is: RunState['is'], event: RunEvent): EndReason {
  if (event.type === 'fail') return { why: 'failed', error: event.error }
  return { why: is === 'running' ? 'requested' : 'interrupted' }
}
