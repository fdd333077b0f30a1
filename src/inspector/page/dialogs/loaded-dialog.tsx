// A dialog about something that is asked of the run first.
import type { ComponentChildren } from 'preact'
import type { Loaded } from '../model/loaded.ts'
import { visible } from '../text/visible.ts'
import { Dialog } from './dialog.tsx'

interface LoadedDialogProps<T> {
  readonly title: string
  readonly loaded: Loaded<T>
  readonly children: (value: T) => ComponentChildren
}

export function LoadedDialog<T>({ title, loaded, children }: LoadedDialogProps<T>) {
  return (
    <Dialog title={title} isWide>
      {loaded.is === 'there' ? (
        children(loaded.value)
      ) : loaded.is === 'loading' ? (
        <p class="dialog-body soft">loading …</p>
      ) : (
        <p class="dialog-body" role="alert">
          {visible(loaded.message)} {loaded.remedy === null ? '' : visible(loaded.remedy)}
        </p>
      )}
    </Dialog>
  )
}
