// The resource `services`: general webhooks, among services of other types.
import { asText } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import { ApiError } from '../api-error.ts'
import type { World } from '../app-context.ts'

import { newDocument, type Resource } from './resource.ts'

export const services = (world: World): Resource<Document> => ({
  name: 'services',
  called: 'Service',
  admin: 'everything',
  ...world.store.services,
  create: (body) => {
    if (asText(body['name']) === null || asText(body['type']) === null) {
      throw new ApiError(400, 'name and type are required')
    }
    return world.registrations.add(newDocument(world, body))
  },
  update: (before, patch) => world.registrations.save('services', before, patch),
})
