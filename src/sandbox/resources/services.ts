// The resource `services`: general webhooks, among services of other types.
import { asText } from '../../core/json.ts'
import type { Document } from '../../protocol/resources.ts'
import { ApiError } from '../api-error.ts'
import type { AppContext } from '../app-context.ts'
import { newDocument, type Resource } from './resource.ts'

export const services = (context: AppContext): Resource<Document> => ({
  name: 'services',
  called: 'Service',
  ...context.store.services,
  create: (body, caller) => {
    if (asText(body['name']) === null || asText(body['type']) === null) {
      throw new ApiError(400, 'name and type are required')
    }
    return context.registrations.add(newDocument(context, caller, body))
  },
  update: (before, patch) => context.registrations.save('services', before, patch),
})
