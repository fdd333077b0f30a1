import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDenseList, type Indexed } from '../../src/core/dense-list.ts'

interface Thing extends Indexed {
  readonly name: number
}

it('A bag holds what was put in and not taken out, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ name: fc.nat(9), add: fc.boolean() })), (steps) => {
      const bag = createDenseList<Thing>()
      const things = Array.from({ length: 10 }, (_, name): Thing => ({ name, index: -1 }))
      const inside = new Set<Thing>()
      for (const { name, add } of steps) {
        const thing = things[name]
        if (!thing || (add && inside.has(thing))) continue
        if (add) bag.add(thing)
        else bag.remove(thing)
        if (add) inside.add(thing)
        else inside.delete(thing)
        expect(new Set(bag.items)).toEqual(inside)
        expect(bag.items).toHaveLength(inside.size)
      }
    }),
  )
})
