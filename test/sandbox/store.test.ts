// The store: what is found by a key, and what goes when there is too much.
import { describe, expect, it } from 'vitest'
import { MAX_KEPT } from '../../src/sandbox/bounds.ts'
import { createStore } from '../../src/sandbox/store.ts'

const contact = (id: string, profile: Readonly<Record<string, string>>) => ({ id, profile })

describe('Contacts', () => {
  it('are found by telephone and e-mail as these are now', () => {
    const { contacts } = createStore(() => undefined)
    contacts.add(contact('1', { telephone: '+31', email: 'a@example.com' }))
    contacts.add(contact('2', { telephone: '+31' }))
    expect(contacts.by('telephone', '+31')?.id).toBe('1')
    contacts.put(contact('1', { telephone: '+32' }))
    expect(contacts.by('telephone', '+32')?.id).toBe('1')
    expect(contacts.by('email', 'a@example.com')).toBeUndefined()
    contacts.remove('1')
    expect(contacts.by('telephone', '+32')).toBeUndefined()
    contacts.reset([contact('3', { email: 'c@example.com' })])
    expect(contacts.by('email', 'c@example.com')?.id).toBe('3')
  })

  it('are bounded: the oldest goes, and it is said', () => {
    const forgotten: string[] = []
    const { contacts } = createStore(
      () => undefined,
      (resource) => forgotten.push(resource),
    )
    for (let n = 0; n <= MAX_KEPT; n += 1) contacts.add(contact(String(n), { telephone: String(n) }))
    expect(forgotten).toEqual(['contacts'])
    expect(contacts.by('telephone', '0')).toBeUndefined()
    expect(contacts.by('telephone', '1')?.id).toBe('1')
  })
})
