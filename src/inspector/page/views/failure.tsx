// What is shown in place of something that could not be loaded: why, what to do, and a way on.
import type { ComponentChildren } from 'preact'
import { visible } from '../text/visible.ts'

interface FailureProps {
  /** What cannot be shown. */
  readonly what: string
  readonly of: { readonly message: string; readonly remedy: string | null }
  /** What can be done here. */
  readonly children?: ComponentChildren
}

export function Failure({ what, of: { message, remedy }, children }: FailureProps) {
  return (
    <div class="empty" role="alert">
      <p class="empty-head">{what} cannot be shown</p>
      <p>{visible(message)}</p>
      {remedy === null ? null : <p>{visible(remedy)}</p>}
      {children}
    </div>
  )
}
