// The documents of a sandbox, as a test reads and changes them, and those that it begins with.
import { PLAIN_NAMES } from '../sandbox/store.ts'
import { explainingNow, type Kit } from './kit.ts'
import type { KitConfig } from './options.ts'
import type { Collection, ResourceName, Sandbox } from './types/types.ts'

const RESOURCES: readonly ResourceName[] = [...PLAIN_NAMES, 'conversations', 'messages']

/** The documents, by the name of their resource. */
export function dataOf(kit: Kit): Sandbox['data'] {
  const collection = (name: ResourceName): Collection => {
    const documents = kit.platform.data(name)
    return {
      create: (fields) => explainingNow(kit, undefined, () => documents.create(fields)),
      get: documents.get,
      list: (where) => documents.list(where),
      update: (id, fields) => explainingNow(kit, undefined, () => documents.update(id, fields)),
      remove: documents.remove,
    }
  }
  return Object.fromEntries(RESOURCES.map((name) => [name, collection(name)])) as Sandbox['data']
}

/** Adds what `world` names. Throws what the API would answer. */
export function fillWorld({ platform }: Kit, world: KitConfig['world']): void {
  const { organization, ...documents } = world
  if (organization !== undefined) platform.data('organizations').update(platform.organizationId, organization)
  for (const name of RESOURCES) {
    for (const fields of documents[name] ?? []) platform.data(name).create(fields)
  }
}
